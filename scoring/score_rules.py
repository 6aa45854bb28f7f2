"""One score from its point rules: limits of groups, caps, bands, and what unknown facts could still make of it."""

from dataclasses import dataclass

from scoring.conditions import CAN_FAIL, CAN_HOLD, Condition, Situation
from scoring.points import Entry, PointRule


@dataclass(frozen=True, slots=True)
class Cap:
    """While its condition holds, the score is at most `at_most`."""

    id: str
    when: Condition
    at_most: int
    line: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One score of one lead: entries that add up to `points`, how far unknown facts could still move it (`lowest`,
    `highest`), and `coverage`, the share 0-1 of the facts' weight that is known, in whole hundredths; signals have no
    weight, they are never unknown."""

    entries: list[Entry]
    points: int
    lowest: int
    highest: int
    coverage: float


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """Everything that makes one score: rules by group, the most each group may give, caps, bands."""

    name: str
    groups: tuple[tuple[str, int | None, int, tuple[PointRule, ...]], ...]  # (group, most, line, rules)
    caps: tuple[Cap, ...]
    medium: int
    high: int
    line: int
    total_weight: int

    def band(self, points: int) -> str:
        """Return the band of a number of points."""
        return "high" if points >= self.high else "medium" if points >= self.medium else "low"

    def points(self, situation: Situation) -> int:
        """Return the points 0-100 without reasons; `tally` gives the same with them."""
        return self.limited(sum([self.part(index, situation) for index in range(len(self.groups))]), situation)

    def part(self, index: int, situation: Situation) -> int:
        """Return what one group gives, its own limit applied."""
        _, most, _, rules = self.groups[index]
        part = 0
        for rule in rules:
            part += rule.points(situation)
        return part if most is None or part <= most else most

    def limited(self, total: int, situation: Situation) -> int:
        """Return the sum of all groups after caps and within 0-100."""
        for cap in self.caps:
            if total > cap.at_most and cap.when.holds(situation):
                total = cap.at_most
        return min(100, max(0, total))

    def tally(self, situation: Situation) -> Tally:
        """Return the same points with their reasons, what unknown facts could still make of them, and what is known.

        Group limits, caps and the 0-100 limit are entries of their own. Plain loops: this runs on every turn of a chat.
        """
        found: list[Entry] = []
        total = lowest = highest = known = 0
        for group, most, line, rules in self.groups:
            part = least = greatest = 0
            for rule in rules:
                now = 0
                given = rule.entries(situation)
                for entry in given:
                    now += entry.points
                found += given
                low, high = rule.bounds(situation, now)
                part, least, greatest = part + now, least + low, greatest + high
                if rule.weight and rule.fact in situation.values:
                    known += rule.weight
            if most is not None:
                if part > most:
                    found.append(Entry(f"{self.name}.{group}.most", most - part, group, most, line))
                part, least, greatest = min(part, most), min(least, most), min(greatest, most)
            total, lowest, highest = total + part, lowest + least, highest + greatest
        for cap in self.caps:
            may = cap.when.may(situation)
            lowest = min(lowest, cap.at_most) if may & CAN_HOLD else lowest
            highest = min(highest, cap.at_most) if not may & CAN_FAIL else highest
            if total > cap.at_most and cap.when.holds(situation):
                found.append(Entry(cap.id, cap.at_most - total, self.name, cap.at_most, cap.line))
                total = cap.at_most
        limit = min(100, max(0, total))
        if limit != total:
            found.append(Entry(f"{self.name}.limit", limit - total, self.name, limit, self.line))
        return Tally(found, limit, min(100, max(0, lowest)), min(100, max(0, highest)), self._coverage(known))

    def _coverage(self, known: int) -> float:
        # In whole numbers, so that a database that scores a million leads rounds to the very same hundredth.
        return (200 * known + self.total_weight) // (2 * self.total_weight) / 100 if self.total_weight else 1.0
