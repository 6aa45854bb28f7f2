"""Point rules, compiled: points by a fact's value, by tiers, by a condition, and by signals that decay."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, override

from scoring.conditions import CAN_FAIL, CAN_HOLD, NONE_NAMED, Condition, Situation, amount_of
from scoring.facts import FACTS, LISTS, FactKind

OTHERWISE = "otherwise"  # In a points table: any value without a line of its own.


class Entry(NamedTuple):  # A dozen are made for each score; a tuple is made in half the time of a frozen dataclass.
    """Points that one rule gave: how many, for which value of which fact, and the playbook line that says so."""

    rule: str
    points: int
    fact: str
    value: Any
    line: int


class PointRule(ABC):
    """What every kind of point rule can do. `weight` counts for coverage; it is 0 for conditions and signals."""

    __slots__ = ()
    id: str
    group: str
    fact: str
    weight: int

    def facts(self) -> frozenset[str]:
        """Return every fact the rule looks at."""
        return frozenset((self.fact,))

    @abstractmethod
    def points(self, situation: Situation) -> int:
        """Return the points given now."""

    @abstractmethod
    def entries(self, situation: Situation) -> list[Entry]:
        """Return the same points as entries, with reasons; their sum is `points`."""

    @abstractmethod
    def bounds(self, situation: Situation, now: int) -> tuple[int, int]:
        """Return the least and the most points over the values its unknown facts may still take; `now` is what it gives."""


@dataclass(frozen=True, slots=True)
class TableRule(PointRule):
    """Points by the value of one closed, list or free-text fact; a list adds up its values, at most `most`."""

    id: str
    group: str
    fact: str
    table: Mapping[str, int]
    lines: Mapping[str, int]
    most: int | None
    line: int
    weight: int
    span: tuple[int, int]  # Least and most points over all values; see table_bounds.

    @override
    def points(self, situation: Situation) -> int:
        value = situation.values.get(self.fact)
        if value is None:
            return 0
        if isinstance(value, str):
            found = self.table.get(value)
            return self.table.get(OTHERWISE, 0) if found is None else found
        otherwise = self.table.get(OTHERWISE, 0)
        total = sum([self.table.get(word, otherwise) for word in value]) if value else self.table.get(NONE_NAMED, 0)
        return total if self.most is None else min(total, self.most)

    @override
    def entries(self, situation: Situation) -> list[Entry]:
        value = situation.values.get(self.fact)
        if value is None:
            return []
        if isinstance(value, str):
            only = self._entry(value, value)
            return [only] if only.points else []
        found = [self._entry(word, word) for word in value] if value else [self._entry(NONE_NAMED, [], NONE_NAMED)]
        total = sum(entry.points for entry in found)
        if self.most is not None and total > self.most:
            found.append(
                Entry(f"{self.id}.most", self.most - total, self.fact, value, self.lines.get("most", self.line))
            )
        return [entry for entry in found if entry.points]

    def _entry(self, word: str, shown: Any, otherwise: str = OTHERWISE) -> Entry:
        key = word if word in self.table else otherwise
        return Entry(self.id, self.table.get(key, 0), self.fact, shown, self.lines.get(key, self.line))

    @override
    def bounds(self, situation: Situation, now: int) -> tuple[int, int]:
        return (now, now) if self.fact in situation.values else self.span


def table_bounds(fact: str, table: Mapping[str, int], most: int | None) -> tuple[int, int]:
    """Return the least and most points a table can give over every value of its fact, "unknown" (0 points) included."""
    if FACTS[fact] is FactKind.LIST:
        words = [table.get(word, table.get(OTHERWISE, 0)) for word in LISTS[fact]]
        high = max(sum(points for points in words if points > 0), table.get(NONE_NAMED, 0))
        low = min(sum(points for points in words if points < 0), table.get(NONE_NAMED, 0), 0)
        return low, high if most is None else min(high, most)
    return min(0, *table.values()), max(0, *table.values())


@dataclass(frozen=True, slots=True)
class TierRule(PointRule):
    """Points by how large a size or an amount is: the first tier that is reached counts."""

    id: str
    group: str
    fact: str
    tiers: tuple[tuple[Mapping[str, int] | int, int, int], ...]  # (at least, points, line), the largest first
    weight: int
    span: tuple[int, int]  # Least and most points over all values, "unknown" (0 points) included.

    def _tier(self, situation: Situation) -> tuple[int, int] | None:
        value = situation.values.get(self.fact)
        if value is None:
            return None
        for at_least, points, line in self.tiers:
            if isinstance(at_least, int):
                reached = amount_of(value) >= at_least
            else:
                reached = any(value.get(unit, 0) >= limit for unit, limit in at_least.items())
            if reached:
                return points, line
        return None

    @override
    def points(self, situation: Situation) -> int:
        tier = self._tier(situation)
        return tier[0] if tier else 0

    @override
    def entries(self, situation: Situation) -> list[Entry]:
        tier = self._tier(situation)
        return [Entry(self.id, tier[0], self.fact, situation.values[self.fact], tier[1])] if tier and tier[0] else []

    @override
    def bounds(self, situation: Situation, now: int) -> tuple[int, int]:
        return (now, now) if self.fact in situation.values else self.span


@dataclass(frozen=True, slots=True)
class WhenRule(PointRule):
    """Points, possibly negative, when a condition over facts and signals holds."""

    id: str
    group: str
    fact: str  # The first fact of the condition: its value and quote stand beside the points.
    when: Condition
    given: int
    line: int
    weight: int = 0

    @override
    def facts(self) -> frozenset[str]:
        return frozenset(self.when.facts())

    @override
    def points(self, situation: Situation) -> int:
        return self.given if self.when.holds(situation) else 0

    @override
    def entries(self, situation: Situation) -> list[Entry]:
        if not self.when.holds(situation):
            return []
        return [Entry(self.id, self.given, self.fact, situation.values.get(self.fact), self.line)]

    @override
    def bounds(self, situation: Situation, now: int) -> tuple[int, int]:
        may = self.when.may(situation)
        outcomes = [self.given] if may & CAN_HOLD else []
        outcomes += [0] if may & CAN_FAIL else []
        return min(outcomes), max(outcomes)


@dataclass(frozen=True, slots=True)
class SignalRule(PointRule):
    """Points for the newest signal of one kind; whole weeks take a share away, as an entry of its own."""

    id: str
    group: str
    kind: str
    given: int
    line: int
    decay: tuple[tuple[int, int, int], ...]  # (from this age in weeks, percent kept, line), the oldest first
    fact: str = ""
    weight: int = 0

    def _lost(self, days: int) -> tuple[int, int]:
        for weeks, percent, line in self.decay:
            if days >= 7 * weeks:
                return self.given * percent // 100 - self.given, line
        return 0, self.line

    @override
    def points(self, situation: Situation) -> int:
        days = situation.ages.get(self.kind)
        return 0 if days is None else self.given + self._lost(days)[0]

    @override
    def entries(self, situation: Situation) -> list[Entry]:
        days = situation.ages.get(self.kind)
        if days is None:
            return []
        lost, line = self._lost(days)
        found = [Entry(self.id, self.given, "signals", self.kind, self.line)]
        return [*found, Entry(f"{self.id}.decay", lost, "signals", f"{days} days old", line)] if lost else found

    @override
    def bounds(self, situation: Situation, now: int) -> tuple[int, int]:
        return now, now
