"""Stored leads as plain rows, for scoring many at once: facts as JSON text and signals, no names and no addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Text, cast, select

from store import tables
from store.database import READ_ONLY


@dataclass(frozen=True)
class LeadRows:
    """The leads of one playbook.

    Attributes:
        leads: id and facts of each. signals: lead, kind and moment of each.
        taken: leads whose stage or route a person has decided: rules do not move them.
        scored_by: how many leads were scored by each text, by digest.
    """

    leads: list[tuple[str, str]]
    signals: list[tuple[str, str, datetime]]
    taken: frozenset[str]
    scored_by: Counter[str]


def read_lead_rows(engine: Engine, playbook: str, *, moved_by_rules: Collection[str]) -> LeadRows:
    """Return the stored leads of a playbook, by its name.

    Args:
        moved_by_rules: stages that facts and signals give; any other one is a person's.
    """
    leads, signals, moves = tables.leads.c, tables.signals.c, tables.stage_changes.c
    name, digest = leads.playbook["name"].as_string(), leads.playbook["digest"].as_string()
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        query = select(leads.id, cast(leads.facts, Text), leads.stage, digest).where(name == playbook, leads.merged_into.is_(None))
        query = query.order_by(leads.id)
        found = connection.execute(query).all()
        ids = {row[0] for row in found}
        done = connection.execute(select(signals.lead_id, signals.kind, signals.at).where(signals.lead_id.is_not(None))).all()
        last = {row.lead_id: row.rule for row in connection.execute(select(moves.lead_id, moves.rule).order_by(moves.at))}
    given_back = {lead_id for lead_id, rule in last.items() if rule.startswith("reject.")}
    return LeadRows(
        leads=[(row[0], row[1]) for row in found],
        signals=[(row.lead_id, row.kind, row.at) for row in done if row.lead_id in ids],
        taken=frozenset(ids & given_back | {row[0] for row in found if row[2] not in moved_by_rules}),
        scored_by=Counter(row[3] or "" for row in found),
    )
