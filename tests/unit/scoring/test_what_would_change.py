"""What one more answer would change: equal answers together, the likeliest first, nothing that is known or refused."""

from datetime import date

import pytest
from hypothesis import given

from scoring.engine import Answer, assess
from scoring.playbook import load_playbook
from scoring.what_would_change import what_would_change
from tests.properties.drawn_leads import TODAY, DrawnLead, leads

PLAYBOOK, DAY = load_playbook(), date(2026, 11, 24)
KNOWN = {name: Answer(value) for name, value in {"org_type": "clinic_group", "use_case": "scheduling_reminders", "timeline": "this_quarter"}.items()}


def test_money_and_a_decider_bring_priority() -> None:
    changes = what_would_change({**KNOWN, "buying_role": Answer("budget_holder")}, [], PLAYBOOK, on=DAY)
    assert [(change.values, change.route, change.priority) for change in changes if change.fact == "budget_status"] == [
        (["approved", "grant"], "direct_sales", True)
    ]


def test_the_likeliest_change_comes_first() -> None:
    chances = [change.chance for change in what_would_change({"org_type": Answer("clinic_group")}, [], PLAYBOOK, on=DAY)]
    assert chances == sorted(chances, reverse=True) and 0 < chances[0] <= 1


@pytest.mark.parametrize("fact", ["org_type", "budget_status"])
def test_what_is_known_or_refused_is_left_out(fact: str) -> None:
    changes = what_would_change(KNOWN, [], PLAYBOOK, on=DAY, refused=["budget_status"])
    assert fact not in {change.fact for change in changes}


@given(leads())
def test_every_change_comes_true_when_its_answer_is_given(lead: DrawnLead) -> None:
    for change in what_would_change(lead.answers, lead.signals, PLAYBOOK, on=TODAY)[:3]:
        then = assess({**lead.answers, change.fact: Answer(change.values[0])}, lead.signals, PLAYBOOK, on=TODAY)
        assert (then.route, then.stage, then.priority) == (change.route, change.stage, change.priority)
