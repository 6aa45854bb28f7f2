"""Changes of the three scores: bands, groups, point rules, signals, caps, and how signals fade."""

from collections.abc import Mapping
from typing import Any

from scoring.blocks import GroupBlock, PointRuleBlock, ScoreBlock, Tier
from scoring.condition_words import condition_words, either, signal_words
from scoring.conditions import NONE_NAMED
from scoring.diff.changes import Comparison, moved_names
from scoring.facts import LISTS
from scoring.playbook import Playbook
from scoring.points import OTHERWISE
from scoring.yaml_source import YamlPath

type Placed = Mapping[str, tuple[str, YamlPath, PointRuleBlock]]  # By id: group, path, block.


def compare_score(found: Comparison, name: str) -> None:
    """Note what changed in one score."""
    old, new = getattr(found.old.data.scores, name), getattr(found.new.data.scores, name)
    path: YamlPath = ("scores", name)
    found.fields(name.capitalize(), old, new, path, leave=("bands", "groups", "caps"))
    for band in ("medium", "high"):
        before, now = getattr(old.bands, band), getattr(new.bands, band)
        if before != now:
            found.changed(f"{name} is {band} from {now} points instead of {before}", (*path, "bands", band))
    _groups(found, old, new, path)
    _rules(found, _placed(old, path), _placed(new, path))
    _caps(found, old, new, path)


def compare_decay(found: Comparison) -> None:
    """Note what changed in how signals fade."""
    old, new = found.old.data.decay, found.new.data.decay
    found.fields("Fading of signals", old, new, ("decay",), leave=("steps",))
    before, now = ({step.weeks: step.percent for step in block.steps} for block in (old, new))
    for weeks in sorted({*before, *now}):
        if before.get(weeks) != now.get(weeks):
            at = [step.weeks for step in (new if weeks in now else old).steps].index(weeks)
            path: YamlPath = ("decay", "steps", at)
            if weeks not in now:
                found.removed(f"after {weeks} weeks a signal no longer drops to {before[weeks]} percent", path)
            elif weeks not in before:
                found.added(f"after {weeks} weeks a signal keeps {now[weeks]} percent", path)
            else:
                found.changed(f"after {weeks} weeks a signal keeps {now[weeks]} percent instead of {before[weeks]}", path)


def _groups(found: Comparison, old: ScoreBlock, new: ScoreBlock, path: YamlPath) -> None:
    for group in dict.fromkeys([*old.groups, *new.groups]):
        here = (*path, "groups", group)
        before, now = old.groups.get(group), new.groups.get(group)
        if before is None:
            found.added(f"the group {group} is new{_limit(now, ', with ')}", here)
        elif now is None:
            found.removed(f"the group {group} is gone", here)
        elif before.most != now.most:
            found.changed(f"the group {group} gives {_limit(now)} instead of {_limit(before)}", (*here, "most"))
        for kind in dict.fromkeys([*(before.signals if before else ()), *(now.signals if now else ())]):
            _signal(found, kind, group, before, now, (*here, "signals", kind))


def _limit(group: GroupBlock | None, lead: str = "") -> str:
    if group is None or group.most is None:
        return "" if lead else "any number of points"
    return f"{lead}at most {group.most} points"


def _signal(
    found: Comparison, kind: str, group: str, old: GroupBlock | None, new: GroupBlock | None, path: YamlPath
) -> None:
    before, now = old.signals.get(kind) if old else None, new.signals.get(kind) if new else None
    what = f"in the group {group} the signal {signal_words(kind)}"
    if before is None:
        found.added(f"{what} now gives {points(now)}", path)
    elif now is None:
        found.removed(f"{what} no longer gives points (it gave {before})", path)
    elif before != now:
        found.changed(f"{what} gives {points(now)} instead of {before}", path)


def _placed(score: ScoreBlock, path: YamlPath) -> Placed:
    return {
        rule.id: (group, (*path, "groups", group, "rules", index), rule)
        for group, block in score.groups.items()
        for index, rule in enumerate(block.rules)
    }


def _rules(found: Comparison, old: Placed, new: Placed) -> None:
    for rule, (_, path, block) in old.items():
        if rule not in new:
            found.removed(f"the rule {rule} is gone. It gave {given(block, found.old)}", path)
    for rule, (group, path, block) in new.items():
        if rule not in old:
            found.added(f"the rule {rule} is new in the group {group}. It gives {given(block, found.new)}", path)
            continue
        before_group, before_path, before = old[rule]
        if before_group != group:
            found.moved(f"the rule {rule} moves from the group {before_group} to {group}", before_path, path)
        _rule(found, before, block, before_path, path)


