"""Conversations that fell quiet: scored and routed on what is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from leads import qualification
from leads.dialogue.contact import is_reachable
from leads.ports import UnitOfWork
from scoring.playbook import Playbook


def close_quiet(uow: UnitOfWork, *, playbooks: Mapping[str, Playbook], quiet: timedelta, now: datetime) -> int:
    """Close conversations that have been quiet for so long; return how many leads were settled.

    A visitor may still come back: the conversation goes on, and the lead is open again until it is closed.
    """
    settled = 0
    for conversation in uow.conversations.quiet_since(now - quiet):
        conversation.closed_at = now
        lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
        if lead is None or lead.status != "open":
            continue
        # A playbook that was renamed meanwhile must not leave its conversations open for ever.
        playbook = playbooks.get(conversation.playbook) or next(iter(playbooks.values()))
        assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
        lead.status = "abandoned"
        qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
        if not is_reachable(lead):
            lead.respond_by = None  # no clock for someone who cannot be answered
        settled += 1
    return settled
