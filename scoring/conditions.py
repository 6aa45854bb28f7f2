"""Conditions of a playbook: a small closed set, checked against the catalogue and compiled to fast checks.

A condition is a mapping; all its entries must hold. An entry is the name of a fact with the values it may have, or one
of the words in WORDS. An unknown fact makes its entry not hold; for a score's lowest and highest possible value the
same condition is asked whether it could still come true or fail.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from scoring.facts import (
    CLOSED,
    FACTS,
    LISTS,
    SIGNALS,
    SIZE_KEYS,
    FactKind,
    did_you_mean,
)

BANDS = ("low", "medium", "high")
SCORES = ("fit", "intent", "readiness")
STAGES = ("inquiry", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified")
WORDS = ("signals", "known", "unknown", "confirmed", "flags", "stage", *SCORES, "any", "not")
NONE_NAMED = "none"  # In the values of a list fact: the list is known to be empty.
CAN_HOLD, CAN_FAIL = 1, 2
SMALL_LETTERS = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(slots=True)
class Situation:
    """What is known about one lead while rules are applied; filled step by step: bands, then flags, then stage."""

    values: Mapping[str, Any]
    ages: Mapping[str, int]  # Days since the newest signal of a kind that still counts.
    on: date
    confirmed: frozenset[str] = frozenset()
    bands: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    stage: str = ""


type Check = Callable[[Situation], bool]
type Say = Callable[[str, Any], str]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of a condition: does it hold, could it still change, which fact, and what it asks for in words."""

    key: str
    holds: Check
    facts: tuple[str, ...]
    wanted: Any
    open_until_known: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition: all leaves hold, at least one of `any_of` (if there are any), and `none_of` does not."""

    leaves: tuple[Leaf, ...] = ()
    any_of: tuple["Condition", ...] = ()
    none_of: "Condition | None" = None
    holds: Check = lambda situation: True

    def may(self, situation: Situation) -> int:
        """Return CAN_HOLD and/or CAN_FAIL over every way the unknown facts could still turn out (never too narrow)."""
        held, failed = True, False
        for leaf in self.leaves:
            held, failed = _both(held, failed, _leaf_may(leaf, situation))
        if self.any_of:
            parts = [part.may(situation) for part in self.any_of]
            some = CAN_HOLD if any(part & CAN_HOLD for part in parts) else 0
            held, failed = _both(held, failed, some | (CAN_FAIL if all(part & CAN_FAIL for part in parts) else 0))
        if self.none_of is not None:
            inner = self.none_of.may(situation)
            turned = (CAN_HOLD if inner & CAN_FAIL else 0) | (CAN_FAIL if inner & CAN_HOLD else 0)
            held, failed = _both(held, failed, turned)
        return (CAN_HOLD if held else 0) | (CAN_FAIL if failed else 0)

    def facts(self) -> Iterator[str]:
        """Yield the name of every fact the condition looks at, inner conditions included."""
        for leaf in self.leaves:
            yield from leaf.facts
        for part in self.any_of:
            yield from part.facts()
        if self.none_of is not None:
            yield from self.none_of.facts()


    def named(self, word: str) -> Iterator[str]:
        """Yield every name that stands after `word`, e.g. "flags", inner conditions included."""
        for leaf in self.leaves:
            if leaf.key == word:
                yield from as_list(leaf.wanted)
        for part in (*self.any_of, *((self.none_of,) if self.none_of is not None else ())):
            yield from part.named(word)


def _both(held: bool, failed: bool, part: int) -> tuple[bool, bool]:
    return held and bool(part & CAN_HOLD), failed or bool(part & CAN_FAIL)


def _leaf_may(leaf: Leaf, situation: Situation) -> int:
    if leaf.open_until_known and any(fact not in situation.values for fact in leaf.facts):
        return CAN_HOLD | CAN_FAIL
    return CAN_HOLD if leaf.holds(situation) else CAN_FAIL


# --- compiling ----------------------------------------------------------------------------------------------------


def compile_condition(raw: Mapping[str, Any]) -> Condition:
    """Compile a condition that check_condition found no problem in; {} always holds."""
    leaves = tuple(_leaf(key, wanted) for key, wanted in raw.items() if key not in ("any", "not"))
    any_of = tuple(compile_condition(part) for part in raw.get("any", ()))
    none_of = compile_condition(raw["not"]) if "not" in raw else None
    checks: list[Check] = [leaf.holds for leaf in leaves]
    if any_of:
        checks.append(_any_check(tuple(part.holds for part in any_of)))
    if none_of is not None:
        checks.append(_not_check(none_of.holds))
    return Condition(leaves, any_of, none_of, _all_check(tuple(checks)))


def _all_check(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 1:
        return checks[0]

    def holds(situation: Situation) -> bool:
        for check in checks:  # A plain loop: this runs thousands of times a second, all() costs twice as much.
            if not check(situation):
                return False
        return True

    return holds


def _any_check(checks: tuple[Check, ...]) -> Check:
    def holds(situation: Situation) -> bool:
        for check in checks:
            if check(situation):
                return True
        return False

    return holds


def _not_check(check: Check) -> Check:
    return lambda situation: not check(situation)


def as_list(raw: Any) -> list[Any]:
    """Return a list as it is and anything else as a list of one: `timeline: now` means `timeline: [now]`."""
    return raw if isinstance(raw, list) else [raw]


def _leaf(key: str, wanted: Any) -> Leaf:
    if key in FACTS:
        return Leaf(key, _fact_check(key, wanted), (key,), wanted)
    names = frozenset(as_list(wanted))
    if key == "signals":
        return Leaf(key, lambda s: not names.isdisjoint(s.ages), (), wanted)
    if key == "known":
        return Leaf(key, lambda s: all(name in s.values for name in names), tuple(sorted(names)), wanted)
    if key == "unknown":
        return Leaf(key, lambda s: all(name not in s.values for name in names), tuple(sorted(names)), wanted)
    if key == "confirmed":
        return Leaf(key, lambda s: names <= s.confirmed, tuple(sorted(names)), wanted)
    if key == "flags":
        return Leaf(key, lambda s: not names.isdisjoint(s.flags), (), wanted)
    if key == "stage":
        return Leaf(key, lambda s: s.stage in names, (), wanted)
    return Leaf(key, lambda s: s.bands.get(key) in names, (), wanted)


def _fact_check(fact: str, wanted: Any) -> Check:
    kind = FACTS[fact]
    if kind is FactKind.SIZE:
        return _size_check(fact, wanted["at_least"])
    if kind is FactKind.AMOUNT:
        return _amount_check(fact, wanted)
    if kind is FactKind.DATE:
        return _date_check(fact, wanted)
    names = frozenset(as_list(wanted))
    if kind is FactKind.LIST:
        return _list_check(fact, names)
    if kind is FactKind.TEXT:
        folded = frozenset(fold_case(str(name)) for name in names)
        return lambda s: fact in s.values and fold_case(s.values[fact]) in folded
    return lambda s: s.values.get(fact) in names


def _list_check(fact: str, names: frozenset[str]) -> Check:
    accepts_empty = NONE_NAMED in names

    def holds(situation: Situation) -> bool:
        held = situation.values.get(fact)
        if held is None:
            return False
        return not names.isdisjoint(held) if held else accepts_empty

    return holds


def _size_check(fact: str, at_least: Mapping[str, int]) -> Check:
    limits = tuple(at_least.items())

    def holds(situation: Situation) -> bool:
        size = situation.values.get(fact)
        return size is not None and any(size.get(unit, 0) >= limit for unit, limit in limits)

    return holds


def fold_case(text: str) -> str:
    """Return a free-text value with A to Z made small, so that "epic" and "Epic" are one vendor.

    Other letters stay: databases disagree about them, and a score must not depend on where it was counted.
    """
    return text.translate(SMALL_LETTERS)


def amount_of(value: Mapping[str, float | None]) -> float:
    """Return the one number an amount is judged by, in US dollars a year: its upper bound, else its lower."""
    upper = value.get("max")
    return float(upper if upper is not None else value.get("min") or 0)


def _amount_check(fact: str, wanted: Mapping[str, float]) -> Check:
    low, high = wanted.get("at_least", 0), wanted.get("at_most", float("inf"))
    return lambda s: fact in s.values and low <= amount_of(s.values[fact]) <= high


def _date_check(fact: str, wanted: Mapping[str, int]) -> Check:
    within, beyond = wanted.get("within_days"), wanted.get("beyond_days")

    def holds(situation: Situation) -> bool:
        day = situation.values.get(fact)
        if day is None:
            return False
        days = (date.fromisoformat(day) - situation.on).days
        return (within is None or 0 <= days <= within) and (beyond is None or days > beyond)

    return holds


# --- checking -----------------------------------------------------------------------------------------------------

type Complain = Callable[[tuple[str | int, ...], str, bool], None]


def check_condition(
    raw: Any, complain: Complain, path: tuple[str | int, ...] = (), allowed: tuple[str, ...] = WORDS
) -> None:
    """Report every mistake in a raw condition through `complain(path, message, at_key)`.

    Args:
        allowed: the words of WORDS that may be used here; a point rule, e.g., may not look at bands, which come later.
    """
    if not isinstance(raw, dict):
        complain(path, f"expected a condition such as {{timeline: [now]}}, found {raw!r}", False)
        return
    if not raw:
        complain(path, "an empty condition always holds. Write at least one fact, or leave `when` out", False)
    for key, wanted in raw.items():
        here = (*path, key)
        if key == "any":
            _check_any(wanted, complain, here, allowed)
        elif key == "not":
            check_condition(wanted, complain, here, allowed)
        elif key in FACTS:
            _check_wanted(key, wanted, complain, here)
        elif key in allowed:
            _check_names(key, wanted, complain, here)
        elif key in WORDS:
            complain(
                here, f"'{key}' is decided later than this rule and cannot be used here. Use facts or signals", True
            )
        else:
            complain(
                here,
                f"unknown condition '{key}'.{did_you_mean(key, [*FACTS, *allowed])} Allowed: a fact, "
                f"{', '.join(allowed)}",
                True,
            )


def _check_any(wanted: Any, complain: Complain, here: tuple[str | int, ...], allowed: tuple[str, ...]) -> None:
    if not isinstance(wanted, list) or not wanted:
        complain(here, "expected a list of conditions under 'any'. Write each on a line that begins with '- '", False)
        return
    for index, part in enumerate(wanted):
        check_condition(part, complain, (*here, index), allowed)


def names_of(word: str) -> tuple[str, ...]:
    """Return the names that may stand after a word of WORDS; () when the names are those of the playbook's flags."""
    if word == "signals":
        return SIGNALS
    if word in ("known", "unknown", "confirmed"):
        return tuple(FACTS)
    if word == "stage":
        return STAGES
    return BANDS if word in SCORES else ()


