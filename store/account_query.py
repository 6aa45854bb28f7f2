"""The queries behind accounts and people. They read the indexes ix_leads_account and ix_leads_email alone, not whole leads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from leads.accounts import BEST_FIRST, AccountRow
from leads.duplicates import SamePerson
from store import tables
from store.inbox_query import like


def same_people(session: Session, emails: Collection[str]) -> Sequence[SamePerson]:
    """Return the leads of some people in short, newest first, without merged ones."""
    table = tables.leads.c
    query = select(table.id, table.email, table.stage, table.created_at, table.owner, table.source, table.version)
    query = query.where(table.email.in_(emails), table.merged_into.is_(None)).order_by(table.created_at.desc(), table.id)
    return [SamePerson(*row) for row in session.execute(query)]


def accounts(session: Session, *, text: str | None, after: str | None, limit: int) -> tuple[Sequence[AccountRow], str | None]:
    """Return a page of accounts, the one that moved last first, and the cursor of the next."""
    table = tables.leads.c
    moved = func.max(table.updated_at)
    rank = func.min(case({stage: place for place, stage in enumerate(BEST_FIRST)}, value=table.stage, else_=len(BEST_FIRST)))
    query = select(table.domain, func.count(), func.count(table.email.distinct()), rank, moved)
    query = query.where(table.domain.is_not(None), table.merged_into.is_(None)).group_by(table.domain)
    if text:
        query = query.where(_named(text))
    if after:
        at, domain = _read(after)
        query = query.having(or_(moved < at, and_(moved == at, table.domain > domain)))
    rows = session.execute(query.order_by(moved.desc(), table.domain).limit(limit + 1)).all()
    names = _names(session, [row[0] for row in rows[:limit]])
    found = [
        AccountRow(domain=domain, name=names.get(domain, ""), leads=leads, people=people, stage=BEST_FIRST[best], moved_at=at)
        for domain, leads, people, best, at in rows[:limit]
    ]
    last = found[-1] if len(rows) > limit else None
    return found, f"{last.moved_at.astimezone(UTC).isoformat()} {last.domain}" if last else None


def _named(text: str) -> ColumnElement[bool]:
    """Accounts with a text in their domain, or in name, address or company of somebody there."""
    table = tables.leads.c
    of_people = select(table.domain).where(like(table.search_text, text), table.merged_into.is_(None), table.domain.is_not(None))
    return or_(like(table.domain, text), table.domain.in_(of_people))


def _read(cursor: str) -> tuple[datetime, str]:
    at, _, domain = cursor.partition(" ")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), domain
    except ValueError:
        raise ValueError("cursor: expected one that a page of accounts gave. Please start at the first page.") from None


def _names(session: Session, domains: list[str]) -> dict[str, str]:
    """The company of each account as its newest lead that names one says it."""
    table, company = tables.leads.c, tables.leads.c.contact["company"].as_string()
    newest = func.row_number().over(partition_by=table.domain, order_by=(table.created_at.desc(), table.id))
    named = select(table.domain, company.label("company"), newest.label("place"))
    named = named.where(table.domain.in_(domains), table.merged_into.is_(None), company != "")
    inner = named.subquery()
    return {row.domain: row.company for row in session.execute(select(inner).where(inner.c.place == 1))}


