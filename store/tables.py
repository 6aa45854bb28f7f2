"""The tables, and which record each of them keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
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
)
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator

from leads import records


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
    # Worked out from contact and assessment whenever a lead is written (see _work_out), so that lists need not read all of them.
    Column("domain", String(255)),
    Column("search_text", String(500), nullable=False, server_default=""),
    Column("fit_band", String(10)),
    Column("intent_band", String(10)),
    Column("readiness_band", String(10)),
    Index("ix_leads_domain", "domain"),
    Index("ix_leads_search", "search_text", "id"),
    Index("ix_leads_inbox", "stage", "respond_by", "owner", "queue", "route", "status", "snoozed_until", "fit_band", "created_at", "id"),
    Index("ix_leads_newest", "created_at", "id"),
    Index("ix_leads_stage", "stage", "route"),
    Index("ix_leads_owner", "owner", "stage"),
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
)

sessions = Table(
    "sessions", metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys", metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("scopes", JSON, nullable=False, server_default="[]"),
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


def _work_out(mapper: Any, connection: Any, lead: Any) -> None:
    """Set the columns that lists filter by."""
    contact, scores = lead.contact, lead.assessment.get("scores", {})
    lead.domain = (contact.get("email") or "").rpartition("@")[2].lower()[:255] or None
    lead.search_text = " ".join(contact[field] for field in SEARCHED if contact.get(field)).lower()[:500]
    for name in ("fit", "intent", "readiness"):
        setattr(lead, f"{name}_band", scores.get(name, {}).get("band"))


def map_records() -> None:
    """Tie the records to their tables, once a process; the records themselves know nothing of it."""
    if _mapped:
        return
    mapper = registry(metadata=metadata)
    for record, table in (
        (records.Conversation, conversations), (records.Message, messages), (records.Lead, leads),
        (records.StageChange, stage_changes), (records.Signal, signals), (records.User, users),
        (records.Session, sessions), (records.ApiKey, api_keys), (records.StoredPlaybook, playbooks),
        (records.Publication, publications), (records.LeadEvent, lead_events), (records.AuditEntry, audit),
    ):
        mapper.map_imperatively(record, table)
    event.listen(records.Lead, "before_insert", _work_out)
    event.listen(records.Lead, "before_update", _work_out)
    _mapped.append(mapper)
