"""Which topic of data/faq.yml a question is about, by the encoder that `make` builds for it."""

from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.encoder import load_encoder
from bot.nlu.faq_matcher import FaqMatcher
from bot.nlu.sentence_encoder import MEANING, Meaning, parts_of

TOPICS = YAML(typ="safe").load(Path("data/faq.yml"))["topics"]
NEAR_ENOUGH = 0.40  # FAQ_LIKENESS of leads/dialogue/context.py


@pytest.fixture(scope="module")
def matcher() -> FaqMatcher:
    return FaqMatcher.create(FaqMatcher.get_default_config(), None, None, None)  # type: ignore[arg-type]


def nearest(matcher: FaqMatcher, text: str) -> dict:
    message = Message({TEXT: text, INTENT: {"name": "faq"}})
    message.set(MEANING, Meaning(np.zeros(384, np.float32), parts_of(text), np.zeros((0, 384), np.float32)))
    matcher.process([message])
    return message.get("faq")


@pytest.mark.parametrize("text", ["asdf qwer", "xyzzy 12", "how tall is Mount Everest", "who won the game last night", "blah blah"])
def test_what_is_about_nothing_of_ours_is_near_no_topic(matcher: FaqMatcher, text: str) -> None:
    assert nearest(matcher, text)["confidence"] < NEAR_ENOUGH


def test_a_question_that_was_left_out_is_found_by_its_topic_mostly() -> None:
    ids = [topic["id"] for topic in TOPICS for _ in topic["questions"]]
    vectors = load_encoder(FaqMatcher.get_default_config()["folder"]).encode([text for topic in TOPICS for text in topic["questions"]])
    found = []
    for left_out, topic in enumerate(ids):
        rest = [number for number in range(len(ids)) if number != left_out]
        matcher = FaqMatcher(None, [ids[number] for number in rest], vectors[rest])  # type: ignore[arg-type]
        answer = matcher._nearest(vectors[left_out : left_out + 1])
        if answer["confidence"] >= NEAR_ENOUGH:
            found.append(answer["topic"] == topic)
    assert len(found) > 0.5 * len(ids) and sum(found) > 0.6 * len(found)  # measured: .59 and .67
