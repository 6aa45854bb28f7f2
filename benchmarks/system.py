"""A system that is measured: started as real processes on ports and folders of its own, and stopped by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.process_costs import ProcessTrees
from benchmarks.visitors import Visitor

READY_WITHIN_SECONDS, STOP_WITHIN_SECONDS = 600, 30
LOOK_EVERY_SECONDS = 0.2
# Messages of a visitor in a usual conversation (benchmarks/conversations are of this length) and in a long one.
TURNS, LONG_TURNS = 8, 57
# Settings of whoever starts the benchmark that would change what is measured. (Without compiled bytecode each start compiles all again.)
NOT_PASSED_ON = ("DATABASE_URL", "REDIS_URL", "HOST", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV")


class CannotStart(RuntimeError):
    """A system did not come up; the message says where its output is."""


class System(ABC):
    """One of the systems that are compared.

    `name` stands in tables, `port` is where visitors are answered, `folder` holds data and logs of the run.
    """

    name: str
    port: int

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.boot_seconds = 0.0
        self._started: list[subprocess.Popen[bytes]] = []

    @abstractmethod
    def launch(self) -> None:
        """Start the processes and return at once."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Would a visitor be answered?"""

    @abstractmethod
    def parts(self) -> Mapping[str, int]:
        """Return the process id of each part."""

    @abstractmethod
    def visitors(self, count: int) -> Sequence[Visitor]:
        """Return so many visitors with conversations of the usual length."""

    @abstractmethod
    def long_talkers(self, count: int) -> Sequence[Visitor]:
        """Return so many visitors who keep talking."""

    def wrongly_stored(self, visitors: Sequence[Visitor]) -> list[str]:
        """Say, after a load and outside its time, what of the visitors' words was not stored as it was meant.

        A system that repeats at the end what it has understood is checked by its replies, and says nothing here.
        """
        return []

    def start(self) -> None:
        """Start it, wait until it is ready, and keep how long that took.

        Raises:
            CannotStart: a process ended, or it takes too long.
        """
        started = time.monotonic()
        try:
            self.launch()
            while not self.is_ready():
                if any(process.poll() is not None for process in self._started) or time.monotonic() - started > READY_WITHIN_SECONDS:
                    raise CannotStart(f"{self.name} did not come up. Its output is in {self.folder}; the end of it:\n{self._last_words()}")
                time.sleep(LOOK_EVERY_SECONDS)
            self.boot_seconds = time.monotonic() - started
            self.trees = ProcessTrees(self.parts())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what was started, gently first."""
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._started:
            try:
                process.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    def _last_words(self) -> str:
        outputs = sorted(self.folder.glob("*.txt"))
        return "\n".join(f"  {output.name}: {line}" for output in outputs for line in output.read_text(errors="replace").splitlines()[-4:])

    def _start_process(self, command: Sequence[str], *, output: str, cwd: Path, **environment: str) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
        with (self.folder / output).open("ab") as file:
            process = subprocess.Popen(
                command, cwd=cwd, env=kept | environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process
