"""Running the four processes: start, wait until a chat really works, restart what dies, stop all."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from wiring.settings import ROOT, VAR, Settings

LOGS = VAR / "log"
# A process that dies more often than this will not get better by trying again. Rasa needs some 15 s to find out that it cannot
# load its model, so the time is long enough for five of its deaths.
MOST_RESTARTS, WITHIN_SECONDS = 4, 180
READY_WITHIN_SECONDS = 150
STOP_WITHIN_SECONDS = 10


class CannotStart(RuntimeError):
    """The product cannot run; the message says why and what to do."""


@dataclass
class Process:
    """One of the four: how it is started, and how often it had to be."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return LOGS / f"{self.name}.log"

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches only us and we stop all in order."""
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env={**os.environ, **self.environment}, start_new_session=True,
            )

    def stop(self, how: signal.Signals) -> None:
        """Send a signal to it and its children."""
        if self.running is not None and self.running.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, how)

    def last_words(self, lines: int = 12) -> str:
        """Return the end of its log."""
        if not self.log.exists():
            return "(no output)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def processes(settings: Settings) -> list[Process]:
    """Return the four, in the order they are started; Rasa takes longest."""
    # A turn's sums are small: more threads only spin (they doubled Rasa's CPU a turn and made nothing faster).
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    shared = {"PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)} | one_thread
    rasa = {
        "RASA_PORT": str(settings.rasa_port), "RASA_MODEL": str(settings.rasa_model), "ACTIONS_URL": settings.actions_url,
        "PYENV_VERSION": "", "VIRTUAL_ENV": "",
    }
    web = ["-m", "uvicorn", "web.app:create_app", "--factory", "--host", settings.host, "--port", str(settings.port), "--no-access-log"]
    return [
        Process("rasa", [str(settings.rasa_python), "-m", "bot", "run"], shared | rasa),
        Process("actions", [sys.executable, "-m", "actions"], shared),
        Process("web", [sys.executable, *web], shared),
        Process("worker", [sys.executable, "-m", "worker"], shared),
    ]


def check_before_start(settings: Settings) -> None:
    """Find what would make a process fail, all of it at once.

    Raises:
        CannotStart: a port is taken, the model or the Rasa environment is missing.
    """
    problems = []
    if not settings.rasa_python.exists():
        problems.append(f"The Rasa environment is missing ({settings.rasa_python}). Run `make install`.")
    if not settings.rasa_model.exists():
        problems.append(f"The NLU model is missing ({settings.rasa_model}). Run `make train`.")
    for name, host, port in (
        ("PORT", settings.host, settings.port), ("RASA_PORT", "127.0.0.1", settings.rasa_port),
        ("ACTIONS_PORT", "127.0.0.1", settings.actions_port),
    ):
        if _is_taken(host, port):
            problems.append(
                f"Port {port} is taken by another program. Stop that one, or choose another port: `{name}={port + 1} make run`, "
                f"or {name} in .env."
            )
    if problems:
        raise CannotStart("\n".join(problems))


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


class Supervisor:
    """Keeps the processes running until it is told to stop."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings, self._say = settings, say
        self.processes = processes(settings)
        self._stopping = False
        self.stop_requested = False

    def start(self) -> None:
        """Start all and wait until a chat works.

        Raises:
            CannotStart: something is in the way, or a process does not come up; its last words are in the message.
        """
        check_before_start(self._settings)
        LOGS.mkdir(parents=True, exist_ok=True)
        for process in self.processes:
            process.log.unlink(missing_ok=True)
            process.start()
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._chat_works():
            self._heed_a_request_to_stop()
            dead = [p for p in self.processes if p.running is not None and p.running.poll() is not None]
            if dead:
                first = dead[0]
                raise CannotStart(f"The {first.name} process ended while starting. Its last words ({first.log}):\n{first.last_words()}")
            if time.monotonic() > deadline:
                raise CannotStart(f"Not ready after {READY_WITHIN_SECONDS} s. Look into {LOGS} for what is missing.")
            time.sleep(0.3)

    def watch(self) -> None:
        """Restart what dies, until stopped.

        Raises:
            CannotStart: a process dies again and again.
        """
        while not self._stopping:
            self._heed_a_request_to_stop()
            for process in self.processes:
                if process.running is not None and process.running.poll() is not None and not self._stopping:
                    self._revive(process)
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop all, gently first."""
        self._stopping = True
        for process in self.processes:
            process.stop(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        while time.monotonic() < deadline and any(p.running is not None and p.running.poll() is None for p in self.processes):
            time.sleep(0.1)
        for process in self.processes:
            process.stop(signal.SIGKILL)

    def _heed_a_request_to_stop(self) -> None:
        if self.stop_requested:
            raise KeyboardInterrupt

    def _revive(self, process: Process) -> None:
        code = process.running.returncode if process.running else None
        now = time.monotonic()
        process.deaths = [death for death in process.deaths if now - death < WITHIN_SECONDS] + [now]
        if len(process.deaths) > MOST_RESTARTS:
            raise CannotStart(
                f"The {process.name} process ended {len(process.deaths)} times within {WITHIN_SECONDS // 60} minutes (last code {code}), "
                f"so everything is stopped. Its last words ({process.log}):\n{process.last_words()}"
            )
        self._say(f"The {process.name} process ended (code {code}); it is started again. Its output: {process.log}")
        process.start()

    def _chat_works(self) -> bool:
        """Web, Rasa with its model, the action server and the store all answer; nothing is stored for this."""
        try:
            if httpx.get(f"http://{self._settings.host}:{self._settings.port}/readyz", timeout=3).status_code != 200:
                return False
            probe = {"sender": "readiness-probe", "payload": {"act": "start"}, "metadata": {"channel": "website"}}
            answer = httpx.post(f"{self._settings.rasa_url}/webhooks/leadtriage/message", json=probe, timeout=10)
            return bool(answer.status_code == 200 and answer.json()["messages"])
        except (httpx.HTTPError, ValueError, KeyError):
            return False
