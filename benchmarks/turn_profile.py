"""Where the milliseconds of a LeadTriage turn go: a run of its own, with clocks around named functions (benchmarks/timed_process.py).

The clocks cost something too, so these figures explain a turn; what a turn takes is measured without them.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.leadtriage import LeadTriage
from benchmarks.load import play
from benchmarks.timed_process import STEPS
from cli.supervisor import processes
from store.database import migrate, open_database
from wiring.settings import ROOT, read_settings

# A part's wait for the next one is taken apart into that one's steps and the way between.
WAITS = {"web": "wait for rasa", "rasa": "wait for actions"}


class TimedLeadTriage(LeadTriage):
    """LeadTriage with clocks: the same four processes with the same settings, started one by one instead of by `leadtriage run`."""

    def launch(self) -> None:
        """Start the processes, those of a turn under benchmarks.timed_process."""
        settings = read_settings({**os.environ, **self._settings})
        self.folder.mkdir(parents=True, exist_ok=True)
        engine = open_database(settings.database_url)
        migrate(engine)
        engine.dispose()
        self._pids = {}
        for process in processes(settings):
            python, *arguments = process.command
            clocks = ["-m", "benchmarks.timed_process", process.name, str(self.spans(process.name))] if process.name in STEPS else []
            started = self._start_process(
                [python, *clocks, *arguments], output=f"{process.name}.txt", cwd=ROOT, **{**self._settings, **process.environment}
            )
            self._pids[process.name] = started.pid

    def spans(self, part: str) -> Path:
        """Where the times of a process are written."""
        return self.folder / f"spans-{part}.jsonl"

    def parts(self) -> Mapping[str, int]:
        """The four processes."""
        return self._pids


@dataclass(frozen=True)
class Step:
    """One step of a turn, in mean milliseconds a turn."""

    part: str
    name: str
    ms: float


def profile_turns(system: TimedLeadTriage, *, chats: int) -> list[Step]:
    """Start it, hold conversations one at a time, stop it; return the steps, which add up to the mean latency.

    Raises:
        LoadFailed: a reply is wrong.
    """
    ends: list[float] = []
    system.start()
    try:
        asyncio.run(play(system.port, system.visitors(8), at_a_time=1))  # caches fill, connections open
        load = asyncio.run(play(system.port, system.visitors(chats), at_a_time=1, heard=lambda turn: ends.append(time.time())))
    finally:
        system.stop()
    messages = [(end - milliseconds / 1000, end) for end, (_, milliseconds) in zip(ends, load.turns_ms, strict=True)]
    latency_ms = sum(milliseconds for _, milliseconds in load.turns_ms) / load.turns
    calls = {part: [json.loads(line) for line in system.spans(part).read_text().splitlines()] for part in STEPS}
    return steps_of(calls, messages, latency_ms)


def steps_of(
    calls: Mapping[str, Sequence[Mapping[str, Any]]], messages: Sequence[tuple[float, float]], latency_ms: float
) -> list[Step]:
    """Add up the calls that belong to messages, and name what lies between the processes.

    Args:
        calls: by part, what timed_process wrote.
        messages: begin and end of each message as the client saw it, Unix time.
        latency_ms: mean of these.
    """
    steps = []
    outer, outer_ms = "client", latency_ms
    for part in STEPS:
        own = [call for call in calls[part] if any(begin <= call["at"] <= end for begin, end in messages)]
        names = dict.fromkeys(name for _, _, name in STEPS[part])
        means = {name: sum(call["self_ms"].get(name, 0.0) for call in own) / len(messages) for name in names}
        steps.append(Step(f"{outer} ↔ {part}", "HTTP, JSON, waiting", outer_ms - sum(means.values())))
        outer, outer_ms = part, means.pop(WAITS.get(part, ""), 0.0)
        steps += [Step(part, name, ms) for name, ms in means.items()]
    return steps
