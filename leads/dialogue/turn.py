"""One turn: takes what was read, stores it, decides what is said and which question is open next.

Everything happens in the caller's unit of work. A message that was already decided gives the same turn again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads import qualification
from leads.dialogue import answering, asking, hearing, not_buyers
from leads.dialogue.context import TurnContext
from leads.dialogue.replies import respond
from leads.dialogue.script import Scripts
from leads.dialogue.state import DialogueState
from leads.ports import UnitOfWork
from leads.reading import Reading, pressed
from leads.records import Conversation, Lead

# A colleague's name is taken out without a word; numbers that identify a patient are not wanted here, and we say so.
WORTH_A_NOTICE = frozenset({"ssn", "mrn", "member_id", "date_of_birth", "patient_name", "bank_account", "card_number"})
# Said to someone who was pointed elsewhere and of whom nothing is kept, so never "I've kept what you told me".
AFTER_ADVICE = {
    "greet": "utter_hello_again", "thanks": "utter_welcome", "chitchat": "utter_chitchat", "goodbye": "utter_welcome",
    "stop": "utter_stopped",
}


class UnknownConversation(LookupError):
    """There is no such conversation."""


@dataclass
class Turn:
    """What the bot says and the state afterwards, as the contract words it."""

    replies: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data, kept with the message."""
        return {"replies": self.replies, "state": self.state}


def take_turn(
    uow: UnitOfWork, scripts: Scripts, *, conversation_id: str, message_id: str | None, reading: Reading, now: datetime
) -> Turn:
    """Take one turn and keep everything it changes.

    Args:
        scripts: knows what each conversation runs on; one Script where all run on the same.
        message_id: the stored message of the visitor; None opens the conversation.
    Raises:
        UnknownConversation: no such conversation.
    """
    conversation = uow.conversations.get(conversation_id, lock=True)
    if conversation is None:
        raise UnknownConversation(conversation_id)
    message = uow.messages.get(message_id) if message_id else None
    if message is not None and message.turn is not None:
        return Turn(**message.turn)
    if message is not None and message.payload:
        reading = pressed(reading, message.text)
    lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
    state = DialogueState.of(conversation.state)
    turn = _take(
        TurnContext(
            uow, scripts.of(conversation), conversation, message, reading, now, state, lead,
            signals=list(uow.signals.of(lead.id)) if lead else [], promised_before=state.handed_over,
        )
    )
    if message is not None and conversation.outcome != "not_a_lead":  # then nothing of the message is left
        message.turn = turn.as_json()
    return turn


def _take(turn: TurnContext) -> Turn:
    """The order of a turn."""
    if turn.reading.act == "start":
        return _open(turn)
    turn.conversation.last_message_at = turn.now
    if turn.message and WORTH_A_NOTICE & set(turn.message.removed):
        turn.replies.append(respond("utter_identifiers_removed", "notice"))
    if turn.state.asking == "confirm" and (turn.state.confirming or {}).get("fact") == "relationship":
        who = _confirmed_not_buyer(turn)
    else:
        who = not_buyers.who_else(turn.reading, turn.lead)
    if who == "emergency" and not_buyers.is_a_buyer(turn.lead):
        turn.replies.append(not_buyers.advice(who))  # a prospect in danger, or a misreading: the lead stays
        return _done(turn)
    if who:
        return _turn_away(turn, who)
    if turn.conversation.outcome == "not_a_lead" and not _speaks_for_an_organization(turn):
        return _stay_away(turn)
    if turn.reading.act == "stop":
        return _stop(turn)
    lead = _ensure_lead(turn)
    if turn.message and turn.message.payload and (changing := turn.message.payload.get("field")):
        asking.put_for_change(turn, changing)
        return _done(turn)
    recorded = hearing.record(turn, lead)
    assessment = turn.score(lead)
    maybe = not_buyers.may_be(turn.reading, lead)
    if maybe and "relationship" not in turn.state.asked:
        return _put_relationship(turn, maybe)
    answering.answer(turn, lead, recorded, assessment)
    assessment = turn.score(lead)
    asking.go_on(turn, lead, recorded, assessment)
    return _done(turn)


def _open(turn: TurnContext) -> Turn:
    """Greet and put the first question."""
    turn.replies.append(respond("utter_greet", "notice", vendor=turn.playbook.vendor.name))
    if turn.lead is not None:
        turn.score(turn.lead)
    first = turn.next_fact(turn.lead) or "use_case"
    turn.ask(first)
    return _done(turn)


def _done(turn: TurnContext) -> Turn:
    turn.conversation.state = turn.state.as_json()
    return Turn([reply.as_json() for reply in turn.replies], visible_state(turn.conversation, turn.state, turn.lead))