def _rule(found: Comparison, old: PointRuleBlock, new: PointRuleBlock, before: YamlPath, path: YamlPath) -> None:
    tables = isinstance(old.points, dict) and isinstance(new.points, dict) and old.fact == new.fact
    tiers = old.tiers is not None and new.tiers is not None and old.fact == new.fact
    if not tables and not tiers and (old.fact, bool(old.tiers)) != (new.fact, bool(new.tiers)):
        found.changed(f"the rule {new.id} now gives {given(new, found.new)}. Before, {given(old, found.old)}", path, before)
        return
    if tables:
        _table(found, old, new, before, path)
    if tiers:
        _tiers(found, old, new, before, path)
    say = {
        "most": lambda one, other: f"gives {'any number of' if other is None else f'at most {other}'} points together "
        f"instead of {'any number' if one is None else f'at most {one}'}",
        "points": lambda one, other: f"gives {points(other)} instead of {one}",
    }
    leave = ("id", *(("points",) if tables else ()), *(("tiers",) if tiers else ()))
    found.fields(f"The rule {new.id}", old, new, path, before, say=say, leave=leave)


def _table(found: Comparison, old: PointRuleBlock, new: PointRuleBlock, before: YamlPath, path: YamlPath) -> None:
    for value in dict.fromkeys([*old.points, *new.points]):
        one, other = old.points.get(value), new.points.get(value)
        what = f"the rule {new.id}: {value_words(new.fact, value, found.new if other is not None else found.old)}"
        here, there = (*path, "points", value), (*before, "points", value)
        if one is None:
            found.added(f"{what} now has a line of its own and gives {points(other)}", here)
        elif other is None:
            found.removed(f"{what} no longer has a line of its own (it gave {one})", there)
        elif one != other:
            found.changed(f"{what} gives {points(other)} instead of {one}", here, there)


def _tiers(found: Comparison, old: PointRuleBlock, new: PointRuleBlock, before: YamlPath, path: YamlPath) -> None:
    one, other = ({_from(tier): (index, tier.points) for index, tier in enumerate(rule.tiers or [])} for rule in (old, new))
    for start in dict.fromkeys([*one, *other]):
        what = f"the rule {new.id}: from {start}"
        if start not in one:
            found.added(f"{what} it now gives {points(other[start][1])}", (*path, "tiers", other[start][0]))
        elif start not in other:
            found.removed(f"{what} it no longer gives {points(one[start][1])}", (*before, "tiers", one[start][0]))
        elif one[start][1] != other[start][1]:
            here, there = (*path, "tiers", other[start][0]), (*before, "tiers", one[start][0])
            found.changed(f"{what} it gives {points(other[start][1])} instead of {one[start][1]}", here, there)
    for start in moved_names(list(one), list(other)):
        here, there = (*path, "tiers", other[start][0]), (*before, "tiers", one[start][0])
        found.moved(f"the rule {new.id}: from {start} is now read earlier or later", there, here)


def _caps(found: Comparison, old: ScoreBlock, new: ScoreBlock, path: YamlPath) -> None:
    before, now = ({cap.id: (index, cap) for index, cap in enumerate(block.caps)} for block in (old, new))
    name = path[-1]
    for cap in dict.fromkeys([*before, *now]):
        if cap not in now:
            index, gone = before[cap]
            found.removed(f"the cap {cap} is gone. It kept {name} at most at {gone.at_most}", (*path, "caps", index))
        elif cap not in before:
            index, block = now[cap]
            words = condition_words(block.when, found.new)
            found.added(f"the cap {cap} is new: {name} is at most {block.at_most} while {words}", (*path, "caps", index))
        else:
            (there, one), (here, other) = before[cap], now[cap]
            say = {"at_most": lambda a, b: f"keeps {name} at most at {b} instead of {a}"}
            found.fields(f"The cap {cap}", one, other, (*path, "caps", here), (*path, "caps", there), say=say)


def given(rule: PointRuleBlock, playbook: Playbook) -> str:
    """Return what a rule gives, e.g. "45 points for hospital, 0 points for anything else (organization type)"."""
    if rule.when is not None:
        return f"{points(rule.points)} if {condition_words(rule.when, playbook)}"
    fact = playbook.fact_name(rule.fact or "")
    most = "" if rule.most is None else f", at most {rule.most} together"
    if rule.tiers is not None:
        return f"{', '.join(f'{points(tier.points)} from {_from(tier)}' for tier in rule.tiers)} ({fact}{most})"
    lines = [f"{points(number)} for {value_words(rule.fact, value, playbook)}" for value, number in rule.points.items()]
    return f"{', '.join(lines)} ({fact}{most})"


def value_words(fact: str | None, value: str, playbook: Playbook) -> str:
    """Return a value of a points table in words; "otherwise" and, for a list, "none" have a meaning of their own."""
    if value == OTHERWISE:
        return "anything else"
    return "none named" if value == NONE_NAMED and fact in LISTS else playbook.label(fact or "", value)


def points(number: Any) -> str:
    """Return "1 point" or "12 points"."""
    return f"{number} point{'' if number == 1 else 's'}"


def _from(tier: Tier) -> str:
    if isinstance(tier.at_least, int):
        return f"${tier.at_least:,}"
    return either([f"{count:,} {unit}" for unit, count in tier.at_least.items()])
