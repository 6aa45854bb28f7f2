"""Demo data in the database: put in and taken out in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, func, or_, select
from sqlalchemy.orm import Session

from leads import records
from store import tables
from store.database import READ_ONLY

# Each after what it belongs to.
_ORDER = (
    records.Conversation, records.Message, records.Lead, records.StageChange, records.LeadEvent, records.Disposition, records.Signal,
)


def counts(engine: Engine) -> tuple[int, int]:
    """Return how many leads are demo data and how many are not."""
    leads = tables.leads.c
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        demo = connection.scalar(select(func.count()).where(leads.demo.is_(True))) or 0
        every = connection.scalar(select(func.count()).select_from(tables.leads)) or 0
    return demo, every - demo


def put_in(engine: Engine, made: Sequence[Any]) -> None:
    """Store records in one transaction."""
    with Session(engine, expire_on_commit=False) as session:
        for kind in _ORDER:
            session.add_all([record for record in made if isinstance(record, kind)])
            session.flush()
        session.commit()


def take_out(engine: Engine, *, visitors: str) -> tuple[int, int]:
    """Remove all demo data, and calls that people held with demo leads; return how many leads and conversations.

    Args:
        visitors: how the ids of invented visitors begin, whose signals belong to no lead.
    """
    leads, talks, signals = tables.leads.c, tables.conversations.c, tables.signals.c
    demo_leads = select(leads.id).where(leads.demo.is_(True))
    with engine.begin() as connection:
        connection.execute(delete(tables.signals).where(signals.lead_id.is_(None), signals.visitor.like(f"{visitors}%")))
        gone = connection.execute(delete(tables.conversations).where(or_(talks.demo.is_(True), talks.lead_id.in_(demo_leads)))).rowcount
        removed = connection.execute(delete(tables.leads).where(leads.demo.is_(True))).rowcount
    return removed, gone
