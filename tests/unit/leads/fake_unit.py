"""A unit of work in memory, for tests of the use cases: what leads/ports.py asks for, in dictionaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from leads.accounts import AccountRow
from leads.duplicates import SamePerson
from leads.organisations import account_domain, person_key
from leads.records import (
    ApiKey,
    AuditEntry,
    ClockStep,
    Conversation,
    Disposition,
    Invitation,
    Lead,
    LeadEvent,
    MailAttempt,
    Merge,
    Message,
    Notice,
    Publication,
    Session,
    Signal,
    StageChange,
    StoredPlaybook,
    User,
)


class FakeConversations:
    """Conversations by id; `locked` names those that were asked for with a lock."""

    def __init__(self) -> None:
        self.kept: dict[str, Conversation] = {}
        self.locked: list[str] = []

    def add(self, conversation: Conversation) -> None:
        self.kept[conversation.id] = conversation

    def get(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        if lock:
            self.locked.append(conversation_id)
        return self.kept.get(conversation_id)

    def quiet_since(self, moment: datetime) -> Sequence[Conversation]:
        return [c for c in self.kept.values() if c.closed_at is None and c.last_message_at < moment]

    def unfinished_calls(self, *, lead_id: str | None = None) -> Sequence[Conversation]:
        found = [c for c in self.kept.values() if c.channel == "call" and c.outcome is None and lead_id in (None, c.lead_id)]
        return sorted(found, key=lambda c: c.opened_at, reverse=True)

    def calls_with(self, lead_id: str) -> Sequence[Conversation]:
        return sorted((c for c in self.kept.values() if c.channel == "call" and c.lead_id == lead_id), key=lambda c: c.opened_at)

    def with_lead(self, lead_id: str) -> Sequence[Conversation]:
        return sorted((c for c in self.kept.values() if c.lead_id == lead_id), key=lambda c: c.opened_at)


class FakeMessages:
    """Messages in the order they came."""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    def add(self, message: Message) -> None:
        self.kept.append(message)

    def get(self, message_id: str) -> Message | None:
        return next((m for m in self.kept if m.id == message_id), None)

    def by_key(self, conversation_id: str, key: str) -> Message | None:
        return next((m for m in self.of(conversation_id) if m.idempotency_key == key), None)

    def of(self, conversation_id: str) -> Sequence[Message]:
        return sorted((m for m in self.kept if m.conversation_id == conversation_id), key=lambda m: m.sequence)

    def next_sequence(self, conversation_id: str) -> int:
        return max((m.sequence for m in self.of(conversation_id)), default=-1) + 1

    def erase(self, conversation_id: str) -> None:
        self.kept = [m for m in self.kept if m.conversation_id != conversation_id]


class FakeLeads:
    """Leads by id, and their moves in order."""

    def __init__(self, signals: FakeSignals) -> None:
        self.kept: dict[str, Lead] = {}
        self.moves: list[StageChange] = []
        self.happened: list[LeadEvent] = []
        self.dispositions: list[Disposition] = []
        self._signals = signals

    def add(self, lead: Lead) -> None:
        self.kept[lead.id] = lead

    def get(self, lead_id: str, *, lock: bool = False) -> Lead | None:
        return self.kept.get(lead_id)

    def remove(self, lead: Lead) -> None:
        del self.kept[lead.id]
        self.moves = [move for move in self.moves if move.lead_id != lead.id]
        self.happened = [event for event in self.happened if event.lead_id != lead.id]
        self._signals.kept = [signal for signal in self._signals.kept if signal.lead_id != lead.id]

    def by_email(self, email: str) -> Sequence[Lead]:
        found = [lead for lead in self.kept.values() if person_key(lead.contact.get("email")) == person_key(email)]
        return sorted(found, key=lambda lead: lead.created_at, reverse=True)

    def _there(self) -> list[Lead]:
        return [lead for lead in self.kept.values() if lead.merged_into is None]

    def same_people(self, emails: Collection[str]) -> Sequence[SamePerson]:
        found = [
            SamePerson(lead.id, email, lead.stage, lead.created_at, lead.owner, lead.source, lead.version)
            for lead in self._there() if (email := person_key(lead.contact.get("email"))) in emails and email
        ]
        return sorted(found, key=lambda same: same.created_at, reverse=True)

    def merged_into(self, lead_id: str) -> Sequence[Lead]:
        return sorted((lead for lead in self.kept.values() if lead.merged_into == lead_id), key=lambda lead: lead.created_at)

    def accounts(self, *, text: str | None, after: str | None, limit: int) -> tuple[Sequence[AccountRow], str | None]:
        raise NotImplementedError("a query of the database; tests/integration/test_accounts.py runs it")

    def search(
        self, *, stage: str | None, route: str | None, owner: str | None, text: str | None, conversation: str | None,
        after: str | None, limit: int,
    ) -> tuple[Sequence[Lead], str | None]:
        found = sorted(self._there(), key=lambda lead: (lead.created_at, lead.id), reverse=True)
        for name, wanted in (("stage", stage), ("route", route), ("owner", owner), ("conversation_id", conversation)):
            if wanted:
                found = [lead for lead in found if getattr(lead, name) == wanted]
        if text:
            found = [lead for lead in found if text.lower() in " ".join(lead.contact.values()).lower()]
        if after:
            ids = [lead.id for lead in found]
            found = found[ids.index(after) + 1 :]
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def of_domain(self, domain: str, *, but: str, limit: int) -> Sequence[Lead]:
        wanted = account_domain(domain)
        found = [lead for lead in self._there() if account_domain(lead.contact.get("email")) == wanted and lead.id != but]
        return sorted(found, key=lambda lead: lead.created_at, reverse=True)[:limit]

    def open_by_owner(self, owners: Collection[str], *, but: str) -> Mapping[str, int]:
        found = [lead for lead in self._there() if lead.owner in owners and lead.id != but and lead.status != "stopped"]
        return Counter(str(lead.owner) for lead in found if lead.stage not in ("won", "lost", "disqualified"))

    def add_stage_change(self, change: StageChange) -> None:
        self.moves.append(change)

    def stage_changes(self, lead_id: str) -> Sequence[StageChange]:
        return [move for move in self.moves if move.lead_id == lead_id]

    def stage_changes_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[StageChange]]:
        return {lead_id: self.stage_changes(lead_id) for lead_id in lead_ids}

    def add_event(self, event: LeadEvent) -> None:
        self.happened.append(event)

    def add_disposition(self, disposition: Disposition) -> None:
        self.dispositions.append(disposition)

    def events(self, lead_id: str) -> Sequence[LeadEvent]:
        return [event for event in self.happened if event.lead_id == lead_id]

    def events_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[LeadEvent]]:
        return {lead_id: self.events(lead_id) for lead_id in lead_ids}


class FakeClocks:
    """Steps in the order they were taken; `next` says when each lead is looked at again. Every lead is looked at each time."""

    def __init__(self, leads: FakeLeads) -> None:
        self.kept: list[ClockStep] = []
        self.next: dict[str, datetime | None] = {}
        self._leads = leads

    def asking(self, now: datetime, *, limit: int) -> Sequence[str]:
        return list(self._leads.kept)[:limit]

    def look_again(self, lead: Lead, at: datetime | None) -> None:
        self.next[lead.id] = at

    def claim(self, step: ClockStep) -> bool:
        if any((kept.lead_id, kept.due_at, kept.name) == (step.lead_id, step.due_at, step.name) for kept in self.kept):
            return False
        self.kept.append(step)
        return True

    def steps(self, lead_id: str) -> Sequence[ClockStep]:
        return [step for step in self.kept if step.lead_id == lead_id]


class FakeNotices:
    """Notices in the order they came, and tries to mail them."""

    def __init__(self) -> None:
        self.kept: list[Notice] = []
        self.tried: list[MailAttempt] = []

    def add(self, notice: Notice) -> None:
        self.kept.append(notice)

    def of(self, to: str, *, limit: int) -> Sequence[Notice]:
        return [notice for notice in reversed(self.kept) if notice.to == to.lower()][:limit]

    def unread(self, to: str) -> int:
        return sum(notice.read_at is None for notice in self.of(to, limit=len(self.kept)))

    def mark_read(self, to: str, now: datetime, *, notice_id: str | None = None, lead_id: str | None = None) -> int:
        found = [notice for notice in self.of(to, limit=len(self.kept)) if notice.read_at is None]
        found = [notice for notice in found if notice_id in (None, notice.id) and lead_id in (None, notice.lead_id)]
        for notice in found:
            notice.read_at = now
        return len(found)

    def waiting(self, now: datetime, *, limit: int) -> Sequence[Notice]:
        return [notice for notice in self.kept if notice.mail == "waiting" and notice.mail_at is not None and notice.mail_at <= now][:limit]

    def get(self, notice_id: str) -> Notice | None:
        return next((notice for notice in self.kept if notice.id == notice_id), None)

    def attempts(self, notice_id: str) -> Sequence[MailAttempt]:
        return [attempt for attempt in self.tried if attempt.notice_id == notice_id]

    def add_attempt(self, attempt: MailAttempt) -> None:
        self.tried.append(attempt)


class FakeMerges:
    """Merges in the order they were made."""

    def __init__(self) -> None:
        self.kept: list[Merge] = []

    def add(self, merge: Merge) -> None:
        self.kept.append(merge)

    def get(self, merge_id: str, *, lock: bool = False) -> Merge | None:
        return next((merge for merge in self.kept if merge.id == merge_id), None)

    def of(self, lead_id: str) -> Sequence[Merge]:
        return [merge for merge in reversed(self.kept) if lead_id in (merge.kept_id, merge.gone_id)]


class FakeSignals:
    """Signals in the order they came."""

    def __init__(self) -> None:
        self.kept: list[Signal] = []

    def add(self, signal: Signal) -> None:
        self.kept.append(signal)

    def of(self, lead_id: str) -> Sequence[Signal]:
        return [signal for signal in self.kept if signal.lead_id == lead_id]

    def of_email(self, email: str) -> Sequence[Signal]:
        return [signal for signal in self.kept if (signal.email or "").lower() == email.lower() and signal.lead_id is None]

    def of_visitor(self, visitor: str) -> Sequence[Signal]:
        return [signal for signal in self.kept if signal.visitor == visitor and signal.lead_id is None]


class FakeStaff:
    """Users, sign-ins and keys."""

    def __init__(self) -> None:
        self.users_kept: list[User] = []
        self.sessions: dict[str, Session] = {}
        self.invited: dict[str, Invitation] = {}
        self.used: set[str] = set()
        self.keys: list[ApiKey] = []

    def add_user(self, user: User) -> None:
        self.users_kept.append(user)

    def users(self) -> Sequence[User]:
        return sorted(self.users_kept, key=lambda user: user.name)

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self.users_kept if user.email.lower() == email.lower()), None)

    def add_session(self, session: Session) -> None:
        self.sessions[session.token_hash] = session

    def session_user(self, token_hash: str, now: datetime) -> User | None:
        session = self.sessions.get(token_hash)
        if session is None or session.expires_at <= now:
            return None
        return next((user for user in self.users_kept if user.id == session.user_id and user.deactivated_at is None), None)

    def user(self, user_id: str) -> User | None:
        return next((user for user in self.users_kept if user.id == user_id), None)

    def user_by_subject(self, issuer: str, subject: str) -> User | None:
        return next((user for user in self.users_kept if (user.issuer, user.subject) == (issuer, subject)), None)

    def admins(self) -> Sequence[User]:
        return [user for user in self.users_kept if user.role == "admin" and user.deactivated_at is None]

    def session(self, token_hash: str) -> Session | None:
        return self.sessions.get(token_hash)

    def remove_session(self, token_hash: str) -> None:
        self.sessions.pop(token_hash, None)

    def remove_sessions(self, user_id: str, *, but: str = "") -> None:
        self.sessions = {key: session for key, session in self.sessions.items() if session.user_id != user_id or key == but}

    def remove_sessions_before(self, moment: datetime) -> None:
        self.sessions = {key: session for key, session in self.sessions.items() if session.expires_at >= moment}

    def add_invitation(self, invitation: Invitation) -> None:
        self.invited = {key: kept for key, kept in self.invited.items() if kept.email.lower() != invitation.email.lower()}
        self.invited[invitation.id] = invitation

    def invitations(self) -> Sequence[Invitation]:
        return sorted(self.invited.values(), key=lambda kept: kept.created_at, reverse=True)

    def invitation_by_token(self, token_hash: str) -> Invitation | None:
        return next((kept for kept in self.invited.values() if kept.token_hash == token_hash), None)

    def invitation_by_email(self, email: str) -> Invitation | None:
        return next((kept for kept in self.invited.values() if kept.email.lower() == email.lower()), None)

    def remove_invitation(self, invitation_id: str) -> bool:
        return self.invited.pop(invitation_id, None) is not None

    def use_once(self, digest: str, now: datetime) -> bool:
        first = digest not in self.used
        self.used.add(digest)
        return first

    def add_api_key(self, key: ApiKey) -> None:
        self.keys.append(key)

    def api_key(self, key_hash: str) -> ApiKey | None:
        return next((key for key in self.keys if key.key_hash == key_hash), None)

    def api_keys(self) -> Sequence[ApiKey]:
        return sorted(self.keys, key=lambda key: key.created_at, reverse=True)


class FakeAudit:
    """Entries in the order they came."""

    def __init__(self) -> None:
        self.kept: list[AuditEntry] = []

    def add(self, entry: AuditEntry) -> None:
        entry.id = len(self.kept) + 1
        self.kept.append(entry)

    def entries(self, *, by: str | None, lead_id: str | None, before: int | None, limit: int) -> Sequence[AuditEntry]:
        found = [entry for entry in self.kept if by in (None, entry.by) and lead_id in (None, entry.lead_id)]
        return [entry for entry in reversed(found) if before is None or (entry.id or 0) < before][:limit]


class FakeTallies:
    """Counts by kind and day."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, date], int] = {}

    def count(self, kind: str, day: date) -> None:
        self.kept[kind, day] = self.kept.get((kind, day), 0) + 1

    def total(self, kind: str) -> int:
        return sum(count for (known, _), count in self.kept.items() if known == kind)


