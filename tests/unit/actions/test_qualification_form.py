"""The one action of a turn: tracker in, one call of leads, events out."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import qualification_form
from actions.qualification_form import FORM, ValidateQualificationForm
from leads import conversations
from leads.records import Conversation
from scoring.facts import FACTS
from store.database import migrate
from tests.unit.leads.chatting import SCRIPT
from wiring.build import Application, build
from wiring.settings import read_settings

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    made = build(read_settings({"DATABASE_URL": f"sqlite:///{tmp_path}/actions.db"}, None))
    made.__dict__.update(playbook_files=(SCRIPT.playbook,), faq=SCRIPT.faq)
    made.now = lambda: NOW  # type: ignore[method-assign]
    migrate(made.engine)
    monkeypatch.setattr(qualification_form, "application", lambda: made)
    yield made
    made.engine.dispose()


@pytest.fixture
def conversation(application: Application) -> Conversation:
    with application.unit() as unit:
        opened, _ = conversations.open_conversation(
            unit, now=NOW, playbook=SCRIPT.playbook, channel="website", page={}, utm={}, visitor=None, prefill={}, reference_date=None, consent=True,
        )
        unit.commit()
        return opened


def run(
    sender: str, act: str, facts: dict[str, Any] | None = None, *, text: str = "words", slots: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None, application: Application | None = None, conversation: Conversation | None = None,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Run the action; return its messages and the slots it sets."""
    metadata = dict(metadata or {})
    if application is not None and conversation is not None:
        with application.unit() as unit:
            found = unit.conversations.get(conversation.id)
            assert found is not None
            received = conversations.receive(unit, found, text=text, payload=None, contact={}, removed=[], key=None, now=NOW)
            unit.commit()
        metadata = received.metadata | metadata
    message = {
        "intent": {"name": act, "confidence": 0.9}, "text": text, "metadata": metadata,
        "entities": [{"entity": fact, "value": value, "start": 0, "end": 4, "confidence_entity": 0.95} for fact, value in (facts or {}).items()],
    }
    tracker = Tracker(sender, slots or {}, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    events = ValidateQualificationForm().run(dispatcher, tracker, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


def test_the_action_has_the_name_rasa_looks_for() -> None:
    assert ValidateQualificationForm().name() == f"validate_{FORM}"


def test_a_start_greets_and_asks_with_the_state_on_the_last_message(application: Application, conversation: Conversation) -> None:
    messages, slots = run(conversation.id, "start")
    assert messages[0]["response"] == "utter_greet" and messages[0]["vendor"]
    assert [message["custom"]["kind"] for message in messages] == ["notice", "question"]
    assert "state" not in messages[0]["custom"] and messages[-1]["custom"]["state"]["asking"] == "org_type"
    assert slots["requested_slot"] == "org_type"


def test_slots_mirror_what_is_stored_and_only_what_differs_is_set(application: Application, conversation: Conversation) -> None:
    _, slots = run(conversation.id, "answer", {"org_type": "hospital", "org_size": {"beds": 90}}, application=application, conversation=conversation)
    assert slots["org_type"] == "hospital" and slots["org_size"] == {"beds": 90} and slots["requested_slot"] == "use_case"
    known = {"org_type": "hospital", "org_size": {"beds": 90}, "timeline": "now"}
    _, slots = run(conversation.id, "chitchat", slots=known, application=application, conversation=conversation)
    assert "org_type" not in slots and slots["timeline"] is None, "a slot that is not stored is emptied"
    assert set(slots) - {"turn", "requested_slot"} <= set(FACTS)


def test_a_tracker_that_forgot_everything_is_filled_again(application: Application, conversation: Conversation) -> None:
    run(conversation.id, "answer", {"org_type": "hospital"}, application=application, conversation=conversation)
    _, slots = run(conversation.id, "chitchat", application=application, conversation=conversation)
    assert slots["org_type"] == "hospital"


def test_every_turn_sets_a_slot_so_that_rasa_takes_the_form_as_answered(application: Application, conversation: Conversation) -> None:
    _, slots = run(conversation.id, "chitchat", application=application, conversation=conversation)
    assert slots["turn"] is not None


def test_another_language_without_facts_gets_the_answer_for_it(application: Application, conversation: Conversation) -> None:
    messages, _ = run(conversation.id, "answer", metadata={"language": "es"}, application=application, conversation=conversation)
    assert messages[0]["response"] == "utter_other_language"
    messages, slots = run(conversation.id, "answer", {"org_type": "payer"}, metadata={"language": "es"}, application=application, conversation=conversation)
    assert slots["org_type"] == "payer" and messages[0].get("response") != "utter_other_language"


def test_a_conversation_that_is_gone_is_told_so(application: Application) -> None:
    messages, slots = run("readiness-probe", "start")
    assert [message["response"] for message in messages] == ["utter_conversation_gone"] and slots == {}


def test_a_failure_is_told_to_the_gateway_and_nothing_personal_to_the_log(
    application: Application, conversation: Conversation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **how: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(qualification_form, "take_turn", fail)
    messages, slots = run(conversation.id, "answer", text="a very private remark")
    assert [message["custom"] for message in messages] == [{"failed": True}] and slots == {}
    assert conversation.id in caplog.text and "private remark" not in caplog.text


def test_a_failed_turn_leaves_nothing_behind(application: Application, conversation: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("late")

    monkeypatch.setattr(qualification_form, "_facts", fail)
    run(conversation.id, "answer", {"org_type": "hospital"}, application=application, conversation=conversation)
    with application.unit(read_only=True) as unit:
        found = unit.conversations.get(conversation.id)
        assert found is not None and found.lead_id is None
