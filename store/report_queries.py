"""What the reports read: counts made by the database, the same on SQLite and PostgreSQL. Nothing here reads a whole lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, case, exists, func, or_, select

from leads.reports.answers import Promise
from leads.reports.bands import Decided
from leads.reports.funnel import STEPS, Came
from leads.reports.period import Period
from leads.reports.questions import Ended, Outcomes
from leads.reports.rejections import Said
from leads.response import WAITING
from store import tables
from store.database import READ_ONLY
from store.question_counts import RUN

# What rejected and accepted leads have in common is looked for in so many of the newest: more would say the same, later.
MOST_COMPARED = 1000


@dataclass(frozen=True)
class Kept:
    """What there is at all: leads, those of them that are demo data, and when questions were last counted."""

    leads: int
    demo: int
    questions_as_of: datetime | None


class ReportQueries:
    """Queries over one period; each opens a short transaction that only reads."""

    def __init__(self, engine: Engine) -> None:
        """Prepare; nothing is asked yet."""
        self._engine = engine.execution_options(**{READ_ONLY: True})

    def kept(self) -> Kept:
        """Return what there is at all."""
        leads, runs = tables.leads.c, tables.report_runs.c
        with self._engine.connect() as connection:
            every = connection.scalar(select(func.count()).select_from(tables.leads)) or 0
            demo = connection.scalar(select(func.count()).where(leads.demo.is_(True))) or 0
            as_of = connection.scalar(select(runs.at).where(runs.name == RUN))
        return Kept(every, demo, as_of)

    def reached(self, period: Period) -> list[Came]:
        """Return how many leads came in each month of the period, by source, segment and campaign and by how far they ever came."""
        leads, campaign, months = tables.leads.c, tables.conversations.c.campaign, period.months()
        month = case(*((leads.created_at < end, number) for number, (_, _, end) in enumerate(months)), else_=len(months) - 1)
        by = (month, leads.source, leads.segment, campaign, leads.furthest)
        query = select(*by, func.count()).select_from(_leads_and_talks()).where(_within(leads.created_at, period), _is_own()).group_by(*by)
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(query).all()
        return [Came(*row) for row in rows]

    def outcomes(self, period: Period, wanted: Mapping[str, str]) -> list[Outcomes]:
        """Return how questions went in conversations that were opened in the period.

        Args:
            wanted: source, segment, campaign or page_path of the conversations; {} for all.
        """
        table = tables.question_outcomes.c
        query = select(
            table.question, table.outcome, func.count(), _how_many(table.qualified.is_(True)), _how_many(table.corrected.is_(True)),
            _how_many(table.times > 1),
        ).where(_within(table.opened_at, period)).group_by(table.question, table.outcome)
        if wanted:
            counted = tables.counted_conversations.c
            query = query.join(tables.counted_conversations, counted.conversation_id == table.conversation_id).where(*_only(wanted))
        with self._engine.connect() as connection:
            return [Outcomes(*row) for row in connection.execute(query)]

    def endings(self, period: Period) -> list[Ended]:
        """Return how conversations that were opened in the period ended, by where they came from."""
        table = tables.counted_conversations.c
        by = (table.source, table.segment, table.campaign, table.page_path, table.ended, table.left_at)
        query = select(*by, func.count()).where(_within(table.opened_at, period)).group_by(*by)
        with self._engine.connect() as connection:
            return [Ended(*row) for row in connection.execute(query)]

    def still_going_on(self, period: Period) -> int:
        """Return how many conversations of the period are not counted yet: they go on, or ended since the last count."""
        talks, counted = tables.conversations.c, tables.counted_conversations.c
        query = select(func.count()).select_from(tables.conversations).where(
            _within(talks.opened_at, period), talks.channel != "call", or_(talks.outcome.is_(None), talks.outcome != "not_a_lead"),
            ~exists().where(counted.conversation_id == talks.id),
        )
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def promises(self, period: Period) -> list[Promise]:
        """Return the promises of the period to people who wait for an answer.

        A clock that was taken back, since nobody could be answered, promised nothing.
        """
        leads = tables.leads.c
        query = select(
            leads.answer_route, leads.source, leads.segment, tables.conversations.c.campaign, leads.answer_from_at, leads.answer_due_at,
            leads.answered_at, leads.answered_minutes,
        ).select_from(_leads_and_talks()).where(
            _within(leads.answer_from_at, period), leads.answer_route.in_(WAITING), leads.answer_due_at.is_not(None), _is_own(),
            or_(leads.answered_at.is_not(None), leads.respond_by.is_not(None)),
        )
        with self._engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(query).all()
        return [Promise(*row) for row in rows]

    def said(self, period: Period) -> list[Said]:
        """Return what sales last said to each lead they decided on in the period, without what its scores were made of."""
        own, leads = tables.dispositions.c, tables.leads.c
        by = (own.accepted, own.reason, leads.segment, tables.conversations.c.campaign)
        query = select(*by, func.count()).select_from(_decided()).where(_within(own.at, period), _is_last(), _is_own()).group_by(*by)
        with self._engine.connect() as connection:
            return [one for *what, number in connection.execute(query) for one in [Said(*what)] * number]

    def said_lately(self, period: Period) -> list[Said]:
        """Return the newest of these, at most MOST_COMPARED, with what their scores were made of; newest first."""
        own, leads, talks = tables.dispositions.c, tables.leads.c, tables.conversations.c
        query = (
            select(own.accepted, own.reason, leads.segment, talks.campaign, own.rules, own.unknown)
            .select_from(_decided()).where(_within(own.at, period), _is_last(), _is_own()).order_by(own.at.desc(), own.id)
        )
        with self._engine.connect() as connection:
            return [Said(*row) for row in connection.execute(query.limit(MOST_COMPARED))]

    def decided(self, period: Period) -> list[Decided]:
        """Return the leads that sales decided on in the period, by their bands when they did."""
        own, leads = tables.dispositions.c, tables.leads.c
        by = (own.fit_band, own.intent_band, own.readiness_band)
        query = select(
            *by, func.count(), _how_many(own.accepted.is_(True)),
            _how_many(and_(own.accepted.is_(True), leads.furthest >= STEPS.index("opportunity"))),
            _how_many(and_(own.accepted.is_(True), leads.furthest >= STEPS.index("won"))),
        ).select_from(tables.dispositions.join(tables.leads, leads.id == own.lead_id)).where(_within(own.at, period), _is_last(), _is_own())
        with self._engine.connect() as connection:
            return [Decided(*row) for row in connection.execute(query.group_by(*by))]


def _within(moment: ColumnElement[datetime], period: Period) -> ColumnElement[bool]:
    return and_(moment >= period.start, moment < period.end)


def _is_own() -> ColumnElement[bool]:
    """A lead that was merged into another one is counted there."""
    leads = tables.leads.c
    return leads.id.not_in(select(leads.id).where(leads.merged_into.is_not(None)))  # so that the rest is read from an index alone


def _how_many(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((claim, 1), else_=0)), 0)


def _leads_and_talks() -> Any:
    return tables.leads.outerjoin(tables.conversations, tables.conversations.c.id == tables.leads.c.conversation_id)


def _decided() -> Any:
    own, leads, talks = tables.dispositions.c, tables.leads.c, tables.conversations.c
    return tables.dispositions.join(tables.leads, leads.id == own.lead_id).outerjoin(
        tables.conversations, talks.id == leads.conversation_id
    )


def _is_last() -> ColumnElement[bool]:
    """Of several dispositions of a lead the newest counts."""
    own, later = tables.dispositions.c, tables.dispositions.alias("later")
    return ~exists().where(
        later.c.lead_id == own.lead_id, or_(later.c.at > own.at, and_(later.c.at == own.at, later.c.id > own.id))
    )


def _only(wanted: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    table = tables.counted_conversations.c
    return [table[name] == value for name, value in wanted.items()]
