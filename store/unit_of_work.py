"""One transaction over the stored records (leads/ports.py says what each method means)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, delete, func, or_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from leads import ports, records
from leads.accounts import AccountRow
from leads.duplicates import SamePerson
from leads.inbox import Wanted
from leads.organisations import account_domain, person_key
from store import account_query, inbox_query, tables
from store.clock_rows import Clocks, Notices
from store.database import READ_ONLY, RECOVERABLE

OPEN_STAGES = ("inquiry", "mql", "nurture", "sal", "sql", "opportunity")


class _Conversations:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, conversation: records.Conversation) -> None:
        self._session.add(conversation)

    def get(self, conversation_id: str, *, lock: bool = False) -> records.Conversation | None:
        return self._session.get(records.Conversation, conversation_id, with_for_update=lock or None)

    def quiet_since(self, moment: datetime) -> Sequence[records.Conversation]:
        table = tables.conversations.c
        query = select(records.Conversation).where(table.closed_at.is_(None), table.last_message_at < moment)
        return self._session.scalars(query).all()

    def unfinished_calls(self, *, lead_id: str | None = None) -> Sequence[records.Conversation]:
        table = tables.conversations.c
        query = select(records.Conversation).where(table.channel == "call", table.outcome.is_(None)).order_by(table.opened_at.desc())
        return self._session.scalars(query.where(table.lead_id == lead_id) if lead_id else query).all()

    def calls_with(self, lead_id: str) -> Sequence[records.Conversation]:
        table = tables.conversations.c
        query = select(records.Conversation).where(table.lead_id == lead_id, table.channel == "call").order_by(table.opened_at)
        return self._session.scalars(query).all()


    def with_lead(self, lead_id: str) -> Sequence[records.Conversation]:
        table = tables.conversations.c
        return self._session.scalars(select(records.Conversation).where(table.lead_id == lead_id).order_by(table.opened_at)).all()


class _Messages:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: records.Message) -> None:
        self._session.add(message)

    def get(self, message_id: str) -> records.Message | None:
        return self._session.get(records.Message, message_id)

    def by_key(self, conversation_id: str, key: str) -> records.Message | None:
        table = tables.messages.c
        query = select(records.Message).where(table.conversation_id == conversation_id, table.idempotency_key == key)
        return self._session.scalars(query).one_or_none()

    def of(self, conversation_id: str) -> Sequence[records.Message]:
        table = tables.messages.c
        query = select(records.Message).where(table.conversation_id == conversation_id).order_by(table.sequence)
        return self._session.scalars(query).all()

    def next_sequence(self, conversation_id: str) -> int:
        table = tables.messages.c
        highest = self._session.scalar(select(func.max(table.sequence)).where(table.conversation_id == conversation_id))
        return 0 if highest is None else highest + 1

    def erase(self, conversation_id: str) -> None:
        self._session.flush()
        table = tables.messages.c
        self._session.execute(delete(records.Message).where(table.conversation_id == conversation_id))


class _Leads:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, lead: records.Lead) -> None:
        self._session.add(lead)

    def get(self, lead_id: str, *, lock: bool = False) -> records.Lead | None:
        if lock:  # what was read before the lock may be old by now
            self._session.flush()
        return self._session.get(records.Lead, lead_id, with_for_update=lock or None, populate_existing=lock)

    def remove(self, lead: records.Lead) -> None:
        self._session.flush()
        for table in (tables.notices, tables.clock_steps, tables.stage_changes, tables.lead_events, tables.dispositions, tables.signals):
            self._session.execute(delete(table).where(table.c.lead_id == lead.id))
        for other in self.merged_into(lead.id):  # what was merged into it is of the same person
            self.remove(other)
        both = tables.merges.c
        self._session.execute(delete(tables.merges).where(or_(both.kept_id == lead.id, both.gone_id == lead.id)))
        self._session.expunge(lead)
        self._session.execute(delete(tables.leads).where(tables.leads.c.id == lead.id))

    def by_email(self, email: str) -> Sequence[records.Lead]:
        table = tables.leads.c
        query = select(records.Lead).where(table.email == person_key(email))
        return self._session.scalars(query.order_by(table.created_at.desc())).all()

    def same_people(self, emails: Collection[str]) -> Sequence[SamePerson]:
        return account_query.same_people(self._session, emails)

    def merged_into(self, lead_id: str) -> Sequence[records.Lead]:
        table = tables.leads.c
        return self._session.scalars(select(records.Lead).where(table.merged_into == lead_id).order_by(table.created_at, table.id)).all()

    def accounts(self, *, text: str | None, after: str | None, limit: int) -> tuple[Sequence[AccountRow], str | None]:
        return account_query.accounts(self._session, text=text, after=after, limit=limit)

    def search(
        self, *, stage: str | None, route: str | None, owner: str | None, text: str | None, conversation: str | None,
        after: str | None, limit: int,
    ) -> tuple[Sequence[records.Lead], str | None]:
        table = tables.leads.c
        query = select(records.Lead).where(table.merged_into.is_(None))
        query = query.order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1)
        for column, value in ((table.stage, stage), (table.route, route), (table.owner, owner)):
            if value:
                query = query.where(column == value)
        if conversation:  # of the lead that came out of it, or that this one was merged into
            given = select(tables.conversations.c.lead_id).where(tables.conversations.c.id == conversation)
            query = query.where(or_(table.conversation_id == conversation, table.id.in_(given)))
        if text:
            # The column that lists search by is read first; it is cut off where names are very long.
            query = query.where(or_(inbox_query.like(table.search_text, text), func.length(table.search_text) >= tables.LONGEST_SEARCH))
            pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            fields = [table.contact[field].as_string() for field in ("name", "email", "company")]
            query = query.where(or_(*(field.ilike(pattern, escape="\\") for field in fields)))
        if after:
            last = self._session.get(records.Lead, after)
            if last is None:  # going on from the first page would send a program round and round
                raise ValueError("cursor: the lead it stands for is gone. Please start at the newest leads.")
            query = query.where(tuple_(table.created_at, table.id) < tuple_(last.created_at, last.id))
        found = self._session.scalars(query).all()
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def inbox(self, wanted: Wanted, *, today: date, limit: int, skip: int) -> Sequence[records.Lead]:
        return inbox_query.inbox(self._session, wanted, today=today, limit=limit, skip=skip)

    def work(self, *, today: date) -> Mapping[tuple[str | None, str | None], int]:
        return inbox_query.work(self._session, today=today)

    def escalated_to(self, person: str, *, today: date) -> int:
        return inbox_query.count_escalated(self._session, person, today=today)

    def of_domain(self, domain: str, *, but: str, limit: int) -> Sequence[records.Lead]:
        table = tables.leads.c
        query = select(records.Lead).where(table.domain == account_domain(domain), table.id != but, table.merged_into.is_(None))
        return self._session.scalars(query.order_by(table.created_at.desc()).limit(limit)).all()

    def open_by_owner(self, owners: Collection[str], *, but: str) -> Mapping[str, int]:
        table = tables.leads.c
        query = select(table.owner, func.count()).where(
            table.owner.in_(owners), table.stage.in_(OPEN_STAGES), table.status != "stopped", table.id != but, table.merged_into.is_(None)
        )
        return dict(self._session.execute(query.group_by(table.owner)).all())

    def add_stage_change(self, change: records.StageChange) -> None:
        self._session.add(change)

    def stage_changes(self, lead_id: str) -> Sequence[records.StageChange]:
        table = tables.stage_changes.c
        query = select(records.StageChange).where(table.lead_id == lead_id).order_by(table.at)
        return self._session.scalars(query).all()

    def stage_changes_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[records.StageChange]]:
        table, found = tables.stage_changes.c, {lead_id: list[records.StageChange]() for lead_id in lead_ids}
        for change in self._session.scalars(select(records.StageChange).where(table.lead_id.in_(lead_ids)).order_by(table.at)):
            found[change.lead_id].append(change)
        return found

    def add_event(self, event: records.LeadEvent) -> None:
        self._session.add(event)

    def add_disposition(self, disposition: records.Disposition) -> None:
        self._session.add(disposition)

    def events(self, lead_id: str) -> Sequence[records.LeadEvent]:
        table = tables.lead_events.c
        return self._session.scalars(select(records.LeadEvent).where(table.lead_id == lead_id).order_by(table.at)).all()

    def events_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[records.LeadEvent]]:
        table, found = tables.lead_events.c, {lead_id: list[records.LeadEvent]() for lead_id in lead_ids}
        for event in self._session.scalars(select(records.LeadEvent).where(table.lead_id.in_(lead_ids)).order_by(table.at)):
            found[event.lead_id].append(event)
        return found


class _Merges:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, merge: records.Merge) -> None:
        self._session.add(merge)

    def get(self, merge_id: str, *, lock: bool = False) -> records.Merge | None:
        return self._session.get(records.Merge, merge_id, with_for_update=lock or None, populate_existing=lock)

    def of(self, lead_id: str) -> Sequence[records.Merge]:
        table = tables.merges.c
        query = select(records.Merge).where(or_(table.kept_id == lead_id, table.gone_id == lead_id)).order_by(table.at.desc(), table.id)
        return self._session.scalars(query).all()


class _Signals:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, signal: records.Signal) -> None:
        self._session.add(signal)

    def of(self, lead_id: str) -> Sequence[records.Signal]:
        return self._session.scalars(select(records.Signal).where(tables.signals.c.lead_id == lead_id)).all()

    def of_email(self, email: str) -> Sequence[records.Signal]:
        table = tables.signals.c
        query = select(records.Signal).where(func.lower(table.email) == email.lower(), table.lead_id.is_(None))
        return self._session.scalars(query).all()

    def of_visitor(self, visitor: str) -> Sequence[records.Signal]:
        table = tables.signals.c
        return self._session.scalars(select(records.Signal).where(table.visitor == visitor, table.lead_id.is_(None))).all()


class _Staff:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add_user(self, user: records.User) -> None:
        self._session.add(user)

    def users(self) -> Sequence[records.User]:
        return self._session.scalars(select(records.User).order_by(tables.users.c.name, tables.users.c.email)).all()

    def user_by_email(self, email: str) -> records.User | None:
        query = select(records.User).where(func.lower(tables.users.c.email) == email.lower())
        return self._session.scalars(query).one_or_none()

    def add_session(self, session: records.Session) -> None:
        self._session.add(session)

    def user(self, user_id: str) -> records.User | None:
        return self._session.get(records.User, user_id)

    def user_by_subject(self, issuer: str, subject: str) -> records.User | None:
        table = tables.users.c
        return self._session.scalars(select(records.User).where(table.issuer == issuer, table.subject == subject)).one_or_none()

    def admins(self) -> Sequence[records.User]:
        table = tables.users.c
        query = select(records.User).where(table.role == "admin", table.deactivated_at.is_(None)).order_by(table.id).with_for_update()
        return self._session.scalars(query.execution_options(populate_existing=True)).all()

    def session(self, token_hash: str) -> records.Session | None:
        return self._session.get(records.Session, token_hash)

    def session_user(self, token_hash: str, now: datetime) -> records.User | None:
        session = self._session.get(records.Session, token_hash)
        if session is None or session.expires_at <= now:
            return None
        user = self._session.get(records.User, session.user_id)
        return user if user is not None and user.deactivated_at is None else None

    def remove_session(self, token_hash: str) -> None:
        self._session.execute(delete(tables.sessions).where(tables.sessions.c.token_hash == token_hash))

    def remove_sessions(self, user_id: str, *, but: str = "") -> None:
        table = tables.sessions
        self._session.execute(delete(table).where(table.c.user_id == user_id, table.c.token_hash != but))

    def remove_sessions_before(self, moment: datetime) -> None:
        self._session.execute(delete(tables.sessions).where(tables.sessions.c.expires_at < moment))

    def add_invitation(self, invitation: records.Invitation) -> None:
        self._session.execute(delete(tables.invitations).where(func.lower(tables.invitations.c.email) == invitation.email.lower()))
        self._session.add(invitation)

    def invitations(self) -> Sequence[records.Invitation]:
        return self._session.scalars(select(records.Invitation).order_by(tables.invitations.c.created_at.desc())).all()

    def invitation_by_token(self, token_hash: str) -> records.Invitation | None:
        return self._session.scalars(select(records.Invitation).where(tables.invitations.c.token_hash == token_hash)).one_or_none()

    def invitation_by_email(self, email: str) -> records.Invitation | None:
        query = select(records.Invitation).where(func.lower(tables.invitations.c.email) == email.lower())
        return self._session.scalars(query).one_or_none()

    def remove_invitation(self, invitation_id: str) -> bool:
        table = tables.invitations.c
        return self._session.scalar(delete(tables.invitations).where(table.id == invitation_id).returning(table.id)) is not None

    def use_once(self, digest: str, now: datetime) -> bool:
        table = tables.used_once
        self._session.execute(delete(table).where(table.c.at < now - timedelta(days=1)))
        new = _insert_of(self._session)(table).values(digest=digest, at=now).on_conflict_do_nothing()
        return self._session.scalar(new.returning(table.c.digest)) is not None

    def add_api_key(self, key: records.ApiKey) -> None:
        self._session.add(key)

    def api_key(self, key_hash: str) -> records.ApiKey | None:
        return self._session.scalars(select(records.ApiKey).where(tables.api_keys.c.key_hash == key_hash)).one_or_none()

    def api_keys(self) -> Sequence[records.ApiKey]:
        return self._session.scalars(select(records.ApiKey).order_by(tables.api_keys.c.created_at.desc(), tables.api_keys.c.id)).all()


class _Audit:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: records.AuditEntry) -> None:
        self._session.add(entry)

    def entries(self, *, by: str | None, lead_id: str | None, before: int | None, limit: int) -> Sequence[records.AuditEntry]:
        table = tables.audit.c
        query = select(records.AuditEntry).order_by(table.id.desc()).limit(limit)
        for column, value in ((table.by, by), (table.lead_id, lead_id)):
            if value:
                query = query.where(column == value)
        if before is not None:
            query = query.where(table.id < before)
        return self._session.scalars(query).all()


class _Tallies:
    def __init__(self, session: Session) -> None:
        self._session, self._insert = session, _insert_of(session)

    def count(self, kind: str, day: date) -> None:
        # One statement: two who count the first of a day at once must not both insert it.
        table = tables.tallies
        first = self._insert(table).values(kind=kind, day=day, count=1)
        self._session.execute(
            first.on_conflict_do_update(index_elements=[table.c.kind, table.c.day], set_={"count": table.c.count + 1})
        )

    def total(self, kind: str) -> int:
        return self._session.scalar(select(func.sum(tables.tallies.c.count)).where(tables.tallies.c.kind == kind)) or 0


class _Rotations:
    def __init__(self, session: Session) -> None:
        self._session, self._insert = session, _insert_of(session)

    def take(self, playbook: str, queue: str) -> Mapping[str, int]:
        # One row stands for all queues: somebody may be in several, and the most they may own counts over all of them.
        # What the unit has changed is written first, so that everybody locks in the same order: leads, then this row.
        table = tables.rotations
        self._session.flush()
        self._session.execute(self._insert(table).values(playbook="", queue="", credits={}).on_conflict_do_nothing())
        self._session.execute(select(table.c.queue).where(table.c.playbook == "", table.c.queue == "").with_for_update())
        found = self._session.scalar(select(table.c.credits).where(table.c.playbook == playbook, table.c.queue == queue))
        return found or {}

    def keep(self, playbook: str, queue: str, credits: Mapping[str, int]) -> None:
        table = tables.rotations
        row = self._insert(table).values(playbook=playbook, queue=queue, credits=dict(credits))
        at = [table.c.playbook, table.c.queue]
        self._session.execute(row.on_conflict_do_update(index_elements=at, set_={"credits": row.excluded.credits}))


class _Playbooks:
    def __init__(self, session: Session) -> None:
        self._session, self._insert = session, _insert_of(session)

    def keep(self, playbook: records.StoredPlaybook) -> bool:
        new = self._insert(tables.playbooks).values(**asdict(playbook)).on_conflict_do_nothing()
        return self._session.scalar(new.returning(tables.playbooks.c.digest)) is not None

    def text(self, digest: str) -> records.StoredPlaybook | None:
        return self._session.get(records.StoredPlaybook, digest)

    def texts(self) -> Sequence[records.StoredPlaybook]:
        table = tables.playbooks.c
        return self._session.scalars(select(records.StoredPlaybook).order_by(table.published_at, table.digest)).all()

    def publish(self, publication: records.Publication) -> None:
        self._session.add(publication)

    def publications(self) -> Sequence[records.Publication]:
        return self._session.scalars(select(records.Publication).order_by(tables.publications.c.id)).all()


def _insert_of(session: Session) -> Any:
    """The INSERT of the database in use that can name a conflict; SQLite and PostgreSQL say it alike."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


