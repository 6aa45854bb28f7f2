"""Graph component: what a message does (its act): answers, asks, refuses, corrects, calls for help, ..."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import linear
from bot.nlu.lessons import lessons_of
from bot.nlu.nearest_examples import NEAREST, NearestExamples
from bot.nlu.sentence_encoder import MEANING, Meaning, SentenceEncoder
from bot.progress import Stage

# A person in danger must not be missed: advice given to one who is safe costs a line, silence may cost a life. Chosen on held-out
# examples and messages: at 0.3 four of 49 were missed, at 0.09 two; eight of 2,600 others got the advice then.
EMERGENCY_THRESHOLD = 0.09
# How little large weights cost; chosen on held-out examples (docs/understanding.md).
COST = 0.3
# How much the acts of the nearest examples count beside the classifier, and how much of an act nobody near has is left.
WEIGHT_OF_NEAREST, UNHEARD = 0.8, 0.01


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(GraphComponent):
    """Logistic regression over the meaning of the whole text under the open question."""

    @classmethod
    def required_components(cls) -> List[type]:
        """The encoder gives the meaning, the nearest examples a second opinion."""
        return [SentenceEncoder, NearestExamples]

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: "linear.Linear | None" = None) -> None:
        self._storage, self._resource, self._model = model_storage, resource, model

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
        lessons = lessons_of(training_data)
        labels = tuple(sorted({lesson.act for lesson in lessons}))
        targets = np.array([[lesson.act == label for label in labels] for lesson in lessons])
        vectors = np.stack([lesson.meaning for lesson in lessons])
        with Stage(f"{len(labels)} acts, {len(lessons)} lessons"):
            self._model = linear.train(vectors, targets, labels, exclusive=True, c=COST)
        with self._storage.write_to(self._resource) as folder:
            linear.save({"act": self._model}, folder / "acts.npz")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent and its ranking."""
        for message in messages:
            meaning = message.get(MEANING)
            if meaning is not None and self._model is not None:
                self._classify(message, meaning, self._model)
        return messages

    def _classify(self, message: Message, meaning: Meaning, model: linear.Linear) -> None:
        nearest = message.get(NEAREST)
        nudges = None if nearest is None else WEIGHT_OF_NEAREST * np.log(nearest.acts + UNHEARD)
        (row,) = model.predict(meaning.whole[None], nudges=nudges)
        ranking = [
            {INTENT_NAME_KEY: model.labels[n], PREDICTED_CONFIDENCE_KEY: float(row[n])} for n in np.argsort(-row)
        ]
        danger = next((act for act in ranking if act[INTENT_NAME_KEY] == "emergency"), None)
        if danger and danger[PREDICTED_CONFIDENCE_KEY] >= EMERGENCY_THRESHOLD:
            ranking.remove(danger)
            ranking.insert(0, danger)
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking[:5], add_to_output=True)
