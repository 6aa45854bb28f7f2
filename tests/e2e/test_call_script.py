"""The guided call in a browser: by the keyboard alone, over reloads and tabs, at the sizes it is made for."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from leads.call.state import CallState
from tests.e2e.call_office import SHORTHAND, CallOffice, running, sign_in
from tests.e2e.widget_visitor import serious
from web.templating import STATIC_DIR

pytestmark = [pytest.mark.enable_socket, pytest.mark.browser]
LAPTOP: ViewportSize = {"width": 1280, "height": 720}
TABLET: ViewportSize = {"width": 820, "height": 1180}
MOST_SCRIPT = 60_000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    with running(tmp_path_factory.mktemp("calls")) as office:
        yield office


@pytest.fixture
def context(browser: Browser, office: CallOffice) -> Iterator[BrowserContext]:
    office.engine.away = False
    context = browser.new_context(viewport=LAPTOP, base_url=office.url)
    context.set_default_timeout(8000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A rep at the start of a call; whatever the test does, no script may fail."""
    page, failed = context.new_page(), list[str]()
    page.on("pageerror", lambda error: failed.append(error.stack or str(error)))
    sign_in(page)
    yield page
    page.evaluate("0")  # what failed at last is told by then
    assert failed == []


def begin(page: Page, company: str = "") -> None:
    """From the start page, whose field has the focus, to the first question."""
    expect(page.get_by_label("Organization or its domain")).to_be_focused()
    page.keyboard.type(company)
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()


def begin_with(page: Page, lead_id: str) -> None:
    """From a lead to the first question."""
    page.goto(f"/console/call?lead={lead_id}")
    expect(page.get_by_role("button", name="Call Ana Ruiz")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()


def known(page: Page, words: str) -> None:
    expect(page.locator("#facts")).to_contain_text(words)


def stored(office: CallOffice, page: Page) -> CallState:
    with office.application.unit(read_only=True) as unit:
        call = unit.conversations.get(page.url.rpartition("/")[2])
        assert call is not None
        return CallState.of(call.state)


def test_a_call_from_blank_to_handed_over_by_the_keyboard_alone(page: Page, office: CallOffice) -> None:
    keys = page.keyboard
    begin(page)
    keys.press("t")
    keys.type(SHORTHAND)
    expect(page.locator("#readings .read")).to_have_count(5)
    keys.press("Alt+5")  # the CFO was a guess of the reader: not taken
    expect(page.locator("#readings input:checked")).to_have_count(4)
    keys.press("Enter")
    known(page, "specialty practice")
    known(page, "12 sites")
    expect(page.get_by_label("Notes")).to_have_value("")
    keys.type("prob. approved?")
    expect(page.locator("#readings")).to_contain_text("doubtful")
    keys.press("Enter")
    expect(page.locator("#waiting")).to_contain_text("approved")
    keys.press("Alt+1")
    known(page, "approved")
    expect(page.locator("#waiting")).to_be_empty()
    keys.press("Escape")
    expect(page.locator("#question")).to_be_focused()
    keys.press("j")
    keys.type("Part in")
    topic = page.locator("#topic").text_content()
    expect(page.locator("#jump option:checked")).to_contain_text("Part in the decision")
    assert page.locator("#topic").text_content() == topic  # every letter chooses something; Enter means it
    keys.press("Enter")
    expect(page.locator("#topic")).to_have_text("Part in the decision")
    expect(page.locator("#question")).to_be_focused()
    keys.press("4")
    known(page, "holds the budget")
    keys.press("k")
    keys.press("c")
    keys.type("Ana Ruiz")
    for more in ("COO", "Cedar Hollow", "ana@cedar.example"):
        keys.press("Enter")
        keys.type(more)
    keys.press("Escape")
    expect(page.get_by_role("heading", name="Call with Ana Ruiz")).to_be_visible()
    expect(page.locator("#route")).to_contain_text("Priority")
    keys.press("f")
    keys.type("ballpark")
    expect(page.get_by_role("dialog").locator("details[open]")).to_contain_text("What does it cost?")
    keys.press("Escape")
    keys.press("w")
    keys.press("1")
    keys.press("Tab")
    keys.press("ControlOrMeta+a")
    keys.type("Send the BAA")
    keys.press("Tab")
    keys.type("12012027")
    for _ in range(6):
        if page.evaluate("document.activeElement.textContent") == "Finish the call":
            break
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="The call is wrapped up")).to_be_focused()
    ended = stored(office, page).wrapped_up
    assert ended is not None and (ended["outcome"], ended["next_step"], ended["follow_up_on"], ended["handed_off"]) == (
        "reached", "Send the BAA", "2027-12-01", True,
    )
    with office.application.unit(read_only=True) as unit:
        (lead,) = unit.leads.by_email("ana@cedar.example")
        assert (lead.status, lead.route, lead.contact["name"]) == ("handed_off", "direct_sales", "Ana Ruiz") and lead.respond_by is not None
        assert "stakeholders" not in lead.facts and lead.facts["budget_status"]["value"] == "approved"


