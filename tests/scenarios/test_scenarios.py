"""Run the scenarios a sales lead wrote in *.yml beside this file against the default playbook; `playbook check` runs them too."""

from pathlib import Path

import pytest

from scoring.playbook import load_playbook
from scoring.scenarios import Scenario, check_scenario, read_scenarios

PLAYBOOK = load_playbook()
SCENARIOS = read_scenarios(Path(__file__).parent)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario.source.file}: {scenario.name}")
def test_a_lead_ends_where_sales_expects_it(scenario: Scenario) -> None:
    assert check_scenario(scenario, PLAYBOOK) == []


def test_the_scenarios_reach_every_route_stage_and_flag() -> None:
    expected = [scenario.data["expect"] for scenario in SCENARIOS]
    stages = {expect.get("stage") for expect in expected} | {
        s for expect in expected for s in expect.get("after", {}).values()
    }
    assert {"inquiry", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified"} <= stages
    assert set(PLAYBOOK.routes) <= {expect.get("route") for expect in expected}
    flags = {flag for expect in expected for flag in expect.get("flags", [])}
    assert {rule.block.id for rule in PLAYBOOK.compiled.flags} <= flags
