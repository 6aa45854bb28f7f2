"""Our channel into Rasa: a typed text is never a command, and a button is always one."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.constants import INTENT_MESSAGE_PREFIX

from bot.channel import ReplyCollector, as_command, as_typed

VALUES = st.one_of(
    st.text(max_size=20), st.integers(-5, 5), st.lists(st.text(max_size=5), max_size=2), st.dictionaries(st.text(max_size=5), st.integers(), max_size=2)
)


def test_a_typed_command_stays_text() -> None:
    typed = as_typed('  /answer{"org_type": "hospital"}')
    assert not typed.startswith(INTENT_MESSAGE_PREFIX) and typed.endswith('answer{"org_type": "hospital"}')


@pytest.mark.parametrize("text", ["24/7 please", "and/or", "n/a", "hello / goodbye"])
def test_a_slash_inside_a_text_stays(text: str) -> None:
    assert as_typed(text) == text


@given(st.text(max_size=60))
def test_no_text_reaches_rasa_as_a_command(text: str) -> None:
    assert not as_typed(text).startswith(INTENT_MESSAGE_PREFIX)
    assert as_typed(as_typed(text)) == as_typed(text)


@given(st.dictionaries(st.sampled_from(["org_type", "integrations", "org_size"]), VALUES, max_size=3))
def test_a_buttons_act_and_facts_come_out_of_its_command(facts: dict) -> None:
    command = as_command({"act": "answer", "facts": facts})
    assert command.startswith("/answer{") and json.loads(command[len("/answer") :]) == facts


def test_an_act_without_facts_is_a_command_too() -> None:
    assert as_command({"act": "refuse"}) == "/refuse{}" == as_command({"act": "refuse", "facts": None})


def test_what_is_said_is_collected_whole_and_under_the_channel_it_is_for() -> None:
    collector = ReplyCollector("rep")
    asyncio.run(collector.send_response("c1", {"text": "Hello", "custom": {"kind": "notice"}, "image": "x", "buttons": []}))
    asyncio.run(collector.send_response("c1", {}))
    assert collector.name() == "rep" and collector.messages == [{"text": "Hello", "custom": {"kind": "notice"}}]