class SqlUnitOfWork:
    """A unit of work on a database. `with unit: ... unit.commit()`; leaving without commit undoes everything."""

    conversations: ports.Conversations
    messages: ports.Messages
    leads: ports.Leads
    clocks: ports.Clocks
    notices: ports.Notices
    merges: ports.Merges
    signals: ports.Signals
    staff: ports.Staff
    audit: ports.Audit
    tallies: ports.Tallies
    rotations: ports.Rotations
    playbooks: ports.Playbooks

    def __init__(
        self, engine: Engine, *, read_only: bool = False, recoverable: bool = False, writers: AbstractContextManager[Any] | None = None
    ) -> None:
        """Prepare; the connection is taken at `with`.

        Args:
            read_only: takes no turn among the writers.
            recoverable: what is kept can be made again, so the commit need not wait for the disk. A process that is killed
                loses nothing by it, a power cut may.
            writers: held while a unit writes. SQLite lets one write at a time and has the others sleep and try again; those of
                one process had better queue.
        """
        self._engine = engine.execution_options(**{READ_ONLY: read_only, RECOVERABLE: recoverable})
        self._writers = nullcontext() if read_only or writers is None else writers

    def __enter__(self) -> Self:
        self._writers.__enter__()
        self._session = Session(self._engine, expire_on_commit=False)
        self.conversations, self.messages = _Conversations(self._session), _Messages(self._session)
        self.leads, self.signals = _Leads(self._session), _Signals(self._session)
        self.staff, self.tallies, self.playbooks = _Staff(self._session), _Tallies(self._session), _Playbooks(self._session)
        self.rotations, self.audit = _Rotations(self._session), _Audit(self._session)
        self.clocks, self.notices = Clocks(self._session), Notices(self._session)
        self.merges = _Merges(self._session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._session.close()
        finally:
            self._writers.__exit__(None, None, None)

    def commit(self) -> None:
        """Make it last."""
        self._session.commit()
