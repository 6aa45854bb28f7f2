"""Checking data/vocabularies: a word that stands under two values is read as one of them only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.problems import Problem
from scoring.yaml_source import YamlPath, YamlSource, read_yaml
from wiring.settings import ROOT

VOCABULARIES = ROOT / "data/vocabularies"
STRENGTHS = ("strong", "asked")


@dataclass(frozen=True)
class _Written:
    value: str
    strength: str
    term: str
    path: YamlPath


def check_vocabularies(folder: Path | None = None) -> list[Problem]:
    """Return each word that can never mean the value it stands under, because another value has it too.

    As the reader does (bot/nlu/vocabulary.py): hyphens and capitals do not matter, a plural "s" needs no term of its own, a strong
    term beats one that holds when asked, and of equals the value that stands first. A plural that is written out may mean another
    value than its singular ("community hospitals" are a health system) if its value stands first.
    """
    return [problem for path in sorted((folder or VOCABULARIES).glob("*.yml")) for problem in _doubles(read_yaml(path))]


def _doubles(source: YamlSource) -> Iterator[Problem]:
    yield from source.problems
    values = source.data.get("values") if isinstance(source.data, dict) else None
    if not isinstance(values, dict):
        yield source.problem((), "expected the keys version, fact and values, and under values a block for each value")
        return
    written = list(_written(values))
    taken: dict[str, _Written] = {}
    for term in sorted(written, key=lambda found: STRENGTHS.index(found.strength)):  # stable: of equals the first in the file
        for form in _forms(term.term):
            taken.setdefault(form, term)
    for term in written:
        winner = taken[_plain(term.term)]
        if winner.value != term.value:
            said = "" if _plain(winner.term) == _plain(term.term) else f" (as '{winner.term}')"
            both = f"'{term.term}' stands under {winner.value}{said} and {term.value}"
            yield source.problem(term.path, f"{both}, and is only ever read as {winner.value}. Keep one")


def _written(values: dict[str, Any]) -> Iterator[_Written]:
    for value, strengths in values.items():
        for strength in STRENGTHS:
            for at, term in enumerate((strengths or {}).get(strength) or ()):
                yield _Written(str(value), strength, str(term), ("values", value, strength, at))


def _plain(term: str) -> str:
    return " ".join(term.lower().replace("-", " ").split())


def _forms(term: str) -> Iterator[str]:
    plain = _plain(term)
    yield plain
    if plain[-1:].isalpha() and not plain.endswith("s"):
        yield plain + "s"
