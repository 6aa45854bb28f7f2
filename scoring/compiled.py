"""Compile a playbook's rules once, at loading, so that scoring a lead is table look-ups and small checks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring import blocks
from scoring.conditions import SCORES, Condition, Situation, compile_condition
from scoring.facts import CLOSED, FACTS, LISTS, FactKind
from scoring.points import PointRule, SignalRule, TableRule, TierRule, WhenRule, table_bounds
from scoring.score_rules import Cap, ScoreRules

type LineOf = Callable[[tuple[str | int, ...]], int]
type Raw = blocks.Raw


@dataclass(frozen=True, slots=True)
class Rule[T]:
    """One compiled rule: its block, its condition and its line in the file."""

    block: T
    when: Condition
    line: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What one fact can touch: positions of groups by position of their score (a score of which only a cap looks at it
    has none), and whether a stage rule, a routing rule or a flag that one of them asks for looks at it."""

    groups: Mapping[int, tuple[int, ...]]
    decides: bool


@dataclass(frozen=True, slots=True)
class CompiledPlaybook:
    """All rules of a playbook, ready to be applied in this order: scores, flags, stage, route, next step.

    Attributes:
        queues: by route, the rules that give the queue; the last always holds.
        tracks: of nurture; () where the playbook has none, else the last always holds.
        deciding_flags: the flags that a stage or routing rule asks for; the others change no decision.
        reach: what each fact can touch.
        possible: by fact, answers that stand for all it can be, each with its weight.
    """

    scores: tuple[ScoreRules, ...]
    flags: tuple[Rule[blocks.FlagRule], ...]
    stages: tuple[Rule[blocks.StageRule], ...]
    moves: tuple[Rule[blocks.Move], ...]
    routes: tuple[Rule[blocks.RoutingRule], ...]
    next_steps: tuple[Rule[blocks.NextStepRule], ...]
    queues: Mapping[str, tuple[Rule[blocks.QueueRule], ...]]
    tracks: tuple[Rule[blocks.NurtureTrack], ...]
    deciding_flags: tuple[Rule[blocks.FlagRule], ...]
    reach: Mapping[str, Reach]
    possible: Mapping[str, Sequence[tuple[Any, int]]]
    signal_life_days: int | None

    def judge(self, situation: Situation) -> tuple[Rule[blocks.StageRule], Rule[blocks.RoutingRule]]:
        """Fill bands, flags and stage of a situation and return the stage rule and the routing rule that decide.

        This is the short way used many times for one next question; assess adds reasons to the same steps.
        """
        for score in self.scores:
            situation.bands[score.name] = score.band(score.points(situation))
        return self.judge_bands(situation)

    def judge_bands(self, situation: Situation) -> tuple[Rule[blocks.StageRule], Rule[blocks.RoutingRule]]:
        """Do the same once the bands are filled."""
        for flag in self.flags:
            if flag.when.holds(situation):
                situation.flags.add(flag.block.id)
        stage = next(rule for rule in self.stages if rule.when.holds(situation))
        situation.stage = stage.block.stage
        return stage, next(rule for rule in self.routes if rule.when.holds(situation))

    def live_signals(self, signals: "dict[str, date]", on: date) -> dict[str, int]:
        """Return the age in days of each kind of signal that has happened by `on` and still keeps any points."""
        ages = {kind: (on - day).days for kind, day in signals.items()}
        life = self.signal_life_days
        return {kind: days for kind, days in ages.items() if days >= 0 and (life is None or days < life)}


def compile_playbook(file: blocks.PlaybookFile, line_of: LineOf) -> CompiledPlaybook:
    """Compile a checked file; `line_of` gives the line of a path in it."""
    zero = [step.weeks for step in file.decay.steps if step.percent == 0]
    scores = tuple(_score(name, getattr(file.scores, name), file.decay, line_of) for name in SCORES)
    flags = _rules(file.flags.rules, ("flags", "rules"), line_of)
    stages = _rules(file.stages.rules, ("stages", "rules"), line_of)
    routes = _rules(file.routes.rules, ("routes", "rules"), line_of)
    decisions = [*(rule.when for rule in stages), *(rule.when for rule in routes)]
    named = {name for when in decisions for name in when.named("flags")}
    deciding_flags = tuple(rule for rule in flags if rule.block.id in named)
    looked_at = {fact for when in (*decisions, *(rule.when for rule in deciding_flags)) for fact in when.facts()}
    likely = {fact: words.likely for fact, words in file.facts.words.items()}
    return CompiledPlaybook(
        scores=scores,
        flags=flags,
        stages=stages,
        moves=_rules(file.stages.moves, ("stages", "moves"), line_of),
        routes=routes,
        next_steps=_rules(file.next_steps.rules, ("next_steps", "rules"), line_of),
        queues={str(name): _queue_rules(str(name), route, line_of) for name, route in file.routes.to.items()},
        tracks=_rules(file.nurture.tracks if file.nurture else [], ("nurture", "tracks"), line_of),
        deciding_flags=deciding_flags,
        reach={fact: Reach(dict(_touched(fact, scores)), fact in looked_at) for fact in FACTS},
        possible={fact: _possible_answers(fact, likely.get(fact, {})) for fact in FACTS},
        signal_life_days=7 * min(zero) if zero else None,
    )


