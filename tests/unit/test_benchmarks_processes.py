"""What the benchmarks read from /proc: CPU and memory go to the right part, and a process that ended is no silent zero."""

import sys
import time
from pathlib import Path

import pytest

from benchmarks.leadtriage import LeadTriage
from benchmarks.process_costs import ProcessGone, ProcessTrees, children_of, machine_busy_seconds
from benchmarks.system import CannotStart, System
from wiring.settings import read_settings

HZ = 100


def add_process(proc: Path, pid: int, *, parent: int, user: int, system: int, pss_kb: int, command: str = "python") -> None:
    folder = proc / str(pid)
    folder.mkdir()
    words = [pid, f"({command})", "S", parent, pid, pid, 0, -1, 4194304, 100, 900, 0, 0, user, system, 70_000, 80_000, 20, 0, 4, 0, 12345, 1, 2]
    (folder / "stat").write_text(" ".join(str(word) for word in words) + "\n")
    (folder / "smaps_rollup").write_text(f"00400000-7ff [rollup]\nRss:  999999 kB\nPss:  {pss_kb} kB\nPss_Anon:  1 kB\n")
    (folder / "cmdline").write_bytes(f"python\0-m\0{command}\0".encode())


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "stat").write_text("cpu  1000 200 300 50000 4000 50 60 70 900 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
    (tmp_path / "uptime").write_text("1 2\n")
    add_process(tmp_path, 10, parent=1, user=100, system=50, pss_kb=1000, command="leadtriage run")
    add_process(tmp_path, 11, parent=10, user=200, system=0, pss_kb=2000, command="web) S 99 (x")
    add_process(tmp_path, 12, parent=10, user=400, system=100, pss_kb=4000, command="bot")
    add_process(tmp_path, 13, parent=12, user=30, system=0, pss_kb=300, command="bot")
    add_process(tmp_path, 99, parent=1, user=5000, system=5000, pss_kb=9000, command="somebody else")
    return tmp_path


@pytest.fixture
def trees(proc: Path) -> ProcessTrees:
    return ProcessTrees({"supervisor": 10, "web": 11, "rasa": 12}, proc=proc, ticks_a_second=HZ)


def test_cpu_counts_to_the_nearest_named_process_and_nothing_twice(trees: ProcessTrees) -> None:
    assert trees.cpu_seconds() == {"supervisor": 1.5, "web": 2.0, "rasa": 5.3}


def test_a_child_that_nobody_named_counts_to_who_started_it(proc: Path) -> None:
    whole = ProcessTrees({"all": 10}, proc=proc, ticks_a_second=HZ)
    assert whole.cpu_seconds() == {"all": 8.8}


def test_memory_is_the_proportional_set_size_of_the_same_processes(trees: ProcessTrees) -> None:
    assert trees.memory_mb() == {"supervisor": 1.024, "web": 2.048, "rasa": pytest.approx(4300 * 1024 / 1e6)}


def test_a_process_that_ended_is_an_error_and_not_a_cheaper_system(proc: Path, trees: ProcessTrees) -> None:
    for file in (proc / "12").iterdir():
        file.unlink()
    (proc / "12").rmdir()
    with pytest.raises(ProcessGone, match="rasa"):
        trees.cpu_seconds()
    with pytest.raises(ProcessGone, match="rasa"):
        trees.memory_mb()


def test_the_machine_is_busy_with_everything_but_waiting(proc: Path) -> None:
    assert machine_busy_seconds(proc, HZ) == (1000 + 200 + 300 + 50 + 60 + 70) / HZ


def test_children_are_found_with_their_command_lines(proc: Path) -> None:
    assert children_of(10, proc=proc) == {11: "python -m web) S 99 (x ", 12: "python -m bot "}


def test_this_process_spends_cpu_and_memory_on_this_machine() -> None:
    import os

    here = ProcessTrees({"here": os.getpid()})
    before, until = here.cpu_seconds()["here"], time.monotonic() + 10
    while here.cpu_seconds()["here"] <= before:
        assert time.monotonic() < until
    assert here.memory_mb()["here"] > 5


class Sleeper(System):
    name, port = "sleeper", 1

    def __init__(self, folder: Path, program: str, *, ready: bool) -> None:
        super().__init__(folder)
        self._program, self._ready = program, ready

    def launch(self) -> None:
        self.process = self._start_process([sys.executable, "-c", self._program], output="out.txt", cwd=self.folder.parent, LISTEN="8123")

    def is_ready(self) -> bool:
        return self._ready

    def parts(self) -> dict[str, int]:
        return {"sleeper": self.process.pid}

    def visitors(self, count: int) -> list[object]:  # type: ignore[override]
        return []

    long_talkers = visitors  # type: ignore[assignment]


def test_a_system_that_ends_while_starting_is_an_error_that_names_its_output(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"sleeper did not come up.*data"):
        Sleeper(tmp_path / "data", "raise SystemExit(3)", ready=False).start()


def test_a_system_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    system = Sleeper(tmp_path / "data", "import time; time.sleep(60)", ready=True)
    system.start()
    assert system.trees.memory_mb()["sleeper"] > 0
    system.stop()
    assert system.process.poll() is not None


def test_settings_of_who_starts_the_benchmark_do_not_reach_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    system = Sleeper(tmp_path / "data", "import os; print(sorted(os.environ))", ready=False)
    with pytest.raises(CannotStart):
        system.start()
    seen = (tmp_path / "data/out.txt").read_text()
    assert "'LISTEN'" in seen
    assert "'DATABASE_URL'" not in seen and "PYTHONDONTWRITEBYTECODE" not in seen


def test_a_production_database_in_env_or_dotenv_is_never_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://prod/leads")
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://prod/leads\nREDIS_URL=redis://prod\nMESSAGES_A_MINUTE=1\n")
    system = LeadTriage(tmp_path / "data", port=8120, rasa_port=8121, actions_port=8122, database_url=None)
    settings = read_settings(system._settings, tmp_path / ".env")
    assert settings.database_url == f"sqlite:///{tmp_path}/data/leadtriage.db"
    assert settings.redis_url is None and settings.messages_a_minute > 1
    assert (settings.port, settings.rasa_port, settings.actions_port) == (8120, 8121, 8122)
