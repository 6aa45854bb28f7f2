"""Conversations that fell quiet: scored and routed on what is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from leads import qualification
from leads.dialogue.contact import is_reachable
from leads.ports import UnitOfWork
from leads.records import Conversation, Lead
from scoring.engine import Assessment
from scoring.playbook import Playbook


def close_quiet(uow: UnitOfWork, *, playbook_of: Callable[[Conversation], Playbook], quiet: timedelta, now: datetime) -> int:
    """Close conversations that have been quiet for so long; return how many leads were settled.

    A visitor may still come back: the conversation goes on, and the lead is open again until it is closed.
    """
    abandoned = []
    for conversation in uow.conversations.quiet_since(now - quiet):
        playbook = playbook_of(conversation)
        if left := _close(uow, conversation, playbook, now):
            abandoned.append((*left, playbook))
    # Owners last: whose turn it is stays locked until the commit, and no lead may be waited for meanwhile.
    for lead, assessment, playbook in abandoned:
        _settle(uow, lead, assessment, playbook, now)
    return len(abandoned)


def close_one(uow: UnitOfWork, conversation: Conversation, playbook: Playbook, *, now: datetime) -> None:
    """Close one conversation, whose visitor has left."""
    if left := _close(uow, conversation, playbook, now):
        _settle(uow, *left, playbook, now)


def _close(uow: UnitOfWork, conversation: Conversation, playbook: Playbook, now: datetime) -> tuple[Lead, Assessment] | None:
    conversation.closed_at = now
    lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
    if lead is None or lead.status != "open":
        return None
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    lead.status = "abandoned"
    return lead, assessment


def _settle(uow: UnitOfWork, lead: Lead, assessment: Assessment, playbook: Playbook, now: datetime) -> None:
    qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
    if not is_reachable(lead):
        lead.respond_by = None  # no clock for someone who cannot be answered