def _touched(fact: str, scores: Sequence[ScoreRules]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for position, score in enumerate(scores):
        groups = tuple(
            index for index, (_, _, _, rules) in enumerate(score.groups) if any(fact in rule.facts() for rule in rules)
        )
        if groups or any(fact in cap.when.facts() for cap in score.caps):
            yield position, groups


def _possible_answers(fact: str, likely: Mapping[str, int]) -> list[tuple[Any, int]]:
    """Return answers that stand for all a fact can be, each with its weight (even where the playbook says none)."""
    kind = FACTS[fact]
    if kind is FactKind.CLOSED:
        return [(value, likely.get(value, 0 if likely else 1)) for value in CLOSED[fact]]
    if kind is FactKind.LIST:
        return [([], 1), *(([value], likely.get(value, 1)) for value in LISTS[fact])]
    if kind is FactKind.SIZE:
        return [({"sites": 1}, 1), ({"sites": 3}, 1), ({"sites": 12, "beds": 1500, "members": 200_000}, 1)]
    return []


def _rules[T: (blocks.FlagRule, blocks.StageRule, blocks.Move, blocks.RoutingRule, blocks.NextStepRule, blocks.QueueRule,
          blocks.NurtureTrack)](
    found: list[T], path: tuple[str | int, ...], line_of: LineOf
) -> tuple[Rule[T], ...]:
    return tuple(
        Rule(block, compile_condition(block.when), line_of((*path, index))) for index, block in enumerate(found)
    )


def _queue_rules(name: str, route: blocks.Route, line_of: LineOf) -> tuple[Rule[blocks.QueueRule], ...]:
    path = ("routes", "to", name)
    if route.queue_rules:
        return _rules(route.queue_rules, (*path, "queues"), line_of)
    return (Rule(route.rules[0], compile_condition({}), line_of((*path, "queue"))),)


def _score(name: str, block: blocks.ScoreBlock, decay: blocks.Decay, line_of: LineOf) -> ScoreRules:
    steps = [(step.weeks, step.percent, line_of(("decay", "steps", index))) for index, step in enumerate(decay.steps)]
    steps.sort(reverse=True)
    groups = []
    for group, rules in block.groups.items():
        path = ("scores", name, "groups", group)
        made = [_point_rule(group, rule, (*path, "rules", index), line_of) for index, rule in enumerate(rules.rules)]
        for kind, points in rules.signals.items():
            line = line_of((*path, "signals", kind))
            made.append(SignalRule(f"{name}.{group}.{kind}", group, kind, points, line, tuple(steps)))
        groups.append((group, rules.most, line_of((*path, "most")), tuple(made)))
    caps = tuple(
        Cap(cap.id, compile_condition(cap.when), cap.at_most, line_of(("scores", name, "caps", index)))
        for index, cap in enumerate(block.caps)
    )
    weight = sum(rule.weight for _, _, _, rules in groups for rule in rules)
    line = line_of(("scores", name))
    return ScoreRules(name, tuple(groups), caps, block.bands.medium, block.bands.high, line, weight)


def _point_rule(group: str, block: blocks.PointRuleBlock, path: tuple[str | int, ...], line_of: LineOf) -> PointRule:
    if block.when is not None:
        when = compile_condition(block.when)
        return WhenRule(block.id, group, next(when.facts(), "signals"), when, block.points, line_of(path))
    fact = block.fact or ""
    if block.tiers is not None:
        tiers = tuple(
            (tier.at_least, tier.points, line_of((*path, "tiers", index))) for index, tier in enumerate(block.tiers)
        )
        steps = [tier.points for tier in block.tiers]
        return TierRule(block.id, group, fact, tiers, max(map(abs, steps)), (min(0, *steps), max(0, *steps)))
    lines = {key: line_of((*path, "points", key)) for key in block.points}
    if block.most is not None:
        lines["most"] = line_of((*path, "most"))
    weight = max(abs(points) for points in block.points.values())
    weight = weight if block.most is None else min(weight, block.most)
    span = table_bounds(fact, block.points, block.most)
    return TableRule(block.id, group, fact, block.points, lines, block.most, line_of(path), weight, span)
