"""The chat widget in a real Chromium, alone, against a small chat API that can be told to fail."""

import gzip
import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, ViewportSize, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.fake_services import EMAIL, PASSWORD, FakeServices, make_app, some_leads
from web.templating import WIDGET_DIR

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
KILOBYTES_ALLOWED = 15

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]

RECORD_EVENTS = """
window.heard = [];
for (const name of ["open", "close", "message", "finished", "error"])
  addEventListener("lead-chat:" + name, (event) => window.heard.push({name, detail: event.detail}));
"""


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, FakeChat]]:
    """The address of the pages over the fakes, and the fake chat behind it."""
    chat = FakeChat()
    config = uvicorn.Config(make_app(FakeServices(*some_leads()), chat), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started, "the server of the fakes did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", chat
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def chat(site: tuple[str, FakeChat]) -> FakeChat:
    site[1].reset()
    return site[1]


@pytest.fixture
def context(browser: Browser, site: tuple[str, FakeChat]) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, base_url=site[0])
    context.set_default_timeout(5000)
    context.add_init_script(RECORD_EVENTS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, chat: FakeChat) -> Page:
    page = context.new_page()
    page.goto("/host")
    return page


def start(page: Page) -> None:
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()


def field(page: Page) -> Locator:
    return page.get_by_label("Your message")


def say(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


def bubbles(page: Page, side: str) -> Locator:
    return page.locator(f"lead-chat .row.{side} p")


def finish(page: Page) -> None:
    page.get_by_role("button", name="Clinic group").click()
    page.get_by_role("button", name="Fewer no-shows").click()
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    for text, next_words in (
        ("9 sites", "When would you"),
        ("by April", "Where can our team"),
        ("cy@clinic.example", "All done"),
    ):
        say(page, text)
        expect(page.get_by_text(next_words)).to_be_visible()


def heard(page: Page, name: str) -> list[Any]:
    return [event["detail"] for event in page.evaluate("window.heard") if event["name"] == name]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[node['html'] for node in v['nodes']]}" for v in found if v["impact"] in ("serious", "critical")
    ]


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
    assert chat.said() == ["Clinic group", "Fewer no-shows", "9 sites", "by April", "cy@clinic.example"]
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


