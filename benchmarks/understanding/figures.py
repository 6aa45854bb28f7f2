"""Counting what was read right: by act, by fact, by message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.understanding.readings import Labelled
from leads.reading import Reading
from scoring.facts import CLOSED, LISTS

type Atom = tuple[str, ...]
# Words that may stand around a vendor's name.
SPARE_WORDS = 2


def atoms(facts: Mapping[str, Any]) -> set[Atom]:
    """Take facts apart into comparable pieces: one for each value of a list, each count of a size, each side of an amount.

    >>> sorted(atoms({"org_size": {"sites": 6}, "security_needs": ["baa"]}))
    [('org_size', 'sites', '6'), ('security_needs', 'baa')]
    """
    pieces: set[Atom] = set()
    for fact, value in facts.items():
        if isinstance(value, list):
            pieces |= {(fact, str(one)) for one in value or ["[]"]}
        elif isinstance(value, Mapping):
            pieces |= {(fact, key, f"{number:.0f}") for key, number in value.items() if number is not None}
        elif value is not None:
            pieces.add((fact, str(value).lower()))
    return pieces


def same(wanted: Atom, found: Atom) -> bool:
    """Tell whether a piece found is the one wanted; a vendor's name may have a word or two around it."""
    if wanted[0] != "current_solution" or found[0] != "current_solution":
        return wanted == found
    name, got = (re.findall(r"[a-z0-9]+", piece[1]) for piece in (wanted, found))
    return bool(name) and " ".join(name) in " ".join(got) and len(got) - len(name) <= SPARE_WORDS


@dataclass
class Figures:
    """What was counted over a set of messages."""

    messages: int = 0
    right_acts: int = 0
    wholly_right: int = 0
    silent: int = 0  # messages that state no fact
    filled: int = 0  # of these, such as had one taken
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    asked_instead: Counter[str] = field(default_factory=Counter)  # of the missed, such as would be put as a guess
    acts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (labelled, read)

    @property
    def precision(self) -> float:
        """Share of the facts taken that are right."""
        return _share(self.found.total(), self.found.total() + self.wrong.total())

    @property
    def recall(self) -> float:
        """Share of the facts said that are taken."""
        return _share(self.found.total(), self.found.total() + self.missed.total())

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.found.total(), 2 * self.found.total() + self.wrong.total() + self.missed.total())

    def line(self) -> str:
        """All in one line."""
        return (
            f"acts {_share(self.right_acts, self.messages):.3f} · facts P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f} · "
            f"wholly right {_share(self.wholly_right, self.messages):.3f} · false fill {self.filled}/{self.silent} "
            f"({_share(self.filled, self.silent):.3f}) · {self.messages} messages"
        )


def count(messages: Sequence[Labelled], readings: Iterable[Reading]) -> tuple[Figures, list[str]]:
    """Compare readings with labels.

    Returns:
        the figures, and for each message that is not wholly right a sentence that says what is wrong.
    """
    figures, faults = Figures(), []
    for message, reading in zip(messages, readings, strict=True):
        wanted = _judged(message, message.facts)
        found = _judged(message, {fact: known.value for fact, known in reading.taken.items()})
        doubtful = _judged(message, {fact: known.value for fact, known in reading.doubtful.items()})
        hits = {want for want in wanted if any(same(want, got) for got in found)}
        extra = {got for got in found if not any(same(want, got) for want in wanted)}
        figures.messages += 1
        figures.right_acts += reading.act == message.act
        figures.acts[message.act, reading.act] += 1
        figures.found.update(piece[0] for piece in hits)
        figures.missed.update(piece[0] for piece in wanted - hits)
        figures.wrong.update(piece[0] for piece in extra)
        figures.asked_instead.update(want[0] for want in wanted - hits if any(same(want, got) for got in doubtful))
        figures.silent += not wanted
        figures.filled += not wanted and bool(extra)
        if reading.act == message.act and hits == wanted and not extra:
            figures.wholly_right += 1
        else:
            act = message.act if reading.act == message.act else f"{message.act} read as {reading.act} ({reading.confidence:.2f})"
            faults.append(f"[{message.asked or '-'}] {message.text}\n    {act}; missed {_words(wanted - hits)}; wrong {_words(extra)}; "
                          f"in doubt {_words(doubtful)}; {message.where}")
    return figures, faults


def table_of_facts(figures: Figures) -> str:
    """Return a Markdown table: each fact with precision, recall and what would be asked instead."""
    rows = ["| fact | said | taken right | precision | recall | put as a guess |", "|---|---|---|---|---|---|"]
    for fact in sorted({*figures.found, *figures.missed, *figures.wrong}):
        hits, missed, wrong = figures.found[fact], figures.missed[fact], figures.wrong[fact]
        rows.append(f"| {fact} | {hits + missed} | {hits} | {_share(hits, hits + wrong):.2f} | {_share(hits, hits + missed):.2f} | "
                    f"{figures.asked_instead[fact]} |")
    rows.append(f"| all | {figures.found.total() + figures.missed.total()} | {figures.found.total()} | {figures.precision:.3f} | "
                f"{figures.recall:.3f} | {figures.asked_instead.total()} |")
    return "\n".join(rows)


def table_of_acts(figures: Figures) -> str:
    """Return a Markdown confusion table: a row for each labelled act, a column for what it was read as."""
    names = sorted({name for pair in figures.acts for name in pair})
    rows = ["| labelled \\ read | " + " | ".join(names) + " | right |", "|---" * (len(names) + 2) + "|"]
    for labelled in names:
        row = [figures.acts[labelled, read] for read in names]
        if sum(row):
            right = _share(figures.acts[labelled, labelled], sum(row))
            rows.append(f"| {labelled} | " + " | ".join(str(n or "") for n in row) + f" | {right:.2f} |")
    return "\n".join(rows)


def _judged(message: Labelled, facts: Mapping[str, Any]) -> set[Atom]:
    pieces = atoms(facts)
    if not message.closed_only:
        return {piece for piece in pieces if piece[0] != "relationship" or "relationship" in message.facts}
    # Times other than "no project", money, counts and vendors' names are read by code and bear no label in data/nlu.
    return {piece for piece in pieces if (piece[0] in CLOSED and (piece[0] != "timeline" or piece[1] == "none"))
            or piece[0] in LISTS or piece in {("current_solution", "manual"), ("current_solution", "spreadsheets")}}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _words(pieces: Iterable[Atom]) -> str:
    return ", ".join("=".join(piece) for piece in sorted(pieces)) or "nothing"
