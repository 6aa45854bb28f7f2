"""What processes cost, from Linux's /proc: CPU time and memory of whole process trees, named by the part they play."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class ProcessGone(RuntimeError):
    """A process that is measured has ended; the figures would lack what it cost."""


@dataclass(frozen=True)
class ProcessTimes:
    """One line of /proc/PID/stat: who started the process, and its CPU time in clock ticks (user and system)."""

    parent: int
    ticks: int


def read_times(stat: str) -> ProcessTimes:
    """Read /proc/PID/stat; the command stands in brackets and may hold blanks and brackets itself.

    >>> read_times("7 (a (b) c) S 3 7 7 0 -1 4 0 0 0 0 250 50 9 9 20 0 1 0 5 6 7")
    ProcessTimes(parent=3, ticks=300)
    """
    fields = stat[stat.rindex(")") + 2 :].split()
    return ProcessTimes(parent=int(fields[1]), ticks=int(fields[11]) + int(fields[12]))


class ProcessTrees:
    """The processes of one system.

    `roots` names the process of each part, as {"web": pid, ...}. A process that a root started, and those that it started in turn,
    count to that root unless they are a root themselves.
    """

    def __init__(self, roots: Mapping[str, int], *, proc: Path = PROC, ticks_a_second: int = TICKS_A_SECOND) -> None:
        self._roots, self._proc, self._ticks_a_second = dict(roots), proc, ticks_a_second

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU time spent so far by part; the finest step is a clock tick, mostly 10 ms.

        Raises:
            ProcessGone: a root has ended.
        """
        times = self._all_times()
        spent = dict.fromkeys(self._roots, 0)
        for part, members in self._members(times).items():
            spent[part] = sum(times[pid].ticks for pid in members)
        return {part: ticks / self._ticks_a_second for part, ticks in spent.items()}

    def memory_mb(self) -> dict[str, float]:
        """Return memory by part in MB (10^6 bytes): proportional set size, where a page that n processes share counts 1/n to each.

        Raises:
            ProcessGone: a root has ended.
        """
        return {
            part: sum(self._pss_kb(pid) for pid in members) * 1024 / 1e6 for part, members in self._members(self._all_times()).items()
        }

    def idle_share(self, seconds: float) -> float:
        """Wait so long; return how much of one core they took meanwhile, where nobody asks them anything."""
        before, started = sum(self.cpu_seconds().values()), time.monotonic()
        time.sleep(seconds)
        return (sum(self.cpu_seconds().values()) - before) / (time.monotonic() - started)

    def _all_times(self) -> dict[int, ProcessTimes]:
        found = {}
        for entry in self._proc.iterdir():
            if entry.name.isdigit():
                try:
                    found[int(entry.name)] = read_times((entry / "stat").read_text())
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it ended while we looked
        return found

    def _members(self, times: Mapping[int, ProcessTimes]) -> dict[str, list[int]]:
        gone = [part for part, pid in self._roots.items() if pid not in times]
        if gone:
            raise ProcessGone(f"These processes have ended while they were measured: {', '.join(gone)}. Look into their logs.")
        part_of = {pid: part for part, pid in self._roots.items()}
        members: dict[str, list[int]] = {part: [] for part in self._roots}
        for pid in times:
            ancestor = pid
            while ancestor in times and ancestor not in part_of:
                ancestor = times[ancestor].parent
            if ancestor in part_of:
                members[part_of[ancestor]].append(pid)
        return members

    def _pss_kb(self, pid: int) -> int:
        try:
            lines = (self._proc / str(pid) / "smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def children_of(parent: int, *, proc: Path = PROC) -> dict[int, str]:
    """Return the command lines of the processes that a process has started, by id."""
    found = {}
    for entry in proc.iterdir():
        if entry.name.isdigit():
            try:
                if read_times((entry / "stat").read_text()).parent == parent:
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def machine_busy_seconds(proc: Path = PROC, ticks_a_second: int = TICKS_A_SECOND) -> float:
    """Return the CPU time that the whole machine has spent so far on anything but waiting (all cores)."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(word) for word in (proc / "stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / ticks_a_second
