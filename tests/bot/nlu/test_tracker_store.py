"""Rasa's short memory: the form stays open and the last turn whole, however long a chat goes on."""

import asyncio

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import tracker_store
from bot.tracker_store import EVENTS_KEPT, FORM, RecentTurns

DOMAIN = Domain.from_yaml(
    f"""
version: "3.1"
intents: [start, answer]
entities: []
slots:
  org_type: {{type: any, influence_conversation: false, mappings: [{{type: custom}}]}}
  turn: {{type: any, influence_conversation: false, mappings: [{{type: custom}}]}}
forms:
  {FORM}: {{required_slots: [org_type]}}
"""
)


def turn(number: int, *, opens: bool = False, closes: bool = False) -> list:
    """The events of one turn of the form."""
    events = [ActionExecuted("action_listen"), UserUttered(f"message {number}", {"name": "answer"}), ActionExecuted(FORM)]
    events += [ActiveLoop(FORM)] if opens else []
    events += [SlotSet("turn", str(number)), BotUttered(f"reply {number}"), SlotSet("requested_slot", "org_type")]
    return events + ([ActiveLoop(None)] if closes else [])


def chat(store: RecentTurns, turns: int, sender: str = "c1", *, closed: bool = False) -> DialogueStateTracker:
    """Live through some turns as Rasa does: retrieve, add, save."""
    for number in range(turns):
        tracker = asyncio.run(store.retrieve(sender)) or DialogueStateTracker(sender, DOMAIN.slots)
        for event in turn(number, opens=number == 0, closes=closed and number == turns - 1):
            tracker.update(event, DOMAIN)
        asyncio.run(store.save(tracker))
    kept = asyncio.run(store.retrieve(sender))
    assert kept is not None
    return kept


@pytest.fixture
def store() -> RecentTurns:
    return RecentTurns(DOMAIN)


@pytest.mark.parametrize("turns", [1, 2, 3, 4, 5, 8, 40, 200])
def test_after_any_number_of_turns_the_form_is_open_and_the_memory_short(store: RecentTurns, turns: int) -> None:
    tracker = chat(store, turns)
    assert tracker.active_loop_name == FORM
    assert len(tracker.events) <= EVENTS_KEPT
    assert tracker.latest_message is not None and tracker.latest_message.text == f"message {turns - 1}"
    assert tracker.get_slot("turn") == str(turns - 1) and tracker.get_slot("requested_slot") == "org_type"


def test_a_form_that_was_closed_is_not_opened_again(store: RecentTurns) -> None:
    assert chat(store, 30, closed=True).active_loop_name is None


def test_what_is_kept_begins_with_a_whole_turn(store: RecentTurns) -> None:
    events = [event for event in chat(store, 60).events if not isinstance(event, ActiveLoop)]
    assert isinstance(events[0], ActionExecuted) and events[0].action_name == "action_listen"


def test_conversations_do_not_see_each_other_and_can_be_forgotten(store: RecentTurns) -> None:
    chat(store, 3, "c1")
    chat(store, 5, "c2")
    assert sorted(asyncio.run(store.keys())) == ["c1", "c2"]
    asyncio.run(store.delete("c1"))
    asyncio.run(store.delete("never there"))
    assert asyncio.run(store.retrieve("c1")) is None and asyncio.run(store.retrieve("c2")) is not None


def test_the_conversation_that_was_quiet_longest_is_forgotten_first(store: RecentTurns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_store, "CONVERSATIONS_KEPT", 2)
    for sender in ("c1", "c2"):
        chat(store, 1, sender)
    chat(store, 1, "c1")
    chat(store, 1, "c3")
    assert sorted(asyncio.run(store.keys())) == ["c1", "c3"]


def test_a_conversation_that_was_forgotten_begins_afresh(store: RecentTurns) -> None:
    chat(store, 30)
    asyncio.run(store.delete("c1"))
    assert chat(store, 1).active_loop_name == FORM
