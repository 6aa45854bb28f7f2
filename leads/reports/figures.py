"""Figures that say what they are worth: shares with their denominators and intervals, quantiles, and when there is too little to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

# Under so many cases a share is not shown as one: 1 of 2 is no "50 %".
ENOUGH = 20
NOT_ENOUGH = "not enough data yet"
_Z = 1.96  # 95 of 100 such intervals hold the true share


@dataclass(frozen=True)
class Share:
    """A part of a whole.

    >>> Share(30, 120).percent, Share(30, 120).words, Share(1, 2).words, Share(0, 0).value
    (25, '25 % (30 of 120)', 'not enough data yet (1 of 2)', None)
    """

    part: int
    of: int

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None of nothing."""
        return self.part / self.of if self.of else None

    @property
    def percent(self) -> int | None:
        """The share in whole percent; None of nothing."""
        return round(100 * self.part / self.of) if self.of else None

    @property
    def is_enough(self) -> bool:
        """Are there enough cases to speak of a share?"""
        return self.of >= ENOUGH

    @property
    def words(self) -> str:
        """The share with its parts, or that there is too little to say."""
        return f"{self.percent} % ({self.part:,} of {self.of:,})" if self.is_enough else f"{NOT_ENOUGH} ({self.part:,} of {self.of:,})"

    @property
    def interval(self) -> tuple[int, int] | None:
        """Where the true share is, in whole percent, by Wilson's 95 % interval; None of nothing."""
        found = wilson(self.part, self.of)
        return (round(100 * found[0]), round(100 * found[1])) if found else None


def wilson(part: int, of: int) -> tuple[float, float] | None:
    """Return Wilson's 95 % interval of a share, None of nothing (E. B. Wilson, JASA 1927).

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not of:
        return None
    share, square = part / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def differs(one: Share, other: Share) -> bool:
    """Is the first share larger beyond chance: by the usual test of two shares, at 5 %?

    >>> differs(Share(40, 100), Share(20, 100)), differs(Share(4, 10), Share(2, 10))
    (True, False)
    """
    if not one.of or not other.of:
        return False
    both = (one.part + other.part) / (one.of + other.of)
    spread = sqrt(both * (1 - both) * (1 / one.of + 1 / other.of))
    return spread > 0 and (one.part / one.of - other.part / other.of) / spread >= _Z


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """Return the value that `share` of the ordered values do not exceed; None of nothing.

    >>> quantile([1, 2, 3, 4, 100], 0.5), quantile([1, 2, 3, 4, 100], 0.9), quantile([], 0.5)
    (3, 100, None)
    """
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None
