"""Messages read as the product reads them: redacted, parsed by the NLU components, sorted into taken and doubtful."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.nlu.held_out import is_held_out
from bot.nlu.questions import ANY, questions_for
from leads.reading import Reading, read
from tests.training_data.examples import FOLDER
from tests.training_data.examples import read as read_examples
from wiring.build import build
from wiring.settings import ROOT

PYTHON_OF_RASA = ROOT / ".venv-rasa/bin/python"
ENCODER = ROOT / "var/encoder"
# Labels of times are relative to this day.
REFERENCE_DATE = "2026-11-24"


@dataclass(frozen=True)
class Labelled:
    """One message with what a careful reader would find in it.

    Attributes:
        asked: the open question or None.
        facts: by fact; `closed_only` says that times, money, counts and names are not labelled.
        today: the day that labels of times are relative to.
    """

    text: str
    act: str
    asked: str | None
    facts: dict[str, Any]
    closed_only: bool = False
    confirming: str | None = None
    where: str = ""
    today: str = REFERENCE_DATE


def our_examples() -> list[Labelled]:
    """Return everything in data/nlu.

    Raises:
        SystemExit: a file has mistakes; `make check` names them.
    """
    errors: list[str] = []
    examples = [
        Labelled(example.text, example.act, example.asked, example.facts, closed_only=True, where=example.where)
        for example in read_examples(FOLDER, errors)
    ]
    if errors:
        raise SystemExit("\n".join(errors))
    return examples


def taught_and_held_out(examples: Iterable[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """Part examples into those training sees and those kept for measuring."""
    parts: tuple[list[Labelled], list[Labelled]] = ([], [])
    for example in examples:
        if not is_held_out(example.text):
            parts[0].append(example)
        else:  # measured under one of the questions that it would be taught under
            parts[1].append(replace(example, asked=questions_for(example.text)[-1]) if example.asked == ANY else example)
    return parts


def messages_of(path: Path) -> list[Labelled]:
    """Read a file of messages, one JSON object a line: {"text", "act", "asked", "facts", "reference_date"?}, all facts labelled."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Labelled(row["text"], row["act"], row.get("asked"), row["facts"], where=str(row.get("id") or number),
                     today=row.get("reference_date") or REFERENCE_DATE)
            for number, row in enumerate(rows, start=1)]


class Reader:
    """The NLU components in a process of their own, for as long as a `with` block lasts."""

    def __init__(self, encoder: Path = ENCODER) -> None:
        """Choose the folder of the sentence encoder."""
        self._encoder = encoder

    def __enter__(self) -> Self:
        """Start the process."""
        command = [str(PYTHON_OF_RASA), "-m", "benchmarks.understanding.pipeline", str(self._encoder)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def train(self, examples: Sequence[Labelled], *, without: Sequence[str] = ()) -> dict[str, float]:
        """Learn from examples; return the CPU seconds of each stage."""
        rows = [{"text": e.text, "act": e.act, "asked": e.asked, "facts": e.facts, "confirming": e.confirming} for e in examples]
        spent: dict[str, float] = self._ask({"train": rows, "without": list(without)})
        return spent

    def parse(self, messages: Sequence[Labelled], *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Return what the NLU components say of each message."""
        rows = [{"text": m.text, "asked": m.asked, "confirming": m.confirming, "today": m.today} for m in messages]
        parses: list[dict[str, Any]] = self._ask({"read": rows, "without": list(without)})
        return parses

    def read(self, messages: Sequence[Labelled], *, without: Sequence[str] = ()) -> list[Reading]:
        """Return each message as the product would understand it."""
        return as_read(messages, self.parse(messages, without=without))

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("The Rasa environment's process died. Start it alone to see why: "
                             ".venv-rasa/bin/python -m benchmarks.understanding.pipeline")
        return json.loads(answer)


def as_read(messages: Sequence[Labelled], parses: Sequence[dict[str, Any]]) -> list[Reading]:
    """Sort parses into taken and doubtful, as leads does."""
    return [read(parsed, text=message.text, asked=message.asked) for message, parsed in zip(messages, parses, strict=True)]


@dataclass
class Redacting:
    """Messages as they reach the pipeline: without personal data. Loads the redaction's language model once."""

    _known: dict[tuple[str, str | None], str] = field(default_factory=dict)

    @cached_property
    def _redactor(self) -> Any:
        return build().redactor

    def redact(self, messages: Sequence[Labelled]) -> list[Labelled]:
        """Return the messages with their texts redacted."""
        return [replace(m, text=self._redactor.redact(m.text, asked=m.asked).text) for m in messages]
