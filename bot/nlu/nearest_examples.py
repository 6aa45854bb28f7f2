"""Graph component: which taught examples a message is nearest to, and what those say.

A linear classifier draws straight borders; the nearest examples know the corners. Together they read more at the same precision
(docs/understanding.md), and one taught sentence is felt at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.fact_heads import targets_of
from bot.nlu.lessons import lessons_of
from bot.nlu.sentence_encoder import MEANING, SentenceEncoder

NEAREST = "nearest"
# So many neighbours are heard; a nearer one counts more, by e to the power of SHARPNESS times its cosine.
NEIGHBOURS, SHARPNESS = 6, 10.0
# Directions of meaning that are kept for comparing: 128 of 384 find nearly the same neighbours in a quarter of the time.
DIRECTIONS = 128


@dataclass(frozen=True)
class Shares:
    """What the neighbours of a whole text say: the share of their weight for each act, and for each value of a fact (LABELS).

    The acts are of the text under the open question, the values of the text as an answer to what is asked or put as a guess.
    """

    acts: np.ndarray
    values: np.ndarray


class Neighbours:
    """The taught examples as points."""

    def __init__(self, directions: np.ndarray, points: np.ndarray, acts: np.ndarray, labels: Tuple[str, ...], values: np.ndarray) -> None:
        """Keep points (n × DIRECTIONS), acts as places in `labels` (n), and values named (n × LABELS)."""
        self.directions, self.points, self.acts, self.labels, self.values = directions, points, acts, labels, values

    @classmethod
    def of(cls, vectors: np.ndarray, acts: List[str], values: np.ndarray) -> "Neighbours":
        """Learn the directions in which the examples differ most, and place them."""
        _, axes = np.linalg.eigh(vectors.T @ vectors)
        directions = np.ascontiguousarray(axes[:, ::-1][:, :DIRECTIONS], dtype=np.float32)
        labels = tuple(sorted(set(acts)))
        return cls(directions, _placed(vectors, directions), np.array([labels.index(act) for act in acts]), labels, values)

    def shares(self, vectors: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Return for each row of vectors (n × 384) the shares of acts and of values among its neighbours."""
        likeness = _placed(vectors, self.directions) @ self.points.T
        acts = np.zeros((len(vectors), len(self.labels)), dtype=np.float32)
        values = np.zeros((len(vectors), self.values.shape[1]), dtype=np.float32)
        count = min(NEIGHBOURS, likeness.shape[1])
        for row, near in enumerate(np.argpartition(-likeness, count - 1, axis=1)[:, :count]):
            weights = np.exp(SHARPNESS * (likeness[row, near] - 1.0))
            weights /= weights.sum()
            np.add.at(acts[row], self.acts[near], weights)
            values[row] = weights @ self.values[near]
        return acts, values


def _placed(vectors: np.ndarray, directions: np.ndarray) -> np.ndarray:
    points = (vectors @ directions).astype(np.float32)
    return points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-6)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NearestExamples(GraphComponent):
    """Sets `nearest` on each message: what the taught examples near its meaning say."""

    @classmethod
    def required_components(cls) -> List[type]:
        """The encoder gives the meaning."""
        return [SentenceEncoder]

    def __init__(self, model_storage: ModelStorage, resource: Resource, neighbours: Optional[Neighbours] = None) -> None:
        self._storage, self._resource, self._neighbours = model_storage, resource, neighbours

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "NearestExamples":
        """Build an untrained component (see GraphComponent)."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NearestExamples":
        """Load the trained component (see GraphComponent)."""
        with model_storage.read_from(resource) as folder:
            stored = np.load(folder / "nearest.npz", allow_pickle=False)
            neighbours = Neighbours(stored["directions"], stored["points"].astype(np.float32), stored["acts"],
                                    tuple(stored["labels"].tolist()), stored["values"].astype(np.float32))
            return cls(model_storage, resource, neighbours)

    def train(self, training_data: TrainingData) -> Resource:
        """Place the examples."""
        lessons = lessons_of(training_data)
        vectors = np.stack([lesson.meaning for lesson in lessons])
        known = Neighbours.of(vectors, [lesson.act for lesson in lessons], targets_of([lesson.facts for lesson in lessons]))
        self._neighbours = known
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / "nearest.npz", directions=known.directions, points=known.points.astype(np.float16),
                acts=known.acts.astype(np.int16), labels=np.array(known.labels), values=known.values.astype(np.uint8),
            )
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: what they are near to is only asked of new messages."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set `nearest` on each message that has a meaning."""
        for message in messages:
            meaning = message.get(MEANING)
            if meaning is not None and self._neighbours is not None:
                readings = [meaning.whole] if meaning.instead is meaning.whole else [meaning.whole, meaning.instead]
                acts, values = self._neighbours.shares(np.stack(readings))
                message.set(NEAREST, Shares(acts[0], values[-1]))
        return messages
