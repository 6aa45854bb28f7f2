"""The response clock in words: business time left, overdue, other days."""

from datetime import UTC, datetime

import pytest

from leads.clock import clock
from scoring.hours import business_minutes
from scoring.playbook import load_playbook

PLAYBOOK = load_playbook()  # New York, 8:30 to 17:30 on weekdays; 26 and 27 November are holidays.


def at(text: str) -> datetime:
    """New York is five hours behind UTC in November."""
    return datetime.fromisoformat(f"2026-11-{text}:00-05:00").astimezone(UTC)


@pytest.mark.parametrize(("now", "due", "words"), [
    ("24T15:15", "24T15:40", ("by 3:40 pm", "25 min left", "soon")),
    ("24T09:00", "24T15:40", ("by 3:40 pm", "6 h 40 min left", "calm")),
    ("24T17:00", "25T08:45", ("by Wed 8:45 am", "45 min left", "soon")),
    ("24T22:00", "25T12:00", ("by Wed 12:00 pm", "3 h 30 min left", "calm")),
    ("25T17:00", "30T09:00", ("by Mon 9:00 am", "1 h 0 min left", "soon")),
    ("24T16:05", "24T15:40", ("by 3:40 pm", "25 min overdue", "late")),
    ("25T08:40", "24T17:20", ("by 24 Nov, 5:20 pm", "20 min overdue", "late")),
    ("24T15:40", "24T15:40", ("by 3:40 pm", "due now", "soon")),
    ("24T20:00", "24T17:30", ("by 5:30 pm", "overdue", "late")),
    ("23T09:00", "02T09:00", ("by 2 Nov, 9:00 am", "15 business days overdue", "late")),
])  # fmt: skip
def test_a_clock_says_by_when_and_how_much_business_time_is_left(now: str, due: str, words: tuple[str, str, str]) -> None:
    found = clock(PLAYBOOK, at(due), at(now))
    assert found is not None and (found.due, found.left, found.state) == words


def test_a_clock_that_ran_out_long_ago_counts_days() -> None:
    found = clock(PLAYBOOK, datetime(2026, 9, 1, 14, 0, tzinfo=UTC), at("24T09:00"))
    assert found is not None and (found.due, found.left, found.state) == ("by 1 Sep, 10:00 am", "84 days overdue", "late")


def test_no_clock_runs_where_nobody_is_waited_for() -> None:
    assert clock(PLAYBOOK, None, at("24T09:00")) is None


def test_business_minutes_count_over_nights_weekends_and_holidays_both_ways() -> None:
    assert business_minutes(PLAYBOOK, at("25T17:00"), at("30T08:45")) == 45
    assert business_minutes(PLAYBOOK, at("30T08:45"), at("25T17:00")) == -45
    assert business_minutes(PLAYBOOK, at("26T09:00"), at("27T12:00")) == 0
