"""The three worked examples of the qualification framework, as real conversations (as facts they are in tests/scenarios)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.running.product import TODAY, Product

pytestmark = pytest.mark.running


def _bands(lead: dict[str, Any]) -> dict[str, str]:
    return {name: score["band"] for name, score in lead["scores"].items()}


def _signal(product: Product, kind: str, day: str, **who: str) -> None:
    product.staff("POST", "/api/signals", {"kind": kind, "at": f"{day}T15:00:00+00:00", **who})


def test_e1_a_clinic_group_that_read_a_guide_and_wants_a_call_goes_to_sales(product: Product) -> None:
    visitor = uuid.uuid4().hex
    _signal(product, "guide_download", "2026-11-21", visitor=visitor)
    chat = product.chat(visitor=visitor)
    chat.say("We have 7 outpatient clinics and patients don't show up, the phones never stop")
    chat.say("could somebody call me about scheduling?")
    chat.answer({"name": "Ines Moreau", "email": "ines@brookclinics.example", "company": "Brook Clinics", "phone": "312-555-0147"})
    assert chat.state["finished"] is False
    chat.answer(
        {"timeline": "in about five months", "budget_status": "it's been requested", "buying_role": "I recommend, others decide",
         "current_solution": "by hand", "department": "operations team", "security_needs": "a BAA", "stakeholders": "finance",
         "integrations": "NextGen", "org_size": "7 sites"},
        values={"handles_phi": "yes", "use_case": "scheduling_reminders"},
    )
    lead = chat.lead()
    assert chat.state["outcome"] == "handed_off", chat.state
    assert (lead["stage"]["name"], lead["route"]["name"], lead["route"]["queue"]) == ("mql", "direct_sales", "sales")
    assert _bands(lead)["fit"] == "high" and _bands(lead)["intent"] in ("medium", "high") and _bands(lead)["readiness"] == "medium"
    assert "it_review_not_mapped" in {flag["id"] for flag in lead["flags"]}
    rules = {given["rule"] for score in lead["scores"].values() for given in score["contributions"]}
    assert any("guide_download" in rule for rule in rules) and any("call_request" in rule for rule in rules)


def test_e2_a_health_plan_that_only_listens_is_nurtured_and_comes_back_with_a_stronger_signal(product: Product) -> None:
    visitor, email = uuid.uuid4().hex, f"plan.{uuid.uuid4().hex[:8]}@lakeshoreplan.example"
    _signal(product, "webinar", "2026-11-19", visitor=visitor)
    chat = product.chat(visitor=visitor)
    chat.say("I'm with a health plan")
    chat.say("reaching our members, closing care gaps")
    chat.answer(
        {"name": "Tom Abara", "email": email, "company": "Lakeshore Plan"},
        values={"timeline": "none", "budget_status": "none", "buying_role": "recommender", "handles_phi": "yes"},
    )
    lead = chat.lead()
    assert chat.state["outcome"] == "nurture", chat.state
    assert (lead["stage"]["name"], lead["route"]["name"], lead["status"]) == ("nurture", "nurture", "completed")
    assert _bands(lead)["fit"] == "high" and _bands(lead)["intent"] == "low"
    assert lead["facts"]["use_case"]["value"] == "member_engagement"

    _signal(product, "blog_page", TODAY, email=email)
    assert chat.lead()["route"]["name"] == "nurture", "a blog page is no stronger signal"
    _signal(product, "meeting_request", TODAY, email=email)
    lead = chat.lead()
    assert (lead["stage"]["name"], lead["route"]["name"], lead["route"]["queue"]) == ("mql", "direct_sales", "sales")
    assert lead["route"]["respond_by"] is not None
    assert [move["to"] for move in lead["stage"]["history"]][-2:] == ["nurture", "mql"]


def test_e3_a_hospital_network_that_asks_for_prices_and_names_its_security_review_is_accepted_by_sales(product: Product) -> None:
    chat = product.chat()
    chat.say("I'm a director at a hospital network; our next step is the security review")
    assert chat.facts()["security_needs"] == ["security_review"] and chat.facts()["org_type"] == "health_system"
    chat.say("what is the price?")
    assert chat.kinds[0] == "answer"
    chat.answer(
        {"use_case": "coordinating care after discharge", "timeline": "in about ten months", "budget_status": "in next year's budget cycle",
         "buying_role": "I compare the options", "current_solution": "spreadsheets", "department": "clinical", "org_size": "4 hospitals, 900 beds",
         "stakeholders": "IT and compliance, and our CEO", "integrations": "Epic", "security_needs": "nothing to add", "name": "Ruth Okafor", "email": "ruth@stmarnet.example",
         "company": "St. Mar Network", "phone": "no thanks"},
        values={"handles_phi": "yes"}, never=["org_type"],
    )
    lead = chat.lead()
    assert chat.state["outcome"] == "handed_off", chat.state
    known = {"buying_role": "evaluator", "timeline": "year", "budget_status": "planning_cycle", "use_case": "care_coordination", "handles_phi": "yes"}
    assert known.items() <= chat.facts().items()
    assert (lead["stage"]["name"], lead["route"]["name"], lead["route"]["priority"]) == ("mql", "direct_sales", True)
    assert "it_review_not_mapped" not in {flag["id"] for flag in lead["flags"]}
    accepted = product.staff("POST", f"/api/leads/{lead['id']}/accept")
    assert accepted["stage"]["name"] == "sal" and accepted["route"]["owner"]
    assert accepted["stage"]["history"][-1]["from"] == "mql" and accepted["stage"]["history"][-1]["by"] == "demo"
    chat.say("Correction: we have no budget for it")
    assert chat.lead()["stage"]["name"] == "sal", "what a person decided, an answer must not undo"
