"""How long each system takes from its start to an answer, and how much memory it needs; each is alone on the machine meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import play
from benchmarks.system import System


@dataclass(frozen=True)
class Boot:
    """One start.

    Attributes:
        ready_seconds: until it says that it is ready (LeadTriage: /readyz; Rasa: /status names the model, and the action server is alive).
        first_answer_seconds: until the first message of a visitor was answered rightly.
        memory_mb: of all its processes together (proportional set size) after one whole conversation.
    """

    ready_seconds: float
    first_answer_seconds: float
    memory_mb: float


def measure_boot(system: System) -> Boot:
    """Start a system, hold one conversation, and stop it again.

    Raises:
        CannotStart: it does not come up.
        LoadFailed: a reply is wrong.
    """
    answered: list[float] = []
    started = time.monotonic()
    system.start()
    try:
        asyncio.run(play(system.port, system.visitors(1), at_a_time=1, heard=lambda turn: answered.append(time.monotonic())))
        return Boot(system.boot_seconds, answered[0] - started, sum(system.trees.memory_mb().values()))
    finally:
        system.stop()


def figures_of(boots: Sequence[Boot]) -> dict[str, list[float]]:
    """Return the values of each figure over the starts."""
    return {name: [getattr(boot, name) for boot in boots] for name in ("ready_seconds", "first_answer_seconds", "memory_mb")}
