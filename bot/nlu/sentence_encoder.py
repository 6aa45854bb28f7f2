"""Graph component: gives every message the meaning of its whole text and of each clause."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import load_encoder
from bot.nlu.clauses import Clause, clauses, sentences

MEANING = "meaning"
# A pasted e-mail has dozens of clauses; the first ones carry what is said to us, and a turn stays short.
MOST_PARTS = 12


class Meaning:
    """Vectors of one message: `whole` (384) and one row for each part (sentences first, then clauses)."""

    def __init__(self, whole: np.ndarray, parts: List[Clause], vectors: np.ndarray) -> None:
        self.whole, self.parts, self.vectors = whole, parts, vectors

    def __repr__(self) -> str:
        # Rasa builds its cache's fingerprints from this.
        return f"Meaning({float(self.whole.sum()):.6f}, {float(self.whole[:32].sum()):.6f})"


def parts_of(text: str) -> List[Clause]:
    """Return the sentences and clauses that are shorter than the text itself, in order, without doubles."""
    parts: Dict[str, Clause] = {}
    for part in [*sentences(text), *clauses(text)]:
        if part.text != text.strip():
            parts.setdefault(part.text, part)
    return list(parts.values())[:MOST_PARTS]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """Encodes messages with the sentence encoder in the configured folder."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`folder`: where encoder.onnx and tokenizer.json are."""
        return {"folder": "var/encoder"}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._encoder = load_encoder(config["folder"])

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "SentenceEncoder":
        """Build the component (see GraphComponent)."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Set `meaning` on each message that has typed text."""
        for message in messages:
            text = message.get(TEXT)
            if text and not text.startswith("/"):
                parts = parts_of(text)
                vectors = self._encoder.encode([text, *(part.text for part in parts)])
                message.set(MEANING, Meaning(vectors[0], parts, vectors[1:]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set `meaning` on the examples; whole texts only, since labels belong to whole texts."""
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        with ThreadPoolExecutor(os.cpu_count()) as threads:  # the encoder's own work runs outside Python's lock
            vectors = threads.map(lambda message: self._encoder.encode([message.get(TEXT)])[0], messages)
            for message, vector in zip(messages, vectors, strict=True):
                message.set(MEANING, Meaning(vector, [], np.zeros((0, 384), dtype=np.float32)))
        return training_data
