"""Legal moves: people move leads beyond mql, and a refusal says what is lacking."""

from datetime import date

import pytest

from scoring.engine import Answer, Signal, assess
from scoring.playbook import load_playbook
from scoring.stages import IllegalMove, advance, lacking_for_sql

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
QUALIFIED = {
    "org_type": Answer("clinic_group"),
    "use_case": Answer("patient_intake", confirmed=True),
    "timeline": Answer("year"),
    "stakeholders": Answer(["it"]),
}
READY = assess(QUALIFIED, [], PLAYBOOK, on=TODAY)
THIN = assess({"org_type": Answer("clinic_group"), "timeline": Answer("year")}, [], PLAYBOOK, on=TODAY)
EMPTY = assess({}, [], PLAYBOOK, on=TODAY)


def test_accepting_makes_sal_by_a_rule_with_a_line() -> None:
    change = advance("mql", "accept", READY, PLAYBOOK)
    assert (change.stage, change.rule) == ("sal", "accept")
    assert "action: accept" in PLAYBOOK.source.text.splitlines()[int(change.source.split(":")[1]) - 1]


def test_sal_becomes_sql_by_itself_once_the_rule_holds() -> None:
    assert advance("sal", "rescore", READY, PLAYBOOK).stage == "sql"
    assert advance("sal", "rescore", THIN, PLAYBOOK).stage == "sal"
    assert lacking_for_sql(READY, PLAYBOOK) == []
    assert "Need is not confirmed." in lacking_for_sql(THIN, PLAYBOOK)


def test_what_sql_lacks_is_said() -> None:
    with pytest.raises(IllegalMove, match="Need is not confirmed"):
        advance("sal", "qualify", THIN, PLAYBOOK)


@pytest.mark.parametrize(
    ("stage", "action"),
    [
        ("inquiry", "won"),
        ("mql", "qualify"),
        ("disqualified", "accept"),
        ("won", "reject"),
        ("sal", "lost"),
        ("mql", "opportunity"),
    ],
)
def test_an_illegal_move_names_the_stages_it_is_possible_from(stage: str, action: str) -> None:
    with pytest.raises(
        IllegalMove, match=f"A lead in stage {stage} cannot be moved by '{action}'; this is possible from"
    ):
        advance(stage, action, READY, PLAYBOOK, reason="other")


def test_an_unknown_action_is_refused_with_a_suggestion() -> None:
    with pytest.raises(IllegalMove, match="Did you mean 'accept'"):
        advance("mql", "acept", READY, PLAYBOOK)


@pytest.mark.parametrize("reason", [None, "bored"])
def test_a_rejection_needs_one_of_the_reasons(reason: str | None) -> None:
    with pytest.raises(IllegalMove, match="no_project, poor_segment"):
        advance("mql", "reject", READY, PLAYBOOK, reason=reason)


def test_facts_move_a_lead_nobody_has_taken_and_no_other() -> None:
    assert advance("nurture", "rescore", READY, PLAYBOOK).stage == "mql"
    assert advance("mql", "rescore", EMPTY, PLAYBOOK).stage == "inquiry"
    assert advance("opportunity", "rescore", EMPTY, PLAYBOOK).stage == "opportunity"


def test_a_nurtured_lead_comes_back_when_it_asks_for_a_call() -> None:
    facts = {"org_type": Answer("payer"), "use_case": Answer("member_engagement"), "timeline": Answer("none")}
    quiet = assess(facts, [], PLAYBOOK, on=TODAY)
    back = assess(facts, [Signal("call_request", TODAY)], PLAYBOOK, on=TODAY)
    assert advance(quiet.stage, "rescore", quiet, PLAYBOOK).stage == "nurture"
    assert advance("nurture", "rescore", back, PLAYBOOK).stage == "mql"
