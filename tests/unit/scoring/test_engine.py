"""Assessing one lead: points with reasons, unknown facts, caps, decay, order, speed of thought."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from scoring.engine import Answer, Signal, assess
from scoring.explain import explain
from scoring.playbook import load_playbook, parse_playbook
from tests.playbooks.shipped import CLINIC_POINTS

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
SMALL = parse_playbook(
    (Path(__file__).parents[2] / "bad_playbooks" / "_good.yml").read_text(encoding="utf-8"), "small.yml"
)


def test_a_contribution_names_rule_value_words_and_line() -> None:
    found = assess({"org_type": Answer("hospital", quote="we run a hospital")}, [], SMALL, on=TODAY)
    (given,) = found.scores["fit"].contributions
    assert (given.rule, given.points, given.fact, given.value) == ("fit.org_type", 50, "org_type", "hospital")
    assert given.quote == "we run a hospital"
    line = SMALL.source.text.splitlines()[int(given.source.removeprefix("small.yml:")) - 1]
    assert "hospital: 50" in line


def test_unknown_adds_nothing_and_leaves_room() -> None:
    nothing = assess({}, [], SMALL, on=TODAY).scores["fit"]
    assert (nothing.points, nothing.lowest, nothing.highest, nothing.coverage) == (0, 0, 90, 0.0)
    half = assess({"org_type": Answer("clinic_group")}, [], SMALL, on=TODAY).scores["fit"]
    assert (half.points, half.lowest, half.highest, half.coverage) == (60, 60, 90, 0.6)


def test_a_refused_fact_counts_as_unknown_and_is_named() -> None:
    refused = {"budget_status": "refused", "timeline": "dont_know"}
    found = assess({"org_type": Answer("clinic_group")}, [], PLAYBOOK, on=TODAY, not_known=refused)
    silent = assess({"org_type": Answer("clinic_group")}, [], PLAYBOOK, on=TODAY)
    assert (found.scores, found.route, found.missing) == (silent.scores, silent.route, silent.missing)
    lines = explain(found, PLAYBOOK)
    assert "They would not say: budget." in lines
    assert "They do not know: timing." in lines


def test_an_answer_given_after_a_refusal_wins() -> None:
    answers = {"org_type": Answer("clinic_group"), "budget_status": Answer("approved")}
    found = assess(answers, [], PLAYBOOK, on=TODAY, not_known={"budget_status": "refused"})
    assert found.route == "direct_sales"
    assert found.not_known == {}


def test_a_group_limit_is_a_contribution_of_its_own() -> None:
    found = assess({"org_type": Answer("clinic_group"), "org_size": Answer({"sites": 9})}, [], SMALL, on=TODAY).scores[
        "fit"
    ]
    assert [(given.rule, given.points) for given in found.contributions] == [
        ("fit.org_type", 60),
        ("fit.org_size", 40),
        ("fit.all.most", -10),
    ]
    assert found.points == 90 and found.band == "high"


def test_a_cap_is_a_contribution_of_its_own() -> None:
    found = assess({"org_type": Answer("other"), "org_size": Answer({"sites": 9})}, [], SMALL, on=TODAY).scores["fit"]
    assert [(given.rule, given.points) for given in found.contributions] == [("fit.org_size", 40), ("fit.cap", -30)]
    assert (found.points, found.lowest, found.highest) == (10, 10, 10)


def test_a_list_adds_up_to_its_limit() -> None:
    found = assess({"security_needs": Answer(["baa", "soc2"])}, [], SMALL, on=TODAY).scores["readiness"]
    assert [given.points for given in found.contributions] == [6, 6, -2]
    assert found.points == 10


@pytest.mark.parametrize(("days", "points"), [(0, 30), (27, 30), (28, 15), (83, 15), (84, 0), (-1, 0)])
def test_a_signal_fades_in_whole_weeks_and_a_future_one_does_not_count(days: int, points: int) -> None:
    found = assess({}, [Signal("pricing_request", TODAY - timedelta(days=days))], SMALL, on=TODAY).scores["intent"]
    assert found.points == points
    assert sum(given.points for given in found.contributions) == points
    assert any(given.rule.endswith(".decay") for given in found.contributions) is (points == 15)


def test_the_newest_signal_of_a_kind_counts_once() -> None:
    days = [TODAY - timedelta(days=40), TODAY, TODAY - timedelta(days=50)]
    assert assess({}, [Signal("webinar", day) for day in days], SMALL, on=TODAY).scores["intent"].points == 5


def test_points_stop_at_zero_with_a_reason() -> None:
    found = assess({"timeline": Answer("none")}, [], PLAYBOOK, on=TODAY).scores["intent"]
    assert [given.points for given in found.contributions] == [-15, 15]
    assert found.points == 0


def test_a_flag_carries_the_words_it_was_read_from() -> None:
    found = assess({"timeline": Answer("none", quote="just having a look")}, [], PLAYBOOK, on=TODAY)
    assert [(flag.id, flag.quote) for flag in found.flags] == [("no_project", "just having a look")]


def test_every_other_route_says_why_not() -> None:
    found = assess({"org_type": Answer("clinic_group"), "timeline": Answer("year")}, [], PLAYBOOK, on=TODAY)
    assert found.route == "direct_sales"
    assert set(found.why_not) == set(PLAYBOOK.routes) - {"direct_sales"}
    assert all(reasons and all(reason.endswith(".") for reason in reasons) for reasons in found.why_not.values())


def test_the_explanation_says_decision_points_and_gaps_in_sentences() -> None:
    answers = {"org_type": Answer("clinic_group", quote="12 clinics in Ohio"), "use_case": Answer("patient_intake")}
    signals = [Signal("pricing_page", TODAY - timedelta(days=30))]
    lines = explain(assess(answers, signals, PLAYBOOK, on=TODAY), PLAYBOOK)
    text = "\n".join(lines)
    assert lines[0].startswith("Stage mql: ")
    assert (
        f'+{CLINIC_POINTS}: organization type is multi-site clinic group, said as "12 clinics in Ohio" (fit.org_type, default.yml:'
        in text
    )
    assert "+12: pricing page" in text and "-3: age of the signal" in text
    assert "Why not nurture: " in text and "Not known yet: part in the decision" in text
    assert lines[-1].startswith("Next: Call")


def test_the_sales_team_of_a_rule_may_differ_from_its_route() -> None:
    text = SMALL.source.text.replace(
        "route: direct_sales, when: {stage: mql}", "route: direct_sales, queue: west, when: {stage: mql}"
    )
    answers = {"org_type": Answer("hospital"), "timeline": Answer("now")}
    assert assess(answers, [], parse_playbook(text), on=TODAY).queue == "west"
    assert assess(answers, [], SMALL, on=TODAY).queue == "sales"
