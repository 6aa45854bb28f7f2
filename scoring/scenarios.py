"""Scenarios: sentences a sales lead writes in YAML, each with facts and what should become of them, run against a playbook."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scoring.engine import Answer, Assessment, Signal, assess
from scoring.facts import SIGNALS, InvalidFact, check_value, did_you_mean
from scoring.playbook import Playbook
from scoring.problems import PlaybookError, Problem
from scoring.stages import IllegalMove, advance
from scoring.yaml_source import YamlPath, YamlSource, read_yaml

# The day a scenario is scored on, unless it names another: days until a contract ends are counted from it.
SCENARIO_DAY = date(2026, 11, 24)
KEYS = ("name", "facts", "signals", "confirmed", "on", "expect")
EXPECTATIONS = (
    "stage", "route", "queue", "priority", "bands", "flags", "no_flags", "missing", "next_step", "contributions", "after",
)  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """One sentence with its facts and expectations, and where it stands."""

    data: Mapping[str, Any]
    source: YamlSource
    path: YamlPath

    @property
    def name(self) -> str:
        """The sentence."""
        return str(self.data.get("name", "a scenario without a name"))

    def problem(self, path: YamlPath, message: str) -> Problem:
        """Return a problem of this scenario, which names its sentence."""
        return self.source.problem((*self.path, *path), f"'{self.name}': {message}", at_key=True)


def read_scenarios(folder: Path) -> list[Scenario]:
    """Return the scenarios of a folder's *.yml.

    Raises:
        PlaybookError: a file that is not YAML, or no list of scenarios.
    """
    found: list[Scenario] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            source = read_yaml(path)
        except PlaybookError as error:
            problems += error.problems
            continue
        problems += source.problems
        items = source.data if isinstance(source.data, list) else [source.data]
        for index, data in enumerate(items):
            if isinstance(data, dict):
                found.append(Scenario(data, source, (index,)))
            else:
                problems.append(source.problem((index,), "expected a scenario. Write e.g. - name: A nurse who looks around is kept warm"))
    if problems:
        raise PlaybookError(problems)
    return found


def check_scenarios(scenarios: Sequence[Scenario], playbook: Playbook) -> list[Problem]:
    """Return every expectation that does not hold under a playbook, where it stands."""
    return [problem for scenario in scenarios for problem in check_scenario(scenario, playbook)]


def check_scenario(scenario: Scenario, playbook: Playbook) -> list[Problem]:
    """Return what does not hold in one scenario; mistakes in how it is written come alone."""
    mistakes = list(_mistakes(scenario))
    return mistakes or list(_unmet(scenario, _assessed(scenario, playbook), playbook))


def _mistakes(scenario: Scenario) -> Iterator[Problem]:
    data = scenario.data
    for key in data:
        if key not in KEYS:
            yield scenario.problem((key,), f"unknown key '{key}'.{did_you_mean(key, KEYS)} Allowed: {', '.join(KEYS)}")
    expect, facts, signals = (data.get(key) or {} for key in ("expect", "facts", "signals"))
    if not isinstance(expect, dict) or not expect:
        yield scenario.problem(("expect",), "expected what should become of the lead. Write e.g. expect: {route: nurture}")
        return
    for key in expect:
        if key not in EXPECTATIONS:
            allowed = ", ".join(EXPECTATIONS)
            yield scenario.problem(("expect", key), f"unknown expectation '{key}'.{did_you_mean(key, EXPECTATIONS)} Allowed: {allowed}")
    for fact, value in (facts if isinstance(facts, dict) else {}).items():
        try:
            check_value(fact, value)
        except InvalidFact as error:
            yield scenario.problem(("facts", fact), str(error))
    for kind, days in (signals if isinstance(signals, dict) else {}).items():
        if kind not in SIGNALS:
            yield scenario.problem(("signals", kind), f"unknown signal '{kind}'.{did_you_mean(kind, SIGNALS)}")
        elif not isinstance(days, int):
            yield scenario.problem(("signals", kind), f"expected how many days ago it was, such as 3, found {days!r}")
    for key, found in (("facts", facts), ("signals", signals)):
        if not isinstance(found, dict):
            yield scenario.problem((key,), f"expected a block of keys, found {found!r}")
    if not isinstance(data.get("on", SCENARIO_DAY), date):
        yield scenario.problem(("on",), f"expected a day such as {SCENARIO_DAY}, found {data['on']!r}")


def _assessed(scenario: Scenario, playbook: Playbook) -> Assessment:
    on, confirmed = scenario.data.get("on", SCENARIO_DAY), scenario.data.get("confirmed") or ()
    facts: Mapping[str, Any] = scenario.data.get("facts") or {}
    answers = {fact: Answer(check_value(fact, value), confirmed=fact in confirmed) for fact, value in facts.items()}
    signals = [Signal(kind, on - timedelta(days=days)) for kind, days in (scenario.data.get("signals") or {}).items()]
    return assess(answers, signals, playbook, on=on)


def _unmet(scenario: Scenario, found: Assessment, playbook: Playbook) -> Iterator[Problem]:
    expect = scenario.data["expect"]
    by = {"stage": found.stage_rule, "route": found.route_rule, "queue": found.route_rule}
    for key, rule in by.items():
        if key in expect and expect[key] != getattr(found, key):
            yield scenario.problem(("expect", key), f"expected {key} {expect[key]}, found {getattr(found, key)} by {rule}")
    if "route" in expect or "priority" in expect:
        wanted = expect.get("priority", False)
        if found.priority is not wanted:
            said = "comes first" if found.priority else "does not come first"
            key = "priority" if "priority" in expect else "route"
            yield scenario.problem(("expect", key), f"expected priority {str(wanted).lower()}, but the lead {said} by {found.route_rule}")
    for name, band in (expect.get("bands") or {}).items():
        score = found.scores.get(name)
        if score is None or score.band not in (band if isinstance(band, list) else [band]):
            is_now = f"{score.band} with {score.points} points" if score else "no such score"
            yield scenario.problem(("expect", "bands", name), f"expected {name} {band}, found {is_now}")
    raised = {flag.id for flag in found.flags}
    given = {part.rule for score in found.scores.values() for part in score.contributions}
    for key, there, word in (("flags", raised, "flag"), ("missing", set(found.missing), "missing fact"), ("contributions", given, "rule")):
        for name in expect.get(key) or ():
            if name not in there:
                yield scenario.problem(("expect", key), f"expected the {word} {name}, found {', '.join(sorted(there)) or 'none'}")
    for name in expect.get("no_flags") or ():
        if name in raised:
            yield scenario.problem(("expect", "no_flags"), f"expected no flag {name}, but it is raised")
    if str(expect.get("next_step", "")) not in found.next_step:
        yield scenario.problem(("expect", "next_step"), f"expected a next step with '{expect['next_step']}', found '{found.next_step}'")
    yield from _moves(scenario, found, playbook)


def _moves(scenario: Scenario, found: Assessment, playbook: Playbook) -> Iterator[Problem]:
    """What people do afterwards: `accept: sal`, `reject no_project: nurture`, in this order."""
    stage = found.stage
    for action, then in (scenario.data["expect"].get("after") or {}).items():
        name, _, reason = str(action).partition(" ")
        try:
            stage = advance(stage, name, found, playbook, reason=reason or None).stage
        except IllegalMove as error:
            yield scenario.problem(("expect", "after", action), str(error))
            return
        if stage != then:
            yield scenario.problem(("expect", "after", action), f"expected stage {then} after {action}, found {stage}")
