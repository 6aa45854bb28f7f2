"""What is said beside a message: the open question, the day, the guess."""

import datetime

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.context import context_of, kind_of_question, labelled_facts
from bot.nlu.questions import QUESTIONS


def test_a_live_message_carries_its_context_in_the_requests_metadata() -> None:
    message = Message({"text": "yes", "metadata": {"asked": "confirm", "confirming": "org_type", "today": "2026-06-02", "sites": 4}})
    context = context_of(message)
    assert (context.asked, context.confirming, context.today, context.sites) == ("confirm", "org_type", datetime.date(2026, 6, 2), 4)
    assert context.for_facts().asked == "org_type", "what is said instead of a guess answers that guess's question"


def test_a_training_example_carries_it_in_its_block() -> None:
    block = {"asked": "timeline", "facts": {"timeline": "none"}}
    message = Message({"text": "just looking", "intent": "answer", "metadata": {"intent": block, "example": {"asked": None}}})
    assert context_of(message).asked is None and labelled_facts(message) == {"timeline": "none"}
    assert context_of(Message({"text": "x", "metadata": {"intent": block}})).asked == "timeline"


def test_without_a_context_nothing_is_open_and_the_day_is_today() -> None:
    context = context_of(Message({"text": "hi"}))
    assert context.asked is None and context.sites is None and context.today == datetime.date.today()
    assert context.for_facts() == context


@pytest.mark.parametrize("asked", [None, *QUESTIONS])
def test_every_question_is_of_a_kind(asked: object) -> None:
    assert kind_of_question(asked) in ("none", "confirm", "yes_no", "contact", "open")
