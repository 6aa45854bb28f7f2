"""What to ask next: the right order, nothing twice, an early end where nothing can change, all where sales needs it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from scoring.engine import Answer, assess
from scoring.next_question import estimate_remaining, next_contact_question, next_question
from scoring.playbook import load_playbook

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
RECORD = (*PLAYBOOK.interview.basics, *PLAYBOOK.interview.record)
HOT: dict[str, Any] = {
    "org_type": "senior_care",
    "org_size": {"sites": 9},
    "use_case": "care_coordination",
    "buying_role": "final_approver",
    "department": "executive",
    "budget_status": "approved",
    "timeline": "now",
    "handles_phi": "yes",
    "security_needs": ["baa"],
    "integrations": ["other"],
    "current_solution": "manual",
    "stakeholders": ["clinical"],
}


def interview(knows: Mapping[str, Any], *, starts_with: Mapping[str, Any] | None = None) -> list[str]:
    """Play an interview in which the prospect answers what they know and refuses the rest; return what was asked."""
    answers = {fact: Answer(value) for fact, value in (starts_with or {}).items()}
    asked: dict[str, int] = {}
    not_known: dict[str, str] = {}
    for _ in range(60):
        fact = next_question(answers, PLAYBOOK, on=TODAY, not_known=not_known, asked=asked)
        remaining = estimate_remaining(answers, PLAYBOOK, on=TODAY, not_known=not_known, asked=asked)
        assert (remaining == 0) is (fact is None)
        if fact is None:
            return list(asked)
        assert fact not in answers and fact not in not_known, "asked what is known or refused"
        asked[fact] = asked.get(fact, 0) + 1
        if fact in knows:
            answers[fact] = Answer(knows[fact])
        else:
            not_known[fact] = "refused"
    raise AssertionError("the interview never ended")


def test_organization_and_need_come_first_and_patient_information_early() -> None:
    order = interview(HOT)
    assert order[:2] == ["org_type", "use_case"]
    assert "handles_phi" in order[:4]


def test_a_hot_lead_is_asked_for_the_whole_record() -> None:
    assert set(interview(HOT)) == set(RECORD)


def test_a_refusal_does_not_end_the_interview_nor_come_again() -> None:
    knows = {fact: value for fact, value in HOT.items() if fact not in ("budget_status", "org_type")}
    assert set(interview(knows)) == set(RECORD)


def test_no_project_and_no_money_ends_it_early() -> None:
    order = interview({**HOT, "buying_role": "user", "budget_status": "none", "timeline": "none"})
    assert len(order) <= 6


def test_out_of_market_ends_after_the_need() -> None:
    assert interview({**HOT, "org_type": "other"}) == ["org_type", "use_case"]


def test_a_partner_is_asked_who_they_are_and_what_for() -> None:
    assert interview(HOT, starts_with={"relationship": "partner"}) == ["org_type", "use_case"]


def test_someone_who_does_not_buy_is_asked_nothing() -> None:
    assert interview(HOT, starts_with={"relationship": "patient"}) == []


def test_what_was_volunteered_is_not_asked() -> None:
    order = interview(HOT, starts_with={"use_case": "telehealth", "timeline": "now", "handles_phi": "yes"})
    assert not {"use_case", "timeline", "handles_phi"} & set(order)


def test_patience_ends_the_interview() -> None:
    asked = {"org_type": PLAYBOOK.interview.patience}
    assert next_question({"org_type": Answer("hospital")}, PLAYBOOK, on=TODAY, asked=asked) is None


def test_an_answer_that_never_comes_is_given_up_after_the_allowed_times() -> None:
    asked = {"org_type": PLAYBOOK.interview.ask_at_most}
    assert next_question({}, PLAYBOOK, on=TODAY, asked=asked) == "use_case"
    assert next_question({}, PLAYBOOK, on=TODAY, asked={"org_type": 1}) == "org_type"


def test_contact_comes_last_and_only_where_someone_will_answer() -> None:
    full = {fact: Answer(value) for fact, value in HOT.items()}
    assert next_question(full, PLAYBOOK, on=TODAY) is None
    assert next_question(full, PLAYBOOK, on=TODAY, contact=()) == "name"
    assert next_question(full, PLAYBOOK, on=TODAY, contact=("name",)) == "email"
    assert next_question(full, PLAYBOOK, on=TODAY, contact=PLAYBOOK.contact_fields) is None
    assert next_question({}, PLAYBOOK, on=TODAY, contact=()) == "org_type"
    assert estimate_remaining(full, PLAYBOOK, on=TODAY, contact=("name",)) == 4
    assert next_contact_question(PLAYBOOK, (), route="disqualified") is None
    assert (
        next_contact_question(PLAYBOOK, (), route="nurture", not_known={"name": "refused"}, asked={"email": 2})
        == "company"
    )


def test_a_rep_goes_on_to_what_a_call_adds() -> None:
    full = {fact: Answer(value) for fact, value in HOT.items()}
    asked: list[str] = []
    while (fact := next_question(full, PLAYBOOK, on=TODAY, purpose="rep")) is not None:
        asked.append(fact)
        full[fact] = Answer("2027-03-31" if fact == "contract_end" else "yes")
    assert set(asked) == {"comparing", "contract_end", "it_review", "region", "procurement_path"}


@pytest.mark.parametrize(("confirmed", "expected"), [(False, "timeline"), (True, None)])
def test_a_rep_confirms_a_doubtful_answer(confirmed: bool, expected: str | None) -> None:
    full = {fact: Answer(value) for fact, value in HOT.items()}
    full |= {fact: Answer("yes") for fact in ("comparing", "it_review", "region", "procurement_path")}
    full["contract_end"] = Answer("2027-03-31")
    full["timeline"] = Answer("now", confidence=0.4, confirmed=confirmed)
    assert next_question(full, PLAYBOOK, on=TODAY, purpose="rep") == expected
    assert next_question(full, PLAYBOOK, on=TODAY) is None


def test_a_rep_asks_again_what_was_not_known_but_not_what_was_refused() -> None:
    full = {fact: Answer(value) for fact, value in HOT.items() if fact not in ("timeline", "department")}
    full |= {fact: Answer("yes") for fact in ("comparing", "it_review", "region", "procurement_path")}
    full["contract_end"] = Answer("2027-03-31")
    not_known = {"timeline": "dont_know", "department": "refused"}
    assert next_question(full, PLAYBOOK, on=TODAY, not_known=not_known, purpose="rep") == "timeline"


def test_stopping_early_does_not_change_the_route() -> None:
    for role in ("user", "recommender", "budget_holder"):
        for budget in ("none", "planning_cycle", "grant"):
            for timeline in ("none", "later", "this_quarter"):
                knows = {**HOT, "buying_role": role, "budget_status": budget, "timeline": timeline}
                heard = {fact: Answer(knows[fact]) for fact in interview(knows)}
                full = {fact: Answer(value) for fact, value in knows.items()}
                assert assess(heard, [], PLAYBOOK, on=TODAY).route == assess(full, [], PLAYBOOK, on=TODAY).route
