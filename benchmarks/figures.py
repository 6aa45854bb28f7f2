"""Percentiles, medians with their range, and ratios."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that at least `percent` of all values do not exceed (nearest rank, no interpolation).

    Raises:
        ValueError: there are no values, or percent is not above 0 and at most 100.

    >>> percentile([40, 10, 30, 20], 50), percentile([40, 10, 30, 20], 95)
    (20, 40)
    """
    if not values or not 0 < percent <= 100:
        raise ValueError(f"percentile: expected values and a percent in (0, 100], found {len(values)} values and {percent}")
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, with the lowest and the highest of them."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Take the spread of one figure over the rounds; at least one.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(median=2.0, lowest=1.0, highest=3.0)
        """
        kept = list(values)
        return cls(statistics.median(kept), min(kept), max(kept))
