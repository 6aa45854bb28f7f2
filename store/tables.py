"""The tables, and which record each of them keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    inspect,
    text,
)
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

from leads import records
from leads.organisations import account_domain, person_key
from leads.reports.funnel import step_of


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with a time zone; stored in UTC, also where the database knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean another one on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a time with a zone, found {value.isoformat()}.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s",
})
ID = String(32)

conversations = Table(
    "conversations", metadata,
    Column("id", ID, primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("playbook", String(80), nullable=False),
    Column("playbook_digest", String(64), nullable=False, server_default=""),
    Column("page", JSON, nullable=False),
    Column("utm", JSON, nullable=False),
    Column("visitor", String(80), index=True),
    Column("consent_at", UtcDateTime),
    Column("reference_date", Date),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_message_at", UtcDateTime, nullable=False),
    Column("state", JSON, nullable=False),
    Column("outcome", String(20)),
    Column("lead_id", ID, index=True),
    Column("closed_at", UtcDateTime),
    Column("demo", Boolean, nullable=False, server_default=false()),
    # Worked out from utm and page (see _work_out_origin), so that reports need not read these.
    Column("campaign", String(200)),
    Column("page_path", String(300)),
    Index("ix_conversations_quiet", "closed_at", "last_message_at"),
)

messages = Table(
    "messages", metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("sender", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20)),
    Column("quick_replies", JSON, nullable=False),
    Column("idempotency_key", String(80)),
    Column("payload", JSON(none_as_null=True)),
    Column("contact_fields", JSON, nullable=False),
    Column("removed", JSON, nullable=False),
    Column("turn", JSON(none_as_null=True)),
    Column("reply", JSON(none_as_null=True)),
    UniqueConstraint("conversation_id", "sequence", name="uq_messages_sequence"),
    UniqueConstraint("conversation_id", "idempotency_key", name="uq_messages_idempotency_key"),
)

leads = Table(
    "leads", metadata,
    Column("id", ID, primary_key=True),
    Column("source", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("conversation_id", ID, index=True),
    Column("facts", JSON, nullable=False),
    Column("not_known", JSON, nullable=False),
    Column("contact", JSON, nullable=False),
    Column("assessment", JSON, nullable=False),
    Column("stage", String(20), nullable=False),
    Column("stage_since", UtcDateTime),
    Column("route", String(20)),
    Column("queue", String(80)),
    Column("owner", String(200)),
    Column("respond_by", UtcDateTime),
    Column("reference_date", Date),
    Column("note", Text),
    Column("playbook", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("snoozed_until", Date),
    Column("furthest", Integer, nullable=False, server_default="0"),
    Column("answer_route", String(20)),
    Column("answer_from_at", UtcDateTime),
    Column("answer_due_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("answered_minutes", Integer),
    Column("demo", Boolean, nullable=False, server_default=false()),
    Column("merged_into", ID),
    # Worked out from contact and assessment whenever a lead is written (see _work_out), so that lists need not read all of them.
    Column("domain", String(255)),
    Column("email", String(320)),
    Column("search_text", String(500), nullable=False, server_default=""),
    Column("fit_band", String(10)),
    Column("intent_band", String(10)),
    Column("readiness_band", String(10)),
    Column("segment", String(30)),
    # When the clocks look at it next (see _set_clock), so that a minute without anything to do costs one look at an index.
    Column("clock_at", UtcDateTime),
    Index("ix_leads_clock", "clock_at"),
    Index("ix_leads_account", "domain", "merged_into", "updated_at", "stage", "email", "id"),
    Index("ix_leads_email", "email", "merged_into", "created_at", "stage", "owner", "id"),
    # Of merged leads alone: an index of all would be taken for every list, which asks for those that are not merged.
    Index("ix_leads_merged", "merged_into", sqlite_where=text("merged_into IS NOT NULL"), postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_leads_search", "search_text", "id"),
    Index("ix_leads_inbox", "stage", "respond_by", "owner", "queue", "route", "status", "snoozed_until", "fit_band", "created_at", "id",
          "merged_into"),
    Index("ix_leads_newest", "created_at", "id"),
    Index("ix_leads_stage", "stage", "route"),
    Index("ix_leads_owner", "owner", "stage"),
    Index("ix_leads_reports", "created_at", "furthest", "source", "segment", "conversation_id", "id"),
    Index("ix_leads_answers", "answer_from_at", "answer_route", "answer_due_at", "answered_at", "answered_minutes", "respond_by", "source",
          "segment", "conversation_id", "id"),
    Index("ix_leads_demo", "demo"),
)

merges = Table(
    "merges", metadata,
    Column("id", ID, primary_key=True),
    Column("kept_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("gone_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("moved", JSON, nullable=False),
    Column("undone_at", UtcDateTime),
    Column("undone_by", String(320)),
)

stage_changes = Table(
    "stage_changes", metadata,
    Column("id", ID, primary_key=True),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("stage_from", String(20)),
    Column("stage_to", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("rule", String(80), nullable=False),
    Column("by", String(200), nullable=False),
    Column("why", Text),
)

lead_events = Table(
    "lead_events", metadata,
    Column("id", ID, primary_key=True),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("words", String(500), nullable=False),
    Column("why", Text),
)

dispositions = Table(
    "dispositions", metadata,
    Column("id", ID, primary_key=True),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("reason", String(20)),
    Column("fit_band", String(10)),
    Column("intent_band", String(10)),
    Column("readiness_band", String(10)),
    Column("rules", JSON, nullable=False),
    Column("unknown", JSON, nullable=False),
    Index("ix_dispositions_lead", "lead_id", "at", "id"),
    Index("ix_dispositions_at", "at", "accepted", "reason", "lead_id", "id", "fit_band", "intent_band", "readiness_band"),
)

# How each question of an ended conversation went, worked out by the worker (store/question_counts.py).
counted_conversations = Table(
    "counted_conversations", metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("last_message_at", UtcDateTime, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("source", String(20), nullable=False),
    Column("segment", String(30)),
    Column("campaign", String(200)),
    Column("page_path", String(300)),
    Column("ended", String(12), nullable=False),
    Column("left_at", String(30)),
    Column("qualified", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Index("ix_counted_conversations_opened", "opened_at", "conversation_id"),
)

question_outcomes = Table(
    "question_outcomes", metadata,
    Column("conversation_id", ID, ForeignKey("counted_conversations.conversation_id", ondelete="CASCADE"), primary_key=True),
    Column("question", String(30), primary_key=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("times", Integer, nullable=False),
    Column("corrected", Boolean, nullable=False),
    Column("qualified", Boolean, nullable=False),
    Index("ix_question_outcomes_reports", "opened_at", "question", "outcome", "qualified", "corrected", "times"),
)

report_runs = Table(
    "report_runs", metadata,
    Column("name", String(40), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

clock_steps = Table(
    "clock_steps", metadata,
    Column("id", ID, primary_key=True),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("name", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("person", String(320)),
    UniqueConstraint("lead_id", "due_at", "name", name="uq_clock_steps_once"),
)

notices = Table(
    "notices", metadata,
    Column("id", ID, primary_key=True),
    Column("to", String(320), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("words", String(500), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), index=True),
    Column("read_at", UtcDateTime),
    Column("mail", String(10), nullable=False),
    Column("mail_at", UtcDateTime),
    Index("ix_notices_of", "to", "read_at", "at"),
    Index("ix_notices_mail", "mail", "mail_at"),
)

mail_attempts = Table(
    "mail_attempts", metadata,
    Column("notice_id", ID, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("result", String(10), nullable=False),
    Column("why", String(300), nullable=False),
)

# Nothing changes or removes a row of it, not even the erasure of the lead: it holds ids, no words of a prospect.
audit = Table(
    "audit", metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(320), nullable=False, index=True),
    Column("action", String(40), nullable=False),
    Column("lead_id", ID, index=True),
    Column("detail", String(500), nullable=False),
)

signals = Table(
    "signals", metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("lead_id", ID, ForeignKey("leads.id", ondelete="CASCADE"), index=True),
    Column("visitor", String(80), index=True),
    Column("email", String(320)),
    Column("detail", String(200)),
)

users = Table(
    "users", metadata,
    Column("id", ID, primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("deactivated_at", UtcDateTime),
    Column("last_sign_in_at", UtcDateTime),
    Column("issuer", String(300)),
    Column("subject", String(255)),
    UniqueConstraint("issuer", "subject", name="uq_users_subject"),
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
)

# One open link for each address; who uses or withdraws it removes the row.
invitations = Table(
    "invitations", metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("email", String(320), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("by", String(320), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# Digests of what may be used once, such as the state of a sign-in by OIDC.
used_once = Table(
    "used_once", metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys", metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("scopes", JSON, nullable=False, server_default="[]"),
    Column("made_by", String(320), nullable=False, server_default=""),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

tallies = Table(
    "tallies", metadata,
    Column("kind", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

playbooks = Table(
    "playbooks", metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("version", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("published_by", String(200), nullable=False),
    Column("note", String(500), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("file", String(200), nullable=False, server_default=""),
)

publications = Table(
    "publications", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("digest", String(64), ForeignKey("playbooks.digest"), nullable=False),
    Column("by", String(200), nullable=False),
    Column("note", String(500), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

rotations = Table(
    "rotations", metadata,
    Column("playbook", String(80), primary_key=True),
    Column("queue", String(80), primary_key=True),
    Column("credits", JSON, nullable=False),
)

_mapped: list[Any] = []
SEARCHED = ("name", "email", "company")
LONGEST_SEARCH = 500


def _work_out(mapper: Any, connection: Any, lead: Any) -> None:
    """Set the columns that lists filter by."""
    contact, scores = lead.contact, lead.assessment.get("scores", {})
    lead.domain, lead.email = account_domain(contact.get("email")), (person_key(contact.get("email")) or "")[:320] or None
    lead.search_text = " ".join(contact[field] for field in SEARCHED if contact.get(field)).lower()[:LONGEST_SEARCH]
    for name in ("fit", "intent", "readiness"):
        setattr(lead, f"{name}_band", scores.get(name, {}).get("band"))
    lead.segment = (lead.facts.get("org_type") or {}).get("value")
    lead.furthest = max(lead.furthest, step_of(lead.stage))


def _work_out_origin(mapper: Any, connection: Any, conversation: Any) -> None:
    """Set the columns that reports group by."""
    utm = conversation.utm
    conversation.campaign = (utm.get("utm_campaign") or utm.get("campaign") or "")[:200] or None
    conversation.page_path = (urlsplit(conversation.page.get("url") or "").path)[:300] or None


CLOCK_GOES_BY = ("respond_by", "snoozed_until", "status", "stage", "route", "queue", "merged_into")
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def _set_clock(mapper: Any, connection: Any, lead: Any) -> None:
    """Have the clocks look at a lead at once when something changed that they go by."""
    attributes = inspect(lead).attrs
    before = attributes.assessment.history.deleted
    woken_before = [_wake_day(assessment) for assessment in before or ()] or [_wake_day(lead.assessment)]
    if any(getattr(attributes, name).history.has_changes() for name in CLOCK_GOES_BY) or woken_before != [_wake_day(lead.assessment)]:
        lead.clock_at = AT_ONCE if lead.respond_by or lead.snoozed_until or lead.route == "nurture" else None


def _wake_day(assessment: Any) -> Any:
    return ((assessment or {}).get("nurture") or {}).get("wake_on")


def map_records() -> None:
    """Tie the records to their tables, once a process; the records themselves know nothing of it."""
    if _mapped:
        return
    mapper = registry(metadata=metadata)
    for record, table in (
        (records.Conversation, conversations), (records.Message, messages), (records.Lead, leads),
        (records.StageChange, stage_changes), (records.Signal, signals), (records.User, users),
        (records.Session, sessions), (records.Invitation, invitations), (records.ApiKey, api_keys), (records.StoredPlaybook, playbooks),
        (records.Publication, publications), (records.LeadEvent, lead_events), (records.ClockStep, clock_steps),
        (records.Notice, notices), (records.MailAttempt, mail_attempts), (records.AuditEntry, audit), (records.Disposition, dispositions),
        (records.Merge, merges),
    ):
        mapper.map_imperatively(record, table)
    for moment in ("before_insert", "before_update"):
        event.listen(records.Lead, moment, _work_out)
        event.listen(records.Lead, moment, _set_clock)
    event.listen(records.Conversation, "before_insert", _work_out_origin)
    event.listen(records.Conversation, "before_update", _work_out_origin)
    _mapped.append(mapper)
