"""Run the scenarios a sales lead wrote in *.yml beside this file against the default playbook."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scoring.engine import Answer, Assessment, Signal, assess
from scoring.facts import check_value
from scoring.playbook import Playbook, load_playbook
from scoring.stages import advance
from scoring.yaml_source import read_yaml

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
KEYS = {"name", "facts", "signals", "confirmed", "expect"}
EXPECTATIONS = {
    "stage",
    "route",
    "queue",
    "priority",
    "bands",
    "flags",
    "no_flags",
    "missing",
    "next_step",
    "contributions",
    "after",
}


def _scenarios() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yml")):
        source = read_yaml(path)
        assert not source.problems, source.problems
        found += [pytest.param(scenario, id=f"{path.stem}: {scenario['name']}") for scenario in source.data]
    return found


def _assess(scenario: dict[str, Any], playbook: Playbook) -> Assessment:
    confirmed = scenario.get("confirmed", [])
    answers = {
        fact: Answer(check_value(fact, value), confirmed=fact in confirmed) for fact, value in scenario["facts"].items()
    }
    signals = [Signal(kind, TODAY - timedelta(days=days)) for kind, days in scenario.get("signals", {}).items()]
    return assess(answers, signals, playbook, on=TODAY)


@pytest.mark.parametrize("scenario", _scenarios())
def test_a_lead_ends_where_sales_expects_it(scenario: dict[str, Any]) -> None:
    expect = scenario["expect"]
    assert set(scenario) <= KEYS and set(expect) <= EXPECTATIONS and expect, "unknown or no expectation"
    found = _assess(scenario, PLAYBOOK)
    for key in ("stage", "route", "queue"):
        assert expect.get(key, getattr(found, key)) == getattr(found, key), (
            f"{key} by {found.stage_rule}, {found.route_rule}"
        )
    assert found.priority is expect.get("priority", False) or "route" not in expect
    for score, band in expect.get("bands", {}).items():
        assert found.scores[score].band in (band if isinstance(band, list) else [band]), (
            f"{score}: {found.scores[score]}"
        )
    raised = {flag.id for flag in found.flags}
    assert set(expect.get("flags", [])) <= raised
    assert not set(expect.get("no_flags", [])) & raised
    assert set(expect.get("missing", [])) <= set(found.missing)
    assert expect.get("next_step", "") in found.next_step
    rules = {given.rule for score in found.scores.values() for given in score.contributions}
    assert set(expect.get("contributions", [])) <= rules
    stage = found.stage
    for action, then in expect.get("after", {}).items():
        name, _, reason = action.partition(" ")
        stage = advance(stage, name, found, PLAYBOOK, reason=reason or None).stage
        assert stage == then


def test_the_scenarios_reach_every_route_stage_and_flag() -> None:
    expected = [param.values[0]["expect"] for param in _scenarios()]
    stages = {expect.get("stage") for expect in expected} | {
        s for expect in expected for s in expect.get("after", {}).values()
    }
    assert {"inquiry", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified"} <= stages
    assert set(PLAYBOOK.routes) <= {expect.get("route") for expect in expected}
    flags = {flag for expect in expected for flag in expect.get("flags", [])}
    assert {rule.block.id for rule in PLAYBOOK.compiled.flags} <= flags
