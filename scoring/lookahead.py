"""What one more answer would decide, worked out from what that answer can touch: a chat turn asks this a hundred times."""

from dataclasses import dataclass
from typing import Any

from scoring.compiled import CompiledPlaybook
from scoring.conditions import Situation


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer may change: route, stage, priority, and whether the routing rule settles the interview."""

    route: str
    stage: str
    priority: bool
    settles: bool


class Lookahead:
    """One lead as it is now, and as it would be with one more answer. `now` is today's decision."""

    def __init__(self, situation: Situation, compiled: CompiledPlaybook) -> None:
        """Score the lead once; the situation itself is not changed."""
        self._compiled = compiled
        self._try = Situation(dict(situation.values), situation.ages, situation.on, situation.confirmed)
        self._parts = [
            [score.part(index, self._try) for index in range(len(score.groups))] for score in compiled.scores
        ]
        self._totals = [sum(parts) for parts in self._parts]
        self._bands = {
            score.name: score.band(score.limited(total, self._try))
            for score, total in zip(compiled.scores, self._totals, strict=True)
        }
        self.now = self._decide(self._bands)

    def with_answer(self, fact: str, value: Any) -> Decision:
        """Return what would be decided if `fact`, unknown so far, had this value (as check_value returns it)."""
        values: dict[str, Any] = self._try.values  # type: ignore[assignment]  # Our own copy; everyone else only reads.
        values[fact] = value
        try:
            reach = self._compiled.reach[fact]
            bands = self._bands_with(reach.groups)
            return self.now if not reach.decides and bands == self._bands else self._decide(bands)
        finally:
            del values[fact]

    def _bands_with(self, touched: Any) -> dict[str, str]:
        """Return the bands after adding up anew only the groups that the tried answer can change."""
        bands = dict(self._bands)
        for position, groups in touched.items():
            score, parts, total = self._compiled.scores[position], self._parts[position], self._totals[position]
            for index in groups:
                total += score.part(index, self._try) - parts[index]
            bands[score.name] = score.band(score.limited(total, self._try))
        return bands

    def _decide(self, bands: dict[str, str]) -> Decision:
        tried = self._try
        tried.bands, tried.flags, tried.stage = bands, set(), ""
        for flag in self._compiled.deciding_flags:
            if flag.when.holds(tried):
                tried.flags.add(flag.block.id)
        for rule in self._compiled.stages:  # Plain loops, as everywhere on this path.
            if rule.when.holds(tried):
                tried.stage = rule.block.stage
                break
        for routing in self._compiled.routes:
            if routing.when.holds(tried):
                break
        return Decision(routing.block.route, tried.stage, routing.block.priority, routing.block.settles)
