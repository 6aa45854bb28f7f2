"""Say in words why a condition does not hold, and from that, why a lead did not take the other routes."""

from typing import TYPE_CHECKING

from scoring.blocks import RoutingRule
from scoring.compiled import Rule
from scoring.condition_words import either, sentence, signal_words, wanted_words
from scoring.conditions import SCORES, Condition, Leaf, Situation, as_list
from scoring.facts import FACTS

if TYPE_CHECKING:
    from scoring.playbook import Playbook

MOST_REASONS = 3


def why_not_routes(situation: Situation, taken: Rule[RoutingRule], playbook: "Playbook") -> dict[str, list[str]]:
    """Return, for every route but the taken one, what its nearest rule lacked, or that an earlier rule decided."""
    reasons = {other: ["No rule leads there."] for other in playbook.routes if other != taken.block.route}
    for other, (unmet, rule) in nearest_rules(situation, taken, playbook).items():
        found = unmet_reasons(rule.when, situation, playbook) if unmet else []
        reasons[other] = found[:MOST_REASONS] or [f"An earlier rule decided: {taken.block.why}"]
    return reasons


def nearest_rules(
    situation: Situation, taken: Rule[RoutingRule], playbook: "Playbook"
) -> dict[str, tuple[int, Rule[RoutingRule]]]:
    """Return, for every route but the taken one, the rule of which the fewest parts do not hold, and how many."""
    nearest: dict[str, tuple[int, Rule[RoutingRule]]] = {}
    for rule in playbook.compiled.routes:
        route: str = rule.block.route
        if route != taken.block.route:
            unmet = _unmet(rule.when, situation)
            if route not in nearest or unmet < nearest[route][0]:
                nearest[route] = unmet, rule
    return nearest


def _unmet(condition: Condition, situation: Situation) -> int:
    """Return how many parts of a condition do not hold; 0 when it holds."""
    unmet = 0
    for leaf in condition.leaves:  # A plain loop: it runs over every routing rule on every turn of a chat.
        if not leaf.holds(situation):
            unmet += 1
    if condition.any_of and not any(part.holds(situation) for part in condition.any_of):
        unmet += 1
    return unmet + (condition.none_of is not None and condition.none_of.holds(situation))


def unmet_reasons(condition: Condition, situation: Situation, playbook: "Playbook") -> list[str]:
    """Return one sentence for each part of a condition that does not hold; [] when it holds."""
    found = [_leaf_words(leaf, situation, playbook) for leaf in condition.leaves if not leaf.holds(situation)]
    if condition.any_of and not any(part.holds(situation) for part in condition.any_of):
        parts = [unmet_reasons(part, situation, playbook) for part in condition.any_of]
        found.append(" Or ".join(" ".join(part) for part in parts))
    if condition.none_of is not None and condition.none_of.holds(situation):
        held = [_held_words(leaf, situation, playbook) for leaf in _leaves(condition.none_of, situation)]
        found.append(f"Not while {' and '.join(held)}." if held else "An exception applies.")
    return found


def _leaves(condition: Condition, situation: Situation) -> list[Leaf]:
    found = list(condition.leaves)
    for part in condition.any_of:
        if part.holds(situation):
            found += _leaves(part, situation)
            break
    return found


def _is(key: str, situation: Situation, playbook: "Playbook") -> str:
    """Return e.g. "budget is approved" or "budget is not known"."""
    if key in SCORES:
        return f"{key} is {situation.bands.get(key, 'not known')}"
    if key == "stage":
        return f"the stage is {situation.stage}"
    if key not in situation.values:
        return f"{playbook.fact_name(key)} is not known"
    return f"{playbook.fact_name(key)} is {playbook.label(key, situation.values[key])}"


def _held_words(leaf: Leaf, situation: Situation, playbook: "Playbook") -> str:
    if leaf.key in FACTS or leaf.key in SCORES or leaf.key == "stage":
        return _is(leaf.key, situation, playbook)
    names = as_list(leaf.wanted)
    if leaf.key == "signals":
        return f"there is a {either([signal_words(name) for name in names if name in situation.ages])}"
    if leaf.key == "flags":
        return f"the flag {either([name for name in names if name in situation.flags])} is raised"
    return f"{either([playbook.fact_name(name) for name in names])} is {leaf.key}"


def _leaf_words(leaf: Leaf, situation: Situation, playbook: "Playbook") -> str:
    key, names = leaf.key, as_list(leaf.wanted)
    if key in FACTS:
        return sentence(f"{_is(key, situation, playbook)}; this needs {wanted_words(key, leaf.wanted, playbook)}")
    if key in SCORES or key == "stage":
        return sentence(f"{_is(key, situation, playbook)}; this needs {either(names)}")
    if key == "signals":
        return f"There is no {either([signal_words(name) for name in names])}."
    if key == "flags":
        return f"The flag {either(names)} is not raised."
    return sentence(
        f"{either([playbook.fact_name(name) for name in names])} is not {key if key != 'unknown' else 'open any more'}"
    )
