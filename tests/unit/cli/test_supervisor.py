"""The four processes: how they are started, what is checked first, and that what dies comes back."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli import supervisor
from cli.supervisor import CannotStart, Process, Supervisor, check_before_start, processes
from wiring.settings import Settings, read_settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "model.tar.gz").touch()
    ports = {name: str(free_port()) for name in ("PORT", "RASA_PORT", "ACTIONS_PORT")}
    return read_settings({"RASA_MODEL": str(tmp_path / "model.tar.gz"), "RASA_PYTHON": sys.executable, **ports}, None)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(supervisor, "LOGS", tmp_path)
    return tmp_path


@pytest.fixture
def started(logs: Path) -> Iterator[list[Process]]:
    made: list[Process] = []
    yield made
    for process in made:
        process.stop(signal.SIGKILL)
        if process.running is not None:
            process.running.wait(5)


def test_there_are_four_and_only_the_web_listens_where_the_settings_say(settings: Settings) -> None:
    made = {process.name: process for process in processes(settings)}
    assert list(made) == ["rasa", "actions", "web", "worker"]
    assert made["web"].command[made["web"].command.index("--host") + 1] == settings.host
    assert made["rasa"].environment["RASA_MODEL"] == str(settings.rasa_model)
    assert made["rasa"].environment["ACTIONS_URL"].startswith("http://127.0.0.1:")
    assert made["rasa"].command[0] == str(settings.rasa_python) and made["actions"].command[0] == sys.executable


def test_a_sound_installation_may_start(settings: Settings) -> None:
    check_before_start(settings)


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = read_settings({"RASA_MODEL": f"{tmp_path}/no.tar.gz", "RASA_PYTHON": f"{tmp_path}/python",
                                  "PORT": str(port), "RASA_PORT": str(free_port()), "ACTIONS_PORT": str(free_port())}, None)  # fmt: skip
        with pytest.raises(CannotStart) as refused:
            check_before_start(settings)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3 and "make install" in lines[0] and "make train" in lines[1]
    assert f"Port {port} is taken" in lines[2] and f"PORT={port + 1}" in lines[2]


def test_a_process_is_stopped_with_its_children_and_keeps_its_last_words(started: list[Process]) -> None:
    process = Process("sleeper", [sys.executable, "-c", "print('good night', flush=True); import time; time.sleep(60)"])
    started.append(process)
    assert process.last_words() == "(no output)"
    process.start()
    assert process.running is not None
    deadline = time.monotonic() + 10
    while "good night" not in process.last_words() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.stop(signal.SIGTERM)
    assert process.running.wait(5) == -signal.SIGTERM
    assert process.last_words() == "good night"
    process.stop(signal.SIGTERM)  # stopping what has ended does nothing


def test_what_dies_is_started_again_and_named(settings: Settings, started: list[Process]) -> None:
    said: list[str] = []
    office = Supervisor(settings, said.append)
    process = Process("flaky", [sys.executable, "-c", "raise SystemExit(3)"])
    started.append(process)
    office.processes = [process]
    process.start()
    first: Any = process.running
    first.wait(10)
    office._revive(process)
    assert process.running is not first and "flaky" in said[0] and "3" in said[0]


def test_what_dies_again_and_again_stops_everything_with_its_last_words(settings: Settings, started: list[Process]) -> None:
    office = Supervisor(settings, lambda words: None)
    process = Process("broken", [sys.executable, "-c", "print('no such model'); raise SystemExit(1)"])
    started.append(process)
    office.processes = [process]
    process.start()

    def die_and_be_revived(most: int) -> None:
        for _ in range(most):
            running: Any = process.running
            running.wait(10)
            office._revive(process)

    with pytest.raises(CannotStart, match=r"(?s)broken process ended .*no such model"):
        die_and_be_revived(most=20)


def test_stopping_stops_all(settings: Settings, started: list[Process]) -> None:
    office = Supervisor(settings, lambda words: None)
    office.processes = [Process(f"p{n}", [sys.executable, "-c", "import time; time.sleep(60)"]) for n in range(2)]
    started += office.processes
    for process in office.processes:
        process.start()
    office.stop()
    assert all(process.running is not None and process.running.poll() is not None for process in office.processes)
    office.watch()  # returns at once


def test_a_process_that_ends_while_starting_is_told_with_its_last_words(
    settings: Settings, started: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Supervisor(settings, lambda words: None)
    monkeypatch.setattr(office, "_chat_works", lambda: False)
    office.processes = [Process("rasa", [sys.executable, "-c", "print('cannot load'); raise SystemExit(3)"])]
    started += office.processes
    with pytest.raises(CannotStart, match=r"(?s)rasa process ended while starting.*cannot load"):
        office.start()
