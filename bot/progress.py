"""Telling how far a training is: on the stream that PROGRESS_FD names, since Rasa's own output fills the log.

`PROGRESS_FD=3 python -m bot train 3>&1 > train.log 2>&1` shows stages on the terminal. Without the variable nothing is written.
"""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType
from typing import Optional, Type

_BAR = 24


class Stage:
    """One stage of a training, for as long as a `with` block lasts.

    On a terminal a bar grows; elsewhere a line is written when the stage ends.
    """

    def __init__(self, name: str, steps: int = 0) -> None:
        """Name the stage; `steps` is how often `advance` will be called, 0 if it cannot be told."""
        self._name, self._steps, self._done = name, steps, 0
        self._lock = threading.Lock()
        self._fd = int(os.environ.get("PROGRESS_FD") or -1)
        self._is_terminal = self._fd >= 0 and os.isatty(self._fd)
        self._shown = -1

    def __enter__(self) -> "Stage":
        """Start the stage."""
        self._began = time.monotonic()
        self._show()
        return self

    def advance(self) -> None:
        """Count one step; may be called from any thread."""
        with self._lock:
            self._done += 1
            self._show()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        """End the stage with the seconds it took."""
        outcome = f"{time.monotonic() - self._began:4.0f} s" if error is None else "stopped"
        self._write(f"{self._line(100)} {outcome}\n")

    def _show(self) -> None:
        percent = 100 * self._done // self._steps if self._steps else 0
        if self._is_terminal and percent != self._shown:
            self._shown = percent
            self._write(f"{self._line(percent)} {percent:3d} %")

    def _line(self, percent: int) -> str:
        full = _BAR * percent // 100
        bar = f"[{'#' * full}{'-' * (_BAR - full)}] " if self._is_terminal else ""
        return f"{chr(13) if self._is_terminal else ''}  {self._name:<44} {bar}"

    def _write(self, text: str) -> None:
        if self._fd >= 0:
            try:
                os.write(self._fd, text.encode())
            except OSError:
                self._fd = -1  # nobody looks any more; the training goes on
