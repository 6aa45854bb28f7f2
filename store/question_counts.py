"""Counting how the questions of ended conversations went, in rows that reports read: idempotent, and resumed where it was left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select

from leads.reports.funnel import STEPS
from leads.reports.question_outcomes import Talk, ended, question_outcomes
from store import tables
from store.database import READ_ONLY

RUN = "questions"
BATCH = 200
_MQL = STEPS.index("mql")


def count_questions(engine: Engine, *, quiet_before: datetime, now: datetime) -> int:
    """Count the conversations that ended and were quiet since `quiet_before`, if they were not counted as they stand now.

    Each batch is a short transaction of its own; what is read and worked out takes no turn among the writers. A conversation that
    went on after it was counted is taken out, and counted again when it has ended.

    Returns:
        How many were counted.
    """
    counted = 0
    _take_back_reopened(engine)
    while batch := _batch(engine, quiet_before):
        with engine.begin() as connection:
            _keep(connection, batch)
        counted += len(batch)
    with engine.begin() as connection:
        run = tables.report_runs
        if not connection.execute(run.update().where(run.c.name == RUN).values(at=now)).rowcount:
            connection.execute(insert(run).values(name=RUN, at=now))
    return counted


def _take_back_reopened(engine: Engine) -> None:
    talks, counted = tables.conversations.c, tables.counted_conversations.c
    query = select(talks.id).join(tables.counted_conversations, counted.conversation_id == talks.id).where(talks.closed_at.is_(None))
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        reopened = connection.scalars(query).all()
    if reopened:
        with engine.begin() as connection:
            _remove(connection, reopened)


def _batch(engine: Engine, quiet_before: datetime) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The next conversations to count: a row for each, and the rows of its questions."""
    talks, leads, counted = tables.conversations.c, tables.leads.c, tables.counted_conversations.c
    query = (
        select(
            talks.id, talks.channel, talks.state, talks.outcome, talks.opened_at, talks.last_message_at, talks.lead_id, talks.campaign,
            talks.page_path, talks.demo, leads.id.label("found"), leads.source, leads.segment, leads.furthest, leads.facts, leads.not_known,
            leads.contact,
        )
        .select_from(tables.conversations).outerjoin(tables.leads, leads.id == talks.lead_id)
        .outerjoin(tables.counted_conversations, counted.conversation_id == talks.id)
        .where(
            talks.closed_at.is_not(None), talks.last_message_at < quiet_before, talks.channel != "call",
            or_(talks.outcome.is_(None), talks.outcome != "not_a_lead"),
            or_(counted.conversation_id.is_(None), counted.last_message_at != talks.last_message_at),
        )
        .order_by(talks.closed_at, talks.id).limit(BATCH)
    )
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        rows = connection.execute(query).all()
        before = _open_before_stop(connection, [row.id for row in rows if row.outcome == "stopped"])
    return [_counted(row, before.get(row.id)) for row in rows]


def _open_before_stop(connection: Connection, stopped: Sequence[str]) -> Mapping[str, str | None]:
    """The question that was open when a visitor said stop: as the turn before left it."""
    table = tables.messages.c
    turns: dict[str, list[Mapping[str, Any] | None]] = {}
    query = select(table.conversation_id, table.turn).where(table.conversation_id.in_(stopped), table.sender == "visitor")
    for conversation_id, turn in connection.execute(query.order_by(table.sequence)):
        turns.setdefault(conversation_id, []).append(turn)
    return {
        conversation_id: (found[-2] or {}).get("state", {}).get("asking") for conversation_id, found in turns.items() if len(found) > 1
    }


def _counted(row: Any, open_before: str | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    erased = row.lead_id is not None and row.found is None
    asked = [key for key in row.state.get("asked", {}) if ":" not in key]
    talk = Talk(
        state=row.state, outcome=row.outcome, opened_at=row.opened_at, last_message_at=row.last_message_at,
        # Stopped at once: the only question that was put is the one that was open.
        open_before=open_before or (asked[0] if len(asked) == 1 else None),
        facts=None if erased else row.facts or {}, not_known=row.not_known or {}, contact=row.contact or {},
    )
    found = question_outcomes(talk)
    qualified = (row.furthest or 0) >= _MQL
    kept = {
        "conversation_id": row.id, "last_message_at": row.last_message_at, "opened_at": row.opened_at,
        "source": row.source or ("chat" if row.channel == "website" else "call"), "segment": row.segment, "campaign": row.campaign,
        "page_path": row.page_path, "ended": ended(talk), "qualified": qualified, "demo": row.demo,
        "left_at": next((one.question for one in found if one.outcome == "abandoned"), None),
    }
    outcomes = [
        {
            "conversation_id": row.id, "question": one.question, "opened_at": row.opened_at, "outcome": one.outcome, "times": one.times,
            "corrected": one.corrected, "qualified": qualified,
        }
        for one in found
    ]
    return kept, outcomes


def _keep(connection: Connection, batch: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    _remove(connection, [kept["conversation_id"] for kept, _ in batch])
    connection.execute(insert(tables.counted_conversations), [kept for kept, _ in batch])
    if outcomes := [outcome for _, own in batch for outcome in own]:
        connection.execute(insert(tables.question_outcomes), outcomes)


def _remove(connection: Connection, conversation_ids: Sequence[str]) -> None:
    for table in (tables.question_outcomes, tables.counted_conversations):
        connection.execute(delete(table).where(table.c.conversation_id.in_(conversation_ids)))


def waiting_to_be_counted(engine: Engine) -> int:
    """Return how many conversations are still going on, so that no report counts them yet."""
    table = tables.conversations.c
    query = select(func.count()).select_from(tables.conversations).where(and_(table.closed_at.is_(None), table.channel != "call"))
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return connection.scalar(query) or 0
