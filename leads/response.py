"""What was promised when a lead's clock started, and when a person first did something: kept for the reports after the clock is gone."""

from __future__ import annotations

from datetime import datetime

from leads.records import Lead
from scoring.hours import business_minutes
from scoring.playbook import Playbook

# Only on these routes somebody is waiting; elsewhere a clock is a reminder.
WAITING = frozenset({"direct_sales", "account_based", "partner_review"})


def clock_started(lead: Lead, route: str, *, now: datetime) -> None:
    """Note the promise of a clock that was just set on a lead.

    A promise that was missed stays missed: a later clock does not replace it. Where the route changes while the clock runs, the
    prospect has been waiting since the first one.
    """
    if lead.respond_by is None or lead.answered_at is not None:
        return
    waits = lead.answer_due_at is not None and lead.answer_route in WAITING
    if waits and lead.answer_due_at is not None and lead.answer_due_at < now:
        return
    if not waits or lead.answer_from_at is None:
        lead.answer_from_at = now
    lead.answer_route, lead.answer_due_at = route, lead.respond_by


def person_acted(lead: Lead, playbook: Playbook, *, at: datetime) -> None:
    """Note the first act of a person with a lead: a decision or a call. Handing it on or putting it off answers nobody."""
    if lead.answered_at is not None:
        return
    lead.answered_at = at
    if lead.answer_from_at is not None:
        lead.answered_minutes = max(0, business_minutes(playbook, lead.answer_from_at, at))
