"""Graph component: gives every message the meaning of its whole text and of each clause, under the open question."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder import Encoder, load_encoder
from bot.nlu.clauses import Clause, clauses, sentences
from bot.nlu.context import context_of
from bot.nlu.questions import ANY, questions_for
from bot.progress import Stage

MEANING = "meaning"
# A pasted e-mail has dozens of clauses; the first ones carry what is said to us, and a turn stays short.
MOST_PARTS = 12


class Meaning:
    """Vectors of one message under its open question: `whole` (384) and one row for each part (sentences first, then clauses).

    `instead` is the whole text as the answer to the question whose guess was put, `whole` itself where none was.
    """

    def __init__(self, whole: np.ndarray, parts: List[Clause], vectors: np.ndarray, instead: Optional[np.ndarray] = None) -> None:
        self.whole, self.parts, self.vectors = whole, parts, vectors
        self.instead = whole if instead is None else instead

    def __repr__(self) -> str:
        # Rasa builds its cache's fingerprints from this.
        return f"Meaning({float(self.whole.sum()):.6f}, {float(self.whole[:32].sum()):.6f})"


class TaughtMeaning:
    """Vectors of one example: one (384) for each question that it is taught under."""

    def __init__(self, by_question: Dict[Optional[str], np.ndarray]) -> None:
        self.by_question = by_question

    def __repr__(self) -> str:
        sums = ", ".join(f"{question} {float(vector.sum()):.6f}" for question, vector in self.by_question.items())
        return f"TaughtMeaning({sums})"


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

    def __init__(self, config: Dict[str, Any], encoder: Optional[Encoder] = None) -> None:
        self._encoder = encoder or load_encoder(config["folder"])

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
                message.set(MEANING, self._meaning(message, text))
        return messages

    def _meaning(self, message: Message, text: str) -> Meaning:
        context = context_of(message)
        fact = context.for_facts().asked
        parts = parts_of(text)
        vectors = self._encoder.encode_parts(text, [(part.start, part.end) for part in parts], fact)
        if fact == context.asked:
            return Meaning(vectors[0], parts, vectors[1:])
        return Meaning(self._encoder.encode([text], context.asked)[0], parts, vectors[1:], instead=vectors[0])

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set `meaning` on the examples; whole texts only, since labels belong to whole texts."""
        asked: Dict[Tuple[str, Optional[str]], np.ndarray] = {}
        messages = [message for message in training_data.training_examples if message.get(TEXT)]
        for message in messages:
            asked |= dict.fromkeys(_pairs(message), np.zeros(0))
        with Stage(f"meaning of {len(asked)} texts", len(asked)) as stage, ThreadPoolExecutor(os.cpu_count()) as threads:
            # The encoder's own work runs outside Python's lock.
            vectors = threads.map(lambda pair: self._encoder.encode([pair[0]], pair[1])[0], asked)
            for pair, vector in zip(asked, vectors, strict=True):
                asked[pair] = vector
                stage.advance()
        for message in messages:
            message.set(MEANING, TaughtMeaning({question: asked[text, question] for text, question in _pairs(message)}))
        return training_data


def _pairs(message: Message) -> List[Tuple[str, Optional[str]]]:
    text, asked = message.get(TEXT), context_of(message).asked
    return [(text, question) for question in (questions_for(text) if asked == ANY else (asked,))]
