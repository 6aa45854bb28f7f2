"""The NLU components in one process, without a Rasa server: they learn examples and read messages.

Runs inside the Rasa environment; `readings.py` starts it there and speaks JSON lines with it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from benchmarks.understanding.without import switched_off
from bot.encoder import Encoder
from bot.nlu.act_classifier import ActClassifier
from bot.nlu.fact_extractor import FactExtractor
from bot.nlu.nearest_examples import NearestExamples
from bot.nlu.sentence_encoder import SentenceEncoder

ENCODER = "var/encoder"
VOCABULARIES = "data/vocabularies"
_CONTEXT: ExecutionContext = None  # type: ignore[assignment]  # our components look at none


class RememberingEncoder(Encoder):
    """The sentence encoder, which encodes a text once a process: the variants of an ablation share most texts."""

    def __init__(self, folder: Path) -> None:
        """Load the encoder of a folder."""
        super().__init__(folder)
        self._known: dict[tuple[Any, ...], np.ndarray] = {}

    def encode_parts(self, text: str, parts: Sequence[tuple[int, int]], asked: str | None = None) -> np.ndarray:
        """Return the vectors of a text and its parts (see Encoder)."""
        key = text, tuple(parts), asked
        if key not in self._known:
            self._known[key] = super().encode_parts(text, parts, asked)
        return self._known[key]


class Pipeline:
    """Encoder, act classifier and fact extractor, as config.yml orders them."""

    def __init__(self, folder: Path, *, encoder: Encoder) -> None:
        """Prepare an untrained pipeline; what it learns is written into a folder, as in a real training."""
        self._storage = LocalModelStorage(folder)
        self._encode = SentenceEncoder({"folder": ENCODER}, encoder=encoder)
        self._config = {"vocabularies": VOCABULARIES}
        self._nearest: NearestExamples | None = None
        self._acts: ActClassifier | None = None
        self._facts: FactExtractor | None = None

    def train(self, examples: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """Learn examples {"text", "act", "asked", "facts"}; return CPU seconds of each stage."""
        data = TrainingData([_example(example) for example in examples])
        clock, before, spent = time.process_time(), "encode", {}
        self._encode.process_training_data(data)
        for name, kind in (("nearest", NearestExamples), ("acts", ActClassifier), ("facts", FactExtractor)):
            spent[before] = time.process_time() - clock
            clock, before = time.process_time(), name
            resource = kind.create(self._config, self._storage, Resource(name), _CONTEXT).train(data)
            setattr(self, f"_{name}", kind.load(self._config, self._storage, resource, _CONTEXT))
        spent["facts"] = time.process_time() - clock
        return spent

    def read(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Read items {"text", "asked", "today"}; return what bot/channel.py would: intent with ranking, entities."""
        parses = []
        for item in items:
            message = Message({TEXT: item["text"], "metadata": {key: item.get(key) for key in ("asked", "today", "confirming", "sites")}})
            for part in (self._encode, self._nearest, self._acts, self._facts):
                part.process([message])
            parses.append({"intent": message.get(INTENT), "entities": message.get(ENTITIES) or [], "faq": None})
        return parses


def _example(example: Mapping[str, Any]) -> Message:
    block = {"asked": example.get("asked"), "facts": example["facts"], "confirming": example.get("confirming")}
    return Message({TEXT: example["text"], INTENT: example["act"], "metadata": {"intent": block}})


def main() -> None:
    """Answer one JSON line with one JSON line: {"train": examples} or {"read": items}, each with "without": names of parts."""
    encoder = RememberingEncoder(Path(sys.argv[1] if len(sys.argv) > 1 else ENCODER))
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints must not end up among the answers
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(Path(folder), encoder=encoder)
        for line in sys.stdin:
            request = json.loads(line)
            with switched_off(request.get("without") or []):
                answer: Any = pipeline.train(request["train"]) if "train" in request else pipeline.read(request["read"])
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
