"""When someone answers, in business time and said truthfully. 2026-11-24 is a Tuesday, 26 and 27 are holidays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scoring.hours import answer_time, is_open, respond_by
from scoring.playbook import load_playbook, parse_playbook

PLAYBOOK = load_playbook()
EASTERN = ZoneInfo("America/New_York")


def at(day: int, clock: str, month: int = 11, year: int = 2026) -> datetime:
    """Return a moment of the vendor's wall clock."""
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(24, "10:00"), at(24, "12:00")),
        (at(24, "06:00"), at(24, "10:30")),
        (at(24, "15:30"), at(24, "17:30")),
        (at(24, "16:30"), at(25, "09:30")),
        (at(24, "21:00"), at(25, "10:30")),
        (at(25, "17:00"), at(30, "10:00")),  # over Thanksgiving, the day after and the weekend
        (at(28, "12:00"), at(30, "10:30")),
        (at(12, "17:00", month=3, year=2027), at(15, "10:00", month=3, year=2027)),  # summer time begins on the 14th
    ],
)
def test_two_hours_of_business_time(now: datetime, due: datetime) -> None:
    found = respond_by(PLAYBOOK, "direct_sales", now.astimezone(UTC))
    assert found == due.astimezone(UTC)
    assert found is not None and found.tzinfo is UTC


def test_priority_is_sooner_and_the_closed_route_never() -> None:
    now = at(24, "10:00")
    assert respond_by(PLAYBOOK, "direct_sales", now, priority=True) == at(24, "10:30")
    assert respond_by(PLAYBOOK, "nurture", now, priority=True) == respond_by(PLAYBOOK, "nurture", now)
    assert respond_by(PLAYBOOK, "disqualified", now) is None
    assert answer_time(PLAYBOOK, "disqualified", now) == ""


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at(24, "14:30"), "today by 4:30 pm Eastern"),
        (at(24, "14:21"), "today by 4:30 pm Eastern"),
        (at(24, "19:00"), "tomorrow morning, by 10:30 am Eastern"),
        (at(25, "16:30"), "Monday morning, by 9:30 am Eastern"),
        (at(24, "10:00"), "today by 12:00 pm Eastern"),
    ],
)
def test_the_promise_is_said_in_words(now: datetime, words: str) -> None:
    assert answer_time(PLAYBOOK, "direct_sales", now) == words


def test_a_clock_that_runs_is_told_until_it_has_run_out() -> None:
    running = at(24, "14:00")
    assert answer_time(PLAYBOOK, "direct_sales", at(24, "13:00"), running=running) == "today by 2:00 pm Eastern"
    assert answer_time(PLAYBOOK, "direct_sales", at(24, "14:30"), running=running) == "today by 4:30 pm Eastern"


def test_a_day_a_week_away_is_named_with_its_date() -> None:
    text = PLAYBOOK.source.text.replace(
        "holidays: [2026-11-26", "holidays: [2026-11-30, 2026-12-01, 2026-12-02, 2026-11-26"
    )
    later = parse_playbook(text)
    assert (
        answer_time(later, "direct_sales", at(25, "17:00"))
        == "Thursday, December 3, in the morning, by 10:00 am Eastern"
    )


def test_opening_hours() -> None:
    assert is_open(PLAYBOOK, at(24, "08:30")) and not is_open(PLAYBOOK, at(24, "17:30"))
    assert not is_open(PLAYBOOK, at(26, "12:00")) and not is_open(PLAYBOOK, at(28, "12:00"))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        respond_by(PLAYBOOK, "direct_sales", datetime(2026, 11, 24, 10))


def test_the_promise_is_never_earlier_than_the_clock() -> None:
    for minutes in range(0, 3000, 37):
        now = at(24, "00:00") + timedelta(minutes=minutes)
        due = respond_by(PLAYBOOK, "direct_sales", now)
        assert due is not None
        assert due >= now + timedelta(minutes=120)
        assert is_open(PLAYBOOK, due - timedelta(minutes=1))
