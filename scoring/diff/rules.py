"""Changes of lists that are read from the top: flags, stages and moves, routes, next steps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scoring.blocks import Block, Move, NextStepRule, Route, RoutingRule, StageRule
from scoring.condition_words import condition_words, either
from scoring.diff.changes import Comparison, Say, moved_names, shown
from scoring.diff.owners import compare_queue_rules
from scoring.hours import duration_words
from scoring.playbook import Playbook
from scoring.yaml_source import YamlPath

type Describe = Callable[[Any, Playbook], str]


def compare_flags(found: Comparison) -> None:
    """Note what changed in the risk flags."""
    old, new = found.old.data.flags, found.new.data.flags
    found.fields("The flags", old, new, ("flags",), leave=("rules",))
    say: Mapping[str, Say] = {"reason": _says}
    _rules(found, "flag", old.rules, new.rules, ("flags", "rules"), _flag, say)


def compare_stages(found: Comparison) -> None:
    """Note what changed in the stage rules and in the moves people make."""
    old, new = found.old.data.stages, found.new.data.stages
    found.fields("The stages", old, new, ("stages",), leave=("rules", "moves"))
    say: Mapping[str, Say] = {"why": _says, "stage": lambda one, other: f"now makes a lead {other} instead of {one}"}
    _rules(found, "rule", old.rules, new.rules, ("stages", "rules"), _stage, say)
    _moves(found, old.moves, new.moves)


def compare_routes(found: Comparison) -> None:
    """Note what changed in where leads go and how soon somebody answers."""
    old, new = found.old.data.routes, found.new.data.routes
    found.fields("The routes", old, new, ("routes",), leave=("to", "rules"))
    for route in dict.fromkeys([*old.to, *new.to]):
        path: YamlPath = ("routes", "to", route)
        if route not in old.to:
            found.added(f"the route {route} is new: queue {new.to[route].queue}, {_answers(new.to[route])}", path)
        elif route not in new.to:
            found.removed(f"the route {route} is gone", path)
        else:
            _target(found, route, old.to[route], new.to[route], path)
    say: Mapping[str, Say] = {
        "why": _says,
        "route": lambda one, other: f"now leads to {other} instead of {one}",
        "priority": lambda one, other: f"{'now' if other else 'no longer'} puts a lead first",
        "settles": lambda one, other: f"{'now ends' if other else 'no longer ends'} the interview",
        "queue": lambda one, other: f"now uses {_queue(other)} instead of {_queue(one)}",
    }
    _rules(found, "rule", old.rules, new.rules, ("routes", "rules"), _routing, say)


def compare_next_steps(found: Comparison) -> None:
    """Note what changed in what sales does next; the rules have no names, so they are known by what they say."""
    old, new = found.old.data.next_steps, found.new.data.next_steps
    found.fields("The next steps", old, new, ("next_steps",), leave=("rules",))
    before, now = _by_words(old.rules), _by_words(new.rules)
    _listed(found, "next step", before, now, ("next_steps", "rules"), _next_step, {"route": _for_routes})


def _by_words(rules: Sequence[NextStepRule]) -> dict[str, NextStepRule]:
    found: dict[str, NextStepRule] = {}
    for rule in rules:
        times = sum(other.say == rule.say for other in found.values())
        found[f'"{rule.say}"' if not times else f'"{rule.say}" (number {times + 1})'] = rule
    return found


def _rules(
    found: Comparison, what: str, old: Sequence[Any], new: Sequence[Any], path: YamlPath, describe: Describe, say: Mapping[str, Say]
) -> None:  # fmt: skip
    _listed(found, what, {rule.id: rule for rule in old}, {rule.id: rule for rule in new}, path, describe, say)


def _listed(
    found: Comparison, what: str, old: Mapping[str, Block], new: Mapping[str, Block], path: YamlPath, describe: Describe,
    say: Mapping[str, Say],
) -> None:  # fmt: skip
    """Compare two lists of rules, known by name: new ones, those gone, changed ones, and those read earlier or later."""
    places, before = {name: place for place, name in enumerate(new)}, {name: place for place, name in enumerate(old)}
    for name, rule in old.items():
        if name not in new:
            found.removed(f"the {what} {name} is gone. It {describe(rule, found.old)}", (*path, before[name]))
    order = list(new)
    moved = moved_names(list(old), order)
    for name, rule in new.items():
        here = (*path, places[name])
        if name not in old:
            found.added(f"the {what} {name} is new, {_place(order, name)}. It {describe(rule, found.new)}", here)
            continue
        there = (*path, before[name])
        if name in moved:
            found.moved(f"the {what} {name} is now read {_place(order, name)}", there, here)
        found.fields(f"The {what} {name}", old[name], rule, here, there, say=say)


def _place(order: Sequence[str], name: str) -> str:
    at = order.index(name)
    return "last" if at == len(order) - 1 else f"before {order[at + 1]}"


def _moves(found: Comparison, old: Sequence[Move], new: Sequence[Move]) -> None:
    before, now = _by_action(old), _by_action(new)
    say: Mapping[str, Say] = {
        "why": _says,
        "start": lambda one, other: f"is now possible from {', '.join(other)} instead of {', '.join(one)}",
        "to": lambda one, other: f"now leads to {_to(other)} instead of {_to(one)}",
    }
    _listed(found, "action", before, now, ("stages", "moves"), _move, say)


def _by_action(moves: Sequence[Move]) -> dict[str, Move]:
    found: dict[str, Move] = {}
    for move in moves:
        times = sum(other.action == move.action for other in found.values())
        found[f"{move.action}{f' ({times + 1})' if times else ''}"] = move
    return found


def _target(found: Comparison, route: str, old: Route, new: Route, path: YamlPath) -> None:
    timed = ("respond_within_minutes", "priority_respond_within_minutes")
    say: Mapping[str, Say] = {
        "words": lambda one, other: f"is now called {shown(other)} instead of {shown(one)}",
        timed[0]: lambda one, other: f"is now answered {_within(other)} instead of {_within(one)}",
        timed[1]: lambda one, other: f"is now answered {_within(other)} for leads that come first, instead of {_within(one)}",
    }
    found.fields(f"The route {route}", old, new, path, say=say, leave=("one_queue", "queue_rules"))
    compare_queue_rules(found, route, old, new, path)


def _says(old: str, new: str) -> str:
    return f"now says {shown(new)} instead of {shown(old)}"


def _queue(queue: str | None) -> str:
    return f"the queue {queue}" if queue else "the queue of its route"


def _within(minutes: int | None) -> str:
    return "by nobody" if minutes is None else f"within {duration_words(minutes)} of business time"


def _answers(route: Route) -> str:
    return f"answered {_within(route.respond_within_minutes)}"


def _for_routes(old: Sequence[str], new: Sequence[str]) -> str:
    return f"is now said for {', '.join(new) or 'every route'} instead of {', '.join(old) or 'every route'}"


def _flag(rule: Any, playbook: Playbook) -> str:
    return f"is raised if {condition_words(rule.when, playbook)}, and says {shown(rule.reason)}"


def _stage(rule: StageRule, playbook: Playbook) -> str:
    return f"makes a lead {rule.stage} if {condition_words(rule.when, playbook)}"


def _routing(rule: RoutingRule, playbook: Playbook) -> str:
    first = ", and puts it first" if rule.priority else ""
    return f"leads to {rule.route} if {condition_words(rule.when, playbook)}{first}"


def _next_step(rule: NextStepRule, playbook: Playbook) -> str:
    routes = f" on the routes {either(list(rule.route))}" if rule.route else ""
    return f"is said{routes} if {condition_words(rule.when, playbook)}"


def _move(move: Move, playbook: Playbook) -> str:
    return f"leads from {', '.join(move.start)} to {_to(move.to)} if {condition_words(move.when, playbook)}"


def _to(to: Any) -> str:
    return ", ".join(f"{stage} for {reason}" for reason, stage in to.items()) if isinstance(to, Mapping) else str(to)
