"""Conversations that fell quiet: scored and routed on what is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from leads import qualification
from leads.dialogue.contact import is_reachable
from leads.ports import UnitOfWork
from leads.records import Conversation
from scoring.playbook import Playbook


def close_quiet(uow: UnitOfWork, *, playbook_of: Callable[[Conversation], Playbook], quiet: timedelta, now: datetime) -> int:
    """Close conversations that have been quiet for so long; return how many leads were settled.

    A visitor may still come back: the conversation goes on, and the lead is open again until it is closed.
    """
    abandoned = []
    for conversation in uow.conversations.quiet_since(now - quiet):
        conversation.closed_at = now
        lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
        if lead is None or lead.status != "open":
            continue
        playbook = playbook_of(conversation)
        assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
        lead.status = "abandoned"
        abandoned.append((lead, assessment, playbook))
    # Owners last: whose turn it is stays locked until the commit, and no lead may be waited for meanwhile.
    for lead, assessment, playbook in abandoned:
        qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
        if not is_reachable(lead):
            lead.respond_by = None  # no clock for someone who cannot be answered
    return len(abandoned)
