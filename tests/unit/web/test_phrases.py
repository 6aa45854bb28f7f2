"""How facts, times and names read on a page."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import phrases

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("org_type", "specialty_group", "specialty group"),
        ("org_type", "payer", "Health plan"),
        ("timeline", "none", "No project"),
        ("budget_status", "none", "No budget"),
        ("timeline_date", "2027-04-01", "1 Apr 2027"),
        ("org_size", {"sites": 3, "beds": None, "members": 120000}, "3 sites, 120,000 members"),
        ("org_size", {}, "none"),
        ("security_needs", ["baa", "soc2"], "BAA, SOC 2"),
        ("stakeholders", [], "none"),
        ("budget_amount", {"min": 80000, "max": 80000}, "$80,000 a year"),
        ("budget_amount", {"min": None, "max": 25000}, "up to $25,000 a year"),
        ("budget_amount", {"min": None, "max": None}, "–"),
        ("handles_phi", "yes", "yes"),
        ("comparing", True, "yes"),
        ("amount", 1250, "1,250"),
        ("region", None, "–"),
    ],
)
def test_a_fact_reads_as_words(fact: str, value: Any, words: str) -> None:
    assert phrases.fact_value(fact, value) == words


@given(
    st.text(max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=9),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    ),
)
def test_no_value_breaks_the_page(fact: str, value: Any) -> None:
    assert isinstance(phrases.fact_value(fact, value), str)
    assert isinstance(phrases.fact_value("budget_amount", value), str)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=35), "in 35 min"),
        (timedelta(hours=5), "in 5 h"),
        (timedelta(days=3), "in 3 days"),
        (timedelta(seconds=-20), "due now"),
        (timedelta(hours=-3), "3 h overdue"),
    ],
)
def test_the_clock_tells_what_is_left_and_what_is_overdue(left: timedelta, words: str) -> None:
    assert phrases.due(NOW + left, now=NOW) == words


def test_a_time_of_another_zone_is_shown_in_utc() -> None:
    assert (
        phrases.moment(datetime(2026, 11, 24, 9, 5, tzinfo=timezone(timedelta(hours=-5)))) == "24 Nov 2026, 14:05 UTC"
    )
    assert phrases.short_moment("2026-11-24T09:05:00-05:00") == "24 Nov, 14:05 UTC"


@pytest.mark.parametrize("bad", ["soon", "", None])
def test_what_is_no_time_is_shown_as_it_is(bad: str | None) -> None:
    assert phrases.moment(bad) == (bad or "–")
    assert phrases.due(bad, now=NOW) == "–"


@pytest.mark.parametrize(
    ("fact", "doubtful"),
    [
        ({"confidence": 0.5}, True),
        ({"confidence": 0.5, "confirmed": True}, False),
        ({"confidence": 0.9}, False),
        ({}, False),
    ],
)
def test_an_unconfirmed_reading_of_little_confidence_is_doubtful(fact: dict[str, Any], doubtful: bool) -> None:
    assert phrases.is_doubtful(fact) is doubtful


@pytest.mark.parametrize(
    ("lead", "name"),
    [
        ({"contact": {"name": "Ana", "email": "ana@clinic.example"}}, "Ana"),
        ({"contact": {"phone": "+1 520 555 0100"}}, "+1 520 555 0100"),
        ({"contact": None}, "Not named yet"),
    ],
)
def test_a_lead_goes_by_the_best_name_it_has(lead: dict[str, Any], name: str) -> None:
    assert phrases.who(lead) == name


@pytest.mark.parametrize("stage", list(phrases.STAGES))
def test_the_response_clock_runs_until_a_person_decided(stage: str) -> None:
    assert phrases.waits_for_sales({"stage": {"name": stage}}) is (stage in ("inquiry", "mql"))
