"""Telling how far a training is."""

import os
import pty

import pytest

from bot.progress import Stage


def run(fd: int, monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> None:
    monkeypatch.setenv("PROGRESS_FD", str(fd))
    with Stage("encoding", 4) as stage:
        for _ in range(2 if fails else 4):
            stage.advance()
        if fails:
            raise ValueError("no more")


def test_a_log_gets_one_line_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    run(writes, monkeypatch)
    os.close(writes)
    (line,) = os.read(reads, 1000).decode().splitlines()
    assert line.strip().startswith("encoding") and line.endswith("0 s")


def test_a_terminal_sees_the_bar_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, terminal = pty.openpty()
    run(terminal, monkeypatch)
    shown = ""
    while "\n" not in shown:  # a terminal hands over what it has so far, not all that was written
        shown += os.read(ours, 4000).decode()
    assert all(f"{percent:3d} %" in shown for percent in (0, 25, 50, 75)) and "[####" in shown


def test_a_stage_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    with pytest.raises(ValueError, match="no more"):
        run(writes, monkeypatch, fails=True)
    assert os.read(reads, 1000).decode().rstrip().endswith("stopped")


def test_without_a_stream_and_with_a_closed_one_the_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    os.close(writes)
    run(writes, monkeypatch)
    monkeypatch.delenv("PROGRESS_FD")
    with Stage("quiet", 1) as stage:
        stage.advance()
