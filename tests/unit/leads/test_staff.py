"""What staff do with leads: accept, reject, tell the outcome, correct facts; and what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from leads import decisions, staff
from leads.conversations import NotFound
from leads.intake import add_lead
from leads.records import Lead
from scoring.facts import InvalidFact
from scoring.stages import IllegalMove
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK
from tests.unit.leads.fake_unit import FakeUnit

DANA = "dana@meridian.example"


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def a_lead(unit: FakeUnit, **facts: Any) -> Lead:
    return add_lead(
        unit, source="form", contact={"name": "Ana Ruiz", "email": "ana@cedar.example"}, facts=facts or HOT, reading=None, signals=[],
        playbook=PLAYBOOK, now=NINE,
    )


def do(unit: FakeUnit, action: Any, lead: Lead, **how: Any) -> Lead:
    changed: Lead = action(unit, lead.id, playbook=PLAYBOOK, by=DANA, now=NINE + timedelta(hours=1), **how)
    return changed


def test_an_accepted_lead_belongs_to_who_accepted_and_its_clock_stops(unit: FakeUnit) -> None:
    lead = do(unit, decisions.accept, a_lead(unit, **{**HOT, "timeline": "later", "budget_status": "requested"}))
    assert (lead.stage, lead.owner, lead.respond_by) == ("sal", DANA, None)
    assert (unit.leads.moves[-1].by, unit.leads.moves[-1].rule) == (DANA, "accept")


def test_an_accepted_lead_that_meets_the_rule_is_sales_qualified_at_once(unit: FakeUnit) -> None:
    lead = do(unit, decisions.accept, a_lead(unit))
    assert lead.stage == "sql"
    assert [(move.stage_from, move.stage_to, move.by) for move in unit.leads.moves[-2:]] == [("mql", "sal", DANA), ("sal", "sql", "rules")]


def test_an_accepted_lead_qualifies_later_when_a_rep_adds_what_was_missing(unit: FakeUnit) -> None:
    lead = do(unit, decisions.accept, a_lead(unit, org_type="hospital", use_case="telehealth", budget_status="approved"))
    assert lead.stage == "sal"
    do(unit, staff.correct_facts, lead, facts={"timeline": "half_year", "buying_role": "budget_holder"})
    assert lead.stage == "sql" and unit.leads.moves[-1].stage_from == "sal"


def test_a_correction_never_takes_an_accepted_lead_back_nor_starts_its_clock_again(unit: FakeUnit) -> None:
    lead = do(unit, decisions.accept, a_lead(unit))
    do(unit, staff.correct_facts, lead, facts={"timeline": "none", "budget_status": "none", "buying_role": "user"})
    assert lead.stage == "sql" and lead.respond_by is None and lead.route == "direct_sales"


@pytest.mark.parametrize("reason", ["no_project", "wrong_contact", "no_budget_path"])
def test_a_rejected_lead_goes_back_to_nurture_and_its_clock_stops(unit: FakeUnit, reason: str) -> None:
    lead = do(unit, decisions.reject, a_lead(unit), reason=reason, note=None)
    assert (lead.stage, lead.route, lead.queue, lead.respond_by) == ("nurture", "nurture", PLAYBOOK.routes["nurture"].queue, None)
    assert unit.leads.moves[-1].rule == f"reject.{reason}"


def test_a_lead_of_a_poor_segment_is_disqualified(unit: FakeUnit) -> None:
    lead = do(unit, decisions.reject, a_lead(unit), reason="poor_segment", note="out of area")
    assert (lead.stage, lead.route, lead.note) == ("disqualified", "disqualified", "out of area")


def test_notes_add_up(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    lead.note = "asked about fax"
    do(unit, decisions.reject, lead, reason="other", note="sold the clinic")
    assert lead.note == "asked about fax\nsold the clinic"


@pytest.mark.parametrize(("reason", "note", "sentence"), [
    ("bored", None, "reason: expected one of no_project"), ("other", None, "needs a few words"), ("other", "  ", "needs a few words"),
])  # fmt: skip
def test_a_rejection_needs_one_known_reason(unit: FakeUnit, reason: str, note: str | None, sentence: str) -> None:
    lead = a_lead(unit)
    with pytest.raises(ValueError, match=sentence):
        do(unit, decisions.reject, lead, reason=reason, note=note)
    assert lead.stage == "mql" and lead.version == 0


def test_a_lead_is_won_only_by_way_of_an_opportunity(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    with pytest.raises(IllegalMove, match="cannot be moved by 'won'"):
        do(unit, decisions.tell_outcome, lead, outcome="won", note=None)
    do(unit, decisions.accept, lead)
    do(unit, decisions.tell_outcome, lead, outcome="opportunity", note=None)
    assert do(unit, decisions.tell_outcome, lead, outcome="won", note="$40,000").stage == "won"
    assert lead.note == "$40,000"


def test_the_day_on_which_a_deal_was_lost_can_be_told(unit: FakeUnit) -> None:
    lead = do(unit, decisions.accept, a_lead(unit))
    do(unit, decisions.tell_outcome, lead, outcome="opportunity", note=None)
    do(unit, decisions.tell_outcome, lead, outcome="lost", note="chose another", at=NINE - timedelta(days=3))
    assert lead.stage_since == NINE - timedelta(days=3)


@pytest.mark.parametrize("stage", ["sal", "sql", "opportunity", "won", "lost", "disqualified"])
def test_what_was_taken_or_is_over_cannot_be_accepted(unit: FakeUnit, stage: str) -> None:
    lead = a_lead(unit)
    lead.stage, owner = stage, lead.owner
    with pytest.raises(IllegalMove, match=f"stage {stage}"):
        do(unit, decisions.accept, lead)
    assert lead.owner == owner != DANA and lead.stage == stage


def test_an_outcome_that_is_none_is_refused(unit: FakeUnit) -> None:
    with pytest.raises(ValueError, match="outcome: expected opportunity"):
        do(unit, decisions.tell_outcome, a_lead(unit), outcome="maybe", note=None)


@pytest.mark.parametrize("action", [decisions.accept, staff.correct_facts])
def test_a_lead_that_is_not_there_is_said_to_be_missing(unit: FakeUnit, action: Any) -> None:
    how: dict[str, Any] = {"facts": {}} if action is staff.correct_facts else {}
    with pytest.raises(NotFound):
        action(unit, "gone", playbook=PLAYBOOK, by=DANA, now=NINE, **how)


def test_a_reps_correction_is_confirmed_names_the_rep_and_keeps_the_older_value(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    do(unit, staff.correct_facts, lead, facts={"org_type": "hospital", "stakeholders": []})
    stored = lead.facts["org_type"]
    assert (stored["value"], stored["confirmed"], stored["channel"]) == ("hospital", True, "call")
    assert DANA in stored["quote"] and [old["value"] for old in stored["history"]] == ["clinic_group"]
    assert lead.facts["stakeholders"]["value"] == []


def test_a_correction_that_makes_a_nurtured_lead_qualified_hands_it_off(unit: FakeUnit) -> None:
    lead = a_lead(unit, org_type="hospital", use_case="telehealth", timeline="none", budget_status="none")
    assert (lead.status, lead.route) == ("completed", "nurture")
    do(unit, staff.correct_facts, lead, facts={"timeline": "now", "budget_status": "approved"})
    assert (lead.status, lead.route, lead.stage) == ("handed_off", "direct_sales", "mql") and lead.respond_by is not None


def test_a_fact_can_be_taken_out(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    points = lead.assessment["scores"]["fit"]["points"]
    do(unit, staff.correct_facts, lead, facts={"org_size": None})
    assert "org_size" not in lead.facts and lead.assessment["scores"]["fit"]["points"] < points


@pytest.mark.parametrize("facts", [{"org_type": "circus"}, {"colour": "red"}, {"colour": None}, {"org_type": "payer", "timeline": "soonish"}])
def test_one_wrong_fact_changes_nothing(unit: FakeUnit, facts: dict[str, Any]) -> None:
    lead = a_lead(unit)
    before = dict(lead.facts)
    with pytest.raises(InvalidFact):
        do(unit, staff.correct_facts, lead, facts=facts)
    assert lead.facts == before and lead.version == 0


def test_a_search_pages_through_all_newest_first(unit: FakeUnit) -> None:
    leads = []
    for number in range(5):
        lead = a_lead(unit)
        lead.created_at += timedelta(minutes=number)
        leads.append(lead.id)
    seen, cursor = [], None
    for _ in range(3):
        page = staff.search(unit, cursor=cursor, limit=2)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == leads[::-1] and cursor is None


def test_no_page_is_larger_than_allowed(unit: FakeUnit) -> None:
    for _ in range(staff.MOST_A_PAGE + 1):
        unit.leads.add(Lead(id=str(_), source="form", created_at=NINE, updated_at=NINE, playbook={}))
    assert len(staff.search(unit, limit=10_000)["items"]) == staff.MOST_A_PAGE
