"""Leads as outside programs and pages see them (the contract's Lead)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leads.ports import UnitOfWork
from leads.records import Lead, Message, StageChange

# Addresses that belong to nobody's employer.
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com",
    "me.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "mail.com", "comcast.net", "verizon.net", "att.net",
})


def moment(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def account_of(lead: Lead) -> dict[str, Any]:
    """The organisation behind a lead, from what the person said and their work address."""
    domain = (lead.contact.get("email") or "").rpartition("@")[2].lower()
    facts = {fact: (lead.facts.get(fact) or {}).get("value") for fact in ("org_type", "region")}
    return {"name": lead.contact.get("company"), "domain": domain if domain and domain not in FREE_MAIL else None, **facts}


def _said(uow: UnitOfWork, lead: Lead) -> Sequence[Message]:
    """What was said in the chat, then the notes of calls with this lead."""
    calls = [call.id for call in uow.conversations.calls_with(lead.id) if call.id != lead.conversation_id]
    return [message for talk in ([lead.conversation_id] if lead.conversation_id else []) + calls for message in uow.messages.of(talk)]


def present(uow: UnitOfWork, lead: Lead, *, whole: bool = True) -> dict[str, Any]:
    """Return a lead as in the contract; without `whole` its transcript and history stay out (lists)."""
    messages = _said(uow, lead) if whole else ()
    changes: Sequence[StageChange] = uow.leads.stage_changes(lead.id)
    assessment = lead.assessment
    return {
        "id": lead.id, "version": lead.version, "source": lead.source, "status": lead.status, "created_at": moment(lead.created_at),
        "updated_at": moment(lead.updated_at), "conversation_id": lead.conversation_id,
        "contact": dict(lead.contact), "account": account_of(lead), "facts": lead.facts, "not_known": lead.not_known,
        "scores": assessment.get("scores", {}), "flags": assessment.get("flags", []),
        "stage": {
            "name": lead.stage, "since": moment(lead.stage_since),
            "history": [
                {"from": change.stage_from, "to": change.stage_to, "at": moment(change.at), "rule": change.rule, "by": change.by,
                 "why": change.why}
                for change in changes
            ],
        },
        "route": {
            "name": lead.route, "queue": lead.queue, "owner": lead.owner, "respond_by": moment(lead.respond_by),
            "priority": bool(assessment.get("priority")) and lead.route is not None,
            "why": assessment.get("why", []) if lead.route else [], "why_not": assessment.get("why_not", {}) if lead.route else {},
        },
        "snoozed_until": lead.snoozed_until.isoformat() if lead.snoozed_until else None,
        "nurture": assessment.get("nurture") if lead.route == "nurture" else None,
        "missing": assessment.get("missing", []), "next_step": assessment.get("next_step"), "note": lead.note,
        "playbook": lead.playbook,
        "transcript": [{"from": message.sender, "text": message.text, "at": moment(message.at)} for message in messages],
    }
