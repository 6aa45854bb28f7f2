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
        demo: made by `leadtriage demo-data`; so with a lead.
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
    demo: bool = False


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
        furthest: how far along leads.reports.funnel.STEPS it ever came.
        answer_route, answer_from_at, answer_due_at: what was promised when its clock started; answered_at: the first act of a person,
            after answered_minutes of business time (leads/response.py). `respond_by` is cleared then, these stay.
        merged_into: the lead of the same person that it was merged into by hand; it is in no list then (leads/merging.py).
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
    furthest: int = 0
    answer_route: str | None = None
    answer_from_at: datetime | None = None
    answer_due_at: datetime | None = None
    answered_at: datetime | None = None
    answered_minutes: int | None = None
    demo: bool = False
    merged_into: str | None = None


@dataclass(kw_only=True)
class Merge:
    """Two leads of one person put together by hand, with what undoes it.

    Attributes:
        kept_id, gone_id: the lead that stays, and the one that was merged into it.
        before: both leads as they were, {"kept": every field, "gone": every field}.
        after: the lead that stays as it was right after; what differs from it now was done since.
        moved: ids of what belonged to the other lead and was given to the one that stays, {"signals": [], "conversations": []}.
    """

    id: str
    kept_id: str
    gone_id: str
    at: datetime
    by: str
    before: dict[str, Any]
    after: dict[str, Any]
    moved: dict[str, list[str]]
    undone_at: datetime | None = None
    undone_by: str | None = None


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
        kind: reassigned, snoozed, woken, corrected, called, merged or unmerged; of the clocks (`by` is "clock") reminded, escalated,
            reassigned, kept, woken.
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
class Disposition:
    """What sales said to a lead, with its scores at that moment, so that reports compare what was known then.

    Attributes:
        reason: one of leads.decisions.REJECTION_REASONS; None if it was accepted.
        rules: what counted then: [rule, points, value or None, file:line] of each contribution.
        unknown: facts of a full record that were not known.
    """

    id: str
    lead_id: str
    at: datetime
    by: str
    accepted: bool
    reason: str | None
    fit_band: str | None
    intent_band: str | None
    readiness_band: str | None
    rules: list[list[Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class ClockStep:
    """Something the clocks did with a lead; of each clock every step is there once at most.

    Attributes:
        due_at: which clock it is a step of: the time that was promised, or the moment the lead was to be woken.
        name: reminded, escalated, reassigned or woken.
        late: the jobs were away at its time and it had lost its sense since, so nothing was done but this note.
        person: whose the lead was before.
    """

    id: str
    lead_id: str
    due_at: datetime
    name: str
    at: datetime
    late: bool = False
    person: str | None = None


@dataclass(kw_only=True)
class Notice:
    """Something a person of the vendor should know of. It names a lead by id only and holds no words of a prospect.

    Attributes:
        to: an e-mail address, in small letters.
        kind: reminded, escalated, reassigned or woken.
        mail: none, waiting, sent or given_up (it is in the console all the same). mail_at: when it is tried next, while it waits.
    """

    id: str
    to: str
    kind: str
    words: str
    at: datetime
    lead_id: str | None = None
    read_at: datetime | None = None
    mail: str = "none"
    mail_at: datetime | None = None


@dataclass(kw_only=True)
class MailAttempt:
    """One try to mail a notice. result: sending (also after the worker died over it), sent, failed; why: what the mail server said."""

    notice_id: str
    number: int
    began_at: datetime
    result: str = "sending"
    ended_at: datetime | None = None
    why: str = ""


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
    """Someone of the vendor who may sign in.

    Attributes:
        role: rep, sales, manager, ops or admin.
        password_hash: "" for somebody who signs in by OIDC alone.
        deactivated_at: since when they may no longer sign in; None while they may.
        issuer, subject: who they are to the OIDC issuer they signed in with; an e-mail address can change hands, these cannot.
    """

    id: str
    email: str
    name: str
    role: str
    password_hash: str
    created_at: datetime
    deactivated_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    issuer: str | None = None
    subject: str | None = None


@dataclass(kw_only=True)
class Session:
    """A sign-in; the token itself is not kept. seen_at: when the person last did something, to a few minutes."""

    token_hash: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime | None = None


@dataclass(kw_only=True)
class Invitation:
    """A link by which somebody sets a password without signing in; it is gone once it was used, replaced or withdrawn.

    Attributes:
        kind: "invitation" of a new person, or "reset" of a forgotten password.
        token_hash: sha256 of what the link holds; the link itself is not kept.
        by: who made it.
    """

    id: str
    kind: Literal["invitation", "reset"]
    email: str
    role: str
    token_hash: str
    by: str
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
    made_by: str = ""
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


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
