"""What goes wrong under way: nothing typed is lost or doubled, and the visitor is told how it stands."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.widget_visitor import bubbles, field, finish, heard, say, start

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]


def test_an_answer_lost_on_the_way_is_asked_for_again_under_the_same_key(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults.append(
        {"status": 503, "detail": "The assistant restarts. Your message is kept.", "retry_after": 60, "after": True}
    )
    say(page, "we run 9 clinics")
    expect(page.get_by_role("alert")).to_contain_text("The assistant restarts. Your message is kept.")
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert chat.keys == [chat.keys[0]] * 2
    assert bubbles(page, "visitor").count() == 1
    expect(page.get_by_text("Not answered yet")).to_have_count(0)


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
    shown = page.locator("lead-chat .row p").all_text_contents()
    (talk,) = chat.conversations.values()
    assert shown == [message["text"] for message in talk.messages], "answers stand under what they answer"


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
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    chat.conversations.clear()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("We no longer have this conversation.")
    expect(field(page)).to_have_value("we run 9 clinics")


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
    expect(page.get_by_text("Not answered yet")).to_be_visible()
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
    expect(page.get_by_text("Not answered yet")).to_be_visible()
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


def test_a_full_disk_is_told_as_it_is_and_the_message_sent_again(page: Page, chat: FakeChat) -> None:
    start(page)
    full = "This could not be kept, because our storage is full. Nothing was changed; please try again in a minute."
    chat.faults.append({"status": 507, "detail": full, "retry_after": 60})
    say(page, "we run 9 clinics")
    expect(page.get_by_role("alert")).to_contain_text(full)
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["we run 9 clinics"]
    assert len(set(chat.keys)) == 1


def test_a_slow_answer_is_admitted(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto("/host")
    start(page)
    held: list[Route] = []
    page.route("**/messages", lambda route: held.append(route))
    say(page, "we run 9 clinics")
    expect(page.get_by_role("status")).to_have_text("The assistant is typing")
    page.clock.fast_forward(8100)
    expect(page.get_by_text("Taking longer than usual")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_text("Taking longer than usual")).to_have_count(0)


def test_an_answer_that_never_comes_is_given_up_and_asked_for_again(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    page.goto("/host")
    page.evaluate("AbortSignal.timeout = () => AbortSignal.abort()")  # as after 30 seconds
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("alert")).to_contain_text("We can't reach the chat right now.")


def test_it_keeps_trying_as_long_as_it_says_so(context: BrowserContext, chat: FakeChat) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto("/host")
    start(page)
    chat.faults += [{"status": 500, "detail": "Something broke on our side."}] * 9
    say(page, "we run 9 clinics")
    for _ in range(60):
        page.clock.fast_forward(75_000)
        page.wait_for_timeout(50)  # for what is not the page's clock: the network
        if len(chat.keys) == 10:
            break
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert len(set(chat.keys)) == 1
    assert len(heard(page, "error")) == 1, "each failed try is not a new error"


def test_what_waits_is_shown_after_a_reload_even_if_nothing_can_be_reached(page: Page, chat: FakeChat) -> None:
    start(page)
    page.route("**/api/**", lambda route: route.abort())
    say(page, "we run 9 clinics")
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.reload()
    expect(bubbles(page, "visitor")).to_have_text(["we run 9 clinics"])
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(bubbles(page, "visitor")).to_have_text(["we run 9 clinics"])
    expect(bubbles(page, "bot")).to_have_count(3)
    assert chat.said() == ["we run 9 clinics"]


def test_an_address_whose_answer_was_lost_is_shown_once_after_a_reload(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.faults += [
        {"status": 503, "detail": "Back soon.", "retry_after": 60, "after": True},
        {"status": 503, "detail": "Still away.", "retry_after": 60},
    ]
    say(page, "write to cy@clinic.example")
    expect(page.get_by_text("Not answered yet")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("Still away.")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_empty()
    expect(bubbles(page, "visitor")).to_have_count(1)
    expect(bubbles(page, "bot")).to_have_count(3)
    assert chat.said() == ["write to [email]"]


def test_two_presses_on_one_choice_say_it_once(page: Page, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").dblclick()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["Clinic group"]
