"""The geometry of charts; templates draw them as SVG, without scripts. The table beside a chart says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
_LABEL, _RIGHT = 176, 112
_ROW, _BAR = 34, 20
PLOT = WIDTH - _LABEL - _RIGHT
_LONGEST_LABEL = 24
_NAME_HEIGHT = 17.0


@dataclass(frozen=True)
class Part:
    """A part of a bar; `kind` is its colour: one, two, three, four."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its parts, the words behind it, and where a whisker goes from and to."""

    label: str
    y: int
    parts: Sequence[Part]
    text: str
    text_x: float
    whisker: tuple[float, float] | None = None


@dataclass(frozen=True)
class Bars:
    """A chart of horizontal bars. legend: the words of each kind, where there are several."""

    title: str
    description: str
    height: int
    bars: Sequence[Bar]
    legend: Sequence[tuple[str, str]] = ()
    width: int = WIDTH
    left: int = _LABEL
    bar_height: int = _BAR
    plot: int = PLOT


@dataclass(frozen=True)
class Line:
    """A line over months. points: as SVG wants them; dots: x and y of each; name_y: where its name stands, clear of the others."""

    kind: str
    name: str
    points: str
    dots: Sequence[tuple[float, float]]
    name_y: float


@dataclass(frozen=True)
class Lines:
    """A chart of lines. ticks: y and words of each level; months: x and words."""

    title: str
    description: str
    lines: Sequence[Line]
    ticks: Sequence[tuple[float, str]]
    months: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = 260


def bars(
    title: str, description: str, rows: Sequence[tuple[str, Sequence[tuple[str, float]], str]], *, most: float,
    whiskers: Sequence[tuple[float, float] | None] = (), legend: Sequence[tuple[str, str]] = (),
) -> Bars | None:
    """Return a chart of bars; None where there is nothing to draw.

    Args:
        rows: label, parts as kind and value, words behind the bar. most: the value of a full bar.
        whiskers: for each row from which to which value its interval goes.
    """
    if not rows or most <= 0:
        return None
    drawn = []
    for number, (label, values, text) in enumerate(rows):
        x: float = _LABEL
        parts = []
        for kind, value in values:
            width = max(0.0, value) / most * PLOT
            if width > 0:
                parts.append(Part(kind, round(x, 1), round(width, 1)))
            x += width
        interval = whiskers[number] if whiskers else None
        whisker = (round(_LABEL + interval[0] / most * PLOT, 1), round(_LABEL + interval[1] / most * PLOT, 1)) if interval else None
        text_x = round(max(x, whisker[1] if whisker else 0) + 8, 1)
        drawn.append(Bar(_short(label), number * _ROW + 6, parts, text, text_x, whisker))
    return Bars(title, description, len(rows) * _ROW + 8, drawn, legend)


def lines(title: str, description: str, months: Sequence[str], series: Sequence[tuple[str, str, Sequence[int]]]) -> Lines | None:
    """Return a chart of lines over months, from two months on."""
    most = max((value for _, _, values in series for value in values), default=0)
    if len(months) < 2 or not most:
        return None
    left, right, top, bottom = 44, WIDTH - 104, 14, 224
    step = _nice(most / 4)
    highest = step * -(-most // step)
    xs = [left + (right - left) * number / (len(months) - 1) for number in range(len(months))]

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * value / highest, 1)

    heights = _apart([y(values[-1]) + 4 for _, _, values in series])
    drawn = [
        Line(kind, name, " ".join(f"{x:.1f},{y(value)}" for x, value in zip(xs, values, strict=True)),
             [(round(x, 1), y(value)) for x, value in zip(xs, values, strict=True)], height)
        for (kind, name, values), height in zip(series, heights, strict=True)
    ]
    ticks = [(y(level), f"{level:,}") for level in range(0, highest + 1, step)]
    every = -(-len(months) // 8)
    named = [(round(x, 1), month) for number, (x, month) in enumerate(zip(xs, months, strict=True)) if number % every == 0]
    return Lines(title, description, drawn, ticks, named)


def _apart(heights: Sequence[float]) -> list[float]:
    """Move names of lines down, so that none stands on another.

    >>> _apart([20.0, 24.0, 90.0])
    [20.0, 37.0, 90.0]
    """
    placed: dict[int, float] = {}
    lowest = -_NAME_HEIGHT
    for number in sorted(range(len(heights)), key=lambda at: heights[at]):
        lowest = placed[number] = max(heights[number], lowest + _NAME_HEIGHT)
    return [placed[number] for number in range(len(heights))]


def _nice(step: float) -> int:
    """Return a round step of an axis that is not smaller.

    >>> _nice(37), _nice(0.4), _nice(120)
    (50, 1, 200)
    """
    size = 1
    while True:
        for factor in (1, 2, 5):
            if factor * size >= step:
                return factor * size
        size *= 10


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"
