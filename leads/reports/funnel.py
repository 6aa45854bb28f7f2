"""The funnel: how many leads of a cohort came how far, and what share went on from each step to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leads.reports.figures import Share

# A lead that reached a step has reached the ones before it: sales may accept an inquiry that was never an MQL.
STEPS = ("inquiry", "mql", "sal", "sql", "opportunity", "won")
STEP_NAMES = ("Inquiries", "MQL", "SAL", "SQL", "Opportunities", "Won")
_BEYOND = {"lost": STEPS.index("opportunity")}  # only an opportunity can be lost


def step_of(stage: str) -> int:
    """Return how far along the funnel a stage is; nurture and disqualified are off to its side.

    >>> step_of("sql"), step_of("lost"), step_of("nurture")
    (3, 4, 0)
    """
    return STEPS.index(stage) if stage in STEPS else _BEYOND.get(stage, 0)


@dataclass(frozen=True)
class Reached:
    """So many leads of a group whose furthest step is this one."""

    group: str | None
    furthest: int
    leads: int


@dataclass(frozen=True)
class Came:
    """So many leads of one month (numbered from the first of the period) and origin whose furthest step is this one."""

    month: int
    source: str
    segment: str | None
    campaign: str | None
    furthest: int
    leads: int


@dataclass(frozen=True)
class Step:
    """A step: leads that reached it, as a share of those of the step before and of all."""

    name: str
    leads: int
    of_before: Share | None
    of_all: Share


@dataclass(frozen=True)
class Group:
    """The leads of one source, segment or campaign (None: not known). reached: by step, in the order of STEPS."""

    name: str | None
    reached: tuple[int, ...]

    def share(self, step: int) -> Share:
        """Return the share of the group's leads that reached a step."""
        return Share(self.reached[step], self.reached[0])


def funnel(rows: Iterable[Reached]) -> list[Step]:
    """Return the steps over all groups.

    >>> [(step.name, step.leads) for step in funnel([Reached("chat", 0, 6), Reached("chat", 2, 3), Reached("form", 5, 1)])][:3]
    [('Inquiries', 10), ('MQL', 4), ('SAL', 4)]
    """
    reached = _reached(rows)
    return [
        Step(name, reached[at], Share(reached[at], reached[at - 1]) if at else None, Share(reached[at], reached[0]))
        for at, name in enumerate(STEP_NAMES)
    ]


def groups(rows: Iterable[Reached]) -> list[Group]:
    """Return each group, the largest first; what is not known comes last."""
    by_group: dict[str | None, list[Reached]] = defaultdict(list)
    for row in rows:
        by_group[row.group].append(row)
    found = [Group(name, tuple(_reached(own))) for name, own in by_group.items()]
    return sorted(found, key=lambda group: (group.name is None, -group.reached[0], group.name or ""))


def by_group(came: Iterable[Came], group: str) -> list[Reached]:
    """Return the leads by source, segment or campaign."""
    return [Reached(getattr(row, group), row.furthest, row.leads) for row in came]


def by_month(came: Sequence[Came], months: int) -> list[Sequence[int]]:
    """Return for each month how many of its leads reached each step."""
    return [_reached([Reached(None, row.furthest, row.leads) for row in came if row.month == month]) for month in range(months)]


def _reached(rows: Iterable[Reached]) -> Sequence[int]:
    own = [0] * len(STEPS)
    for row in rows:
        own[row.furthest] += row.leads
    return [sum(own[at:]) for at in range(len(STEPS))]
