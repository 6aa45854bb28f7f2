"""The real pages in Chromium, phone and desktop: a whole qualification with the chat, then the console up to accepting the lead.

LEADTRIAGE_SCREENSHOTS=1 writes docs/screenshots/*.png.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.running.product import Product
from wiring.settings import ROOT

SIZES: dict[str, ViewportSize] = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SCREENSHOTS = ROOT / "docs/screenshots"
OTHER_LEADS: list[dict[str, Any]] = [
    {"source": "event", "contact": {"name": "Oluwaseun Bright", "company": "Harborview Health Plan", "email": "obright@harborplan.example"},
     "facts": {"org_type": "payer", "org_size": {"members": 120000}, "use_case": "member_engagement", "budget_status": "planning_cycle"}},
    {"source": "referral", "contact": {"name": "Petra Lindholm", "company": "Alder Senior Living"},
     "facts": {"org_type": "senior_care", "use_case": "care_coordination", "timeline": "later", "budget_status": "none"}},
    {"source": "demo_request", "contact": {"name": "Darnell Okoye", "company": "Pine Street Cardiology", "email": "dokoye@pinecardio.example"},
     "facts": {"org_type": "specialty_group", "org_size": {"providers": 22}, "use_case": "referral_management", "timeline": "half_year",
               "buying_role": "evaluator", "budget_status": "requested", "security_needs": ["baa", "security_review"]}},
]  # fmt: skip
VISITORS = {
    "desktop": {"name": "Marguerite Sorel", "email": "marguerite@cedarhillclinics.example", "company": "Cedar Hill Clinics"},
    "phone": {"name": "Hector Amaya", "email": "hector@amayaortho.example", "company": "Amaya Orthopedics"},
}

pytestmark = [pytest.mark.running, pytest.mark.browser]


@pytest.fixture
def troubles() -> list[str]:
    """Errors of the page's own scripts and requests that failed; empty at the end of a good visit."""
    return []


