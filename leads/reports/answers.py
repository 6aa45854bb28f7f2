"""How fast somebody answered, and whether in the time that was promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leads.reports.figures import Share, quantile


@dataclass(frozen=True)
class Promise:
    """A promise: when the clock started, when it ran out, when a person first acted (None: not yet), and the time it took.

    Attributes:
        minutes: of business time, None where it is not known.
    """

    answer_route: str
    source: str
    segment: str | None
    campaign: str | None
    started_at: datetime
    due_at: datetime
    answered_at: datetime | None
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The promises of one route, source or month. promised = kept + late + missed + running.

    Attributes:
        late: answered after its time. missed: not answered, and its time is over. running: its time is not over yet.
        median, p90: business minutes to the first act of a person. wall_median, wall_p90: minutes by the clock on the wall.
    """

    name: str | None
    promised: int
    kept_in_time: int
    late: int
    missed: int
    running: int
    median: int | None
    p90: int | None
    wall_median: int | None
    wall_p90: int | None

    @property
    def kept(self) -> Share:
        """Promises kept, of those whose time is over or that were answered."""
        return Share(self.kept_in_time, self.promised - self.running)

    @property
    def answered(self) -> int:
        """How many were answered, in time or not."""
        return self.kept_in_time + self.late


def answers(rows: Iterable[Promise], group: str, *, now: datetime) -> list[Answers]:
    """Return the promises of each answer_route, source, segment or campaign, the largest first."""
    by_group: dict[str | None, list[Promise]] = defaultdict(list)
    for row in rows:
        by_group[getattr(row, group)].append(row)
    found = [summed(own, now=now, name=name) for name, own in by_group.items()]
    return sorted(found, key=lambda own: (own.name is None, -own.promised, own.name or ""))


def summed(rows: Iterable[Promise], *, now: datetime, name: str | None = None) -> Answers:
    """Return promises as one group."""
    kept = late = missed = running = 0
    business, wall = [], []
    for row in rows:
        if row.answered_at is None:
            missed, running = (missed + 1, running) if row.due_at < now else (missed, running + 1)
            continue
        if row.answered_at <= row.due_at:
            kept += 1
        else:
            late += 1
        wall.append(max(0, int((row.answered_at - row.started_at).total_seconds() // 60)))
        if row.minutes is not None:
            business.append(row.minutes)
    business.sort()
    wall.sort()
    return Answers(
        name=name, promised=kept + late + missed + running, kept_in_time=kept, late=late, missed=missed, running=running,
        median=quantile(business, 0.5), p90=quantile(business, 0.9), wall_median=quantile(wall, 0.5), wall_p90=quantile(wall, 0.9),
    )


def span(minutes: int | None, *, day_minutes: int = 24 * 60, day: str = "d") -> str:
    """Return minutes in words; a business day has fewer of them than a day.

    >>> span(45), span(135), span(1500), span(1200, day_minutes=540, day="business days"), span(None)
    ('45 min', '2 h 15 min', '1.0 d', '2.2 business days', '–')
    """
    if minutes is None:
        return "–"
    if minutes >= day_minutes:
        return f"{minutes / day_minutes:.1f} {day}"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
