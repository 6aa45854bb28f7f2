"""What the clocks keep: steps that were taken, notices to people, tries to mail them (leads/ports.py says what each method means)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from leads import records
from store import tables


class Clocks:
    """Which leads ask the clocks for something, and what the clocks did."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def asking(self, now: datetime, *, limit: int) -> Sequence[str]:
        table = tables.leads.c
        return self._session.scalars(select(table.id).where(table.clock_at <= now).order_by(table.clock_at, table.id).limit(limit)).all()

    def look_again(self, lead: records.Lead, at: datetime | None) -> None:
        # What changed is written first: a change asks for a look at once, and this is that look.
        self._session.flush()
        self._session.execute(update(tables.leads).where(tables.leads.c.id == lead.id).values(clock_at=at))

    def claim(self, step: records.ClockStep) -> bool:
        self._session.flush()
        insert: Any = sqlite.insert if self._session.get_bind().dialect.name == "sqlite" else postgresql.insert
        new = insert(tables.clock_steps).values(**asdict(step)).on_conflict_do_nothing()
        return self._session.scalar(new.returning(tables.clock_steps.c.id)) is not None

    def steps(self, lead_id: str) -> Sequence[records.ClockStep]:
        table = tables.clock_steps.c
        return self._session.scalars(select(records.ClockStep).where(table.lead_id == lead_id).order_by(table.at, table.due_at)).all()


class Notices:
    """What people should know of, and the mail that tells them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notice: records.Notice) -> None:
        self._session.add(notice)

    def of(self, to: str, *, limit: int) -> Sequence[records.Notice]:
        table = tables.notices.c
        query = select(records.Notice).where(table.to == to.lower()).order_by(table.at.desc(), table.id).limit(limit)
        return self._session.scalars(query).all()

    def unread(self, to: str) -> int:
        table = tables.notices.c
        return self._session.scalar(select(func.count()).where(table.to == to.lower(), table.read_at.is_(None))) or 0

    def mark_read(self, to: str, now: datetime, *, notice_id: str | None = None, lead_id: str | None = None) -> int:
        table = tables.notices
        query = update(table).where(table.c.to == to.lower(), table.c.read_at.is_(None))
        for column, value in ((table.c.id, notice_id), (table.c.lead_id, lead_id)):
            if value is not None:
                query = query.where(column == value)
        return len(self._session.scalars(query.values(read_at=now).returning(table.c.id)).all())

    def waiting(self, now: datetime, *, limit: int) -> Sequence[records.Notice]:
        table = tables.notices.c
        query = select(records.Notice).where(table.mail == "waiting", table.mail_at <= now).order_by(table.mail_at, table.id).limit(limit)
        return self._session.scalars(query.with_for_update(skip_locked=True)).all()

    def get(self, notice_id: str) -> records.Notice | None:
        return self._session.get(records.Notice, notice_id, with_for_update=True, populate_existing=True)

    def attempts(self, notice_id: str) -> Sequence[records.MailAttempt]:
        table = tables.mail_attempts.c
        return self._session.scalars(select(records.MailAttempt).where(table.notice_id == notice_id).order_by(table.number)).all()

    def add_attempt(self, attempt: records.MailAttempt) -> None:
        self._session.add(attempt)
