"""The conversations that are played: what the visitor says, and what a right answer is."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "conversations"


@dataclass(frozen=True)
class Line:
    """Something the visitor says whatever was asked; `expect` is searched in what the bot says to it (a regular expression)."""

    say: str
    expect: str


@dataclass(frozen=True)
class Prospect:
    """A visitor of LeadTriage, which asks what matters next: so there is an answer to each of its questions.

    Attributes:
        answers: what is said to a question, by the name of the fact or contact field that is asked.
        facts: by fact, the value that must be stored once its question was answered.
        lines: turn number from 1 -> what is said then instead of an answer.
    """

    name: str
    answers: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)


def read_scripts(path: Path) -> list[list[Line]]:
    """Read conversations with a bot whose questions have a fixed order: a list of lists of {say, expect}."""
    return [[Line(**line) for line in script] for script in _load(path)]


def read_prospects(path: Path) -> list[Prospect]:
    """Read visitors of LeadTriage: a list of {name, answers, facts, lines}."""
    return [
        Prospect(each["name"], each["answers"], each["facts"], {turn: Line(**line) for turn, line in each.get("lines", {}).items()})
        for each in _load(path)
    ]


def read_long_talks(path: Path, *, turns: int) -> dict[str, list[Line]]:
    """Read conversations of so many turns: a list of {name, start, repeat}; after `start`, `repeat` is said again and again."""
    return {
        each["name"]: [Line(**line) for line in islice(chain(each["start"], cycle(each["repeat"])), turns)] for each in _load(path)
    }


def _load(path: Path) -> Any:
    return YAML(typ="safe").load(path)
