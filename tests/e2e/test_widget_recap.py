"""The sheets over the conversation: what was told and changing it, and the link to another device."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.widget_visitor import bubbles, choose_from_menu, field, finish, open_recap, say, start

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]


def test_the_recap_lists_what_was_told_and_is_empty_before(page: Page) -> None:
    start(page)
    expect(open_recap(page)).to_contain_text("Nothing yet.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clinic group").click()
    say(page, "fewer no-shows")
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    lines = open_recap(page).get_by_role("listitem")
    expect(lines).to_have_text(["OrganizationClinic groupChange", "What you needfewer no-showsChange"])


def test_an_answer_is_changed_from_the_recap_and_the_talk_goes_on(page: Page, chat: FakeChat) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    open_recap(page).get_by_role("button", name="Change Organization").click()
    expect(page.get_by_role("dialog", name="What you told me")).to_be_hidden()
    expect(field(page)).to_be_focused()
    page.get_by_role("button", name="Health system").click()
    expect(page.get_by_text("Changed to: Health system")).to_be_visible()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    assert chat.said() == ["Clinic group", "Change: Organization", "Health system"]
    expect(open_recap(page).get_by_role("listitem")).to_have_text(["OrganizationHealth systemChange"])


def test_after_the_end_the_recap_is_one_press_away_and_things_can_still_be_changed(page: Page) -> None:
    start(page)
    finish(page)
    page.locator("lead-chat .done").get_by_role("button", name="What you told me").click()
    sheet = page.get_by_role("dialog", name="What you told me")
    expect(sheet.get_by_role("listitem")).to_have_count(5)
    sheet.get_by_role("button", name="Change E-mail").click()
    expect(page.get_by_text("An e-mail address is enough").last).to_be_visible()
    expect(page.locator("lead-chat .done")).to_be_hidden()
    say(page, "reception")
    expect(page.get_by_text("Changed to: reception")).to_be_visible()
    expect(page.locator("lead-chat .done")).to_be_visible()


def test_after_stop_the_recap_can_be_read_and_nothing_in_it_changed(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    say(page, "stop")
    expect(page.get_by_role("button", name="Start a new chat")).to_be_visible()
    sheet = open_recap(page)
    expect(sheet).to_contain_text("Clinic group")
    expect(sheet.get_by_role("button", name="Change")).to_have_count(0)


def test_a_recap_that_cannot_be_fetched_says_so_and_can_be_tried_again(page: Page, context: BrowserContext) -> None:
    start(page)
    context.set_offline(True)
    page.locator("lead-chat header").get_by_role("button", name="What you told me").click()
    sheet = page.get_by_role("dialog", name="What you told me")
    expect(sheet.get_by_role("alert")).to_contain_text("offline")
    context.set_offline(False)
    sheet.get_by_role("button", name="Try again").click()
    expect(sheet).to_contain_text("Nothing yet.")


def test_a_sheet_takes_the_focus_keeps_tab_inside_and_gives_it_back(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()
    button = page.locator("lead-chat header").get_by_role("button", name="What you told me")
    button.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="What you told me")
    expect(sheet).to_be_focused()
    expect(sheet.get_by_role("button", name="Change Organization")).to_be_visible()
    for expected in ("Back to the chat", "Change Organization", "Back to the chat"):
        page.keyboard.press("Tab")
        expect(sheet.get_by_role("button", name=expected)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(sheet.get_by_role("button", name="Change Organization")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_behind_a_sheet_nothing_can_be_reached_and_a_press_beside_it_closes_it(page: Page) -> None:
    start(page)
    open_recap(page)
    assert page.locator("lead-chat .chat").evaluate("chat => chat.inert"), "keyboard and screen reader still reach what is covered"
    page.locator("lead-chat .shade").click(position={"x": 20, "y": 20})
    page.get_by_role("button", name="Clinic group").click()
    expect(page.get_by_role("button", name="Fewer no-shows")).to_be_visible()


def test_the_link_to_another_device_is_copied(page: Page, context: BrowserContext, chat: FakeChat) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    start(page)
    sheet = choose_from_menu(page, "Continue on another device")
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_contain_text("Copied. It works until December 1, 2026")
    (conversation_id,) = chat.conversations
    token = chat.conversations[conversation_id].link_tokens[0]
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/host#lead-chat={conversation_id}.{token}")


def test_without_a_clipboard_the_link_is_marked_to_be_copied_by_hand(context: BrowserContext, chat: FakeChat) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page = context.new_page()
    page.goto("/host")
    start(page)
    sheet = choose_from_menu(page, "Continue on another device")
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_contain_text("copy the marked link")
    link = sheet.get_by_label("Link to this chat")
    expect(link).to_be_focused()
    marked = link.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert "#lead-chat=" in marked and marked == link.input_value()


def test_share_is_offered_where_the_device_can(context: BrowserContext, chat: FakeChat) -> None:
    context.add_init_script("navigator.share = async (what) => { window.shared = what; throw new DOMException('', 'AbortError') }")
    page = context.new_page()
    page.goto("/host")
    start(page)
    sheet = choose_from_menu(page, "Continue on another device")
    sheet.get_by_role("button", name="Share").click()
    assert page.evaluate("window.shared.url") == sheet.get_by_label("Link to this chat").input_value()


def test_a_link_that_cannot_be_made_says_why_and_can_be_tried_again(page: Page, chat: FakeChat) -> None:
    start(page)
    chat.link_faults.append({"status": 503, "detail": "Links can't be made right now."})
    sheet = choose_from_menu(page, "Continue on another device")
    expect(sheet.get_by_role("alert")).to_contain_text("Links can't be made right now.")
    sheet.get_by_role("button", name="Try again").click()
    expect(sheet.get_by_label("Link to this chat")).to_be_visible()


def test_a_late_recap_does_not_land_in_a_sheet_opened_after_it(page: Page, chat: FakeChat) -> None:
    start(page)
    held: list[Route] = []
    page.route(f"**/conversations/{next(iter(chat.conversations))}", lambda route: held.append(route))
    page.locator("lead-chat header").get_by_role("button", name="What you told me").click()
    expect(page.get_by_text("One moment")).to_be_visible()
    page.keyboard.press("Escape")
    sheet = choose_from_menu(page, "Start over")
    held[0].continue_()
    page.wait_for_timeout(200)
    expect(sheet).not_to_contain_text("Nothing yet.")
    expect(sheet.get_by_role("button", name="Keep chatting")).to_be_visible()
    assert bubbles(page, "visitor").count() == 0
