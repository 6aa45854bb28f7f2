"""Opening a conversation, taking in its messages and keeping its answers."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from leads.dialogue.state import DialogueState
from leads.dialogue.turn import visible_state
from leads.ports import UnitOfWork
from leads.recap import recap
from leads.records import Conversation, Lead, Message
from leads.signals import attach_signals
from scoring.playbook import Playbook

TOKEN_BYTES = 32


class NotFound(LookupError):
    """There is no such record, or not for this token."""


class Stopped(Exception):
    """The visitor ended the conversation; nothing more is taken."""


@dataclass(frozen=True)
class Received:
    """A message that is stored: answered already, or to be answered now in its context."""

    message_id: str
    reply: dict[str, Any] | None
    metadata: dict[str, Any]


def open_conversation(
    uow: UnitOfWork, *, now: datetime, playbook: Playbook, channel: str, page: Mapping[str, Any], utm: Mapping[str, Any],
    visitor: str | None, prefill: Mapping[str, str], reference_date: date | None, consent: bool,
) -> tuple[Conversation, str]:
    """Store a new conversation; return it with the token that its visitor shows.

    It goes by this text of the playbook to its end. Contact data the page already has (`prefill`) makes a lead at once, so that
    nobody is asked for it.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    conversation = Conversation(
        id=uuid.uuid4().hex, token_hash=hash_token(token), channel=channel, playbook=playbook.name, page=dict(page), utm=dict(utm),
        playbook_digest=playbook.digest,
        visitor=visitor, consent_at=now if consent else None, reference_date=reference_date, opened_at=now, last_message_at=now,
    )
    uow.conversations.add(conversation)
    if prefill:
        lead = Lead(
            id=uuid.uuid4().hex, source="chat", created_at=now, updated_at=now, conversation_id=conversation.id,
            contact=dict(prefill), reference_date=reference_date,
            playbook={"name": playbook.name, "version": playbook.version, "digest": playbook.digest},
        )
        uow.leads.add(lead)
        conversation.lead_id = lead.id
    return conversation, token


def hash_token(token: str) -> str:
    """Return what is stored of a token: its sha256 (tokens are long and random, so no salt is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(uow: UnitOfWork, conversation_id: str, token: str, *, signed: bool = False, lock: bool = False) -> Conversation:
    """Return the conversation of a token.

    Args:
        signed: the token comes from a link we signed for this conversation.
    Raises:
        NotFound: no such conversation, or the token is another's.
    """
    conversation = uow.conversations.get(conversation_id, lock=lock)
    if conversation is None or not (signed or secrets.compare_digest(conversation.token_hash, hash_token(token))):
        raise NotFound(conversation_id)
    return conversation


def receive(
    uow: UnitOfWork, conversation: Conversation, *, text: str, payload: Mapping[str, Any] | None, contact: Mapping[str, str],
    removed: Sequence[str], key: str | None, now: datetime,
) -> Received:
    """Store a visitor's redacted message before anything is done with it, so that it cannot be lost.

    The same idempotency key is the same message: its answer, if there is one, is given again.

    Raises:
        Stopped: the visitor ended this conversation.
    """
    known = uow.messages.by_key(conversation.id, key) if key else None
    if known is not None and known.reply is not None:
        return Received(known.id, known.reply, {})
    if conversation.outcome == "stopped":
        raise Stopped(conversation.id)
    if known is None:
        known = Message(
            id=uuid.uuid4().hex, conversation_id=conversation.id, sequence=uow.messages.next_sequence(conversation.id),
            sender="visitor", text=text, at=now, idempotency_key=key, payload=dict(payload) if payload else None,
            contact_fields=sorted(contact), removed=list(removed),
        )
        uow.messages.add(known)
    lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
    if contact:
        keep_contact(uow, conversation, lead, contact, now=now)
    return Received(known.id, None, context_of(conversation, lead, known, now))


def keep_contact(
    uow: UnitOfWork, conversation: Conversation, lead: Lead | None, contact: Mapping[str, str], *, now: datetime
) -> Lead:
    """Keep the prospect's own contact data with the lead, apart from the transcript.

    Giving an e-mail address or a phone number here is consent to be answered about this enquiry: the question says so.
    """
    if lead is None:
        lead = Lead(
            id=uuid.uuid4().hex, source="chat" if conversation.channel == "website" else "call", created_at=now, updated_at=now,
            conversation_id=conversation.id, reference_date=conversation.reference_date,
            playbook={"name": conversation.playbook, "version": "", "digest": conversation.playbook_digest},
        )
        uow.leads.add(lead)
        conversation.lead_id = lead.id
    given = {field: value for field, value in contact.items() if value}
    if set(given.get("name", "").lower().split()) <= set(lead.contact.get("name", "").lower().split()):
        given.pop("name", None)  # "Ruiz" after "Ana Ruiz" is the same name, said shorter
    lead.contact = {**lead.contact, **given}
    if {"email", "phone"} & set(given) and "consent" not in lead.contact:
        lead.contact = {**lead.contact, "consent": f"given in the chat on {now.date().isoformat()}"}
    if "email" in given:
        attach_signals(uow, lead)
    return lead


def context_of(conversation: Conversation, lead: Lead | None, message: Message, now: datetime) -> dict[str, Any]:
    """What is said to the dialogue engine beside the text: what was asked, and which day is today."""
    state = DialogueState.of(conversation.state)
    sites = (lead.facts.get("org_size") or {}).get("value", {}).get("sites") if lead else None
    return {
        "message_id": message.id, "asked": state.asking, "confirming": (state.confirming or {}).get("fact"),
        "today": (conversation.reference_date or now.date()).isoformat(), "sites": sites, "channel": conversation.channel,
        "contact": message.contact_fields,
    }


def keep_answer(
    uow: UnitOfWork, conversation_id: str, message_id: str | None, reply: Mapping[str, Any], *, now: datetime
) -> None:
    """Store what the visitor is told, unless nothing of this conversation may be kept."""
    # Locked, so that a message which another process takes meanwhile gets another number.
    conversation = uow.conversations.get(conversation_id, lock=True)
    if conversation is None or conversation.outcome == "not_a_lead":
        return
    message = uow.messages.get(message_id) if message_id else None
    if message is not None:
        if message.reply is not None:
            return
        message.reply = dict(reply)
    sequence = uow.messages.next_sequence(conversation_id)
    for number, said in enumerate(reply["messages"]):
        uow.messages.add(
            Message(
                id=uuid.uuid4().hex, conversation_id=conversation_id, sequence=sequence + number, sender="bot", text=said["text"],
                at=now, kind=said["kind"], quick_replies=list(said["quick_replies"]),
            )
        )


def shown(uow: UnitOfWork, conversation: Conversation, playbook: Playbook) -> dict[str, Any]:
    """Return the whole visible conversation, to go on after a reload or on another device, with a recap of what was told."""
    lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
    messages = [
        {"from": message.sender, "text": message.text, "kind": message.kind or "answer", "quick_replies": message.quick_replies,
         "at": message.at.isoformat()}
        for message in uow.messages.of(conversation.id)
    ]
    return {
        "conversation_id": conversation.id, "messages": messages,
        "state": visible_state(conversation, DialogueState.of(conversation.state), lead), "recap": recap(lead, playbook),
    }
