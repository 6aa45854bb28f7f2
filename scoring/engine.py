"""Assess one lead: answers and signals in; scores with reasons, flags, stage, route and next step out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.blocks import NextStepRule, QueueRule, RoutingRule
from scoring.compiled import Rule
from scoring.conditions import Situation
from scoring.nurture import Nurture, nurture_of, nurture_words
from scoring.playbook import Playbook
from scoring.points import Entry
from scoring.reasons import why_not_routes
from scoring.score_rules import ScoreRules


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one fact: a value as check_value returns it, the words it was read from, how sure we are."""

    value: Any
    quote: str = ""
    confidence: float = 1.0
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """Something the prospect did, e.g. kind "pricing_page", on a day."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points that one rule gave; `source` is the line of the playbook, e.g. "default.yml:42"."""

    rule: str
    points: int
    fact: str
    value: Any
    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class Score:
    """One score: points 0-100 (the sum of its contributions), band, share 0-1 of the weight that is known, and the
    lowest and highest points that the unknown facts could still make it."""

    points: int
    band: str
    coverage: float
    lowest: int
    highest: int
    contributions: list[Contribution]


@dataclass(frozen=True, slots=True)
class Flag:
    """A risk beside the scores, with the words it was read from."""

    id: str
    reason: str
    quote: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything decided about a lead from its facts and signals.

    `stage` is at most "mql"; further stages are a person's (scoring.stages). `missing` names the facts of a full record
    that are not known, refused ones included; `not_known` says which were asked. `why_not` gives, for every other
    route, why it was not taken. `nurture` is the track of a lead on the route nurture.
    """

    scores: dict[str, Score]
    flags: list[Flag]
    stage: str
    stage_rule: str
    stage_why: str
    route: str
    route_rule: str
    queue: str
    priority: bool
    why: list[str]
    why_not: dict[str, list[str]]
    missing: list[str]
    not_known: dict[str, str]
    next_step: str
    situation: Situation
    nurture: Nurture | None = None


def situation_of(
    answers: Mapping[str, Answer], signals: Sequence[Signal], playbook: Playbook, *, on: date
) -> Situation:
    """Return what rules look at: plain values, ages of signals that still count on the day `on`, confirmed facts."""
    newest: dict[str, date] = {}
    for signal in signals:
        if signal.on <= on and (signal.kind not in newest or signal.on > newest[signal.kind]):
            newest[signal.kind] = signal.on
    values = {fact: answer.value for fact, answer in answers.items()}
    confirmed = frozenset(fact for fact, answer in answers.items() if answer.confirmed)
    return Situation(values, playbook.compiled.live_signals(newest, on), on, confirmed)


def assess(
    answers: Mapping[str, Answer],
    signals: Sequence[Signal],
    playbook: Playbook,
    *,
    on: date,
    not_known: Mapping[str, str] | None = None,
) -> Assessment:
    """Score, flag, stage and route one lead. Same input, same output; the order of answers and signals is irrelevant.

    Args:
        answers: answer by fact; values as scoring.facts.check_value returns them. A fact nobody gave adds nothing and
            is listed in `missing`: unknown is neither zero nor a bad answer.
        signals: what the prospect did; the newest of each kind counts, those after `on` have not happened yet.
        on: the day signals and dates are measured from.
        not_known: "refused" or "dont_know" by fact. Such a fact counts as unknown; an answer given later wins over it.
    """
    situation = situation_of(answers, signals, playbook, on=on)
    scores = {rules.name: _score(rules, situation, answers, playbook) for rules in playbook.compiled.scores}
    situation.bands.update((name, score.band) for name, score in scores.items())
    stage_rule, routing_rule = playbook.compiled.judge_bands(situation)
    stage, routing = stage_rule.block, routing_rule.block
    nurture = nurture_of(situation, playbook) if routing.route == "nurture" else None
    next_step = next_step_rule(situation, routing.route, playbook).block.say
    record = (*playbook.interview.basics, *playbook.interview.record)
    return Assessment(
        scores=scores,
        flags=_flags(situation, answers, playbook),
        stage=stage.stage,
        stage_rule=stage.id,
        stage_why=stage.why,
        route=routing.route,
        route_rule=routing.id,
        queue=queue_for(situation, routing, playbook),
        priority=routing.priority,
        why=_why(situation, routing.why, stage.why),
        why_not=why_not_routes(situation, routing_rule, playbook),
        missing=[fact for fact in record if fact not in answers],
        not_known={fact: how for fact, how in (not_known or {}).items() if fact not in answers},
        next_step=f"{next_step} {nurture_words(nurture)}" if nurture else next_step,
        situation=situation,
        nurture=nurture,
    )


def _score(rules: ScoreRules, situation: Situation, answers: Mapping[str, Answer], playbook: Playbook) -> Score:
    tally = rules.tally(situation)
    contributions = [_contribution(entry, answers, playbook) for entry in tally.entries]
    return Score(tally.points, rules.band(tally.points), tally.coverage, tally.lowest, tally.highest, contributions)


def _contribution(entry: Entry, answers: Mapping[str, Answer], playbook: Playbook) -> Contribution:
    answer = answers.get(entry.fact)
    quote = answer.quote if answer else ""
    source = f"{playbook.file}:{entry.line}"
    return Contribution(entry.rule, entry.points, entry.fact, entry.value, quote, source)


def _flags(situation: Situation, answers: Mapping[str, Answer], playbook: Playbook) -> list[Flag]:
    found = []
    for rule in playbook.compiled.flags:
        if rule.block.id in situation.flags:
            quotes = [answers[fact].quote for fact in rule.when.facts() if fact in answers and answers[fact].quote]
            found.append(Flag(rule.block.id, rule.block.reason, quotes[0] if quotes else ""))
    return found


def _why(situation: Situation, route_why: str, stage_why: str) -> list[str]:
    bands = ", ".join(f"{name} {band}" for name, band in situation.bands.items())
    return list(dict.fromkeys([route_why, stage_why, f"Scores: {bands}."]))


def next_step_rule(situation: Situation, route: str, playbook: Playbook) -> Rule[NextStepRule]:
    """Return the rule that says what sales does next, for a situation with its stage and flags filled."""
    *rules, last = playbook.compiled.next_steps
    for rule in rules:
        if (not rule.block.route or route in rule.block.route) and rule.when.holds(situation):
            return rule
    return last  # It has no conditions: a checked playbook says something for every lead.


def queue_rule(situation: Situation, route: str, playbook: Playbook) -> Rule[QueueRule]:
    """Return the rule that gives the queue of a route, for a situation with its stage and flags filled."""
    *rules, last = playbook.compiled.queues[route]
    return next((rule for rule in rules if rule.when.holds(situation)), last)


def queue_for(situation: Situation, routing: RoutingRule, playbook: Playbook) -> str:
    """Return the queue of a lead: that of its routing rule where this names one, else by the queue rules of the route."""
    return routing.queue or queue_rule(situation, routing.route, playbook).block.queue