def _confirmed_not_buyer(turn: TurnContext) -> str | None:
    guess = turn.state.confirming or {}
    turn.state.asking, turn.state.confirming = None, None
    relationship = turn.reading.taken.get("relationship")
    if turn.reading.act == "affirm" or (relationship and relationship.value == guess["value"]):
        return str(guess["value"])
    return not_buyers.who_else(turn.reading, turn.lead)


def _put_relationship(turn: TurnContext, who: str) -> Turn:
    turn.state.count_question("relationship")
    turn.state.asking = "confirm"
    turn.state.confirming = {"fact": "relationship", "value": who, "confidence": 0.5, "quote": turn.reading.text}
    turn.replies.append(not_buyers.ask_which(who))
    return _done(turn)


def _turn_away(turn: TurnContext, who: str) -> Turn:
    """Point the right way and keep nothing but a count."""
    _forget(turn)
    turn.uow.tallies.count(who, turn.now.date())
    turn.conversation.outcome, turn.conversation.closed_at = "not_a_lead", turn.now
    turn.conversation.visitor, turn.conversation.page, turn.conversation.utm = None, {}, {}
    turn.state = DialogueState(finished=True)
    turn.replies = [not_buyers.advice(who)]
    return _done(turn)


def _forget(turn: TurnContext) -> None:
    """Keep nothing of what was said."""
    if turn.lead is not None:
        turn.uow.leads.remove(turn.lead)
    turn.uow.messages.erase(turn.conversation.id)
    turn.lead, turn.message, turn.conversation.lead_id = None, None, None


def _speaks_for_an_organization(turn: TurnContext) -> bool:
    """Is someone who was pointed elsewhere a buyer after all? A "thank you" or a phone number alone does not make one."""
    said = {*turn.reading.taken, *(fact for fact in turn.reading.doubtful if fact != "relationship")}
    return bool(said) or turn.reading.act in ("human", "book") or turn.faq_topic() is not None


def _stay_away(turn: TurnContext) -> Turn:
    """Answer the polite words of someone who was pointed elsewhere, and keep nothing of these either."""
    _forget(turn)
    turn.replies = [respond(AFTER_ADVICE.get(turn.reading.act, "utter_out_of_scope"), "notice")]
    return _done(turn)


def _stop(turn: TurnContext) -> Turn:
    turn.state.asking, turn.state.confirming, turn.state.finished, turn.state.remaining = None, None, True, 0
    turn.conversation.outcome, turn.conversation.closed_at = "stopped", turn.now
    if turn.lead is not None:
        turn.lead.status = "stopped"
        assessment = turn.score(turn.lead)
        qualification.settle(turn.uow, turn.lead, assessment, turn.playbook, now=turn.now, open=False)
        turn.lead.respond_by = None  # who asked to be left alone is not called
    turn.replies.append(respond("utter_stopped", "goodbye"))
    return _done(turn)


def _ensure_lead(turn: TurnContext) -> Lead:
    """The lead begins with the first message of someone who may be a buyer."""
    if turn.conversation.outcome == "not_a_lead":  # a buyer after all
        turn.conversation.outcome, turn.state = None, DialogueState()
    if not turn.state.finished:  # whoever fell quiet is back
        turn.conversation.closed_at = None
        if turn.lead is not None and turn.lead.status == "abandoned":
            turn.lead.status = "open"
    if turn.lead is None:
        turn.lead = Lead(
            id=uuid.uuid4().hex, source="chat" if turn.conversation.channel == "website" else "call", created_at=turn.now,
            updated_at=turn.now, conversation_id=turn.conversation.id, reference_date=turn.conversation.reference_date,
            playbook={"name": turn.playbook.name, "version": turn.playbook.version, "digest": turn.playbook.digest},
        )
        turn.uow.leads.add(turn.lead)
        turn.conversation.lead_id = turn.lead.id
        if turn.conversation.visitor:
            turn.signals = list(turn.uow.signals.of_visitor(turn.conversation.visitor))
            for signal in turn.signals:
                signal.lead_id = turn.lead.id
    return turn.lead


def visible_state(conversation: Conversation, state: DialogueState, lead: Lead | None) -> dict[str, Any]:
    """The state as the contract words it."""
    confirming = state.confirming
    return {
        "asking": state.asking,
        "confirming": {"fact": confirming["fact"], "value": confirming["value"]} if confirming else None,
        "answered": len(lead.facts) + len(lead.not_known) if lead else 0,
        "remaining": 0 if state.finished else state.remaining,
        "finished": state.finished,
        "outcome": conversation.outcome,
    }
