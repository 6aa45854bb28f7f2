"""What a turn costs early and late in a long conversation: a system that replays its history gets slower and slower."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import percentile
from benchmarks.load import ignore, play
from benchmarks.system import System

# The long conversations repeat five messages from the third on, so these two windows hold the same kinds of message.
EARLY, LATE = range(3, 8), range(48, 53)


@dataclass(frozen=True)
class LongChats:
    """Some long conversations, one after another: the turns around the fifth and around the fiftieth."""

    early_p50_ms: float
    late_p50_ms: float
    early_cpu_ms: float
    late_cpu_ms: float

    @property
    def latency_growth(self) -> float:
        """Latency of the late turns as a multiple of that of the early ones."""
        return self.late_p50_ms / self.early_p50_ms

    @property
    def cpu_growth(self) -> float:
        """CPU time of the late turns as a multiple of that of the early ones."""
        return self.late_cpu_ms / self.early_cpu_ms


def measure_long_chats(system: System, *, chats: int, heard: Callable[[int], None] = ignore) -> LongChats:
    """Hold long conversations, one at a time.

    Raises:
        LoadFailed: a reply is wrong.
    """
    # CPU readings after these turns: just before and after each window.
    borders = {EARLY.start - 1, EARLY.stop - 1, LATE.start - 1, LATE.stop - 1}
    readings: dict[int, list[float]] = {turn: [] for turn in borders}

    def read_cpu(turn: int) -> None:
        if turn in borders:
            readings[turn].append(sum(system.trees.cpu_seconds().values()))
        heard(turn)

    load = asyncio.run(play(system.port, system.long_talkers(chats), at_a_time=1, heard=read_cpu))
    return LongChats(
        early_p50_ms=_p50(load.turns_ms, EARLY), late_p50_ms=_p50(load.turns_ms, LATE),
        early_cpu_ms=_cpu_ms_a_turn(readings, EARLY), late_cpu_ms=_cpu_ms_a_turn(readings, LATE),
    )


def figures_of(rounds: Sequence[LongChats]) -> dict[str, list[float]]:
    """Return the values of each figure over the rounds."""
    names = ("early_p50_ms", "late_p50_ms", "latency_growth", "early_cpu_ms", "late_cpu_ms", "cpu_growth")
    return {name: [getattr(each, name) for each in rounds] for name in names}


def _p50(turns_ms: Sequence[tuple[int, float]], window: range) -> float:
    return percentile([milliseconds for turn, milliseconds in turns_ms if turn in window], 50)


def _cpu_ms_a_turn(readings: Mapping[int, Sequence[float]], window: range) -> float:
    """CPU milliseconds a turn within the window, over all conversations.

    >>> _cpu_ms_a_turn({2: [1.0, 5.0], 7: [1.5, 5.25]}, range(3, 8))
    75.0
    """
    spent = sum(readings[window.stop - 1]) - sum(readings[window.start - 1])
    return spent * 1000 / (len(window) * len(readings[window.start - 1]))
