"""Leads as outside programs and pages see them (the contract's Lead)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leads.organisations import account_domain
from leads.ports import UnitOfWork
from leads.records import Lead, Message, StageChange


def moment(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def account_of(lead: Lead) -> dict[str, Any]:
    """The organisation behind a lead, from what the person said and their work address."""
    facts = {fact: (lead.facts.get(fact) or {}).get("value") for fact in ("org_type", "region")}
    return {"name": lead.contact.get("company"), "domain": account_domain(lead.contact.get("email")), **facts}


def _said(uow: UnitOfWork, lead: Lead) -> Sequence[Message]:
    """What was said in the chat the lead came from, then in calls with it and in chats that were merged into it."""
    others = [talk.id for talk in uow.conversations.with_lead(lead.id) if talk.id != lead.conversation_id]
    return [message for talk in ([lead.conversation_id] if lead.conversation_id else []) + others for message in uow.messages.of(talk)]


def present_page(uow: UnitOfWork, leads: Sequence[Lead]) -> list[dict[str, Any]]:
    """Return leads as in the contract without their transcripts; what they need is looked up for all of them at once."""
    changes = uow.leads.stage_changes_of([lead.id for lead in leads]) if leads else {}
    return [_worded(lead, changes[lead.id], (), None) for lead in leads]


def present(uow: UnitOfWork, lead: Lead, *, whole: bool = True) -> dict[str, Any]:
    """Return a lead as in the contract; without `whole` its transcript stays out."""
    gone = [other.id for other in uow.leads.merged_into(lead.id)] if whole else None
    return _worded(lead, uow.leads.stage_changes(lead.id), _said(uow, lead) if whole else (), gone)


def _worded(lead: Lead, changes: Sequence[StageChange], messages: Sequence[Message], gone: list[str] | None) -> dict[str, Any]:
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
        "playbook": lead.playbook, "demo": lead.demo,
        **({"merged_from": gone} if gone is not None else {}),
        "transcript": [{"from": message.sender, "text": message.text, "at": moment(message.at)} for message in messages],
    }