def visit(browser: Browser, product: Product, size: str, troubles: list[str]) -> Page:
    """A page of a fresh visitor. A phone is touched and small."""
    context = browser.new_context(
        viewport=SIZES[size], base_url=product.url, has_touch=size == "phone", is_mobile=size == "phone", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("response", lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return page


def shoot(page: Page, name: str) -> None:
    """Write a screenshot for the README, when asked to."""
    if os.environ.get("LEADTRIAGE_SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {[node['html'] for node in v['nodes']]}" for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


class Visitor:
    """Hands on the widget: presses the buttons a person sees and types in its field."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bubbles = page.locator("lead-chat .row.bot p")

    def start(self) -> None:
        """Open the chat and agree."""
        self.page.get_by_role("button", name="Open chat").click()
        expect(self.page.get_by_text("By starting you agree")).to_be_visible()
        self.page.get_by_role("button", name="Start chat").click()
        expect(self.page.get_by_role("button", name="Clinic group")).to_be_visible()

    def press(self, label: str) -> None:
        """Press a quick reply and wait for what the bot says."""
        before = self.bubbles.count()
        self.page.get_by_role("button", name=label, exact=True).click()
        expect(self.page.locator("lead-chat .row.visitor p").last).to_have_text(label)
        self._wait(before)

    def type(self, text: str) -> None:
        """Type, send and wait for what the bot says."""
        before = self.bubbles.count()
        self.page.get_by_label("Your message").fill(text)
        self.page.get_by_role("button", name="Send").click()
        self._wait(before)

    def _wait(self, before: int) -> None:
        expect(self.page.locator("lead-chat .typing")).to_be_hidden()
        assert self.bubbles.count() > before

    def state(self) -> dict[str, Any]:
        """Where the conversation stands, asked as the widget does after a reload."""
        state: dict[str, Any] = self.page.evaluate(
            """async () => {
              const [kept] = Object.values(sessionStorage).map((value) => { try { return JSON.parse(value) } catch { return null } })
                .filter((value) => value?.token);
              const answer = await fetch(`/api/chat/conversations/${kept.id}`, { headers: { Authorization: `Bearer ${kept.token}` } });
              return { id: kept.id, ...(await answer.json()).state };
            }"""
        )
        return state

    def answer(self, texts: dict[str, str], buttons: dict[str, str]) -> None:
        """Answer whatever is asked until it is over."""
        for _ in range(25):
            state = self.state()
            if state["finished"]:
                return
            asking = state["asking"]
            self.press(buttons[asking]) if asking in buttons else self.type(texts[asking])
        raise AssertionError(f"not over after 25 answers: {self.state()}")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_visitor_talks_to_the_landing_page_until_the_goodbye(product: Product, browser: Browser, size: str, troubles: list[str]) -> None:
    page = visit(browser, product, size, troubles)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_fits(page)
    assert_accessible(page)
    shoot(page, f"landing-{size}") if size == "desktop" else None
    visitor = Visitor(page)
    visitor.start()
    visitor.press("Clinic group" if size == "desktop" else "Specialty practice")
    visitor.type("Too many no-shows, and our front desk calls every patient by hand")
    visitor.type("how long does it take to go live?")
    if size == "desktop":
        shoot(page, "chat-desktop")
    assert_accessible(page)
    page.reload()
    expect(page.get_by_text("Too many no-shows")).to_be_visible()
    visitor = Visitor(page)
    person = VISITORS[size]
    visitor.answer(
        {"org_size": "9 sites and 40 providers", "stakeholders": "our CFO and IT", "phone": "no thanks", **person},
        {"timeline": "Within three months", "budget_status": "Approved", "handles_phi": "Yes", "buying_role": "I give final approval",
         "security_needs": "BAA", "department": "Operations", "integrations": "athenahealth", "current_solution": "Spreadsheets",
         "use_case": "Scheduling and reminders"},
    )
    assert_fits(page)
    expect(page.locator("lead-chat .done")).to_be_visible()
    if size == "phone":
        shoot(page, "chat-phone")
    state = visitor.state()
    assert state["outcome"] == "handed_off"
    (lead,) = product.staff("GET", f"/api/leads?conversation={state['id']}")["items"]
    assert lead["status"] == "handed_off" and (lead["stage"]["name"], lead["route"]["name"]) == ("mql", "direct_sales")
    assert lead["route"]["priority"] is True
    assert person.items() <= lead["contact"].items()
    assert lead["facts"]["use_case"]["value"] == "scheduling_reminders" and lead["facts"]["budget_status"]["value"] == "approved"
    assert troubles == []
    page.context.close()


def test_sales_signs_in_reads_why_a_lead_scored_and_accepts_it(product: Product, browser: Browser, troubles: list[str]) -> None:
    for other in OTHER_LEADS:
        product.staff("POST", "/api/leads", other)
    chat = product.chat()
    chat.say("We run 9 family clinics on athenahealth, and our staff calls every patient by hand because of no-shows")
    chat.answer(
        {"org_size": "9 sites", "stakeholders": "our CFO and IT", "phone": "412-555-0136", "name": "Winifred Achterberg",
         "email": "winifred@meadowclinics.example", "company": "Meadow Clinics", "current_solution": "by phone"},
        values={"timeline": "this_quarter", "budget_status": "approved", "handles_phi": "yes", "buying_role": "budget_holder",
                "security_needs": ["baa"], "department": "operations", "integrations": ["athenahealth"], "use_case": "scheduling_reminders"},
    )
    lead = chat.lead()
    page = visit(browser, product, "desktop", troubles)
    page.goto("/console")
    expect(page).to_have_url(f"{product.url}/console/sign-in?next=%2Fconsole")
    page.get_by_label("E-mail").fill(product.login["email"])
    page.get_by_label("Password").fill(product.login["password"])
    page.get_by_role("button", name="Sign in").click()
    row = page.get_by_role("link", name="Winifred Achterberg")
    expect(row).to_be_visible()
    for other in OTHER_LEADS:
        expect(page.get_by_role("link", name=other["contact"]["name"])).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "console-desktop")
    row.click()
    main = page.get_by_role("main")
    for score in ("fit", "intent", "readiness"):
        expect(main.get_by_text(str(lead["scores"][score]["points"]), exact=False).first).to_be_visible()
        for given in lead["scores"][score]["contributions"]:
            expect(main).to_contain_text(given["source"])
    expect(main).to_contain_text("no-shows")
    expect(main).to_contain_text("winifred@meadowclinics.example")
    assert_accessible(page)
    assert_fits(page)
    shoot(page, "lead-desktop")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status").or_(page.locator(".message")).first).to_be_visible()
    accepted = product.staff("GET", f"/api/leads/{lead['id']}")
    assert accepted["stage"]["name"] in ("sal", "sql") and accepted["route"]["owner"] == product.login["email"]
    assert [move["to"] for move in accepted["stage"]["history"]][-1:] == [accepted["stage"]["name"]]
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    assert troubles == []
    page.context.close()


def test_the_console_fits_a_phone(product: Product, browser: Browser, troubles: list[str]) -> None:
    chat = product.chat(prefill={"name": "Gustavo Pell", "email": "gustavo@pell.example", "company": "Pell Dental"})
    chat.choose("specialty_group")
    page = visit(browser, product, "phone", troubles)
    page.goto(f"/console/leads/{chat.lead()['id']}")
    page.get_by_label("E-mail").fill(product.login["email"])
    page.get_by_label("Password").fill(product.login["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("Gustavo Pell")
    assert_fits(page)
    page.goto("/console")
    expect(page.get_by_role("link", name="Gustavo Pell")).to_be_visible()
    assert_fits(page)
    page.context.close()
