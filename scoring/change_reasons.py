"""Why two playbooks decide differently about one lead, in sentences with the lines of both files."""

from collections.abc import Iterator, Mapping

from scoring.compiled import Rule
from scoring.condition_words import sentence
from scoring.engine import Assessment, Contribution, Score
from scoring.explain import reason_of_points
from scoring.playbook import Playbook


def change_reasons(before: Assessment, after: Assessment, old: Playbook, new: Playbook) -> list[str]:
    """Return what made the change: points that are given differently, bands that begin elsewhere, flags, and the rules that decide now."""
    return [*_points(before, after, old, new), *_flags(before, after, old, new), *_rules(before, after, old, new)]


def _points(before: Assessment, after: Assessment, old: Playbook, new: Playbook) -> Iterator[str]:
    for name, now in after.scores.items():
        was = before.scores[name]
        if now.band == was.band:
            continue
        yield f"{name.capitalize()} is {now.band} with {now.points} points instead of {was.band} with {was.points}."
        if now.points == was.points:
            limits = getattr(new.data.scores, name).bands
            place = new.where(new.source.line(("scores", name, "bands")))
            yield f"The same points, but {name} is medium from {limits.medium} and high from {limits.high} points. ({place})"
        else:
            yield from _contributions(was, now, old, new)


def _contributions(was: Score, now: Score, old: Playbook, new: Playbook) -> Iterator[str]:
    earlier, later = _by_rule(was), _by_rule(now)
    for key, given in later.items():
        points = earlier[key].points if key in earlier else 0
        if given.points != points:
            yield f"{sentence(f'{given.points:+d} instead of {points:+d}: {reason_of_points(given, new)}')} ({given.rule}, {given.source})"
    for key, given in earlier.items():
        if key not in later:
            yield f"{sentence(f'No more {given.points:+d}: {reason_of_points(given, old)}')} ({given.rule}, {given.source})"


def _by_rule(score: Score) -> Mapping[tuple[str, str], Contribution]:
    return {(given.rule, str(given.value)): given for given in score.contributions}


def _flags(before: Assessment, after: Assessment, old: Playbook, new: Playbook) -> Iterator[str]:
    was, now = {flag.id: flag for flag in before.flags}, {flag.id: flag for flag in after.flags}
    for flag in now.keys() - was.keys():
        yield f"{sentence(f'The risk is new: {now[flag].reason}')} ({flag}, {_place(new.compiled.flags, flag, new)})"
    for flag in was.keys() - now.keys():
        yield f"{sentence(f'The risk is gone: {was[flag].reason}')} ({flag}, {_place(old.compiled.flags, flag, old)})"


def _rules(before: Assessment, after: Assessment, old: Playbook, new: Playbook) -> Iterator[str]:
    if after.stage != before.stage:
        now, was = _place(new.compiled.stages, after.stage_rule, new), _place(old.compiled.stages, before.stage_rule, old)
        yield f"{sentence(f'Stage {after.stage}: {after.stage_why}')} ({after.stage_rule}, {now}; before {before.stage_rule}, {was})"
    if after.route != before.route:
        now, was = _place(new.compiled.routes, after.route_rule, new), _place(old.compiled.routes, before.route_rule, old)
        yield f"{sentence(f'Route {after.route}: {after.why[0]}')} ({after.route_rule}, {now}; before {before.route_rule}, {was})"
    elif after.queue != before.queue:
        now = _place(new.compiled.routes, after.route_rule, new)
        yield f"Queue {after.queue} instead of {before.queue}, on the same route. ({after.route_rule}, {now})"


def _place(rules: tuple[Rule, ...], name: str, playbook: Playbook) -> str:  # type: ignore[type-arg]
    return playbook.where(next(rule.line for rule in rules if rule.block.id == name))
