"""Conditions: each kind of entry, and what can still become of it while facts are unknown."""

from datetime import date
from typing import Any

import pytest

from scoring.check import implies, never_holds
from scoring.conditions import CAN_FAIL, CAN_HOLD, Situation, compile_condition

TODAY = date(2026, 11, 24)


def situation(**values: Any) -> Situation:
    """Return a situation in which these facts are known."""
    return Situation(values, {"webinar": 3}, TODAY)


@pytest.mark.parametrize(
    ("when", "known", "holds"),
    [
        ({"timeline": "now"}, {"timeline": "now"}, True),
        ({"timeline": ["now", "year"]}, {"timeline": "later"}, False),
        ({"timeline": "now"}, {}, False),
        ({"stakeholders": ["it", "legal"]}, {"stakeholders": ["legal"]}, True),
        ({"stakeholders": "none"}, {"stakeholders": []}, True),
        ({"stakeholders": "none"}, {"stakeholders": ["it"]}, False),
        ({"stakeholders": "none"}, {}, False),
        ({"org_size": {"at_least": {"sites": 5, "beds": 100}}}, {"org_size": {"beds": 100}}, True),
        ({"org_size": {"at_least": {"sites": 5}}}, {"org_size": {"beds": 900}}, False),
        ({"budget_amount": {"at_least": 50000}}, {"budget_amount": {"min": 10000.0, "max": 60000.0}}, True),
        ({"budget_amount": {"at_most": 50000}}, {"budget_amount": {"min": 60000.0, "max": None}}, False),
        ({"budget_amount": {"at_most": 50000}}, {}, False),
        ({"contract_end": {"within_days": 30}}, {"contract_end": "2026-12-24"}, True),
        ({"contract_end": {"within_days": 30}}, {"contract_end": "2026-11-23"}, False),
        ({"contract_end": {"beyond_days": 30}}, {"contract_end": "2026-12-25"}, True),
        ({"current_solution": "weave"}, {"current_solution": "Weave"}, True),
        ({"signals": ["webinar", "blog_page"]}, {}, True),
        ({"signals": "pricing_page"}, {}, False),
        ({"known": ["timeline", "region"]}, {"timeline": "now"}, False),
        ({"unknown": "timeline"}, {}, True),
        ({"not": {"timeline": "now"}}, {}, True),
        ({"any": [{"timeline": "now"}, {"comparing": "yes"}]}, {"comparing": "yes"}, True),
        ({"any": [{"timeline": "now"}, {"comparing": "yes"}], "region": "OH"}, {"comparing": "yes"}, False),
    ],
)
def test_a_condition_holds_or_not(when: dict[str, Any], known: dict[str, Any], holds: bool) -> None:
    assert compile_condition(when).holds(situation(**known)) is holds


@pytest.mark.parametrize(
    ("when", "known", "may"),
    [
        ({"timeline": "now"}, {}, CAN_HOLD | CAN_FAIL),
        ({"timeline": "now"}, {"timeline": "now"}, CAN_HOLD),
        ({"timeline": "now"}, {"timeline": "year"}, CAN_FAIL),
        ({"timeline": "now", "region": "OH"}, {"timeline": "year"}, CAN_FAIL),
        ({"not": {"timeline": "now"}}, {}, CAN_HOLD | CAN_FAIL),
        ({"not": {"timeline": "now"}}, {"timeline": "now"}, CAN_FAIL),
        ({"any": [{"timeline": "now"}, {"comparing": "yes"}]}, {"comparing": "yes"}, CAN_HOLD),
        ({"any": [{"timeline": "now"}, {"comparing": "yes"}]}, {"comparing": "no"}, CAN_HOLD | CAN_FAIL),
        ({"signals": "webinar"}, {}, CAN_HOLD),
    ],
)
def test_unknown_facts_leave_a_condition_open(when: dict[str, Any], known: dict[str, Any], may: int) -> None:
    assert compile_condition(when).may(situation(**known)) == may


@pytest.mark.parametrize(
    ("special", "general", "expected"),
    [
        ({"timeline": "now", "fit": "high"}, {"timeline": ["now", "year"]}, True),
        ({"timeline": ["now", "later"]}, {"timeline": ["now", "year"]}, False),
        ({"timeline": "now"}, {"any": [{"region": "OH"}, {"timeline": ["now"]}]}, True),
        ({"timeline": "now"}, {"not": {"timeline": "later"}}, False),
        ({}, {"timeline": "now"}, False),
        ({"timeline": "now"}, {}, True),
    ],
)
def test_one_condition_implies_another(special: dict[str, Any], general: dict[str, Any], expected: bool) -> None:
    assert implies(special, general) is expected


def test_contradictions_are_seen() -> None:
    assert never_holds({"timeline": "now", "unknown": "timeline"})
    assert never_holds({"timeline": "now", "not": {"timeline": ["now", "year"]}})
    assert never_holds({"any": [{"region": "OH", "unknown": "region"}]})
    assert not never_holds({"timeline": ["now", "year"], "not": {"timeline": "now"}})