def _check_names(key: str, wanted: Any, complain: Complain, here: tuple[str | int, ...]) -> None:
    if wanted in (None, []):
        complain(here, f"expected at least one name after '{key}'", False)
    for index, name in enumerate(as_list(wanted)):
        names = names_of(key)
        if names and name not in names:
            spot = (*here, index) if isinstance(wanted, list) else here
            complain(
                spot,
                f"'{name}' cannot stand after '{key}'.{did_you_mean(name, names)} Allowed: {', '.join(names)}",
                False,
            )


def _check_wanted(fact: str, wanted: Any, complain: Complain, here: tuple[str | int, ...]) -> None:
    kind = FACTS[fact]
    limits = {FactKind.AMOUNT: ("at_least", "at_most"), FactKind.DATE: ("within_days", "beyond_days")}.get(kind)
    if kind is FactKind.SIZE:
        check_size(fact, wanted.get("at_least") if isinstance(wanted, dict) else None, complain, here)
    elif limits:
        if not isinstance(wanted, dict) or not wanted or not set(wanted) <= set(limits):
            complain(
                here,
                f"expected {' and/or '.join(limits)} for {fact}, found {wanted!r}. Write e.g. {{{limits[0]}: 90}}",
                False,
            )
        else:
            for key, number in wanted.items():
                if isinstance(number, bool) or not isinstance(number, int):
                    complain((*here, key), f"expected a whole number, found {number!r}", False)
    else:
        check_values(fact, wanted, complain, here)


