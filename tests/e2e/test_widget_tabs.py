"""One conversation in several tabs, and on another device by a link."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.widget_visitor import PHONE, bubbles, choose_from_menu, field, heard, say, start

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]

STORED = "[sessionStorage.length, localStorage.length]"


@pytest.fixture
def other_device(browser: Browser, site: tuple[str, FakeChat]) -> Iterator[Page]:
    """A page of another browser, a phone, that shares nothing with the first."""
    context = browser.new_context(viewport=PHONE, base_url=site[0])
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


def second_tab(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/host")
    return page


def link_of(page: Page) -> str:
    """A link to this page's conversation, made by the widget."""
    link = choose_from_menu(page, "Continue on another device").get_by_label("Link to this chat").input_value()
    page.keyboard.press("Escape")
    return link


def speak_elsewhere(page: Page, chat: FakeChat, text: str) -> None:
    """Say something in this conversation by no tab of this browser."""
    ((conversation_id, talk),) = chat.conversations.items()
    answer = page.request.post(
        f"/api/chat/conversations/{conversation_id}/messages",
        data={"text": text}, headers={"Authorization": f"Bearer {talk.token}", "Idempotency-Key": text},
    )  # fmt: skip
    assert answer.ok


def test_a_tab_opened_later_shows_the_same_conversation(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    expect(other.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(bubbles(other, "visitor")).to_have_text(["Clinic group"])
    assert len(chat.started) == 1
    assert [visit["visitor"] for visit in chat.visits] == [chat.started[0]["visitor"]]


def test_a_tab_opened_before_stores_nothing_until_the_visitor_agrees_in_one(
    page: Page, context: BrowserContext, chat: FakeChat
) -> None:
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    page.get_by_role("button", name="Open chat").click()
    assert other.evaluate(STORED) == page.evaluate(STORED) == [0, 0]
    page.get_by_role("button", name="Start chat").click()
    expect(other.get_by_role("button", name="Clinic group")).to_be_visible()
    assert other.evaluate(STORED) == [1, 0]
    assert len(chat.started) == 1


def test_what_is_said_in_either_tab_is_shown_once_in_both(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    start(page)
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    other.get_by_role("button", name="Clinic group").click()
    page.get_by_role("button", name="Fewer no-shows").click()
    expect(other.get_by_text("Roughly how big")).to_be_visible()
    say(other, "9 sites")
    for tab in (page, other):
        expect(tab.get_by_role("button", name="Just looking")).to_be_visible()
        expect(bubbles(tab, "visitor")).to_have_text(["Clinic group", "Fewer no-shows", "9 sites"])
        expect(bubbles(tab, "bot")).to_have_count(5)
    assert len(heard(page, "message")) == 4, "what was said in another tab is no event of this one"


def test_two_tabs_that_speak_at_once_end_with_the_same_log(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    start(page)
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    expect(other.get_by_role("button", name="Clinic group")).to_be_visible()
    chat.faults += [{"delay": 0.5}, {"delay": 0.1}]
    say(page, "we run clinics")
    say(other, "fewer no-shows")
    for tab in (page, other):
        expect(tab.get_by_text("Roughly how big")).to_be_visible()
        expect(bubbles(tab, "visitor")).to_have_text(chat.said())
        expect(bubbles(tab, "bot")).to_have_count(4)
    assert sorted(chat.said()) == ["fewer no-shows", "we run clinics"]


def test_a_new_start_in_one_tab_is_followed_by_the_other_which_gives_back_what_it_had_not_sent(
    page: Page, context: BrowserContext, chat: FakeChat
) -> None:
    start(page)
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    chat.faults.append({"status": 503, "detail": "Back soon.", "retry_after": 60})
    say(other, "we run 9 clinics")
    expect(other.get_by_text("Not answered yet")).to_be_visible()
    choose_from_menu(page, "Start over").get_by_role("button", name="Start over").click()
    expect(bubbles(other, "visitor")).to_have_count(0)
    expect(field(other)).to_have_value("we run 9 clinics")
    expect(other.get_by_role("alert")).to_be_empty()
    say(other, "we run 10 clinics")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert len(chat.started) == 2
    assert chat.said() == ["we run 10 clinics"]


def test_a_stop_in_one_tab_ends_the_chat_in_the_other(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    start(page)
    other = second_tab(context)
    other.get_by_role("button", name="Open chat").click()
    expect(field(other)).to_be_visible()
    say(page, "stop")
    expect(other.get_by_role("button", name="Start a new chat")).to_be_visible()
    expect(field(other)).to_be_hidden()


def test_a_page_that_is_looked_at_again_shows_what_was_said_elsewhere(page: Page, chat: FakeChat) -> None:
    start(page)
    speak_elsewhere(page, chat, "we run 9 clinics")
    expect(bubbles(page, "visitor")).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(bubbles(page, "visitor")).to_have_text(["we run 9 clinics"])
    reads = chat.reads
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(200)
    assert chat.reads == reads + 1
    expect(bubbles(page, "bot")).to_have_count(3)


def test_a_duplicated_tab_does_not_double_what_waits(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    start(page)
    chat.faults.append({"status": 503, "detail": "Back soon.", "retry_after": 60, "after": True})
    say(page, "my address is cy@clinic.example")
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    with context.expect_page() as opened:
        page.evaluate("window.open('/host')")  # a tab opened by a script starts with a copy of this one's storage
    copy = opened.value
    expect(copy.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_text("Not answered yet")).to_have_count(0)
    for tab in (page, copy):
        expect(bubbles(tab, "visitor")).to_have_count(1)
        expect(bubbles(tab, "bot")).to_have_count(3)
    assert chat.said() == ["my address is [email]"]
    assert len(set(chat.keys)) == 1


def test_a_link_goes_on_with_the_conversation_on_another_device(page: Page, other_device: Page, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    other_device.goto(link_of(page))
    expect(other_device.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert other_device.url.endswith("/host"), "the token stays in the address"
    say(other_device, "fewer no-shows")
    expect(other_device.get_by_text("Roughly how big")).to_be_visible()
    other_device.reload()
    expect(bubbles(other_device, "visitor")).to_have_text(["Clinic group", "fewer no-shows"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    assert len(chat.started) == 1


def test_a_link_into_a_page_that_is_open_already_is_followed(page: Page, other_device: Page) -> None:
    start(page)
    link = link_of(page)
    other_device.goto("/host")
    other_device.evaluate("link => { location.href = link }", link)
    expect(other_device.get_by_role("button", name="Clinic group")).to_be_visible()


def test_a_link_that_has_expired_says_so_stores_nothing_and_offers_a_new_chat(other_device: Page, chat: FakeChat) -> None:
    other_device.goto("/host#lead-chat=unknown.signed.long.ago")
    expect(other_device.get_by_role("alert")).to_contain_text("This link has expired.")
    assert other_device.evaluate(STORED) == [0, 0]
    expect(other_device.get_by_role("button", name="Start chat")).to_be_focused()
    other_device.get_by_role("button", name="Start chat").click()
    expect(other_device.get_by_role("button", name="Clinic group")).to_be_visible()
    expect(other_device.get_by_role("alert")).to_be_empty()


def test_an_expired_link_does_not_take_away_the_chat_this_tab_has(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    page.goto("/host#lead-chat=unknown.signed.long.ago")
    expect(page.get_by_role("alert")).to_contain_text("This link has expired.")
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(bubbles(page, "visitor")).to_have_text(["Clinic group"])


def test_a_link_followed_while_the_server_is_away_is_tried_again(page: Page, other_device: Page) -> None:
    start(page)
    link = link_of(page)
    other_device.route("**/api/chat/conversations/*", lambda route: route.fulfill(status=502), times=1)
    other_device.goto(link)
    expect(other_device.get_by_role("alert")).to_be_visible()
    assert other_device.evaluate(STORED) == [0, 0]
    other_device.get_by_role("button", name="Try again").click()
    expect(other_device.get_by_role("button", name="Clinic group")).to_be_visible()
    assert other_device.evaluate(STORED) == [1, 0]
