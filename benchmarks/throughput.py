"""Turns a second, latency and CPU of both systems, in alternating rounds."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.figures import percentile
from benchmarks.load import SHOWN, LoadFailed, ignore, play
from benchmarks.process_costs import machine_busy_seconds
from benchmarks.system import System


@dataclass(frozen=True)
class Round:
    """One load on one system.

    Attributes:
        turns_a_second: answered messages a second. The opening calls of LeadTriage take part of that time and of the CPU, and
            are not counted as turns.
        cpu_ms_a_turn: by part of the system.
        opening_p50_ms: of the calls that open a chat, None where there are none.
        others_cores: cores that programs took which are neither this system nor the load client.
        client_cores: cores that the load client took.
    """

    turns: int
    turns_a_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms_a_turn: dict[str, float]
    opening_p50_ms: float | None
    others_cores: float
    client_cores: float

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a turn of the whole system."""
        return sum(self.cpu_ms_a_turn.values())


def alternate[T](systems: Sequence[T], rounds: int) -> Iterator[tuple[int, T]]:
    """Yield (round from 1, system), every system once a round, so that what the machine does meanwhile meets all alike.

    >>> list(alternate("AB", 2))
    [(1, 'A'), (1, 'B'), (2, 'A'), (2, 'B')]
    """
    for number in range(1, rounds + 1):
        for system in systems:
            yield number, system


def measure_round(system: System, *, chats: int, at_a_time: int, heard: Callable[[int], None] = ignore) -> Round:
    """Load one system once, check every reply and what was stored, and return the figures.

    Raises:
        LoadFailed: a reply or a stored answer is wrong.
    """
    visitors = system.visitors(chats)
    busy, client, before = machine_busy_seconds(), _own_cpu_seconds(), system.trees.cpu_seconds()
    load = asyncio.run(play(system.port, visitors, at_a_time=at_a_time, heard=heard))
    after = system.trees.cpu_seconds()
    client, busy = _own_cpu_seconds() - client, machine_busy_seconds() - busy
    if wrong := system.wrongly_stored(visitors):
        raise LoadFailed("\n".join(["What was said is not what was stored. The first:", *wrong[:SHOWN]]))
    spent = {part: after[part] - before[part] for part in after}
    milliseconds = [each for _, each in load.turns_ms]
    return Round(
        turns=load.turns, turns_a_second=load.turns / load.seconds,
        p50_ms=percentile(milliseconds, 50), p95_ms=percentile(milliseconds, 95),
        cpu_ms_a_turn={part: seconds * 1000 / load.turns for part, seconds in spent.items()},
        opening_p50_ms=percentile(load.openings_ms, 50) if load.openings_ms else None,
        others_cores=max(0.0, busy - client - sum(spent.values())) / load.seconds, client_cores=client / load.seconds,
    )


def figures_of(rounds: Sequence[Round]) -> dict[str, list[float]]:
    """Return the values of each figure over the rounds; CPU also by part, as cpu_ms.PART. What a system does not have is left out."""
    names = ("turns_a_second", "p50_ms", "p95_ms", "cpu_ms", "opening_p50_ms", "others_cores", "client_cores")
    by_part = {f"cpu_ms.{part}": [each.cpu_ms_a_turn[part] for each in rounds] for part in rounds[0].cpu_ms_a_turn}
    return {name: [getattr(each, name) for each in rounds] for name in names if getattr(rounds[0], name) is not None} | by_part


def _own_cpu_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime
