"""Keyboard, screen reader, touch and motion: the widget for everybody, on a desktop and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.widget_visitor import (
    DESKTOP,
    LANDSCAPE,
    PHONE,
    bubbles,
    choose_from_menu,
    field,
    open_recap,
    say,
    serious,
    start,
)

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]


def test_focus_goes_in_on_open_and_back_on_escape(page: Page) -> None:
    start(page)
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    launcher = page.get_by_role("button", name="Open chat")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    page.get_by_role("button", name="Clinic group").click()
    expect(field(page)).to_be_focused()


def test_a_link_of_the_page_opens_the_chat_and_gets_the_focus_back(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Talk to us").click()
    expect(page.get_by_role("button", name="Start chat")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Talk to us")).to_be_focused()


def test_on_a_phone_the_panel_fills_the_screen_and_tab_stays_inside(page: Page) -> None:
    page.set_viewport_size(PHONE)
    start(page)
    panel = page.get_by_role("dialog")
    expect(page.locator("lead-chat .launcher")).to_be_hidden()
    page.wait_for_timeout(300)  # the opening movement
    assert panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    for _ in range(14):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "lead-chat"
    page.set_viewport_size({"width": 390, "height": 420})  # what a keyboard leaves
    expect(field(page)).to_be_in_viewport()
    box = panel.bounding_box()
    assert box and box["height"] == 420


def targets(page: Page) -> list[dict[str, Any]]:
    """What can be pressed or typed in, with its size."""
    found: list[dict[str, Any]] = page.evaluate(
        """() => [...document.querySelector("lead-chat").shadowRoot.querySelectorAll("button, input, textarea")]
        .filter((target) => target.checkVisibility())
        .map((target) => ({what: target.ariaLabel || target.textContent, ...target.getBoundingClientRect().toJSON()}))"""
    )
    return found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everything_to_press_is_44_pixels_high(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    start(page)
    boxes = targets(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    open_recap(page)
    boxes += targets(page)
    page.keyboard.press("Escape")
    choose_from_menu(page, "Continue on another device").get_by_label("Link to this chat").wait_for()
    boxes += targets(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More").click()
    boxes += targets(page)
    assert len(boxes) > 30
    assert not [box["what"] for box in boxes if box["height"] < 44 or box["width"] < 44]


@pytest.mark.parametrize(
    ("size", "theme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["light desktop", "dark desktop", "light phone", "dark phone"],
)
def test_axe_finds_nothing_serious_in_any_state(page: Page, chat: FakeChat, size: ViewportSize, theme: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("theme => document.querySelector('lead-chat').setAttribute('theme', theme)", theme)
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        if complaints := serious(page):
            found[state] = complaints

    look("closed")
    page.get_by_role("button", name="Open chat").click()
    look("welcome")
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    look("question")
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    say(page, "patient Ana")
    expect(bubbles(page, "bot").filter(has_text="leave out")).to_be_visible()
    open_recap(page)
    look("recap")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="More").click()
    look("menu")
    page.keyboard.press("Escape")
    choose_from_menu(page, "Continue on another device").get_by_label("Link to this chat").wait_for()
    look("link")
    page.keyboard.press("Escape")
    choose_from_menu(page, "Start over")
    look("start over")
    page.keyboard.press("Escape")
    chat.faults.append({"status": 503, "detail": "The assistant restarts.", "retry_after": 60})
    say(page, "no-shows")
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    look("waiting")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    page.context.set_offline(True)
    say(page, "9 sites")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    look("offline")
    page.context.set_offline(False)
    expect(page.get_by_text("When would you")).to_be_visible()
    for text, next_words in (("by April", "Where can"), ("a@b.example", "All done")):
        say(page, text)
        expect(page.get_by_text(next_words)).to_be_visible()
    look("finished")
    say(page, "stop")
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible()
    look("stopped")
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.goto("/host#lead-chat=unknown.signed.long.ago")
    expect(page.get_by_role("alert")).to_contain_text("expired")
    page.evaluate("theme => document.querySelector('lead-chat').setAttribute('theme', theme)", theme)
    look("expired link")
    assert found == {}


def test_many_choices_do_not_hide_their_question_on_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 480})
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    open_recap(page).get_by_role("button", name="Change Organization").click()
    expect(page.get_by_role("button", name="Health plan")).to_be_attached()
    page.wait_for_timeout(400)  # smooth scrolling
    expect(bubbles(page, "bot").last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Clinic group")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Something else")).not_to_be_in_viewport()


def test_with_a_keyboard_over_a_phone_held_sideways_the_talk_is_still_seen(page: Page) -> None:
    page.set_viewport_size(LANDSCAPE)
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    page.set_viewport_size({"width": 844, "height": 200})  # what a keyboard leaves
    expect(field(page)).to_be_in_viewport(ratio=1)
    box = page.locator("lead-chat .scroll").bounding_box()
    assert box and box["height"] > 70


def test_a_screen_reader_hears_what_is_new_and_not_the_past(page: Page) -> None:
    start(page)
    log = page.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_contain_text("Assistant: Nice to meet you.")
    page.get_by_role("button", name="Clinic group").click()
    expect(log).to_contain_text("You: Clinic group")
    page.reload()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(log).to_have_attribute("aria-live", "off")
    expect(log).to_have_attribute("aria-live", "polite")


def test_nothing_moves_for_those_who_asked_for_less_motion(page: Page, chat: FakeChat) -> None:
    page.emulate_media(reduced_motion="reduce")
    start(page)
    chat.faults.append({"delay": 0.5})
    say(page, "we run 9 clinics")
    expect(page.locator("lead-chat .typing")).to_be_visible()
    assert page.evaluate("document.querySelector('lead-chat').shadowRoot.getAnimations().length") == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_have_nothing_serious_and_no_sideways_scroll(context: BrowserContext, size: ViewportSize) -> None:
    page = context.new_page()
    page.set_viewport_size(size)
    for path in ("/", "/contact", "/privacy"):
        page.goto(path)
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
