"""Switching single parts of the pipeline off, for an ablation. Runs inside the Rasa environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from bot.nlu import evidence, fact_extractor, nearest_examples, sentence_encoder
from bot.nlu.context import Context, context_of


def _no_context(message: Any) -> Context:
    return replace(context_of(message), asked=None, confirming=None)


# What is switched off by name: where it stands, and what stands there instead.
PARTS: dict[str, list[tuple[Any, str, Any]]] = {
    "open question": [(sentence_encoder, "context_of", _no_context), (fact_extractor, "context_of", _no_context)],
    "sentences and clauses": [(sentence_encoder, "parts_of", lambda text: [])],
    "nearest examples": [(nearest_examples.NearestExamples, "process", lambda self, messages: messages)],
    "vocabularies": [(fact_extractor.FactExtractor, "_from_vocabulary", lambda self, text, context: [])],
    "fact classifiers": [(fact_extractor.FactExtractor, "_from_meaning", lambda self, text, meaning, nearest: [])],
    "words that must allow": [(evidence, "words_allow", lambda fact, value, text, **_: True)],
    "calibration": [(evidence, "VOLUNTEERED", ((0.0, 0.0), (1.0, 1.0)))],
    "readers of values": [(fact_extractor, "_from_values", lambda text, context: [])],
}


@contextmanager
def switched_off(names: Sequence[str]) -> Iterator[None]:
    """Run a block without the named parts (keys of PARTS)."""
    with ExitStack() as patches:
        for name in names:
            for place, attribute, instead in PARTS[name]:
                patches.enter_context(mock.patch.object(place, attribute, instead))
        yield
