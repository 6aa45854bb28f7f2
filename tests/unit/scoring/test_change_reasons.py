"""Why two playbooks decide differently, in words with the lines of both files."""

from datetime import date
from typing import Any

from scoring.change_reasons import change_reasons
from scoring.engine import Answer, assess
from scoring.facts import check_value
from scoring.playbook import load_playbook, parse_playbook
from tests.playbooks.shipped import CLINIC_POINTS, CLINICS, HIGH

OLD, ON = load_playbook(), date(2026, 11, 24)
CLINIC: dict[str, Any] = {"org_type": "clinic_group", "use_case": "patient_intake", "budget_status": "approved", "timeline": "now"}


def reasons(old: str, new: str, facts: dict[str, Any] = CLINIC, without: tuple[str, ...] = ()) -> str:
    """What is said after one replacement in the default playbook."""
    assert old in OLD.source.text, old
    changed = parse_playbook(OLD.source.text.replace(old, new, 1), "new.yml")
    answers = {fact: Answer(check_value(fact, value)) for fact, value in facts.items()}
    after = {fact: answer for fact, answer in answers.items() if fact not in without}
    return "\n".join(change_reasons(assess(answers, [], OLD, on=ON), assess(after, [], changed, on=ON), OLD, changed))


def test_nothing_is_said_where_nothing_changed() -> None:
    assert reasons(CLINICS, CLINICS) == ""


def test_points_that_are_given_differently_are_told_with_both_numbers() -> None:
    said = reasons(CLINICS, "clinic_group: 1")
    assert f"+1 instead of +{CLINIC_POINTS}: organization type is multi-site clinic group. (fit.org_type, new.yml:" in said
    assert "Fit is " in said and "use case" not in said, "what gives the same points is left out"


def test_a_band_that_begins_elsewhere_is_told_as_such() -> None:
    said = reasons(HIGH, "high: 95}")
    assert "The same points, but fit is medium from 30 and high from 95 points. (new.yml:" in said


def test_points_of_a_question_that_is_dropped_are_told_as_gone() -> None:
    said = reasons(CLINICS, CLINICS, without=("budget_status",))
    assert "No more +" in said and "default.yml:" in said


def test_a_stage_and_a_route_are_told_with_the_rules_that_decide_now_and_before() -> None:
    said = reasons(CLINICS, "clinic_group: 1", {"org_type": "clinic_group", "timeline": "this_quarter"}, without=("timeline",))
    assert "Stage inquiry: " in said and "new.yml:" in said and "; before stage." in said
