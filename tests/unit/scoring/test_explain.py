"""The explanation: every rule that decided is named with its line, every limit with its reason."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from scoring.engine import Answer, Assessment, Signal, assess
from scoring.explain import explain, explain_in_sections
from scoring.playbook import Playbook, load_playbook

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
EVERY_KIND = load_playbook(Path(__file__).parents[2] / "playbooks" / "every_kind.yml")


def found(playbook: Playbook = PLAYBOOK, signals: tuple[Signal, ...] = (), **facts: object) -> Assessment:
    return assess({fact: Answer(value) for fact, value in facts.items()}, signals, playbook, on=TODAY)


def line_of(source: str, playbook: Playbook) -> str:
    """Return the text of the line that a sentence cites last, e.g. "(stage.dated, default.yml:268)"."""
    number = source.rpartition(f"{playbook.file}:")[2].rstrip(").")
    return playbook.source.text.splitlines()[int(number) - 1]


def test_stage_route_risk_and_next_step_name_the_rule_and_its_line() -> None:
    assessment = found(org_type="clinic_group", timeline="none", budget_status="none")
    sections = {section.about: section.sentences for section in explain_in_sections(assessment, PLAYBOOK)}
    stage, route, answer, owner = sections["decision"]
    assert "stage.no_project" in stage and "stage.no_project" in line_of(stage, PLAYBOOK)
    assert "route.not_buying" in route and "route.not_buying" in line_of(route, PLAYBOOK)
    assert answer == "The queue nurture answers within 16 hours of business time." and owner == "Its leads go to Nurture desk."
    assert [line_of(risk, PLAYBOOK).split(",")[0].strip(" -{") for risk in sections["risks"]] == ["id: no_project", "id: no_money"]
    assert "Add to nurture by topic" in line_of(sections["next step"][0], PLAYBOOK)
    assert sections["next step"][1].startswith("Nurture track general: Send the newsletter every 4 weeks; wake on May 25, 2027. (default.yml:")
    assert "track: general" in line_of(sections["next step"][1], PLAYBOOK)


def test_it_is_told_who_gets_a_lead_and_why() -> None:
    hot = {"org_type": "hospital", "buying_role": "final_approver", "budget_status": "approved", "timeline": "now"}
    queue, owners = explain(found(**hot, region="CA"), PLAYBOOK)[3:5]
    assert queue.startswith("It is the queue sales-west because region is AK, AZ, CA, ") and "sales-west" in line_of(queue, PLAYBOOK)
    assert owners == "Its leads go in turn to Sales desk West (2 of 3) and Sales desk A (1 of 3)."
    other = explain(found(**hot, region="OH"), PLAYBOOK)[3]
    assert other.startswith("It is the queue sales because no other queue of the route fits. (default.yml:")
    by_rule = explain(found(EVERY_KIND, org_type="clinic_group", use_case="other"), EVERY_KIND)
    assert not any("It is the queue" in line for line in by_rule), "a route with one queue needs no reason"


def test_the_day_a_lead_is_woken_names_the_fact_it_comes_from() -> None:
    step = explain(found(org_type="payer", timeline="none", budget_status="none", contract_end="2027-06-30"), PLAYBOOK)[-1]
    assert "Nurture track renewal, woken by end of the current contract: Send " in step and "wake on March 31, 2027." in step


def test_a_route_that_nobody_answers_says_so() -> None:
    assert "The queue closed does not answer." in explain(found(org_type="other"), PLAYBOOK)


def test_a_route_with_priority_tells_the_shorter_time() -> None:
    assessment = found(org_type="hospital", use_case="telehealth", buying_role="final_approver", budget_status="approved", timeline="now")
    assert "Goes to direct sales with priority" in explain(assessment, PLAYBOOK)[1]
    assert explain(assessment, PLAYBOOK)[2] == "The queue sales answers within 30 minutes of business time."


def test_every_limit_says_why_it_stands_there() -> None:
    lines = explain(found(org_type="digital_health", org_size={"sites": 9}, use_case="telehealth", integrations=["epic", "meditech"], security_needs=["baa", "soc2", "sso", "hitrust"]), PLAYBOOK)
    assert any(line.startswith("-10: limit of what the group systems can give together (fit.systems.most, ") for line in lines)
    assert any(line.startswith("-2: limit of what security needs can give together (readiness.security_needs.most, ") for line in lines)
    assert any("fit is at most 60 while organization type is employer buying for its staff or digital health company (fit.cap." in line for line in lines)
    lines = explain(found(timeline="none"), PLAYBOOK)
    assert any(line.startswith("+15: limit, because a score stays within 0 and 100 (intent.limit, ") for line in lines)


def test_points_for_what_is_unknown_and_for_signals_say_so() -> None:
    lines = explain(found(EVERY_KIND, (Signal("pricing_request", TODAY - timedelta(days=8)),), timeline="now", urgency="low"), EVERY_KIND)
    assert any(line.startswith("+25: pricing request (intent.done.pricing_request, ") for line in lines)
    assert any(line.startswith("-9: age of the signal, 8 days old (intent.done.pricing_request.decay, ") for line in lines)


def test_another_route_is_refused_by_its_nearest_rule_with_its_line() -> None:
    (line,) = [line for line in explain(found(org_type="clinic_group", timeline="year"), PLAYBOOK) if line.startswith("Why not partner review")]
    assert line.startswith("Why not partner review: Relationship is not known; this needs partner. (route.partner, default.yml:")
    assert "route.partner" in line_of(line, PLAYBOOK)


@pytest.mark.parametrize("playbook", [PLAYBOOK, EVERY_KIND], ids=lambda playbook: str(playbook.name))
def test_every_sentence_ends_and_cites_a_line_that_is_there(playbook: Playbook) -> None:
    last = playbook.source.text.count("\n") + 1
    everything = {"org_type": "other", "timeline": "none", "stakeholders": [], "contract_end": "2027-01-10", "budget_amount": {"min": 1.0, "max": None}}
    for facts in ({}, everything):
        for line in explain(found(playbook, **facts), playbook):
            assert line.endswith((".", ")")) and line[0] in "+-ABCDEFGHIJKLMNOPQRSTUVWXYZ", line
            if f"{playbook.file}:" in line:
                assert 1 <= int(line.rpartition(":")[2].rstrip(").")) <= last
