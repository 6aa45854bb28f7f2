"""The chat widget in a real Chromium, alone, against a small chat API that can be told to fail."""

import gzip
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.widget_visitor import bubbles, choose_from_menu, field, finish, heard, open_recap, say, start
from web.templating import WIDGET_DIR

KILOBYTES_ALLOWED = 15

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]


def test_nothing_is_stored_or_sent_before_the_visitor_agrees(context: BrowserContext, chat: FakeChat) -> None:
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/host")
    page.get_by_role("button", name="Open chat").click()
    expect(page.get_by_role("button", name="Start chat")).to_be_visible()
    assert not [url for url in asked if "/api/" in url]
    assert page.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]
    page.get_by_role("button", name="Start chat").click()
    expect(field(page)).to_be_visible()
    assert chat.started[0]["consent"] is True
    assert context.cookies() == []


def test_a_page_address_is_sent_without_its_query_but_with_its_campaign(
    context: BrowserContext, chat: FakeChat
) -> None:
    page = context.new_page()
    page.goto("/host?utm_source=webinar&email=ana@clinic.example#part")
    start(page)
    assert chat.started[0]["page"]["url"].endswith("/host")
    assert chat.started[0]["utm"] == {"source": "webinar"}


def test_a_whole_conversation_ends_with_a_finished_event_and_events_carry_no_words(page: Page, chat: FakeChat) -> None:
    start(page)
    finish(page)
    assert chat.said() == ["Clinic group", "Fewer no-shows", "9 sites", "by April", "[email]"]
    (done,) = heard(page, "finished")
    assert done == {"outcome": "handed_off", "conversation_id": next(iter(chat.conversations))}
    assert "cy@clinic" not in str(page.evaluate("window.heard"))
    say(page, "Make that 11 sites")
    expect(page.get_by_text("Noted")).to_be_visible()
    assert len(heard(page, "finished")) == 1


def test_progress_tells_how_much_is_left(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("progressbar", name="1 answered, about 4 to go")).to_be_visible()


def test_shift_enter_makes_a_line_and_the_field_grows_with_it(page: Page, chat: FakeChat) -> None:
    start(page)
    field(page).fill("two")
    before = field(page).bounding_box()
    field(page).press("Shift+Enter")
    page.keyboard.type("lines")
    after = field(page).bounding_box()
    assert before and after and after["height"] > before["height"]
    field(page).press("Enter")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["two\nlines"]
    assert field(page).evaluate("field => field.rows") == 1


def test_enter_that_ends_an_input_method_does_not_send(page: Page, chat: FakeChat) -> None:
    start(page)
    field(page).fill("にほん")
    field(page).evaluate(
        "f => f.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.wait_for_timeout(100)
    assert chat.said() == []
    expect(field(page)).to_have_value("にほん")


def test_markup_stays_text_and_only_web_addresses_become_links(page: Page) -> None:
    start(page)
    say(page, "<img src=x onerror=alert(1)> https://mine.example")
    expect(bubbles(page, "visitor").last).to_have_text("<img src=x onerror=alert(1)> https://mine.example")
    assert page.locator("lead-chat .log img").count() == 0
    assert page.locator("lead-chat .row.visitor a").count() == 0
    say(page, "What does it cost?")
    link = page.locator("lead-chat .log a")
    expect(link).to_have_attribute("href", "https://meridian.example/pricing")
    expect(link).to_have_attribute("rel", "noopener")
    expect(link).to_have_attribute("target", "_blank")


def test_after_stop_there_is_no_field_only_a_new_chat(page: Page) -> None:
    start(page)
    say(page, "stop")
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible()
    expect(field(page)).to_be_hidden()
    page.get_by_role("button", name="Start a new chat").click()
    expect(field(page)).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


def test_start_over_asks_first_and_a_late_answer_does_not_land_in_the_new_chat(page: Page, chat: FakeChat) -> None:
    start(page)
    expect(choose_from_menu(page, "Start over")).to_contain_text("stays with our team")
    page.get_by_role("button", name="Keep chatting").click()
    assert len(chat.started) == 1
    chat.faults.append({"delay": 0.5})
    say(page, "What does it cost?")
    choose_from_menu(page, "Start over")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    page.wait_for_timeout(700)
    assert bubbles(page, "visitor").count() == 0
    assert page.get_by_text("It depends").count() == 0
    assert len(chat.started) == 2
    assert chat.started[0]["visitor"] == chat.started[1]["visitor"]


def test_an_answer_that_comes_while_the_panel_is_closed_is_announced_on_the_launcher(
    page: Page, chat: FakeChat
) -> None:
    start(page)
    chat.faults.append({"delay": 0.3})
    say(page, "we run 9 clinics")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open chat (1 new)").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("new"))).to_have_count(0)


def test_the_strictest_content_security_policy_is_kept(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/host")
    start(page)
    finish(page)
    open_recap(page)
    page.keyboard.press("Escape")
    choose_from_menu(page, "Continue on another device").get_by_label("Link to this chat").wait_for()
    assert complaints == []
    assert (
        page.evaluate(
            "document.querySelector('lead-chat').shadowRoot.querySelectorAll('[style], style, script').length"
        )
        == 0
    )


def test_without_scripts_the_link_to_the_form_is_there(browser: Browser, site: tuple[str, FakeChat]) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site[0])
    page = context.new_page()
    page.goto("/")
    link = page.get_by_role("link", name="Write to us")
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("heading", name="Write to us")).to_be_visible()
    context.close()


def test_a_browser_too_old_for_the_widget_keeps_the_link(context: BrowserContext, chat: FakeChat) -> None:
    context.add_init_script("delete URL.canParse")
    page = context.new_page()
    page.goto("/host")
    expect(page.get_by_role("link", name="Write to us")).to_be_visible()
    expect(page.get_by_role("button", name="Open chat")).to_have_count(0)


def test_an_element_that_is_moved_in_the_page_goes_on(page: Page, chat: FakeChat) -> None:
    start(page)
    page.evaluate("document.body.prepend(document.querySelector('lead-chat'))")
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["Clinic group"]
    assert bubbles(page, "visitor").count() == 1


def test_all_files_together_stay_small() -> None:
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in WIDGET_DIR.glob("*.js"))
    assert size <= KILOBYTES_ALLOWED * 1024
