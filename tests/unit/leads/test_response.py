"""Promises that outlive their clock: when it started, what was promised, when a person first acted, and what sales said with which scores."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from leads import decisions
from leads.intake import add_lead, add_signal
from leads.records import Lead
from leads.rights import Actor
from scoring.hours import respond_by
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK
from tests.unit.leads.fake_unit import FakeUnit

DANA = "dana@meridian.example"


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def arrive(unit: FakeUnit, now: datetime = NINE, **facts: Any) -> Lead:
    contact = {"name": "Ana Ruiz", "email": "ana@cedar.example"}
    return add_lead(unit, source="form", contact=contact, facts=facts or HOT, reading=None, signals=[], playbook=PLAYBOOK, now=now)  # type: ignore[arg-type]


def act(name: str, unit: FakeUnit, lead: Lead, *, now: datetime, **how: Any) -> None:
    getattr(decisions, name)(unit, lead.id, playbook=PLAYBOOK, by=DANA, now=now, **how)


def test_a_routed_lead_has_a_promise_that_stays_when_the_clock_is_cleared(unit: FakeUnit) -> None:
    lead = arrive(unit)
    due = lead.respond_by
    assert due is not None and (lead.answer_route, lead.answer_from_at, lead.answer_due_at) == ("direct_sales", NINE, due)
    act("accept", unit, lead, now=NINE + timedelta(minutes=20))
    assert lead.respond_by is None
    assert (lead.answer_due_at, lead.answered_at, lead.answered_minutes) == (due, NINE + timedelta(minutes=20), 20)


def test_minutes_are_counted_in_business_time(unit: FakeUnit) -> None:
    lead = arrive(unit)
    act("reject", unit, lead, now=NINE + timedelta(days=1), reason="no_project", note=None)
    hours = PLAYBOOK.business_hours
    assert lead.answered_minutes == (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute


def test_only_the_first_act_of_a_person_answers(unit: FakeUnit) -> None:
    lead = arrive(unit)
    act("accept", unit, lead, now=NINE + timedelta(minutes=5))
    act("tell_outcome", unit, lead, now=NINE + timedelta(minutes=50), outcome="opportunity", note=None)
    assert lead.answered_minutes == 5


def test_handing_on_and_putting_off_answer_nobody_and_putting_off_moves_the_promise(unit: FakeUnit) -> None:
    lead = arrive(unit)
    decisions.reassign(unit, lead.id, to="mo@meridian.example", who_can=["mo@meridian.example"], why=None, actor=Actor("ada@x", role="admin"), now=NINE)  # type: ignore[arg-type]
    assert lead.answered_at is None and lead.answer_due_at == respond_by(PLAYBOOK, "direct_sales", NINE, priority=True)
    act("snooze", unit, lead, now=NINE, until=(NINE + timedelta(days=2)).date(), why="asked to")
    assert lead.answered_at is None and lead.answer_due_at == lead.respond_by and lead.answer_from_at == NINE


def test_a_promise_that_was_missed_stays_missed_when_a_new_clock_starts(unit: FakeUnit) -> None:
    lead = arrive(unit)
    missed = lead.answer_due_at
    lead.route = None  # routed anew, as after a correction that changes its route
    add_signal(unit, kind="pricing_request", at=NINE, playbook=PLAYBOOK, now=NINE + timedelta(days=9), lead_id=lead.id)  # type: ignore[arg-type]
    assert lead.respond_by is not None and lead.respond_by > NINE + timedelta(days=8) and lead.answer_due_at == missed


def test_somebody_who_comes_back_from_nurture_waits_from_then_on(unit: FakeUnit) -> None:
    lead = arrive(unit, org_type="payer", use_case="member_engagement")
    assert lead.answer_route == "nurture"
    later = NINE + timedelta(days=40)
    add_signal(unit, kind="pricing_request", at=later, playbook=PLAYBOOK, now=later, lead_id=lead.id)  # type: ignore[arg-type]
    assert lead.answer_route == "direct_sales" and lead.answer_from_at == later


def test_what_sales_said_is_kept_with_the_scores_of_that_moment(unit: FakeUnit) -> None:
    lead = arrive(unit, org_type="payer", use_case="member_engagement", timeline="year")
    act("reject", unit, lead, now=NINE, reason="no_budget_path", note=None)
    act("accept", unit, lead, now=NINE + timedelta(days=1))
    first, second = unit.leads.dispositions
    assert (first.accepted, first.reason, first.by, second.accepted, second.reason) == (False, "no_budget_path", DANA, True, None)
    assert first.fit_band == lead.assessment["scores"]["fit"]["band"] and "budget_status" in first.unknown
    rule = next(rule for rule in first.rules if rule[0] == "fit.org_type")
    assert rule[1:3] == [40, "payer"] and rule[3].startswith("default.yml:")


def test_back_to_nurture_and_outcomes_are_no_dispositions(unit: FakeUnit) -> None:
    act("back_to_nurture", unit, arrive(unit), now=NINE, why="too early")
    assert unit.leads.dispositions == []


def test_how_far_a_lead_came_is_not_forgotten_when_it_falls_back(unit: FakeUnit) -> None:
    lead = arrive(unit)
    act("accept", unit, lead, now=NINE)
    reached = lead.furthest
    act("reject", unit, lead, now=NINE, reason="no_project", note=None)
    assert reached >= 2 and (lead.stage, lead.furthest) == ("nurture", reached)
