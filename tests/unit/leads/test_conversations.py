"""Opening conversations, taking messages in and keeping answers."""

from datetime import date, timedelta
from typing import Any

import pytest

from leads import conversations
from leads.conversations import NotFound, Stopped
from leads.records import Conversation
from tests.unit.leads.chatting import NINE, PLAYBOOK, Chat
from tests.unit.leads.fake_unit import FakeUnit


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def opened(unit: FakeUnit, **how: Any) -> tuple[Conversation, str]:
    defaults: dict[str, Any] = {
        "now": NINE, "playbook": PLAYBOOK, "channel": "website", "page": {"url": "x"}, "utm": {}, "visitor": None, "prefill": {},
        "reference_date": None, "consent": True,
    }
    return conversations.open_conversation(unit, **{**defaults, **how})


def take(unit: FakeUnit, conversation: Conversation, text: str = "hello", **how: Any) -> conversations.Received:
    defaults: dict[str, Any] = {"payload": None, "contact": {}, "removed": [], "key": None, "now": NINE}
    return conversations.receive(unit, conversation, text=text, **{**defaults, **how})


def answer(unit: FakeUnit, conversation: Conversation, message_id: str | None, *texts: str) -> dict[str, Any]:
    reply = {"messages": [{"from": "bot", "text": text, "kind": "answer", "quick_replies": []} for text in texts], "state": {"asking": None}}
    conversations.keep_answer(unit, conversation.id, message_id, reply, now=NINE)
    return reply


def test_a_conversation_is_found_by_its_token_alone(unit: FakeUnit) -> None:
    conversation, token = opened(unit)
    _, other = opened(unit)
    assert conversations.find(unit, conversation.id, token) is conversation
    for wrong_id, wrong_token in ((conversation.id, other), (conversation.id, ""), ("gone", token)):
        with pytest.raises(NotFound):
            conversations.find(unit, wrong_id, wrong_token)


def test_the_token_itself_is_not_kept(unit: FakeUnit) -> None:
    conversation, token = opened(unit)
    assert token not in repr(conversation) and len(token) >= 40


def test_consent_is_dated_and_only_where_it_was_given(unit: FakeUnit) -> None:
    assert opened(unit)[0].consent_at == NINE and opened(unit, consent=False)[0].consent_at is None


def test_contact_the_page_has_makes_a_lead_at_once(unit: FakeUnit) -> None:
    conversation, _ = opened(unit, prefill={"email": "ana@cedar.example"}, reference_date=date(2026, 6, 1))
    lead = unit.leads.get(conversation.lead_id or "")
    assert lead is not None and lead.contact == {"email": "ana@cedar.example"} and lead.reference_date == date(2026, 6, 1)
    assert opened(unit)[0].lead_id is None


