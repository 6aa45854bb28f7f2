"""The records: a conversation with its messages, the lead that comes out of it, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Outcome = Literal["handed_off", "booked", "nurture", "not_a_fit", "not_a_lead", "stopped"]
MessageKind = Literal["question", "answer", "confirm", "notice", "handoff", "goodbye"]
LeadStatus = Literal["open", "completed", "handed_off", "abandoned", "stopped"]


@dataclass(kw_only=True)
class Conversation:
    """One chat (or call) and where it stands.

    Attributes:
        channel: website, rep (a chat in the wording of a call) or call (the guided call; its state is leads/call/state.py).
        playbook, playbook_digest: the playbook it began with and goes by to its end, and which text of it.
        state: the dialogue's own notes (see leads/dialogue/state.py), as JSON.
        reference_date: stands for today in this conversation (demo mode), else None.
        token_hash: sha256 of the visitor's token; the token itself is not kept.
    """

    id: str
    token_hash: str
    channel: str
    playbook: str
    page: dict[str, Any]
    utm: dict[str, Any]
    visitor: str | None
    consent_at: datetime | None
    reference_date: date | None
    opened_at: datetime
    last_message_at: datetime
    state: dict[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    lead_id: str | None = None
    closed_at: datetime | None = None
    playbook_digest: str = ""


@dataclass(kw_only=True)
class Message:
    """One message of a conversation, redacted.

    Attributes:
        sender: visitor, bot, or rep for the notes of a call.
        idempotency_key: the visitor's key; the same key gives the same answer.
        turn: what the dialogue decided for this message, so that a retry decides nothing twice.
        reply: the whole answer that the visitor got, None while it is still owed.
    """

    id: str
    conversation_id: str
    sequence: int
    sender: Literal["visitor", "bot", "rep"]
    text: str
    at: datetime
    kind: str | None = None
    quick_replies: list[dict[str, Any]] = field(default_factory=list)
    idempotency_key: str | None = None
    payload: dict[str, Any] | None = None
    contact_fields: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    turn: dict[str, Any] | None = None
    reply: dict[str, Any] | None = None


@dataclass(kw_only=True)
class Lead:
    """One person's enquiry.

    Attributes:
        facts: stored facts by name, as contract: value, confidence, quote, channel, at, confirmed, history.
        not_known: facts the person refused or does not know.
        contact: name, email, phone, company, title, consent; apart from the transcript, which shows tokens.
        assessment: the last scores, flags, reasons, missing facts and next step, as JSON.
        version: grows with each act of a person of the vendor; two of them acting at once are told apart by it.
        snoozed_until: the day before which nobody needs to look at it.
    """

    id: str
    source: str
    created_at: datetime
    updated_at: datetime
    playbook: dict[str, str]
    status: str = "open"
    conversation_id: str | None = None
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    not_known: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    assessment: dict[str, Any] = field(default_factory=dict)
    stage: str = "inquiry"
    stage_since: datetime | None = None
    route: str | None = None
    queue: str | None = None
    owner: str | None = None
    respond_by: datetime | None = None
    reference_date: date | None = None
    note: str | None = None
    version: int = 0
    snoozed_until: date | None = None


@dataclass(kw_only=True)
class StageChange:
    """A move from one stage to another: when, by which rule, by whom (a user's e-mail, or `rules`), and why in a person's words."""

    id: str
    lead_id: str
    stage_from: str | None
    stage_to: str
    at: datetime
    rule: str
    by: str
    why: str | None = None


@dataclass(kw_only=True)
class LeadEvent:
    """Something people did with a lead that moved no stage.

    Attributes:
        kind: reassigned, snoozed, woken, corrected or called.
        words: what was done, e.g. "to dana@meridian.example". why: in the person's words.
    """

    id: str
    lead_id: str
    at: datetime
    by: str
    kind: str
    words: str
    why: str | None = None


@dataclass(kw_only=True)
class AuditEntry:
    """Who saw or changed what. Kept for good: it names leads by id only and holds no words of a prospect."""

    at: datetime
    by: str
    action: str
    lead_id: str | None = None
    detail: str = ""
    id: int | None = None


@dataclass(kw_only=True)
class Signal:
    """Something a person did: a visit, a download, a request. Kinds are in scoring.facts.SIGNALS."""

    id: str
    kind: str
    at: datetime
    lead_id: str | None = None
    visitor: str | None = None
    email: str | None = None
    detail: str | None = None


@dataclass(kw_only=True)
class User:
    """Someone of the vendor who may sign in. role: rep, sales, manager, ops or admin."""

    id: str
    email: str
    name: str
    role: str
    password_hash: str
    created_at: datetime


@dataclass(kw_only=True)
class Session:
    """A sign-in; the token itself is not kept."""

    token_hash: str
    user_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(kw_only=True)
class ApiKey:
    """A key for programs; the key itself is not kept. scopes: the actions of leads.rights that it may do."""

    id: str
    name: str
    key_hash: str
    created_at: datetime
    scopes: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class StoredPlaybook:
    """The text of one version of a playbook, kept so that every score made by it can be made again.

    Attributes:
        file: the name it is cited by, e.g. default.yml.
        published_by, note, published_at: who first put it to use, why and when; `file` is a file of the settings.
    """

    digest: str
    name: str
    version: str
    text: str
    file: str
    published_by: str
    note: str
    published_at: datetime


@dataclass(kw_only=True)
class Publication:
    """An act: from `at` on, new conversations of this playbook go by this text. The newest of a name counts."""

    name: str
    digest: str
    by: str
    note: str
    at: datetime
    id: int | None = None
