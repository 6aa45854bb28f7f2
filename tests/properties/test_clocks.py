"""Clocks at any time: whenever workers look, each step is taken once, in order, and never after it has lost its sense."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.intake import add_lead
from scoring.hours import business_minutes, earlier, is_open, later, opening_of
from scoring.playbook import load_playbook
from scoring.unanswered import STEPS, steps_of
from tests.unit.leads.chatting import HOT
from tests.unit.leads.fake_unit import FakeUnit
from worker.clocks import run_clocks

PLAYBOOK = load_playbook()
START = datetime(2026, 10, 26, tzinfo=UTC)  # a week with the end of summer time, holidays and a turn of the year lie ahead
MOMENTS = st.integers(0, 120 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
ORDER = {name: number for number, name in enumerate(STEPS)}


@settings(max_examples=60, deadline=None)
@given(came_at=MOMENTS, looks=st.lists(st.integers(0, 14 * 24 * 60), max_size=12))
def test_whenever_workers_look_each_step_is_taken_once_in_order_and_no_reminder_after_an_escalation(came_at: datetime, looks: list[int]) -> None:
    unit = FakeUnit()
    contact = {"name": "Ana", "email": "ana@cedar.example"}
    add_lead(unit, source="form", contact=contact, facts=HOT | {"buying_role": "evaluator"}, reading=None, signals=[], playbook=PLAYBOOK, now=came_at)
    for minutes in sorted(looks):
        run_clocks(lambda: unit, playbook_of=lambda _: PLAYBOOK, now=came_at + timedelta(minutes=minutes))
    taken = unit.clocks.kept
    assert len({(step.due_at, step.name) for step in taken}) == len(taken)
    for before, following in pairwise(taken):
        assert (before.due_at, ORDER[before.name]) < (following.due_at, ORDER[following.name])
    for step in taken:
        moments = {found.name: found.at for found in steps_of(PLAYBOOK, "direct_sales", step.due_at)}
        assert step.at >= moments[step.name], "no step comes early"  # type: ignore[index]
        assert step.late == (step.name == "reminded" and step.at >= moments["escalated"]), "a reminder that lost its sense is noted, not sent"
    reminders = [notice for notice in unit.notices.kept if notice.kind == "reminded"]
    assert len(reminders) == sum(step.name == "reminded" and not step.late for step in taken)


@settings(max_examples=60, deadline=None)
@given(came_at=MOMENTS, looks=st.lists(st.integers(0, 14 * 24 * 60), max_size=8))
def test_it_makes_no_difference_how_often_workers_looked_before_for_what_was_due_in_the_end(came_at: datetime, looks: list[int]) -> None:
    """Up to the first new clock: from then on the time of each look counts, since the new owner has the whole time."""
    def taken(at: list[int]) -> set[str]:
        unit = FakeUnit()
        add_lead(unit, source="form", contact={"email": "ana@cedar.example"}, facts=HOT | {"buying_role": "evaluator"}, reading=None, signals=[], playbook=PLAYBOOK, now=came_at)
        for minutes in at:
            run_clocks(lambda: unit, playbook_of=lambda _: PLAYBOOK, now=came_at + timedelta(minutes=minutes))
        first = min((step.due_at for step in unit.clocks.kept), default=None)
        return {step.name for step in unit.clocks.kept if step.due_at == first}

    last = max(looks, default=0)
    assert taken(sorted(looks)) == taken([last])


@given(moment=MOMENTS, minutes=st.integers(1, 3000))
def test_going_back_and_forth_in_business_time_comes_to_the_same_minutes(moment: datetime, minutes: int) -> None:
    back, ahead = earlier(PLAYBOOK, moment, minutes), later(PLAYBOOK, moment, minutes)
    assert business_minutes(PLAYBOOK, back, moment) == minutes == business_minutes(PLAYBOOK, moment, ahead)
    assert back < moment < ahead and is_open(PLAYBOOK, back) and is_open(PLAYBOOK, ahead - timedelta(seconds=1))


@given(moment=MOMENTS)
def test_a_day_opens_on_the_first_minute_on_which_somebody_answers(moment: datetime) -> None:
    opens = opening_of(PLAYBOOK, moment.date())
    assert is_open(PLAYBOOK, opens) and not is_open(PLAYBOOK, opens - timedelta(seconds=1))
