"""Sales at their desk in Chromium, over the real app without Rasa: inbox by keyboard, accept, reject, hand on; axe on every page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from leads import access
from leads.intake import add_lead
from leads.records import Lead
from store.database import migrate
from tests.e2e.served_app import served
from tests.e2e.widget_visitor import serious
from web.app import create_app
from web.templating import STATIC_DIR
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings
from worker.clocks import run_clocks

pytestmark = pytest.mark.browser
WORD = "four slow herons"
HOT: dict[str, Any] = {
    "org_type": "clinic_group", "org_size": {"sites": 9}, "use_case": "patient_intake", "buying_role": "budget_holder", "budget_status": "approved",
    "timeline": "this_quarter", "handles_phi": "yes",
}
SIZES = [(1280, 800), (820, 1180)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Application, str]]:
    """The real app on an empty database with a sales person and a manager, and its address."""
    application = build(read_settings({"DEMO": "yes", "DATABASE_URL": f"sqlite:///{tmp_path}/desk.db"}, None))
    application.__dict__["redactor"] = SimpleNamespace()  # nobody chats here
    migrate(application.engine)
    with application.unit() as unit:
        for email, name, role in (("dana@meridian.example", "Dana Ortiz", "sales"), ("mo@meridian.example", "Mo Chen", "manager"), ("ada@meridian.example", "Ada Fox", "admin")):
            access.add_user(unit, Argon2(), email=email, name=name, role=role, password=WORD, now=application.now())
        unit.commit()
    with served(create_app(application)) as address:
        yield application, address
    application.engine.dispose()


def arrive(application: Application, name: str, company: str) -> Lead:
    with application.unit() as unit:
        contact = {"name": name, "email": f"{name.split()[0].lower()}@{company.split()[0].lower()}.example", "company": company}
        lead = add_lead(
            unit, source="form", contact=contact, facts=HOT, reading=None, signals=[], playbook=application.playbooks.choose(), now=application.now()
        )
        unit.commit()
        return lead


def enter(browser: Browser, address: str, email: str, size: tuple[int, int] = SIZES[0]) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=address)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/console")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(WORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    return context, page


def stored(application: Application, lead_id: str) -> Lead:
    with application.unit(read_only=True) as unit:
        lead = unit.leads.get(lead_id)
        assert lead is not None
        return lead


def test_sales_accept_one_lead_and_reject_another_and_are_told_who_was_faster(browser: Browser, desk: tuple[Application, str]) -> None:
    application, address = desk
    priya, tom = arrive(application, "Priya Raman", "Cactus Clinics"), arrive(application, "Tom Albrecht", "Northlake Clinics")
    dana, page = enter(browser, address, "dana@meridian.example")
    page.get_by_role("link", name="The team has 2").click()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Priya Raman").or_(page.get_by_role("link", name="Tom Albrecht")).first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Accept this lead")).to_be_visible()
    assert serious(page) == []

    page.goto(f"/console/leads/{priya.id}")
    other, elsewhere = enter(browser, address, "mo@meridian.example")
    elsewhere.goto(f"/console/leads/{priya.id}")
    page.get_by_role("button", name="Accept this lead").click()
    expect(page.get_by_role("status")).to_have_text("Accepted: this lead is yours now.")
    assert (stored(application, priya.id).owner, stored(application, priya.id).stage) == ("dana@meridian.example", "sql")
    elsewhere.get_by_role("button", name="Accept this lead").click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("Nothing was changed, because the lead has changed since you looked. dana@meridian.example moved it to sal.")
    assert serious(elsewhere) == [] and stored(application, priya.id).owner == "dana@meridian.example"
    other.close()

    page.goto(f"/console/leads/{tom.id}")
    page.get_by_text("Reject with a reason").click()
    page.get_by_label("No budget path").check()
    page.get_by_role("button", name="Reject this lead").scroll_into_view_if_needed()
    assert serious(page) == []
    page.get_by_label("Note").first.fill("frozen until July")
    page.get_by_role("button", name="Reject this lead").click()
    expect(page.get_by_role("status")).to_have_text("Rejected, and the reason is kept.")
    expect(page.get_by_role("main")).to_contain_text("frozen until July")
    assert stored(application, tom.id).stage == "nurture"
    page.goto("/console")
    expect(page.get_by_role("link", name="Priya Raman")).to_be_visible()
    expect(page.get_by_role("link", name="Tom Albrecht")).to_have_count(0)
    dana.close()


def test_an_open_inbox_shows_new_leads_by_itself_and_keeps_what_is_ticked(browser: Browser, desk: tuple[Application, str]) -> None:
    application, address = desk
    first = arrive(application, "Priya Raman", "Cactus Clinics")
    context, page = enter(browser, address, "mo@meridian.example")
    page.get_by_role("link", name="Priya Raman").focus()
    page.keyboard.press("x")
    arrive(application, "Tom Albrecht", "Northlake Clinics")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("link", name="Tom Albrecht")).to_be_visible()
    expect(page.locator("#news")).to_have_text("One more lead in this list.")
    expect(page.get_by_role("checkbox", name="Priya Raman")).to_be_checked()
    expect(page.get_by_role("link", name="Priya Raman")).to_be_focused()
    page.get_by_label("Give the ticked leads to").select_option("accounts-b@example.com")
    page.get_by_role("button", name="Hand on").click()
    expect(page.get_by_role("status").first).to_have_text("1 lead handed on.")
    assert stored(application, first.id).owner == "accounts-b@example.com"
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "tablet"])
def test_no_page_keeps_anybody_out_or_scrolls_sideways(browser: Browser, desk: tuple[Application, str], size: tuple[int, int]) -> None:
    application, address = desk
    lead = arrive(application, "Priya Raman", "Cactus Clinics")
    context, page = enter(browser, address, "ada@meridian.example", size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for path in ("/console", "/console?view=later", "/console?q=nobody", f"/console/leads/{lead.id}", f"/console/leads/{lead.id}/print", "/console/audit"):
        page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert complaints == []
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "tablet"])
def test_sales_merge_two_leads_of_one_person_and_undo_it(browser: Browser, desk: tuple[Application, str], size: tuple[int, int]) -> None:
    application, address = desk
    first, second = arrive(application, "Priya Raman", "Cactus Clinics"), arrive(application, "Priya Raman", "Cactus Clinics")
    context, page = enter(browser, address, "dana@meridian.example", size)
    page.goto(f"/console/leads/{first.id}")
    page.get_by_text("Merge the two").click()
    page.get_by_label("This one").check()
    assert serious(page) == []
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Merged.")
    assert stored(application, second.id).merged_into == first.id
    page.goto(f"/console/leads/{second.id}")
    expect(page.get_by_role("status")).to_contain_text("was merged into this one")
    page.get_by_text("Undo the merge").first.click()
    expect(page.get_by_role("main")).to_contain_text("exactly as they were before")
    assert serious(page) == []
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("status")).to_contain_text("two leads again")
    assert stored(application, second.id).merged_into is None
    page.goto("/console/accounts")
    page.get_by_label("Find an account").fill("cactus")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/accounts?q=cactus")
    assert serious(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.get_by_role("link", name="Cactus Clinics").click()
    expect(page.get_by_role("heading", name="Who decides there")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("1 of 5 known")
    assert serious(page) == [] and page.evaluate("document.documentElement.scrollWidth") <= size[0]
    context.close()


def test_the_scripts_of_the_inbox_are_small() -> None:
    assert (STATIC_DIR / "inbox.js").stat().st_size < 60 * 1024


@pytest.mark.parametrize("size", [*SIZES, (390, 844)])
def test_a_manager_hears_the_bell_while_the_inbox_is_open_and_follows_it_to_the_lead(
    browser: Browser, desk: tuple[Application, str], size: tuple[int, int]
) -> None:
    application, address = desk
    application.playbooks.choose()
    now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    with application.unit() as unit:
        contact = {"name": "Priya Raman", "email": "priya@cactus.example", "company": "Cactus Clinics"}
        facts = HOT | {"buying_role": "evaluator"}
        lead = add_lead(unit, source="form", contact=contact, facts=facts, reading=None, signals=[], playbook=application.playbooks.choose(), now=now)
        unit.commit()
    mo, page = enter(browser, address, "mo@meridian.example", size)
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    run_clocks(application.unit, playbook_of=application.playbooks.of_lead, now=now + timedelta(minutes=150))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("link", name="Notices, 1 unread").click()
    expect(page.get_by_role("listitem").get_by_text("Nobody has answered a lead of Sales desk A").first).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    page.get_by_role("link", name="Priya Raman, Cactus Clinics").click()
    expect(page).to_have_url(f"{address}/console/leads/{lead.id}")
    page.goto("/console?view=escalated")
    expect(page.get_by_role("link", name="Priya Raman")).to_be_visible()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    assert serious(page) == []
    mo.close()