def check_values(fact: str, wanted: Any, complain: Complain, here: tuple[str | int, ...]) -> None:
    """Report values that the fact cannot have; free-text facts take any word."""
    if wanted in (None, []):
        complain(here, f"expected at least one value of {fact}", False)
        return
    allowed = CLOSED.get(fact) or (*LISTS[fact], NONE_NAMED) if fact in CLOSED or fact in LISTS else ()
    for index, value in enumerate(as_list(wanted)):
        spot = (*here, index) if isinstance(wanted, list) else here
        if allowed and value not in allowed:
            complain(
                spot,
                f"{fact} has no value '{value}'.{did_you_mean(value, allowed)} Allowed: {', '.join(allowed)}",
                False,
            )


def check_size(fact: str, at_least: Any, complain: Complain, here: tuple[str | int, ...]) -> None:
    """Report anything but a mapping of size units to whole counts."""
    if not isinstance(at_least, dict) or not at_least:
        complain(here, f"expected counts for {fact}. Write e.g. {{at_least: {{sites: 5}}}}", False)
        return
    for unit, count in at_least.items():
        if unit not in SIZE_KEYS:
            complain(
                (*here, "at_least", unit),
                f"unknown unit '{unit}'.{did_you_mean(unit, SIZE_KEYS)} Allowed: {', '.join(SIZE_KEYS)}",
                True,
            )
        elif isinstance(count, bool) or not isinstance(count, int):
            complain((*here, "at_least", unit), f"expected a whole count, found {count!r}", False)
