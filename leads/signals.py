"""Signals that came before their lead."""

from __future__ import annotations

from leads.ports import UnitOfWork
from leads.records import Lead, Signal


def attach_signals(uow: UnitOfWork, lead: Lead) -> list[Signal]:
    """Give a lead the signals that its e-mail address sent before there was a lead; return them."""
    email = lead.contact.get("email")
    waiting = list(uow.signals.of_email(email)) if email else []
    for signal in waiting:
        signal.lead_id = lead.id
    return waiting
