"""Graph component: what a message does (its act): answers, asks, refuses, corrects, calls for help, ..."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import linear
from bot.nlu.context import context_of
from bot.nlu.features import meaning_features, word_features
from bot.nlu.questions import QUESTIONS
from bot.nlu.sentence_encoder import MEANING, Meaning, SentenceEncoder

# A person in danger must not be missed: advice given to one who is safe costs a line, silence may cost a life.
EMERGENCY_THRESHOLD = 0.3
# An idiom read alone may look like danger ("the wrong end of the stick"); under its question it does not even hint at it.
HINT_OF_DANGER = 0.03


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(GraphComponent):
    """Logistic regression over meaning and words, with the open question among the features."""

    @classmethod
    def required_components(cls) -> List[type]:
        """The encoder gives the meaning."""
        return [SentenceEncoder]

    def __init__(self, model_storage: ModelStorage, resource: Resource, pair: "linear.Pair | None" = None) -> None:
        self._storage, self._resource, self._pair = model_storage, resource, pair

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "ActClassifier":
        """Build an untrained component (see GraphComponent)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ActClassifier":
        """Load the trained component (see GraphComponent)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, linear.load(folder / "acts.npz")["act"])

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the examples' intents."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(MEANING)]
        asked = [context_of(m).asked for m in examples]
        meaning = meaning_features(np.stack([m.get(MEANING).whole for m in examples]), asked, QUESTIONS)
        words = word_features([m.get(TEXT) for m in examples], asked)
        self._pair = linear.train_pair(meaning, words, [m.get(INTENT) for m in examples])
        with self._storage.write_to(self._resource) as folder:
            linear.save({"act": self._pair}, folder / "acts.npz")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent and its ranking."""
        for message in messages:
            meaning = message.get(MEANING)
            if meaning is not None and self._pair is not None:
                self._classify(message, meaning, self._pair)
        return messages

    def _classify(self, message: Message, meaning: Meaning, pair: linear.Pair) -> None:
        # Read twice: under the open question, and as if nothing was asked. Danger counts in either reading.
        asked = [context_of(message).asked, None]
        vectors = np.repeat(meaning.whole[None], 2, axis=0)
        row, alone = pair.predict(meaning_features(vectors, asked, QUESTIONS), word_features([message.get(TEXT)] * 2, asked))
        if "emergency" in pair.labels:
            number = pair.labels.index("emergency")
            if row[number] >= HINT_OF_DANGER:
                row[number] = max(row[number], alone[number])
        ranking = [
            {INTENT_NAME_KEY: pair.labels[n], PREDICTED_CONFIDENCE_KEY: float(row[n])} for n in np.argsort(-row)
        ]
        danger = next((act for act in ranking if act[INTENT_NAME_KEY] == "emergency"), None)
        if danger and danger[PREDICTED_CONFIDENCE_KEY] >= EMERGENCY_THRESHOLD:
            ranking.remove(danger)
            ranking.insert(0, danger)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:5], add_to_output=True)