def test_a_message_is_stored_before_it_is_answered(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    received = take(unit, conversation, "we have [name removed]", removed=["patient_name"], contact={"email": "ana@cedar.example"})
    (message,) = unit.messages.of(conversation.id)
    assert (message.id, message.text, message.reply) == (received.message_id, "we have [name removed]", None)
    assert message.removed == ["patient_name"] and message.contact_fields == ["email"]
    assert "ana@cedar.example" not in repr(message), "contact stays apart from the transcript"


def test_the_same_key_is_the_same_message_and_gets_the_same_answer(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    first = take(unit, conversation, key="k1")
    again = take(unit, conversation, key="k1")
    assert again.message_id == first.message_id and again.reply is None and len(unit.messages.kept) == 1
    reply = answer(unit, conversation, first.message_id, "Hello!")
    assert take(unit, conversation, "something else", key="k1").reply == reply
    assert len(unit.messages.of(conversation.id)) == 2


def test_the_same_text_without_a_key_is_a_new_message(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    assert take(unit, conversation).message_id != take(unit, conversation).message_id


def test_an_answer_is_kept_once(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    received = take(unit, conversation, key="k1")
    answer(unit, conversation, received.message_id, "Hello!", "What next?")
    answer(unit, conversation, received.message_id, "Hello again!")
    assert [(m.sender, m.text) for m in unit.messages.of(conversation.id)] == [
        ("visitor", "hello"), ("bot", "Hello!"), ("bot", "What next?"),
    ]
    assert [m.sequence for m in unit.messages.of(conversation.id)] == [0, 1, 2]


def test_after_the_visitor_ended_it_nothing_is_taken_but_the_last_answer_can_be_had_again(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    received = take(unit, conversation, "stop", key="k1")
    reply = answer(unit, conversation, received.message_id, "All right.")
    conversation.outcome = "stopped"
    with pytest.raises(Stopped):
        take(unit, conversation, "one more thing", key="k2")
    assert take(unit, conversation, "stop", key="k1").reply == reply
    assert len(unit.messages.of(conversation.id)) == 2


def test_nothing_is_kept_of_an_answer_to_someone_who_is_no_lead(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    conversation.outcome = "not_a_lead"
    answer(unit, conversation, None, "Please call your clinic.")
    answer(unit, opened(unit)[0], "erased", "Hello!")
    conversations.keep_answer(unit, "gone", None, {"messages": [], "state": {}}, now=NINE)
    assert [m.text for m in unit.messages.kept] == ["Hello!"]


def test_an_address_given_in_the_chat_is_consent_to_be_answered_and_said_so_with_its_day(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    conversations.keep_contact(unit, conversation, None, {"name": "Ana Ruiz"}, now=NINE)
    lead = unit.leads.get(conversation.lead_id or "")
    assert lead is not None and "consent" not in lead.contact
    conversations.keep_contact(unit, conversation, lead, {"email": "ana@cedar.example", "phone": ""}, now=NINE)
    assert lead.contact == {"name": "Ana Ruiz", "email": "ana@cedar.example", "consent": "given in the chat on 2026-11-24"}
    conversations.keep_contact(unit, conversation, lead, {"phone": "614-555-0100"}, now=NINE + timedelta(days=3))
    assert lead.contact["consent"].endswith("2026-11-24"), "the first consent stands"


def test_a_shorter_form_of_the_name_does_not_replace_the_whole_one(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    lead = conversations.keep_contact(unit, conversation, None, {"name": "Ana Ruiz"}, now=NINE)
    conversations.keep_contact(unit, conversation, lead, {"name": "ruiz"}, now=NINE)
    assert lead.contact["name"] == "Ana Ruiz"
    conversations.keep_contact(unit, conversation, lead, {"name": "Ana Ruiz-Keller"}, now=NINE)
    assert lead.contact["name"] == "Ana Ruiz-Keller"


def test_the_engine_is_told_what_was_asked_and_which_day_it_is() -> None:
    chat = Chat(reference_date=date(2026, 6, 2))
    chat.say(org_size={"sites": 7}, use_case="telehealth")
    received = conversations.receive(
        chat.unit, chat.conversation, text="x", payload=None, contact={"phone": "1"}, removed=[], key=None, now=chat.now
    )
    assert received.metadata == {
        "message_id": received.message_id, "asked": "org_type", "confirming": None, "today": "2026-06-02", "sites": 7, "channel": "website",
        "contact": ["phone"],
    }
    chat.say(doubtful={"org_type": "payer"})
    told = conversations.context_of(chat.conversation, chat.lead, chat.messages[-1], chat.now)
    assert (told["asked"], told["confirming"]) == ("confirm", "org_type")


def test_without_a_lead_the_engine_is_told_no_sites_and_todays_day(unit: FakeUnit) -> None:
    conversation, _ = opened(unit)
    received = take(unit, conversation)
    assert (received.metadata["sites"], received.metadata["today"]) == (None, "2026-11-24")


def test_a_conversation_is_shown_whole_and_in_order() -> None:
    chat = Chat()
    chat.say(text="a hospital", org_type="hospital")
    conversations.keep_answer(
        chat.unit, chat.id, chat.messages[-1].id,
        {"messages": [{"text": "Noted.", "kind": "notice", "quick_replies": [{"label": "Yes", "value": "yes"}]}], "state": chat.state},
        now=chat.now,
    )
    shown = conversations.shown(chat.unit, chat.conversation, PLAYBOOK)
    assert [(m["from"], m["text"], m["kind"]) for m in shown["messages"]] == [("visitor", "a hospital", "answer"), ("bot", "Noted.", "notice")]
    assert shown["messages"][1]["quick_replies"] == [{"label": "Yes", "value": "yes"}]
    assert shown["conversation_id"] == chat.id and shown["state"] == chat.state
