"""Leads that wait: reminded, escalated, given to somebody else, woken; each once and in order. 2026-11-24 is a Tuesday, 26 and 27 are holidays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leads import decisions, staff
from leads.intake import add_lead
from leads.records import Lead, User
from leads.rights import Actor
from scoring.playbook import Playbook, parse_playbook
from tests.unit.leads.chatting import HOT, PLAYBOOK
from tests.unit.leads.fake_unit import FakeUnit
from worker.clocks import run_clocks

TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # ten o'clock in the morning where the business is
A, B, LEAD = "desk-a@example.com", "desk-b@example.com", "sales-lead@example.com"
WARM = HOT | {"buying_role": "evaluator"}  # two hours, not the half hour of priority
COLD = {"org_type": "clinic_group", "use_case": "patient_intake", "timeline": "none", "budget_status": "none"}


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def arrive(unit: FakeUnit, playbook: Playbook = PLAYBOOK, *, at: datetime = TEN, **facts: Any) -> Lead:
    contact = {"name": "Ana Ruiz", "email": f"ana{len(unit.leads.kept)}@cedar.example"}  # somebody else each time
    return add_lead(unit, source="form", contact=contact, facts=facts or WARM, reading=None, signals=[], playbook=playbook, now=at)


def run(unit: FakeUnit, at: datetime, playbook: Playbook = PLAYBOOK) -> list[str]:
    """Run the clocks at a moment and return what was done, step by step."""
    before = len(unit.clocks.kept)
    run_clocks(lambda: unit, playbook_of=lambda _: playbook, now=at)
    return [step.name + (" late" if step.late else "") for step in unit.clocks.kept[before:]]


def after(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


def told(unit: FakeUnit, kind: str) -> list[str]:
    return [notice.to for notice in unit.notices.kept if notice.kind == kind]


def changed(*pairs: tuple[str, str]) -> Playbook:
    text = PLAYBOOK.source.text
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse_playbook(text, "default.yml")


@pytest.mark.parametrize(("minutes", "steps"), [
    (104, []), (105, ["reminded"]), (120, ["reminded"]), (149, ["reminded"]), (150, ["reminded late", "escalated"]),
    (209, ["reminded late", "escalated"]), (210, ["reminded late", "escalated", "reassigned"]),
])  # fmt: skip
def test_a_worker_that_first_looks_so_many_minutes_after_the_lead_came_does_what_still_makes_sense(
    unit: FakeUnit, minutes: int, steps: list[str]
) -> None:
    lead = arrive(unit)
    assert lead.respond_by == after(120)
    assert run(unit, after(minutes)) == steps
    assert run(unit, after(minutes)) == [], "a step is taken once"


def test_minute_by_minute_each_step_is_taken_once_at_its_time_and_its_people_are_told(unit: FakeUnit) -> None:
    lead = arrive(unit)
    when = {name: minute for minute in range(211) for name in run(unit, after(minute))}
    assert when == {"reminded": 105, "escalated": 150, "reassigned": 210}
    assert (told(unit, "reminded"), told(unit, "escalated"), told(unit, "reassigned")) == ([A], [LEAD], [B, A])
    assert [notice.mail for notice in unit.notices.kept] == ["waiting", "waiting", "waiting", "none"]
    assert [(event.kind, event.by) for event in unit.leads.events(lead.id)] == [(name, "clock") for name in when]
    assert [entry.action for entry in unit.audit.kept if entry.by == "clock"] == list(when)


def test_no_notice_says_who_asked_or_what(unit: FakeUnit) -> None:
    lead = arrive(unit)
    run(unit, after(210))
    assert unit.notices.kept
    for notice in unit.notices.kept:
        assert "Ana" not in notice.words and "cedar" not in notice.words and notice.lead_id == lead.id


def test_a_lead_that_went_to_somebody_else_has_a_new_clock_and_goes_to_nobody_twice(unit: FakeUnit) -> None:
    lead = arrive(unit)
    run(unit, after(210))
    assert (lead.owner, lead.version, lead.respond_by) == (B, 1, after(330))
    assert run(unit, after(329)) == ["reminded"]
    assert run(unit, after(330 + 90)) == ["escalated", "reassigned"]
    assert lead.owner == B and lead.respond_by == after(330), "both have had it"
    assert [event.kind for event in unit.leads.events(lead.id)][-1] == "kept"
    assert run(unit, TEN + timedelta(days=6)) == []


@pytest.mark.parametrize(("old", "new"), [
    ("leave: [{from: 2026-12-21, to: 2027-01-01}]", "leave: [{from: 2026-11-24, to: 2026-11-24}]"), ("desk-b: 2}", "desk-a-too: 2}"),
])  # fmt: skip
def test_nobody_gets_it_who_is_on_leave_and_it_stays_where_there_is_nobody_else(unit: FakeUnit, old: str, new: str) -> None:
    playbook = changed((old, new)) if "leave" in old else changed(("sales: {desk-a: 3, desk-b: 2}", "sales: {desk-a: 3}"))
    lead = arrive(unit, playbook)
    run(unit, after(210), playbook)
    assert lead.owner == A and [event.kind for event in unit.leads.events(lead.id)] == ["reminded", "escalated", "kept"]


def test_nobody_gets_it_who_owns_the_most_they_may(unit: FakeUnit) -> None:
    playbook = changed(("role: new business, most_open: 40", "role: new business, most_open: 1"))
    first, second = arrive(unit, playbook), arrive(unit, playbook)
    assert {first.owner, second.owner} == {A, B}
    mine, theirs = (first, second) if first.owner == A else (second, first)
    decisions.accept(unit, theirs.id, playbook=playbook, by=B, now=TEN)
    run(unit, after(210), playbook)
    assert mine.owner == A


def test_whoever_answers_stops_the_clock(unit: FakeUnit) -> None:
    lead = arrive(unit)
    run(unit, after(105))
    decisions.accept(unit, lead.id, playbook=PLAYBOOK, by=A, now=after(110))
    assert run(unit, after(1000)) == [] and told(unit, "escalated") == []


def test_managers_hear_of_an_escalation_in_the_console_alone(unit: FakeUnit) -> None:
    for name, role in (("mo", "manager"), ("ray", "rep"), ("ad", "admin")):
        unit.staff.add_user(User(id=name, email=f"{name}@vendor.example", name=name, role=role, password_hash="", created_at=TEN))
    unit.staff.users_kept[-1].deactivated_at = TEN
    arrive(unit)
    run(unit, after(150))
    assert {notice.to: notice.mail for notice in unit.notices.kept} == {LEAD: "waiting", "mo@vendor.example": "none"}


def test_a_lead_without_an_owner_is_told_of_to_who_leads_its_queue(unit: FakeUnit) -> None:
    lead = arrive(unit)
    lead.owner = None
    run(unit, after(105))
    assert told(unit, "reminded") == [LEAD]
    run(unit, after(210))
    assert lead.owner in (A, B), "whose turn it is gets it"


@pytest.mark.parametrize("stage", ["won", "lost", "disqualified"])
def test_a_lead_that_is_over_asks_for_nothing(unit: FakeUnit, stage: str) -> None:
    lead = arrive(unit)
    lead.stage = stage
    assert run(unit, after(500)) == []


def test_who_asked_to_be_left_alone_and_what_is_weeks_old_is_left_alone(unit: FakeUnit) -> None:
    first, second = arrive(unit), arrive(unit)
    first.status = "stopped"
    assert second.respond_by is not None
    assert run(unit, second.respond_by + timedelta(days=14, minutes=1)) == []


def test_clocks_stand_still_outside_business_hours_and_on_holidays(unit: FakeUnit) -> None:
    wednesday = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)  # five in the afternoon; Thursday and Friday are holidays
    lead = arrive(unit, at=wednesday)
    assert lead.respond_by == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 14, 45, tzinfo=UTC)
    assert run(unit, monday - timedelta(minutes=1)) == [] and run(unit, monday) == ["reminded"]


def test_a_lead_that_was_put_off_is_quiet_until_business_opens_on_its_day_and_then_its_owner_hears_of_it(unit: FakeUnit) -> None:
    lead = arrive(unit)
    decisions.snooze(unit, lead.id, until=date(2026, 12, 1), why="they are away", playbook=PLAYBOOK, by=A, now=TEN)
    opens = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
    assert run(unit, opens - timedelta(minutes=1)) == []
    assert run(unit, opens) == ["woken"] and told(unit, "woken") == [A] and lead.snoozed_until is None
    assert run(unit, opens + timedelta(minutes=105)) == ["reminded"]


def test_put_off_to_a_holiday_it_is_woken_when_business_opens_again(unit: FakeUnit) -> None:
    lead = arrive(unit)
    decisions.snooze(unit, lead.id, until=date(2026, 11, 26), why="they are away", playbook=PLAYBOOK, by=A, now=TEN)
    assert run(unit, datetime(2026, 11, 27, 18, 0, tzinfo=UTC)) == []
    assert run(unit, datetime(2026, 11, 30, 13, 30, tzinfo=UTC)) == ["woken"] and lead.snoozed_until is None


def test_a_lead_comes_back_from_nurture_on_its_day_once_and_somebody_has_to_look_at_it(unit: FakeUnit) -> None:
    lead = arrive(unit, **COLD)
    decisions.back_to_nurture(unit, lead.id, why=None, playbook=PLAYBOOK, by=A, now=TEN) if lead.stage == "mql" else None
    lead.respond_by = None
    day = date.fromisoformat(lead.assessment["nurture"]["wake_on"])
    opens = datetime(day.year, day.month, day.day, 12, 30, tzinfo=UTC)  # 8:30 in summer time
    assert run(unit, opens - timedelta(minutes=1)) == []
    assert run(unit, opens) == ["woken"] and told(unit, "woken") == ["nurture@example.com"]
    assert lead.respond_by is not None and lead.respond_by > opens
    assert lead.assessment["nurture"]["wake_on"] > day.isoformat(), "the next day is worked out from this one"
    assert run(unit, opens + timedelta(minutes=1)) == []


def test_a_lead_with_a_stated_day_is_woken_before_it_once_and_not_each_day_until_then(unit: FakeUnit) -> None:
    lead = arrive(unit, **COLD, contract_end="2027-06-30")
    lead.respond_by = None
    assert lead.assessment["nurture"]["wake_on"] == "2027-03-31"
    woken = datetime(2027, 3, 31, 12, 30, tzinfo=UTC)
    assert run(unit, woken) == ["woken"]
    decisions.back_to_nurture(unit, lead.id, why=None, playbook=PLAYBOOK, by=A, now=woken) if lead.stage in ("inquiry", "mql") else None
    lead.respond_by = None
    for days in range(1, 91):
        assert run(unit, woken + timedelta(days=days)) == []
    assert run(unit, woken + timedelta(days=93)) == []
    assert lead.assessment["nurture"]["because_of"] is None and lead.assessment["nurture"]["wake_on"] > "2027-07-01", "a later day instead"


def test_nurture_wakes_nobody_who_cannot_be_answered_or_has_another_calendar(unit: FakeUnit) -> None:
    unreachable, demo = arrive(unit, **COLD), arrive(unit, **COLD)
    unreachable.contact.clear()
    demo.reference_date = date(2026, 1, 1)
    unreachable.respond_by = demo.respond_by = None
    assert run(unit, TEN + timedelta(days=300)) == []


def test_a_stronger_answer_by_its_day_brings_it_to_sales_by_rule(unit: FakeUnit) -> None:
    lead = arrive(unit, **COLD)
    lead.respond_by = None
    staff.correct_facts(unit, lead.id, {"budget_status": "approved", "timeline": "this_quarter"}, playbook=PLAYBOOK, by=A, now=TEN)
    assert lead.route == "direct_sales" and run(unit, TEN) == []


def test_a_person_who_hands_it_on_changes_nothing_of_its_clock(unit: FakeUnit) -> None:
    lead = arrive(unit)
    run(unit, after(105))
    decisions.reassign(unit, lead.id, to=B, who_can=[A, B], why=None, actor=Actor("mo@vendor.example", role="manager"), now=after(110))
    assert run(unit, after(149)) == [] and run(unit, after(150)) == ["escalated"]


def test_a_playbook_without_a_clock_reminds_nobody(unit: FakeUnit) -> None:
    text = PLAYBOOK.source.text
    start, end = text.index("clock:  # When"), text.index("crm:  # What")
    playbook = parse_playbook((text[:start] + text[end:]).replace("    sales-lead: {name: Sales lead, email: sales-lead@example.com, role: leads the sales desks}\n", ""), "default.yml")
    arrive(unit, playbook)
    assert run(unit, after(1000), playbook) == []