class FakeRotations:
    """Credits by playbook and queue; `taken` names the queues in the order they were taken."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, int]] = {}
        self.taken: list[str] = []

    def take(self, playbook: str, queue: str) -> Mapping[str, int]:
        self.taken.append(queue)
        return self.kept.get((playbook, queue), {})

    def keep(self, playbook: str, queue: str, credits: Mapping[str, int]) -> None:
        self.kept[playbook, queue] = dict(credits)


class FakePlaybooks:
    """Texts by digest, and publications in order."""

    def __init__(self) -> None:
        self.kept: dict[str, StoredPlaybook] = {}
        self.published: list[Publication] = []

    def keep(self, playbook: StoredPlaybook) -> bool:
        return self.kept.setdefault(playbook.digest, playbook) is playbook

    def text(self, digest: str) -> StoredPlaybook | None:
        return self.kept.get(digest)

    def texts(self) -> Sequence[StoredPlaybook]:
        return list(self.kept.values())

    def publish(self, publication: Publication) -> None:
        self.published.append(publication)

    def publications(self) -> Sequence[Publication]:
        return list(self.published)


class FakeUnit:
    """All of it in one unit; leaving it without `commit` brings back what was there before."""

    def __init__(self) -> None:
        self.conversations, self.messages, self.signals = FakeConversations(), FakeMessages(), FakeSignals()
        self.leads, self.staff, self.audit = FakeLeads(self.signals), FakeStaff(), FakeAudit()
        self.tallies, self.playbooks, self.rotations = FakeTallies(), FakePlaybooks(), FakeRotations()
        self.clocks, self.notices = FakeClocks(self.leads), FakeNotices()
        self.merges = FakeMerges()
        self._before: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._before = deepcopy({name: part for name, part in self.__dict__.items() if name != "_before"})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.__dict__.update(self._before)
        self._before = {}

    def commit(self) -> None:
        self._before = {}
