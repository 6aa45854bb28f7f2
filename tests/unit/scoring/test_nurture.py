"""Leads that are not ready: which track, what is sent, and when they are woken."""

from datetime import date
from typing import Any

import pytest

from scoring.blocks import Wake
from scoring.engine import Answer, Assessment, assess
from scoring.nurture import wake_day
from scoring.playbook import load_playbook, parse_playbook

PLAYBOOK = load_playbook()
TODAY = date(2026, 11, 24)
NOT_READY = {"org_type": "clinic_group", "timeline": "none", "budget_status": "none"}


def found(**facts: Any) -> Assessment:
    return assess({fact: Answer(value) for fact, value in (NOT_READY | facts).items()}, [], PLAYBOOK, on=TODAY)


@pytest.mark.parametrize(("facts", "track"), [
    ({"use_case": "patient_intake"}, "access"),
    ({"use_case": "revenue_cycle"}, "revenue"),
    ({"use_case": "revenue_cycle", "buying_role": "budget_holder", "fit": None}, "deciders"),
    ({"use_case": "patient_intake", "contract_end": "2027-06-30"}, "renewal"),
    ({}, "general"),
])  # fmt: skip
def test_a_track_is_chosen_by_timing_then_role_then_topic(facts: dict[str, Any], track: str) -> None:
    facts = {fact: value for fact, value in facts.items() if value is not None}
    nurture = found(**facts).nurture
    assert nurture is not None and nurture.track == track


def test_only_leads_in_nurture_have_a_track() -> None:
    hot = found(buying_role="final_approver", budget_status="approved", timeline="now")
    assert hot.route == "direct_sales" and hot.nurture is None


def test_the_next_step_says_what_is_sent_and_when_the_lead_is_woken() -> None:
    assessment = found(contract_end="2027-06-30")
    assert assessment.next_step.endswith("Send what to settle before the current contract ends every 8 weeks; wake on March 31, 2027.")
    assert assessment.nurture is not None and assessment.nurture.because_of == "contract_end"


@pytest.mark.parametrize(("values", "day", "fact"), [
    ({"contract_end": "2027-06-30"}, date(2027, 3, 31), "contract_end"),
    ({"contract_end": "2027-06-30", "timeline_date": "2027-04-01"}, date(2026, 12, 31), "timeline_date"),
    ({"contract_end": "2026-12-24"}, TODAY, "contract_end"),
    ({"contract_end": "2026-11-23"}, date(2027, 5, 25), None),
    ({"contract_end": "2026-11-23", "timeline_date": "2028-01-01"}, date(2027, 10, 2), "timeline_date"),
    ({}, date(2027, 5, 25), None),
])  # fmt: skip
def test_a_lead_is_woken_before_the_first_stated_day_that_is_still_ahead(values: dict[str, str], day: date, fact: str | None) -> None:
    assert wake_day(Wake(weeks_before=13, of=["contract_end", "timeline_date"], after_weeks=26), values, on=TODAY) == (day, fact)


def test_a_playbook_without_tracks_nurtures_without_one() -> None:
    text = PLAYBOOK.source.text
    without = text[: text.index("nurture:\n  since")] + text[text.index("crm:  #") :]
    answers = {fact: Answer(value) for fact, value in NOT_READY.items()}
    assessment = assess(answers, [], parse_playbook(without), on=TODAY)
    assert assessment.route == "nurture" and assessment.nurture is None and "wake" not in assessment.next_step
