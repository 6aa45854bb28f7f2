"""Scenarios that do not hold, or are written wrongly, are told where they stand."""

from pathlib import Path

import pytest

from scoring.playbook import load_playbook
from scoring.problems import PlaybookError
from scoring.scenarios import check_scenarios, read_scenarios

PLAYBOOK = load_playbook()
NURSE = "- name: A nurse who looks around\n  facts: {org_type: hospital, buying_role: user, timeline: none}\n  expect: {%s}\n"


def problems(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "mine.yml").write_text(text)
    return [str(problem) for problem in check_scenarios(read_scenarios(tmp_path), PLAYBOOK)]


def test_a_scenario_that_holds_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, NURSE % "route: nurture, stage: nurture, no_flags: [under_contract]") == []


@pytest.mark.parametrize(("expect", "said"), [
    ("route: direct_sales", "mine.yml:3:12: 'A nurse who looks around': expected route direct_sales, found nurture by route."),
    ("route: nurture, queue: sales", "mine.yml:3:28: 'A nurse who looks around': expected queue sales, found "),
    ("route: nurture, priority: true", "mine.yml:3:28: 'A nurse who looks around': expected priority true, but the lead does not come first by "),
    ("bands: {fit: high}", "expected fit high, found "),
    ("flags: [under_contract]", "expected the flag under_contract, found "),
    ("missing: [org_type]", "expected the missing fact org_type, found "),
    ("contributions: [fit.cap.secondary_segment]", "expected the rule fit.cap.secondary_segment, found "),
    ("next_step: send flowers", "expected a next step with 'send flowers', found "),
    ("after: {won: won}", "mine.yml:3:20: 'A nurse who looks around': "),
    ("rout: nurture", "mine.yml:3:12: 'A nurse who looks around': unknown expectation 'rout'. Did you mean 'route'?"),
])  # fmt: skip
def test_what_does_not_hold_is_told_with_its_place(tmp_path: Path, expect: str, said: str) -> None:
    (found,) = problems(tmp_path, NURSE % expect)
    assert said in found


@pytest.mark.parametrize(("text", "said"), [
    ("- name: x\n  fact: {}\n  expect: {route: nurture}\n", "mine.yml:2:3: 'x': unknown key 'fact'. Did you mean 'facts'?"),
    ("- name: x\n  facts: {org_type: hospitl}\n  expect: {route: nurture}\n", "mine.yml:2:11: 'x': "),
    ("- name: x\n  signals: {webinar: soon}\n  expect: {route: nurture}\n", "mine.yml:2:13: 'x': expected how many days ago it was, such as 3, found 'soon'"),
    ("- name: x\n  signals: {webinars: 3}\n  expect: {route: nurture}\n", "unknown signal 'webinars'. Did you mean 'webinar'?"),
    ("- name: x\n  facts: [org_type]\n  expect: {route: nurture}\n", "mine.yml:2:3: 'x': expected a block of keys"),
    ("- name: x\n  on: soon\n  expect: {route: nurture}\n", "mine.yml:2:3: 'x': expected a day such as 2026-11-24, found 'soon'"),
    ("- name: x\n  facts: {}\n", "'x': expected what should become of the lead."),
])  # fmt: skip
def test_a_scenario_written_wrongly_says_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(tmp_path, text)
    assert said in found


@pytest.mark.parametrize("text", ["just words\n", "- x\n", "a: [\n"])
def test_what_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PlaybookError, match=r"mine.yml:\d+:\d+: "):
        problems(tmp_path, text)
