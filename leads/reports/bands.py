"""Score bands against what sales said: does a high score mean an accepted lead?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from leads.reports.figures import Share

BANDS = ("low", "medium", "high")
SCORES = ("fit", "intent", "readiness")


@dataclass(frozen=True)
class Decided:
    """So many leads with these bands when sales decided, of which some were accepted, became an opportunity, or were won."""

    fit: str | None
    intent: str | None
    readiness: str | None
    leads: int
    accepted: int
    opportunities: int
    won: int


@dataclass(frozen=True)
class Band:
    """The decided leads of one band of one score."""

    name: str
    accepted: Share
    opportunities: Share
    won: Share


def bands(rows: Iterable[Decided], score: str) -> list[Band]:
    """Return the three bands of a score, low first.

    >>> [band.accepted.words for band in bands([Decided("high", "low", "low", 40, 30, 10, 4)], "fit")]
    ['not enough data yet (0 of 0)', 'not enough data yet (0 of 0)', '75 % (30 of 40)']
    """
    own = list(rows)
    return [_band(name, [row for row in own if getattr(row, score) == name]) for name in BANDS]


def _band(name: str, rows: list[Decided]) -> Band:
    of = sum(row.leads for row in rows)
    return Band(
        name,
        Share(sum(row.accepted for row in rows), of),
        Share(sum(row.opportunities for row in rows), of),
        Share(sum(row.won for row in rows), of),
    )


def verdict(score: str, found: list[Band]) -> str:
    """Return in a sentence whether the bands of a score order what sales accepts."""
    enough = [band for band in found if band.accepted.is_enough]
    if len(enough) < 2:
        return f"Not enough data yet to say whether {score} orders what sales accepts: two bands need 20 decided leads each."
    steps = list(pairwise(enough))
    turned = [(low, high) for low, high in steps if (low.accepted.value or 0) > (high.accepted.value or 0)]
    if turned:
        low, high = turned[0]
        return (
            f"Look at the weights of {score}: sales accepted {low.accepted.percent} % of {low.name} but {high.accepted.percent} % of "
            f"{high.name}, so the score does not order what they accept."
        )
    apart = [(low, high) for low, high in steps if (low.accepted.interval or (0, 0))[1] < (high.accepted.interval or (0, 0))[0]]
    if not apart:
        return f"{score.capitalize()} rises with acceptance, but the intervals overlap: it may still be chance."
    low, high = apart[-1]
    return (
        f"{score.capitalize()} orders what sales accepts: {high.accepted.percent} % of {high.name} against {low.accepted.percent} % of "
        f"{low.name}, beyond chance."
    )
