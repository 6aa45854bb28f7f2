"""What becomes of each question of a conversation, by talks held through the real dialogue."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.abandonment import close_one
from leads.dialogue.contact import CONTACT_FIELDS
from leads.reports.question_outcomes import QuestionOutcome, Talk, ended, question_outcomes
from tests.unit.leads.chatting import HOT, PLAYBOOK, Chat, reading


def talk_of(chat: Chat, open_before: str | None = None) -> Talk:
    conversation = chat.conversation
    lead = chat.unit.leads.get(conversation.lead_id) if conversation.lead_id else None
    return Talk(
        state=conversation.state, outcome=conversation.outcome, opened_at=conversation.opened_at, last_message_at=conversation.last_message_at,
        open_before=open_before, facts=lead.facts if lead else {}, not_known=lead.not_known if lead else {}, contact=lead.contact if lead else {},
    )


def of(chat: Chat, open_before: str | None = None) -> dict[str, QuestionOutcome]:
    return {one.question: one for one in question_outcomes(talk_of(chat, open_before))}


def left(chat: Chat) -> Chat:
    close_one(chat.unit, chat.conversation, PLAYBOOK, now=chat.now + timedelta(minutes=30))
    return chat


def test_who_opens_the_chat_and_says_nothing_left_at_the_first_question() -> None:
    chat = left(Chat())
    assert ended(talk_of(chat)) == "quiet"
    assert of(chat) == {"org_type": QuestionOutcome("org_type", "abandoned", 1, False)}


def test_answered_skipped_and_left_are_told_apart() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.say("refuse")
    left(chat)
    found = of(chat)
    assert (found["org_type"].outcome, found["use_case"].outcome) == ("answered", "skipped")
    assert [one.question for one in found.values() if one.outcome == "abandoned"] == [chat.last.state["asking"]]


def test_not_knowing_is_skipping_and_a_question_put_twice_is_one_question() -> None:
    chat = Chat()
    chat.say("chitchat")
    chat.say(org_type="hospital")
    chat.say("dont_know")
    found = of(left(chat))
    assert found["org_type"] == QuestionOutcome("org_type", "answered", 2, False) and found["use_case"].outcome == "skipped"


def test_an_answer_that_is_replaced_later_is_corrected_and_one_that_is_added_to_is_not() -> None:
    chat = Chat()
    chat.say(org_type="hospital", org_size={"sites": 2})
    chat.say(reading("correct", org_type="clinic_group"))
    chat.say(org_size={"beds": 300})
    found = of(left(chat))
    assert found["org_type"].corrected and found["org_type"].outcome == "answered"
    assert not any(one.corrected for name, one in found.items() if name != "org_type")


def test_what_staff_set_later_answers_no_question_of_the_chat() -> None:
    chat = Chat()
    chat.say("refuse")
    left(chat)
    lead = chat.lead
    later = (chat.now + timedelta(hours=3)).isoformat()
    lead.facts = {**lead.facts, "org_type": {"value": "hospital", "confidence": 1.0, "quote": "", "channel": "call", "at": later, "confirmed": True, "history": []}}
    lead.not_known = {}
    assert of(chat)["org_type"].outcome == "passed_over"


def test_stopping_leaves_at_the_question_that_was_open() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    asked = chat.last.state["asking"]
    chat.say("stop")
    assert ended(talk_of(chat)) == "stopped"
    found = of(chat, open_before=asked)
    assert found[asked].outcome == "abandoned" and found["org_type"].outcome == "answered"


def test_of_an_erased_lead_nothing_is_said() -> None:
    chat = left(Chat())
    gone = Talk(**{**talk_of(chat).__dict__, "facts": None})
    assert ended(gone) == "gone" and question_outcomes(gone) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["answer", "answer", "answer", "refuse", "dont_know", "chitchat", "human", "correct", "that_is_all"]), max_size=16))
def test_every_question_that_was_shown_has_exactly_one_outcome_and_at_most_one_is_left_at(acts: list[str]) -> None:
    chat = Chat()
    for act in acts:
        asking = chat.last.state["asking"]
        if chat.last.state["finished"] or asking is None:
            break
        chat.say(*said(act, asking), **heard(act, asking))
    if chat.conversation.closed_at is None:
        left(chat)
    found = question_outcomes(talk_of(chat))
    shown = {key.removeprefix("confirm:") for key in chat.conversation.state["asked"]} - {"relationship"}
    assert {one.question for one in found} == shown and len(found) == len(shown)
    abandoned = [one.question for one in found if one.outcome == "abandoned"]
    assert len(abandoned) <= 1 and (ended(talk_of(chat)) != "finished" or not abandoned)


def said(act: str, asking: str) -> tuple[Any, ...]:
    return ("affirm",) if act == "answer" and asking in ("confirm", "consent") else (act,)


def heard(act: str, asking: str) -> dict[str, Any]:
    if act == "answer" and asking in HOT:
        return {asking: HOT[asking]}
    if act == "answer" and asking in CONTACT_FIELDS and asking != "consent":
        return {"contact": {asking: "ana@cedar.example" if asking == "email" else "Ana Ruiz"}}
    return {"use_case": "telehealth"} if act == "correct" else {}


@pytest.mark.parametrize("field", ["email"])
def test_a_contact_field_that_is_refused_is_skipped(field: str) -> None:
    chat = Chat()
    for _ in range(20):
        asking = chat.last.state["asking"]
        if asking is None:
            break
        if asking == field:
            chat.say("refuse")
        else:
            chat.say(*said("answer", asking), **heard("answer", asking))
    assert of(chat)[field].outcome == "skipped"
