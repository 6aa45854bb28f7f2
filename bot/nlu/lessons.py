"""What the classifiers are taught: our examples, each under the question it answers, without those kept for measuring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import numpy as np
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.context import labelled_facts
from bot.nlu.held_out import is_held_out
from bot.nlu.sentence_encoder import MEANING


@dataclass(frozen=True)
class Lesson:
    """One text under one question: its act, the closed facts in it, and its meaning (384)."""

    text: str
    act: str
    asked: Optional[str]
    facts: Dict[str, Any]
    meaning: np.ndarray


def lessons_of(training_data: TrainingData) -> List[Lesson]:
    """Return the lessons of the training data, in order."""
    return [
        Lesson(message.get(TEXT), message.get(INTENT), question, labelled_facts(message), vector)
        for message in training_data.intent_examples
        if message.get(MEANING) is not None and not is_held_out(message.get(TEXT))
        for question, vector in message.get(MEANING).by_question.items()
    ]
