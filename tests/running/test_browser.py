"""The console in Chromium, phone and desktop, up to accepting the lead. The chat is in test_browser_chat.py."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.running.browser_visitor import Visitor, open_context
from tests.running.product import Product

OTHER_LEADS: list[dict[str, Any]] = [
    {"source": "event", "contact": {"name": "Oluwaseun Bright", "company": "Harborview Health Plan", "email": "obright@harborplan.example"},
     "facts": {"org_type": "payer", "org_size": {"members": 120000}, "use_case": "member_engagement", "budget_status": "planning_cycle"}},
    {"source": "referral", "contact": {"name": "Petra Lindholm", "company": "Alder Senior Living"},
     "facts": {"org_type": "senior_care", "use_case": "care_coordination", "timeline": "later", "budget_status": "none"}},
    {"source": "demo_request", "contact": {"name": "Darnell Okoye", "company": "Pine Street Cardiology", "email": "dokoye@pinecardio.example"},
     "facts": {"org_type": "specialty_group", "org_size": {"providers": 22}, "use_case": "referral_management", "timeline": "half_year",
               "buying_role": "evaluator", "budget_status": "requested", "security_needs": ["baa", "security_review"]}},
]  # fmt: skip

pytestmark = [pytest.mark.running, pytest.mark.browser]


def test_sales_signs_in_reads_why_a_lead_scored_and_accepts_it(product: Product, browser: Browser) -> None:
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
    visitor = Visitor(open_context(browser, product, "desktop"), "/console")
    page = visitor.page
    expect(page).to_have_url(f"{product.url}/console/sign-in?next=%2Fconsole")
    page.get_by_label("E-mail").fill(product.login["email"])
    page.get_by_label("Password").fill(product.login["password"])
    page.get_by_role("button", name="Sign in").click()
    row = page.get_by_role("link", name="Winifred Achterberg")
    expect(row).to_be_visible()
    for other in OTHER_LEADS:
        expect(page.get_by_role("link", name=other["contact"]["name"])).to_be_visible()
    visitor.assert_accessible()
    visitor.shoot("console-desktop")
    row.click()
    main = page.get_by_role("main")
    for score in ("fit", "intent", "readiness"):
        expect(main.get_by_text(str(lead["scores"][score]["points"]), exact=False).first).to_be_visible()
        for given in lead["scores"][score]["contributions"]:
            expect(main).to_contain_text(given["source"])
    expect(main).to_contain_text("no-shows")
    expect(main).to_contain_text("winifred@meadowclinics.example")
    visitor.assert_accessible()
    visitor.shoot("lead-desktop")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status").or_(page.locator(".message")).first).to_be_visible()
    accepted = product.staff("GET", f"/api/leads/{lead['id']}")
    assert accepted["stage"]["name"] in ("sal", "sql") and accepted["route"]["owner"] == product.login["email"]
    assert [move["to"] for move in accepted["stage"]["history"]][-1:] == [accepted["stage"]["name"]]
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    visitor.leave()


def test_the_console_fits_a_phone(product: Product, browser: Browser) -> None:
    chat = product.chat(prefill={"name": "Gustavo Pell", "email": "gustavo@pell.example", "company": "Pell Dental"})
    chat.choose("specialty_group")
    visitor = Visitor(open_context(browser, product, "phone"), f"/console/leads/{chat.lead()['id']}")
    page = visitor.page
    page.get_by_label("E-mail").fill(product.login["email"])
    page.get_by_label("Password").fill(product.login["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("Gustavo Pell")
    visitor.assert_accessible()
    page.goto("/console")
    expect(page.get_by_role("link", name="Gustavo Pell")).to_be_visible()
    visitor.assert_accessible()
    visitor.leave()
