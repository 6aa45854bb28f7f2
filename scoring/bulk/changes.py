"""Which leads two playbooks would decide differently."""

from collections.abc import Sequence
from datetime import date

import ibis
from ibis import ir

from scoring.bulk.columns import CONFIRMED, KEY, columns_of, with_all_columns
from scoring.bulk.rescore import rescore
from scoring.bulk.steps import worked_out
from scoring.conditions import SCORES
from scoring.playbook import Playbook

# What may change, and the column of rescore that says it.
DECISIONS = {**{score: f"{score}_band" for score in SCORES}, "stage": "stage", "route": "route", "queue": "queue"}


def changes(leads: ir.Table, old: Playbook, new: Playbook, *, on: date, without: Sequence[str] = ()) -> ir.Table:
    """Return a row for each lead of which a band, the stage, the route or the queue would change.

    Args:
        leads: a table with the columns of lead_columns; see stored_leads.
        without: facts that are taken for unknown under `new`, as if nobody had asked.
    Returns:
        Table: `id`, and for each of DECISIONS `old_<it>` and `new_<it>`.
    """
    before, after = _decided(leads, old, on, "old"), _decided(unasked(leads, without), new, on, "new")
    both = before.join(after, KEY)
    return both.filter(ibis.or_(*(both[f"old_{what}"] != both[f"new_{what}"] for what in DECISIONS)))


def unasked(leads: ir.Table, facts: Sequence[str]) -> ir.Table:
    """Return the leads as if nothing was known of some facts."""
    if not facts:
        return leads
    table = with_all_columns(leads)
    empty = {name: ibis.null(kind) for fact in facts for name, kind in columns_of(fact).items()}
    confirmed = table[CONFIRMED].filter(lambda fact: fact.notin(list(facts)))
    return table.mutate(**empty, **{CONFIRMED: confirmed})


def _decided(leads: ir.Table, playbook: Playbook, on: date, prefix: str) -> ir.Table:
    decided = rescore(leads, playbook, on=on)
    return worked_out(decided.select(KEY, **{f"{prefix}_{what}": decided[column] for what, column in DECISIONS.items()}))