def test_an_answer_lost_on_the_way_is_asked_for_again_under_the_same_key(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append(
        {"status": 503, "detail": "The assistant restarts. Your message is kept.", "retry_after": 60, "after": True}
    )
    say(page, "we run 9 clinics")
    expect(page.get_by_role("alert")).to_contain_text("The assistant restarts. Your message is kept.")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert chat.keys == [chat.keys[0]] * 2
    assert bubbles(page, "visitor").count() == 1
    expect(page.get_by_text("Not sent yet")).to_have_count(0)


def test_an_answer_cut_off_in_the_network_is_asked_for_again_under_the_same_key(page: Page, chat: FakeChat) -> None:
    start(page)

    def take_and_drop(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/messages", take_and_drop, times=1)
    say(page, "we run 9 clinics")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is lost")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert len(chat.keys) == 2
    assert len(set(chat.keys)) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_the_widget_tries_again_by_itself_when_the_server_says_when(page: Page, chat: FakeChat, status: int) -> None:
    start(page)
    chat.faults.append({"status": status, "detail": "Please wait a moment.", "retry_after": 0.3})
    say(page, "we run 9 clinics")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert len(set(chat.keys)) == 1
    expect(page.get_by_role("alert")).to_be_empty()
    assert heard(page, "error") == [{"status": status, "detail": "Please wait a moment."}]


def test_what_is_said_offline_is_kept_and_sent_when_the_line_is_back(
    page: Page, context: BrowserContext, chat: FakeChat
) -> None:
    start(page)
    context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("offline")
    say(page, "first")
    say(page, "second")
    expect(page.get_by_text("Not sent yet").first).to_be_visible()
    assert chat.said() == []
    context.set_offline(False)
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    assert chat.said() == ["first", "second"]
    assert len(set(chat.keys)) == 2


def test_messages_sent_while_one_is_answered_wait_their_turn(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append({"delay": 0.4})
    say(page, "one")
    expect(page.get_by_role("status")).to_have_text("The assistant is typing")
    say(page, "two")
    say(page, "three")
    expect(page.get_by_text("When would you")).to_be_visible()
    assert chat.said() == ["one", "two", "three"]


def test_a_text_that_is_too_long_goes_back_to_the_field_with_the_servers_sentence(page: Page, chat: FakeChat) -> None:
    start(page)
    say(page, "x" * 4001)
    expect(page.get_by_role("alert")).to_contain_text("over 4,000 characters")
    expect(field(page)).to_have_value("x" * 4001)
    assert bubbles(page, "visitor").count() == 0
    say(page, "short")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_refused_quick_reply_can_be_chosen_again(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append({"status": 422, "detail": "Please pick one of the answers again."})
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("alert")).to_contain_text("Please pick one")
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()


def test_a_conversation_the_server_lost_keeps_the_text_and_offers_a_new_chat(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.conversations.clear()
    say(page, "are you there?")
    expect(page.get_by_role("alert")).to_contain_text("We no longer have this conversation.")
    expect(field(page)).to_have_value("are you there?")
    assert page.evaluate("sessionStorage.length") == 0
    page.get_by_role("button", name="Start a new chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    expect(field(page)).to_have_value("are you there?")
    assert len(chat.started) == 2


def test_a_conversation_lost_during_a_reload_gives_back_what_was_not_sent(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append({"status": 503, "detail": "Back soon.", "retry_after": 60})
    say(page, "we run 9 clinics")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    chat.conversations.clear()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("We no longer have this conversation.")
    expect(field(page)).to_have_value("we run 9 clinics")


def test_after_stop_there_is_no_field_only_a_new_chat(page: Page) -> None:
    start(page)
    say(page, "stop")
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible()
    expect(field(page)).to_be_hidden()
    page.get_by_role("button", name="Start a new chat").click()
    expect(field(page)).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_start_that_fails_can_be_tried_again(page: Page, chat: FakeChat) -> None:
    chat.faults.append({"status": 503, "detail": "The chat is not ready yet.", "retry_after": 60})
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("alert")).to_contain_text("The chat is not ready yet.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()


def test_a_reload_brings_back_the_conversation_the_draft_and_the_open_panel(page: Page, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    field(page).fill("half a thou")
    page.reload()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(field(page)).to_have_value("half a thou")
    expect(bubbles(page, "visitor")).to_have_text(["Clinic group"])
    assert len(chat.started) == 1
    assert [visit["visitor"] for visit in chat.visits] == [chat.started[0]["visitor"]]


def test_a_reload_while_a_message_waits_sends_it_once(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append({"status": 503, "detail": "Back soon.", "retry_after": 60, "after": True})
    say(page, "we run 9 clinics")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert bubbles(page, "visitor").count() == 1


def test_a_reload_while_the_server_is_away_shows_the_waiting_message_once(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults += [
        {"status": 503, "detail": "Back soon.", "retry_after": 60, "after": True},
        {"status": 503, "detail": "Still away.", "retry_after": 60},
    ]
    say(page, "we run 9 clinics")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Still away.")
    expect(bubbles(page, "visitor")).to_have_text(["we run 9 clinics"])
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()
    assert chat.said() == ["we run 9 clinics"]
    expect(bubbles(page, "visitor")).to_have_text(["we run 9 clinics"])
    expect(bubbles(page, "bot")).to_have_count(3)


def test_a_chat_without_storage_works(context: BrowserContext, chat: FakeChat) -> None:
    context.add_init_script(
        "Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new DOMException('blocked') }"
    )
    page = context.new_page()
    page.goto("/host")
    start(page)
    finish(page)
    assert len(chat.said()) == 5


def test_start_over_asks_first_and_a_late_answer_does_not_land_in_the_new_chat(page: Page, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Keep chatting").click()
    assert len(chat.started) == 1
    chat.faults.append({"delay": 0.5})
    say(page, "What does it cost?")
    page.get_by_role("button", name="Start over").first.click()
    page.get_by_role("alert").get_by_role("button", name="Start over").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    page.wait_for_timeout(700)
    assert bubbles(page, "visitor").count() == 0
    assert page.get_by_text("It depends").count() == 0
    assert len(chat.started) == 2
    assert chat.started[0]["visitor"] == chat.started[1]["visitor"]


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


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_everything_to_press_is_44_pixels_high(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    start(page)
    boxes = page.evaluate(
        """() => [...document.querySelector("lead-chat").shadowRoot.querySelectorAll("button, textarea")]
        .filter((target) => target.checkVisibility())
        .map((target) => ({what: target.getAttribute("aria-label") || target.textContent, ...target.getBoundingClientRect().toJSON()}))"""
    )
    assert len(boxes) > 8
    assert not [box["what"] for box in boxes if box["height"] < 44 or box["width"] < 44]


@pytest.mark.parametrize(("size", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["light desktop", "dark phone"])
def test_axe_finds_nothing_serious_in_any_state(page: Page, chat: FakeChat, size: ViewportSize, theme: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("theme => document.querySelector('lead-chat').setAttribute('theme', theme)", theme)
    assert serious(page) == []
    page.get_by_role("button", name="Open chat").click()
    assert serious(page) == []
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    assert serious(page) == []
    say(page, "patient Ana")
    expect(bubbles(page, "bot").filter(has_text="leave out")).to_be_visible()
    chat.faults.append({"status": 503, "detail": "The assistant restarts.", "retry_after": 60})
    say(page, "we run 9 clinics")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    for text, next_words in (
        ("no-shows", "Roughly"),
        ("9 sites", "When would"),
        ("by April", "Where can"),
        ("a@b.example", "All done"),
    ):
        say(page, text)
        expect(page.get_by_text(next_words)).to_be_visible()
    assert serious(page) == []


def test_nothing_moves_for_those_who_asked_for_less_motion(page: Page, chat: FakeChat) -> None:
    page.emulate_media(reduced_motion="reduce")
    start(page)
    chat.faults.append({"delay": 0.5})
    say(page, "we run 9 clinics")
    expect(page.locator("lead-chat .typing")).to_be_visible()
    assert page.evaluate("document.querySelector('lead-chat').shadowRoot.getAnimations().length") == 0


def test_the_strictest_content_security_policy_is_kept(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/host")
    start(page)
    finish(page)
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


def test_both_files_together_stay_small() -> None:
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in WIDGET_DIR.glob("*.js"))
    assert size <= KILOBYTES_ALLOWED * 1024


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_and_the_console_have_nothing_serious_and_no_sideways_scroll(
    context: BrowserContext, size: ViewportSize
) -> None:
    page = context.new_page()
    page.set_viewport_size(size)
    page.goto("/console")
    assert serious(page) == []
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Leads")).to_be_visible()
    for path in ("/console", "/console/leads/lead-1", "/console/leads/lead-5", "/", "/contact", "/privacy"):
        page.goto(path)
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
