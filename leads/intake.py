"""Leads that come from elsewhere: a form, an import, an event; and signals of what people did."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from leads import qualification
from leads.conversations import NotFound
from leads.dialogue import recording
from leads.ports import UnitOfWork
from leads.reading import ReadFact, Reading
from leads.records import Lead, Signal
from leads.signals import attach_signals
from leads.staff import survivor_of
from scoring.facts import SIGNALS, did_you_mean
from scoring.playbook import Playbook

SOURCES = ("form", "demo_request", "event", "referral", "email", "import")
# What wakes a lead that sales gave back: it asks for us or looks at prices. Reading on alone does not.
WAKES_A_REJECTED_LEAD = frozenset({"meeting_request", "call_request", "pricing_request", "pricing_page", "nurture_reply"})
CHANNELS = {"form": "form", "demo_request": "form", "email": "email"}


def add_lead(
    uow: UnitOfWork, *, source: str, contact: Mapping[str, str], facts: Mapping[str, Any], reading: Reading | None,
    signals: Sequence[tuple[str, datetime]], playbook: Playbook, now: datetime, reference_date: date | None = None,
) -> Lead:
    """Store a lead from outside the chat, scored and routed on what it brings.

    Args:
        facts: values as in the catalogue, already checked. `reading` adds what a free text says; given facts win.
    """
    lead = Lead(
        id=uuid.uuid4().hex, source=source, status="completed", created_at=now, updated_at=now, contact=dict(contact),
        reference_date=reference_date, playbook={"name": playbook.name, "version": playbook.version, "digest": playbook.digest},
    )
    uow.leads.add(lead)
    channel = CHANNELS.get(source, "import")
    for read_fact in (reading.taken if reading else {}).values():
        recording.store(lead, read_fact, channel=channel, now=now)
    for fact, value in facts.items():
        recording.store(lead, ReadFact(fact, value, 1.0, ""), channel=channel, now=now, confirmed=True)
    if reading is not None and reading.text:
        lead.note = reading.text
    kept = [Signal(id=uuid.uuid4().hex, kind=kind, at=at, lead_id=lead.id) for kind, at in signals]
    for kind in reading.signals if reading else ():
        kept.append(Signal(id=uuid.uuid4().hex, kind=kind, at=now, lead_id=lead.id))
    for signal in kept:
        uow.signals.add(signal)
    kept += attach_signals(uow, lead)
    assessment = qualification.requalify(lead, kept, playbook, now=now)
    qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
    return lead


def whose(uow: UnitOfWork, *, lead_id: str | None, email: str | None) -> Lead | None:
    """Return the lead a signal belongs to: by its id, else the newest of an e-mail address."""
    if lead_id is not None:
        found = uow.leads.get(lead_id)
    else:
        newest = uow.leads.by_email(email) if email else ()
        found = newest[0] if newest else None
    return survivor_of(uow, found) if found else None


def add_signal(
    uow: UnitOfWork, *, kind: str, at: datetime, playbook: Playbook, now: datetime, lead_id: str | None = None,
    email: str | None = None, visitor: str | None = None, detail: str | None = None,
) -> Lead | None:
    """Keep a signal; a lead it belongs to is scored again, and comes back from nurture when that is enough.

    Raises:
        ValueError: unknown kind. NotFound: no lead with this id.
    """
    if kind not in SIGNALS:
        raise ValueError(f"kind: expected one of {', '.join(SIGNALS)}, found '{kind}'.{did_you_mean(kind, SIGNALS)}")
    lead = whose(uow, lead_id=lead_id, email=email)
    if lead is None and lead_id is not None:
        raise NotFound(lead_id)
    uow.signals.add(
        Signal(id=uuid.uuid4().hex, kind=kind, at=at, lead_id=lead.id if lead else None, visitor=visitor, email=email,
               detail=detail)
    )
    if lead is not None and lead.status != "open":
        assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
        if _is_woken(uow, lead, kind):
            qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
    return lead


def _is_woken(uow: UnitOfWork, lead: Lead, kind: str) -> bool:
    """May a signal move this lead? One that a person gave back needs a stronger one, and a poor segment stays out."""
    moves = uow.leads.stage_changes(lead.id)
    if not moves or not moves[-1].rule.startswith("reject."):
        return True
    return lead.stage != "disqualified" and kind in WAKES_A_REJECTED_LEAD
