"""Classifiers of facts: for each closed fact one for answers to its question and one for facts said unasked."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.nlu import linear
from bot.nlu.questions import CHOICES, LISTS, NOTHING

NONE = "(none)"
# Examples of another subject that a question's classifier learns to leave alone, per labelled example of its own.
OTHERS_PER_EXAMPLE = 2.0
# Unasked facts must stand out from everything else that people say.
OTHERS_UNASKED, LEAST_OTHERS = 8.0, 2000
# Shorter answers mean something under their question only ("finance"), so they teach nothing about unasked facts.
WORDS_TO_STAND_ALONE = 3


@dataclass(frozen=True)
class Example:
    """One labelled text: the open question, its act and every closed fact in it."""

    row: int
    text: str
    asked: str | None
    act: str
    facts: dict[str, object]

    @property
    def stands_alone(self) -> bool:
        """Long enough to mean the same without its question."""
        return len(self.text.split()) >= WORDS_TO_STAND_ALONE


class FactHeads:
    """The trained classifiers, by name `fact|asked`, `fact|said` or, for lists, `fact=value|asked`."""

    def __init__(self, pairs: dict[str, linear.Pair]) -> None:
        self._pairs = pairs
        self._views = {
            **{fact: linear.Stack({name: pair for name, pair in pairs.items() if _fact_of(name) == fact and name.endswith("|asked")})
               for fact in (*CHOICES, *LISTS)},
            None: linear.Stack({name: pair for name, pair in pairs.items() if name.endswith("|said")}),
        }

    def read(self, asked: str | None, *, meaning: np.ndarray, words: csr_matrix) -> dict[str, list[dict[str, float]]]:
        """Return for each fact, and for each row, the probability of each value.

        Args:
            asked: a fact reads answers to its question and gives that fact alone; None reads all facts as said unasked.
        """
        facts: dict[str, list[dict[str, float]]] = {}
        for name, (labels, shares) in self._views[asked].predict(meaning, words).items():
            rows = facts.setdefault(_fact_of(name), [{} for _ in range(len(meaning))])
            for column, label in enumerate(labels):
                if label != NONE:
                    for row, share in zip(rows, shares[:, column].tolist(), strict=True):
                        row[label] = share
        return facts

    def save(self, path: Path) -> None:
        """Write all classifiers into one file."""
        linear.save(self._pairs, path)

    @classmethod
    def load(cls, path: Path) -> "FactHeads":
        """Read what `save` wrote."""
        return cls(linear.load(path))


def train_heads(
    examples: Sequence[Example], meaning: np.ndarray, words_under: Callable[[Sequence[int], str | None], csr_matrix]
) -> FactHeads:
    """Fit every classifier.

    Args:
        meaning: scaled vectors, one row an example.
        words_under: gives the word features of some rows as if a question were open.
    """
    pairs: dict[str, linear.Pair] = {}
    for fact in (*CHOICES, *LISTS):
        for view in ("asked", "said"):
            chosen = _choose(examples, fact, view)
            rows = [example.row for example in chosen]
            if not rows:
                continue
            words = words_under(rows, fact if view == "asked" else None)
            targets = LISTS[fact] + (NOTHING,) if fact in LISTS else (None,)
            for target in targets:
                labels = [_label(example, fact, target) for example in chosen]
                if len(set(labels)) > 1:
                    name = f"{fact}={target}|{view}" if target else f"{fact}|{view}"
                    pairs[name] = linear.train_pair(meaning[rows], words, labels)
    return FactHeads(pairs)


def _fact_of(name: str) -> str:
    return name.split("|")[0].split("=")[0]


def _label(example: Example, fact: str, target: str | None) -> str:
    value = example.facts.get(fact)
    if target is None:
        return NONE if value is None else str(value)
    values = [NOTHING] if value == [] else value or []
    return target if target in values else NONE  # type: ignore[operator]


def _choose(examples: Sequence[Example], fact: str, view: str) -> list[Example]:
    """Pick what a classifier learns from: its own examples, and enough of the others to leave them alone."""
    if view == "said":
        own = [e for e in examples if fact in e.facts and (e.asked != fact or e.stands_alone)]
        others = [e for e in examples if fact not in e.facts and (e.asked != fact or e.stands_alone)]
        random.Random(7).shuffle(others)
        return own + others[: max(LEAST_OTHERS, int(OTHERS_UNASKED * len(own)))]
    own = [e for e in examples if e.asked == fact]
    own += [e for e in examples if e.asked != fact and fact in e.facts]
    taken = {e.row for e in own}
    others = [e for e in examples if e.row not in taken and (e.act != "answer" or e.stands_alone)]
    random.Random(7).shuffle(others)
    return own + others[: int(OTHERS_PER_EXAMPLE * len(own))]
