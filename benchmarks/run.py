"""One run of the benchmarks, part by part, with progress on the screen."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks import boot, long_chats, throughput
from benchmarks.databases import throw_away_databases
from benchmarks.leadtriage import LeadTriage
from benchmarks.results import MANY, Results
from benchmarks.system import LONG_TURNS, TURNS, System
from benchmarks.textbook import TextbookBot
from benchmarks.throughput import alternate
from benchmarks.turn_profile import TimedLeadTriage, profile_turns
from wiring.settings import BUILT

FOLDER = BUILT / "benchmarks/run"
PARTS = ("boot", "throughput", "long", "profile")
ONE_CHAT_CHATS = 15  # conversations of a round with one at a time
IDLE_SECONDS = 10
screen = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Plan:
    """What is measured, and how much of it.

    Attributes:
        rounds: of each load; chats: conversations of a round with 50 at a time; boots: starts of each system;
            long_chats: long conversations of a round.
        port: the first of five.
    """

    parts: Sequence[str]
    systems: Sequence[str]
    port: int
    database_url: str | None
    rounds: int
    chats: int
    boots: int
    long_chats: int


def run(plan: Plan) -> Results:
    """Measure everything in the plan.

    Raises:
        LoadFailed: a reply or a stored answer is wrong; then no figure means anything.
        CannotStart, TrainingFailed, ProcessGone: a system does not run.
    """
    results = Results(about(plan))
    shutil.rmtree(FOLDER, ignore_errors=True)
    with ExitStack() as stack:
        urls = stack.enter_context(throw_away_databases(plan.database_url, 3)) if plan.database_url else [None] * 3
        systems = build_systems(plan, urls)
        if "boot" in plan.parts:
            measure_boots(systems, plan, results)
        if {"throughput", "long"} & set(plan.parts):
            with running(systems, results):
                if "throughput" in plan.parts:
                    measure_throughput(systems, plan, results)
                if "long" in plan.parts:
                    measure_long(systems, plan, results)
        if "profile" in plan.parts and "leadtriage" in plan.systems:
            timed = TimedLeadTriage(
                FOLDER / "profile", port=plan.port, rasa_port=plan.port + 1, actions_port=plan.port + 2, database_url=urls[2]
            )
            with doing("LeadTriage with clocks on", 0):
                results.steps = [(step.part, step.name, step.ms) for step in profile_turns(timed, chats=max(1, plan.chats // 5))]
    return results


def build_systems(plan: Plan, urls: Sequence[str | None]) -> list[System]:
    """Return the systems of the plan; the textbook bot is trained if it has to be."""
    systems: list[System] = []
    if "leadtriage" in plan.systems:
        systems.append(
            LeadTriage(FOLDER / "leadtriage", port=plan.port, rasa_port=plan.port + 1, actions_port=plan.port + 2, database_url=urls[0])
        )
    if "textbook" in plan.systems:
        textbook = TextbookBot(FOLDER / "textbook", port=plan.port + 3, actions_port=plan.port + 4, database_url=urls[1])
        if not textbook.is_trained():
            with doing("Training the textbook bot (once, some minutes)", 0):
                textbook.train(lambda component: tell(f"  {component} ..."))
        systems.append(textbook)
    return systems


def measure_boots(systems: Sequence[System], plan: Plan, results: Results) -> None:
    """Start each some times, one system at a time."""
    boots: dict[str, list[boot.Boot]] = {system.name: [] for system in systems}
    for number, system in alternate(systems, plan.boots):
        with doing(f"start {number} of {plan.boots}, {system.name}", 0):
            one = boot.measure_boot(system)
        boots[system.name].append(one)
        tell(f"start {number}, {system.name}: ready after {one.ready_seconds:.1f} s, first answer after {one.first_answer_seconds:.1f} s, "
             f"{one.memory_mb:,.0f} MB")
    for name, each in boots.items():
        results.add(name, "boot", boot.figures_of(each))


@contextmanager
def running(systems: Sequence[System], results: Results) -> Iterator[None]:
    """Keep all up. Only one is loaded at a time; what the other costs meanwhile is measured first."""
    with ExitStack() as stack:
        for system in systems:
            stack.callback(system.stop)
            with doing(f"starting {system.name}", 0):
                system.start()
        for system in systems:
            results.add(system.name, "throughput", {"idle_percent": [100 * system.trees.idle_share(IDLE_SECONDS)]})
        yield


def measure_throughput(systems: Sequence[System], plan: Plan, results: Results) -> None:
    """Load them in turn, with one chat and with many at a time."""
    for at_a_time, chats in ((1, ONE_CHAT_CHATS), (MANY, plan.chats)):
        rounds: dict[str, list[throughput.Round]] = {system.name: [] for system in systems}
        for system in systems:
            with doing(f"warming up {system.name}", 0):
                throughput.measure_round(system, chats=MANY // 5, at_a_time=min(at_a_time, 5))
        for number, system in alternate(systems, plan.rounds):
            what = f"{at_a_time} at a time, round {number} of {plan.rounds}, {system.name}"
            with doing(what, chats * TURNS) as heard:
                one = throughput.measure_round(system, chats=chats, at_a_time=at_a_time, heard=heard)
            rounds[system.name].append(one)
            tell(f"{what}: {one.turns_a_second:.1f} turns/s, p50 {one.p50_ms:.1f} ms, p95 {one.p95_ms:.1f} ms, "
                 f"CPU {one.cpu_ms:.1f} ms a turn; other programs took {one.others_cores:.2f} cores")
        for name, each in rounds.items():
            results.add(name, f"throughput.{at_a_time}", throughput.figures_of(each))
    for system in systems:
        results.add(system.name, "throughput", {"memory_mb": [sum(system.trees.memory_mb().values())]})


def measure_long(systems: Sequence[System], plan: Plan, results: Results) -> None:
    """Hold long conversations with each in turn."""
    rounds: dict[str, list[long_chats.LongChats]] = {system.name: [] for system in systems}
    for number, system in alternate(systems, plan.rounds):
        what = f"long chats, round {number} of {plan.rounds}, {system.name}"
        with doing(what, plan.long_chats * LONG_TURNS) as heard:
            one = long_chats.measure_long_chats(system, chats=plan.long_chats, heard=heard)
        rounds[system.name].append(one)
        tell(f"{what}: p50 {one.early_p50_ms:.1f} ms around turn 5, {one.late_p50_ms:.1f} ms around turn 50")
    for name, each in rounds.items():
        results.add(name, "long", long_chats.figures_of(each))


def about(plan: Plan) -> dict[str, Any]:
    """Say when and where this is measured."""
    models = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), "cpu": models[0] if models else "unknown",
        "memory_gb": round(memory_gb), "system": f"{platform.system()} {platform.release()}", "python": platform.python_version(),
        "database": "PostgreSQL" if plan.database_url else "SQLite", "rounds": plan.rounds, "chats": plan.chats,
    }


def tell(sentence: str) -> None:
    """Say what was found, on the screen."""
    screen.print(sentence, soft_wrap=True)


@contextmanager
def doing(what: str, steps: int) -> Iterator[Callable[[int], None]]:
    """Show what is going on while it does; the function it gives is called once a step."""
    if not screen.is_terminal:
        tell(f"{what} ...")
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as progress:
        task = progress.add_task(what, total=steps or None)
        yield lambda turn: progress.advance(task)
