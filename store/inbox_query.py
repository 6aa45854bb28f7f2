"""The queries behind the inbox. They read the index ix_leads_inbox alone; only the leads of one page are read whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from leads import records
from leads.inbox import AT_WORK, Wanted
from store import tables

SHORTEST_ID = 6


def inbox(session: Session, wanted: Wanted, *, today: date, limit: int, skip: int) -> Sequence[records.Lead]:
    """Return a page of leads: those with a clock first, the most urgent on top, then the newest."""
    table = tables.leads.c
    query = select(table.id).where(table.merged_into.is_(None))
    if wanted.text:
        query = query.where(table.id.in_(_with_words(wanted.text)))
    elif wanted.view != "all":
        query = query.where(_put_off(today) if wanted.view == "later" else _at_work(today))
        if wanted.view == "mine":
            query = query.where(table.owner == wanted.me)
        if wanted.view == "escalated":
            query = query.where(_escalated_to(wanted.me))
    filters = ((table.queue, wanted.queue), (table.route, wanted.route), (table.stage, wanted.stage), (table.fit_band, wanted.band))
    for column, value in filters:
        if value:
            query = query.where(column == value)
    if wanted.owner:
        query = query.where(table.owner.is_(None) if wanted.owner == "nobody" else table.owner == wanted.owner)
    ids = session.scalars(
        query.order_by(table.respond_by.is_(None), table.respond_by, table.created_at.desc(), table.id).limit(limit).offset(skip)
    ).all()
    found = {lead.id: lead for lead in session.scalars(select(records.Lead).where(table.id.in_(ids)))}
    return [found[lead_id] for lead_id in ids]


def work(session: Session, *, today: date) -> Mapping[tuple[str | None, str | None], int]:
    """Return how many leads are at work, by queue and owner."""
    table = tables.leads.c
    query = select(table.queue, table.owner, func.count()).where(_at_work(today)).group_by(table.queue, table.owner)
    return {(queue, owner): count for queue, owner, count in session.execute(query)}


def count_escalated(session: Session, person: str, *, today: date) -> int:
    """Return how many leads at work somebody was told of because nobody answered."""
    return session.scalar(select(func.count()).select_from(tables.leads).where(_at_work(today), _escalated_to(person))) or 0


def _escalated_to(person: str) -> ColumnElement[bool]:
    """They were told of it, and a clock still runs: nobody has answered since."""
    notices, leads = tables.notices.c, tables.leads.c
    told = select(notices.lead_id).where(notices.to == person.lower(), notices.kind == "escalated")
    return and_(leads.respond_by.is_not(None), leads.id.in_(told))


def _at_work(today: date) -> ColumnElement[bool]:
    table = tables.leads.c
    return and_(
        or_(table.stage.in_(AT_WORK), table.respond_by.is_not(None)), table.status != "stopped", table.merged_into.is_(None),
        or_(table.snoozed_until.is_(None), table.snoozed_until <= today),
    )


def _put_off(today: date) -> ColumnElement[bool]:
    return tables.leads.c.snoozed_until > today


def like(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """A column in small letters has a text in it."""
    escaped = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"%{escaped}%", escape="\\")


def _with_words(text: str) -> Select[tuple[str]]:
    table, words = tables.leads.c, text.strip().lower()
    ways: list[ColumnElement[bool]] = [like(table.search_text, text)]
    if len(words) >= SHORTEST_ID and all(letter in "0123456789abcdef" for letter in words):
        ways.append(table.id.like(f"{words}%"))
    return select(table.id).where(or_(*ways))
