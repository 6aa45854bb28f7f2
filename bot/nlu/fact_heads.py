"""The classifier of facts: one probability for each value of each closed fact and list, for any text under any question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from bot.nlu import linear
from bot.nlu.lessons import Lesson
from bot.nlu.questions import CHOICES, LISTS, NOTHING

# How little large weights cost; chosen on held-out examples (docs/understanding.md).
COST = 1.0
# How much the nearest examples count beside the classifier; a value that none of them has loses WEIGHT · (log(UNHEARD) + OF_SILENCE).
WEIGHT_OF_NEAREST, UNHEARD, OF_SILENCE = 0.6, 0.03, 2.5
LABELS: Tuple[Tuple[str, str], ...] = (
    *((fact, value) for fact, values in CHOICES.items() for value in values),
    *((fact, value) for fact, values in LISTS.items() for value in (*values, NOTHING)),
)
_PLACES = {label: place for place, label in enumerate(LABELS)}


class FactHeads:
    """The trained classifier. Each value is judged by itself: two may be claimed at once, and that leaves doubt."""

    def __init__(self, model: linear.Linear) -> None:
        self._model = model
        self._labels = [tuple(label.split("=", 1)) for label in model.labels]
        self._places = [_PLACES[fact, value] for fact, value in self._labels]

    def read(self, vectors: np.ndarray, near: Optional[np.ndarray] = None) -> Dict[str, List[Dict[str, float]]]:
        """Return for each fact, and for each row of vectors (n × 384), the probability of each value.

        Args:
            near: shares of each value among the examples nearest to the whole text (LABELS), where they are known. They count for
                its parts too: what a clause may mean depends on the message it stands in.
        """
        nudges = None
        if near is not None:
            heard = near[self._places]
            nudges = WEIGHT_OF_NEAREST * (np.log(heard + UNHEARD) - np.log(1.0 - heard + UNHEARD) + OF_SILENCE)
        facts: Dict[str, List[Dict[str, float]]] = {}
        for row, shares in enumerate(self._model.predict(vectors, nudges).tolist()):
            for (fact, value), share in zip(self._labels, shares, strict=True):
                facts.setdefault(fact, [{} for _ in vectors])[row][value] = share
        return facts

    @property
    def model(self) -> linear.Linear:
        """The weights, for storing."""
        return self._model


def train_heads(lessons: Sequence[Lesson]) -> FactHeads:
    """Fit the classifier on lessons; what a lesson does not name counts as absent from it."""
    targets = targets_of([lesson.facts for lesson in lessons])
    vectors = np.stack([lesson.meaning for lesson in lessons])
    taught = targets.any(axis=0)  # a value without any example would only learn to be absent
    labels = tuple("=".join(label) for label, is_taught in zip(LABELS, taught, strict=True) if is_taught)
    return FactHeads(linear.train(vectors, targets[:, taught], labels, exclusive=False, c=COST))


def targets_of(labelled: Sequence[Dict[str, Any]]) -> np.ndarray:
    """Return one row for each set of facts, 1 where it names the value (n × LABELS)."""
    targets = np.zeros((len(labelled), len(LABELS)), dtype=np.float32)
    for row, facts in enumerate(labelled):
        for fact, value in facts.items():
            for one in (value or [NOTHING]) if isinstance(value, list) else [value]:
                if (fact, str(one)) in _PLACES:
                    targets[row, _PLACES[fact, str(one)]] = 1.0
    return targets