def test_nothing_typed_is_lost_by_a_reload(page: Page) -> None:
    begin(page)
    page.keyboard.press("1")
    known(page, "clinic group")
    page.keyboard.press("t")
    page.keyboard.type("half a thought about")
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value("half a thought about")
    known(page, "clinic group")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_note_survives_that_the_server_cannot_be_reached(page: Page, context: BrowserContext) -> None:
    begin(page)
    page.keyboard.press("t")
    context.set_offline(True)
    page.keyboard.type("asks about Epic")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value("asks about Epic")
    context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Notes")).to_have_value("")


def test_while_notes_cannot_be_read_they_are_kept_and_read_later(page: Page, office: CallOffice) -> None:
    begin(page)
    office.engine.away = True
    page.keyboard.press("t")
    page.keyboard.type(SHORTHAND)
    page.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("is kept, but cannot be read now")
    office.engine.away = False
    page.keyboard.type("and so on")
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_contain_text("specialty practice")


def test_the_second_tab_is_told_and_the_first_one_too_when_it_is_taken_over(page: Page, context: BrowserContext) -> None:
    begin(page)
    second = context.new_page()
    second.goto(page.url)
    expect(second.locator("#banner")).to_contain_text("open in another tab")
    second.keyboard.press("1")
    expect(page.locator("#facts")).to_have_text("Nothing yet.")
    expect(second.get_by_role("button", name="Continue here")).to_be_focused()
    second.keyboard.press("Enter")
    expect(page.locator("#banner")).to_contain_text("open in another tab")
    second.keyboard.press("1")
    known(second, "clinic group")


def test_a_copied_tab_is_another_tab(page: Page, context: BrowserContext) -> None:
    begin(page)
    name = page.evaluate("Object.entries(sessionStorage)[0]")
    copy = context.new_page()
    copy.add_init_script(f"sessionStorage.setItem({name[0]!r}, {name[1]!r})")
    copy.goto(page.url)
    expect(copy.locator("#banner")).to_contain_text("open in another tab")


def test_a_conflict_with_the_chat_is_shown_before_and_after(page: Page, office: CallOffice) -> None:
    begin_with(page, office.add_lead())
    expect(page.locator("#facts")).to_contain_text("the phones never stop")
    page.keyboard.press("y")
    expect(page.locator("#facts .mark.doubt")).to_have_count(0)
    page.keyboard.press("t")
    page.keyboard.type(SHORTHAND)
    expect(page.locator("#readings")).to_contain_text("The chat said multi-site clinic group")
    page.keyboard.press("Enter")
    expect(page.locator("#facts .conflict")).to_contain_text("we run nine outpatient clinics")
    page.get_by_role("button", name="Keep this").press("Enter")
    known(page, "multi-site clinic group")


@pytest.mark.parametrize("size", [LAPTOP, TABLET], ids=["laptop", "tablet"])
def test_axe_finds_nothing_serious_and_the_main_column_does_not_scroll(page: Page, office: CallOffice, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    found = {"start": serious(page)}
    begin_with(page, office.add_lead())
    page.keyboard.press("t")
    page.keyboard.type(SHORTHAND)
    expect(page.locator("#readings .read")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if size == LAPTOP:
        assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
        assert page.evaluate("(ask => ask.scrollHeight - ask.clientHeight)(document.querySelector('.ask'))") <= 0
    found["note"] = serious(page)
    page.keyboard.press("Enter")
    expect(page.locator("#facts .conflict")).to_be_visible()
    page.keyboard.press("Escape")
    for key in ("f", "?", "e", "w"):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        found[key] = serious(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    assert {where: complaints for where, complaints in found.items() if complaints} == {}


def test_every_question_fits_on_a_laptop_without_scrolling(page: Page) -> None:
    begin(page)
    names = page.evaluate("[...document.querySelectorAll('#jump option')].map((option) => option.value).filter(Boolean)")
    assert len(names) > 15
    for name in names:
        page.locator("#jump").select_option(name)
        expect(page.locator("#kept")).to_have_text("Everything is kept")
        assert page.evaluate("(ask => ask.scrollHeight - ask.clientHeight)(document.querySelector('.ask'))") <= 0, name


def test_a_note_that_is_still_to_be_read_when_the_call_is_wrapped_up_is_kept_and_read_no_more(page: Page, office: CallOffice) -> None:
    begin(page)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=2))  # so the pause before a note is read does not end
    keys = page.keyboard
    keys.press("t")
    keys.type(SHORTHAND)
    keys.press("Escape")
    keys.press("w")
    keys.press("1")
    page.get_by_role("button", name="Finish the call").click()
    expect(page.get_by_role("heading", name="The call is wrapped up")).to_be_focused()
    page.clock.run_for(5_000)  # the reading would come now
    with office.application.unit(read_only=True) as unit:
        kept = [message.text for message in unit.messages.of(page.url.rpartition("/")[2])]
    assert SHORTHAND in kept


def test_the_script_is_small(page: Page) -> None:
    begin(page)
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname).filter((path) => path.endsWith('.js'))")
    assert set(loaded) == {"/static/call.js", "/static/call_draw.js", "/static/call_drafts.js"}
    assert sum((STATIC_DIR / re.sub(r"^/static/", "", path)).stat().st_size for path in set(loaded)) < MOST_SCRIPT
