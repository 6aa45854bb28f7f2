"""Why sales rejected leads, by segment and campaign."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from leads.reports.figures import Share

REASONS = ("no_project", "poor_segment", "wrong_contact", "no_budget_path", "other")


@dataclass(frozen=True)
class Said:
    """What sales last said to a lead, and what its scores were made of then (see leads.records.Disposition)."""

    accepted: bool
    reason: str | None
    segment: str | None = None
    campaign: str | None = None
    rules: Sequence[Sequence[Any]] = field(default_factory=tuple)
    unknown: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Crossed:
    """The decided leads of a segment or campaign (None: not known): how many were rejected, and for which reason."""

    name: str | None
    rejected: Share
    reasons: dict[str, int]


def by_reason(said: Sequence[Said]) -> list[tuple[str, Share]]:
    """Return each reason with its share of all rejections, the most frequent first."""
    counts = Counter(one.reason for one in said if not one.accepted)
    found = [(reason, Share(counts[reason], counts.total())) for reason in REASONS]
    return sorted(found, key=lambda row: -row[1].part)


def crossed(said: Sequence[Said], group: Callable[[Said], str | None]) -> list[Crossed]:
    """Return the decided leads of each group, the most rejected first; what is not known comes last."""
    by_group: dict[str | None, list[Said]] = defaultdict(list)
    for one in said:
        by_group[group(one)].append(one)
    found = []
    for name, own in by_group.items():
        counts = Counter(one.reason for one in own if not one.accepted)
        found.append(Crossed(name, Share(counts.total(), len(own)), {reason: counts[reason] for reason in REASONS}))
    return sorted(found, key=lambda row: (row.name is None, -row.rejected.part, row.name or ""))


def in_full(said: Sequence[Said]) -> list[tuple[str | None, str | None, str, int, int]]:
    """Return every combination that occurs: segment, campaign, reason, rejections for it, decided leads of that segment and campaign."""
    decided = Counter((one.segment, one.campaign) for one in said)
    counts = Counter((one.segment, one.campaign, one.reason or "other") for one in said if not one.accepted)
    rows = [(segment, campaign, reason, number, decided[segment, campaign]) for (segment, campaign, reason), number in counts.items()]
    return sorted(rows, key=lambda row: (-row[3], row[0] or "", row[1] or "", row[2]))
