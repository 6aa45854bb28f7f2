"""What a run measured: figures by system, the bars they are held against, as data and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.figures import Spread

OURS, TEXTBOOK = "LeadTriage", "textbook Rasa bot"
MANY = 50

# (figure, what it is called, unit, decimals); a figure is named PART.NAME, and throughput by chats at a time as well.
ROWS = (
    (f"throughput.{MANY}.turns_a_second", f"{MANY} chats at a time: turns a second", "", 1),
    (f"throughput.{MANY}.p50_ms", f"{MANY} chats at a time: p50", "ms", 0),
    (f"throughput.{MANY}.p95_ms", f"{MANY} chats at a time: p95", "ms", 0),
    (f"throughput.{MANY}.cpu_ms", f"{MANY} chats at a time: CPU a turn", "ms", 1),
    ("throughput.1.turns_a_second", "one chat: turns a second", "", 1),
    ("throughput.1.p50_ms", "one chat: p50", "ms", 1),
    ("throughput.1.p95_ms", "one chat: p95", "ms", 1),
    ("throughput.1.opening_p50_ms", "one chat: p50 of the call that opens it", "ms", 1),
    ("throughput.1.cpu_ms", "one chat: CPU a turn", "ms", 1),
    ("boot.ready_seconds", "start to ready", "s", 1),
    ("boot.first_answer_seconds", "start to first answered message", "s", 1),
    ("boot.memory_mb", "memory (PSS) after one chat", "MB", 0),
    ("throughput.memory_mb", "memory (PSS) after all loads", "MB", 0),
    ("throughput.idle_percent", "CPU when nobody asks", "% of a core", 1),
    ("long.early_p50_ms", "long chat: p50 around turn 5", "ms", 1),
    ("long.late_p50_ms", "long chat: p50 around turn 50", "ms", 1),
    ("long.latency_growth", "long chat: latency, turn 50 ÷ turn 5", "×", 2),
    ("long.early_cpu_ms", "long chat: CPU around turn 5", "ms", 1),
    ("long.late_cpu_ms", "long chat: CPU around turn 50", "ms", 1),
    ("long.cpu_growth", "long chat: CPU, turn 50 ÷ turn 5", "×", 2),
)


@dataclass(frozen=True)
class Bar:
    """What LeadTriage is held against: at least or at most a value."""

    name: str
    wanted: str
    found: float
    met: bool


@dataclass
class Results:
    """Figures of one run: system -> figure -> spread over its rounds. Parts that were not run are absent.

    Attributes:
        about: when, where and how it was measured.
        steps: (part, step, mean ms a turn) of LeadTriage, with clocks on.
    """

    about: dict[str, Any]
    figures: dict[str, dict[str, Spread]] = field(default_factory=dict)
    steps: list[tuple[str, str, float]] = field(default_factory=list)

    def add(self, system: str, part: str, values: Mapping[str, Sequence[float]]) -> None:
        """Keep each figure's values over the rounds as their spread."""
        kept = self.figures.setdefault(system, {})
        kept |= {f"{part}.{name}": Spread.of(each) for name, each in values.items()}

    def median(self, system: str, figure: str) -> float | None:
        """Return the median of a figure, None if it was not measured."""
        spread = self.figures.get(system, {}).get(figure)
        return None if spread is None else spread.median

    def ratio(self, figure: str) -> float | None:
        """Return LeadTriage's median over the textbook bot's, None if one is lacking (or is zero)."""
        ours, theirs = self.median(OURS, figure), self.median(TEXTBOOK, figure)
        return ours / theirs if ours is not None and theirs else None

    def bars(self) -> list[Bar]:
        """Return the bars whose figures were measured."""
        memory = [mb for figure in ("boot.memory_mb", "throughput.memory_mb") if (mb := self.median(OURS, figure)) is not None]
        throughput = self.ratio(f"throughput.{MANY}.turns_a_second")
        held = (
            (f"turns a second at {MANY} chats, as a multiple of the textbook bot", throughput, ">=", 3, "×"),
            ("p50 of one chat", self.median(OURS, "throughput.1.p50_ms"), "<=", 60, "ms"),
            ("start to ready", self.median(OURS, "boot.ready_seconds"), "<=", 20, "s"),
            ("memory of all processes (PSS)", max(memory, default=None), "<=", 1300, "MB"),
            ("latency around turn 50, as a multiple of turn 5", self.median(OURS, "long.latency_growth"), "<=", 1.8, "×"),
        )
        return [
            Bar(name, f"{'≥' if sign == '>=' else '≤'} {bar} {unit}", found, found >= bar if sign == ">=" else found <= bar)
            for name, found, sign, bar, unit in held if found is not None
        ]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "about": self.about,
            "figures": {system: {name: asdict(spread) for name, spread in each.items()} for system, each in self.figures.items()},
            "steps": [{"part": part, "step": step, "ms": ms} for part, step, ms in self.steps],
            "bars": [asdict(bar) for bar in self.bars()],
        }


def as_markdown(results: Results) -> str:
    """Return the tables, as docs/benchmarks.md shows them."""
    parts = [_comparison(results), _cpu_by_part(results), _steps(results), _bars(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _comparison(results: Results) -> str:
    systems = list(results.figures)
    rows = [
        [label, *(_shown(results.figures[system].get(figure), unit, decimals) for system in systems), _times(results.ratio(figure))]
        for figure, label, unit, decimals in ROWS if any(figure in each for each in results.figures.values())
    ]
    return _table(["median (lowest–highest)", *systems, "ratio"], rows) if rows else ""


def _cpu_by_part(results: Results) -> str:
    rows = []
    for system, figures in results.figures.items():
        for at_a_time in (1, MANY):
            start = f"throughput.{at_a_time}.cpu_ms."
            by_part = {name.removeprefix(start): spread.median for name, spread in figures.items() if name.startswith(start)}
            if by_part:
                words = ", ".join(f"{part} {ms:.1f}" for part, ms in sorted(by_part.items(), key=lambda each: -each[1]))
                rows.append([f"{system}, {at_a_time} at a time", words])
    return _table(["CPU ms a turn", "by process"], rows) if rows else ""


def _steps(results: Results) -> str:
    if not results.steps:
        return ""
    rows = [[part, step, f"{ms:.2f}"] for part, step, ms in results.steps]
    rows.append(["", "all", f"{sum(ms for _, _, ms in results.steps):.2f}"])
    return _table(["process", "step of a LeadTriage turn (one chat, clocks on)", "ms"], rows)


def _bars(results: Results) -> str:
    rows = [[bar.name, bar.wanted, f"{bar.found:.2f}", "met" if bar.met else "**missed**"] for bar in results.bars()]
    return _table(["bar", "wanted", "found", ""], rows) if rows else ""


def _shown(spread: Spread | None, unit: str, decimals: int) -> str:
    """A median with its range.

    >>> _shown(Spread(41.26, 40.0, 45.5), "ms", 1)
    '41.3 ms (40.0–45.5)'
    """
    if spread is None:
        return ""
    middle, lowest, highest = (f"{value:,.{decimals}f}" for value in (spread.median, spread.lowest, spread.highest))
    return f"{middle}{' ' + unit if unit else ''} ({lowest}–{highest})"


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
