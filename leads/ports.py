"""What the use cases need from the outside: a unit of work over stored records. The store implements it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

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

if TYPE_CHECKING:
    from leads.accounts import AccountRow
    from leads.duplicates import SamePerson
    from leads.inbox import Wanted

Clock = Callable[[], datetime]


class StorageFailed(Exception):
    """The store could not do what was asked; nothing of that unit of work was kept. `full`: its disk is full."""

    def __init__(self, *, full: bool) -> None:
        super().__init__("the disk is full" if full else "the store does not answer")
        self.full = full


class Conversations(Protocol):
    """Stored conversations."""

    def add(self, conversation: Conversation) -> None:
        """Keep a new conversation."""

    def get(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        """Return one, locked against other writers until the end of the unit if asked."""

    def quiet_since(self, moment: datetime) -> Sequence[Conversation]:
        """Return open conversations without a message since then."""

    def unfinished_calls(self, *, lead_id: str | None = None) -> Sequence[Conversation]:
        """Return guided calls that nobody has wrapped up, newest first; those with one lead if it is given."""

    def calls_with(self, lead_id: str) -> Sequence[Conversation]:
        """Return all guided calls with a lead, oldest first."""

    def with_lead(self, lead_id: str) -> Sequence[Conversation]:
        """Return all chats and calls with a lead, oldest first."""


class Messages(Protocol):
    """Stored messages."""

    def add(self, message: Message) -> None:
        """Keep a message."""

    def get(self, message_id: str) -> Message | None:
        """Return one."""

    def by_key(self, conversation_id: str, key: str) -> Message | None:
        """Return the message that came with an idempotency key."""

    def of(self, conversation_id: str) -> Sequence[Message]:
        """Return a conversation's messages in order."""

    def next_sequence(self, conversation_id: str) -> int:
        """Return the number the next message gets."""

    def erase(self, conversation_id: str) -> None:
        """Remove all messages of a conversation."""


class Leads(Protocol):
    """Stored leads."""

    def add(self, lead: Lead) -> None:
        """Keep a new lead."""

    def get(self, lead_id: str, *, lock: bool = False) -> Lead | None:
        """Return one, as it stands and locked against other writers until the end of the unit if asked."""

    def remove(self, lead: Lead) -> None:
        """Remove a lead with its signals and stage history."""

    def by_email(self, email: str) -> Sequence[Lead]:
        """Return the leads of a person, newest first (compared as leads.organisations.person_key does), merged ones too."""

    def same_people(self, emails: Collection[str]) -> Sequence[SamePerson]:
        """Return what there is of some people, by e-mail address as person_key gives it, newest first."""

    def merged_into(self, lead_id: str) -> Sequence[Lead]:
        """Return the leads that were merged into one, oldest first."""

    def accounts(self, *, text: str | None, after: str | None, limit: int) -> tuple[Sequence[AccountRow], str | None]:
        """Return a page of accounts, the one that moved last first, and the cursor of the next page; ValueError for no cursor of ours."""

    def search(
        self, *, stage: str | None, route: str | None, owner: str | None, text: str | None, conversation: str | None,
        after: str | None, limit: int,
    ) -> tuple[Sequence[Lead], str | None]:
        """Return a page of leads, newest first, and the cursor of the next page; ValueError for a cursor of a lead that is gone."""

    def inbox(self, wanted: Wanted, *, today: date, limit: int, skip: int) -> Sequence[Lead]:
        """Return a page of the inbox: leads with a clock first, the most urgent on top, then the newest."""

    def work(self, *, today: date) -> Mapping[tuple[str | None, str | None], int]:
        """Return how many leads somebody works on or should, by queue and owner."""

    def escalated_to(self, person: str, *, today: date) -> int:
        """Return how many leads somebody was told of because nobody answered, and nobody has since."""

    def of_domain(self, domain: str, *, but: str, limit: int) -> Sequence[Lead]:
        """Return the newest leads of an account (leads.organisations.account_domain), without the lead `but`."""

    def open_by_owner(self, owners: Collection[str], *, but: str) -> Mapping[str, int]:
        """Return how many open leads each of these owns, without the lead `but`: not won, lost, disqualified or stopped."""

    def add_stage_change(self, change: StageChange) -> None:
        """Keep a move."""

    def stage_changes(self, lead_id: str) -> Sequence[StageChange]:
        """Return a lead's moves in order."""

    def stage_changes_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[StageChange]]:
        """Return the moves of several leads, each in order, in one look."""

    def add_event(self, event: LeadEvent) -> None:
        """Keep what somebody did with a lead."""

    def add_disposition(self, disposition: Disposition) -> None:
        """Keep what sales said to a lead."""

    def events(self, lead_id: str) -> Sequence[LeadEvent]:
        """Return what people did with a lead, in order."""

    def events_of(self, lead_ids: Collection[str]) -> Mapping[str, Sequence[LeadEvent]]:
        """Return what people did with several leads, each in order, in one look."""


class Clocks(Protocol):
    """Which leads ask the clocks for something, and what the clocks did."""

    def asking(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Return ids of leads to look at, longest due first: those with a step that is due, and those that changed since the last look."""

    def look_again(self, lead: Lead, at: datetime | None) -> None:
        """Look at a lead again at a moment, or when it changes, whichever comes first."""

    def claim(self, step: ClockStep) -> bool:
        """Keep a step; False if it was taken before. Whoever else tries waits for the end of the unit, and gets it if this is undone."""

    def steps(self, lead_id: str) -> Sequence[ClockStep]:
        """Return what the clocks did with a lead, in order."""


class Notices(Protocol):
    """What people should know of, and the mail that tells them."""

    def add(self, notice: Notice) -> None:
        """Keep a notice."""

    def of(self, to: str, *, limit: int) -> Sequence[Notice]:
        """Return the notices of a person, newest first."""

    def unread(self, to: str) -> int:
        """Return how many notices somebody has not read."""

    def mark_read(self, to: str, now: datetime, *, notice_id: str | None = None, lead_id: str | None = None) -> int:
        """Mark unread notices of a person as read, all or those of an id; return how many."""

    def waiting(self, now: datetime, *, limit: int) -> Sequence[Notice]:
        """Return notices whose mail is due, longest due first, locked until the end of the unit; without those that another holds."""

    def get(self, notice_id: str) -> Notice | None:
        """Return one, locked until the end of the unit."""

    def attempts(self, notice_id: str) -> Sequence[MailAttempt]:
        """Return the tries to mail a notice, in order."""

    def add_attempt(self, attempt: MailAttempt) -> None:
        """Keep a try."""


class Merges(Protocol):
    """Leads that were put together by hand."""

    def add(self, merge: Merge) -> None:
        """Keep a merge."""

    def get(self, merge_id: str, *, lock: bool = False) -> Merge | None:
        """Return one, as it stands and locked until the end of the unit if asked."""

    def of(self, lead_id: str) -> Sequence[Merge]:
        """Return merges that a lead stayed or went in, newest first."""


class Signals(Protocol):
    """Stored signals."""

    def add(self, signal: Signal) -> None:
        """Keep a signal."""

    def of(self, lead_id: str) -> Sequence[Signal]:
        """Return the signals of a lead."""

    def of_email(self, email: str) -> Sequence[Signal]:
        """Return the signals of an e-mail address that belong to no lead yet."""

    def of_visitor(self, visitor: str) -> Sequence[Signal]:
        """Return a visitor's signals that belong to no lead yet."""


class Staff(Protocol):
    """Stored users, sign-ins, invitations and keys."""

    def add_user(self, user: User) -> None:
        """Keep a user."""

    def users(self) -> Sequence[User]:
        """Return all users by name."""

    def user_by_email(self, email: str) -> User | None:
        """Return the user with an e-mail address (compared without case)."""

    def add_session(self, session: Session) -> None:
        """Keep a sign-in."""

    def user(self, user_id: str) -> User | None:
        """Return the user with an id."""

    def user_by_subject(self, issuer: str, subject: str) -> User | None:
        """Return who somebody of an OIDC issuer is."""

    def admins(self) -> Sequence[User]:
        """Return the administrators who may sign in, locked against other writers until the end of the unit."""

    def session(self, token_hash: str) -> Session | None:
        """Return a sign-in, run out or not."""

    def session_user(self, token_hash: str, now: datetime) -> User | None:
        """Return who a sign-in belongs to, if it has not run out and they may still sign in."""

    def remove_session(self, token_hash: str) -> None:
        """End a sign-in."""

    def remove_sessions(self, user_id: str, *, but: str = "") -> None:
        """End all sign-ins of a user; the one with the hash `but` goes on."""

    def remove_sessions_before(self, moment: datetime) -> None:
        """Forget the sign-ins that ran out before a moment."""

    def add_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation instead of an earlier one to the same address."""

    def invitations(self) -> Sequence[Invitation]:
        """Return all that were neither used nor withdrawn, newest first."""

    def invitation_by_token(self, token_hash: str) -> Invitation | None:
        """Return one by the hash of what its link holds."""

    def invitation_by_email(self, email: str) -> Invitation | None:
        """Return the one to an e-mail address (compared without case)."""

    def remove_invitation(self, invitation_id: str) -> bool:
        """Take one away; False if another did so before. Nobody else can until the end of the unit."""

    def use_once(self, digest: str, now: datetime) -> bool:
        """Keep that something was used; False if it was before. What is older than a day is forgotten."""

    def add_api_key(self, key: ApiKey) -> None:
        """Keep a key."""

    def api_key(self, key_hash: str) -> ApiKey | None:
        """Return a key, revoked or not."""

    def api_keys(self) -> Sequence[ApiKey]:
        """Return all keys, newest first."""


class Audit(Protocol):
    """Who saw or changed what; grows only."""

    def add(self, entry: AuditEntry) -> None:
        """Keep an entry."""

    def entries(self, *, by: str | None, lead_id: str | None, before: int | None, limit: int) -> Sequence[AuditEntry]:
        """Return entries, newest first, of one person or lead if asked; `before` is the id of the last entry seen."""


class Tallies(Protocol):
    """Counts of what is not stored itself."""

    def count(self, kind: str, day: date) -> None:
        """Count one more of a kind on a day."""

    def total(self, kind: str) -> int:
        """Return how many of a kind were counted in all."""


class Rotations(Protocol):
    """Whose turn it is in each queue."""

    def take(self, playbook: str, queue: str) -> Mapping[str, int]:
        """Return the credits of a queue by member. Nobody else takes or keeps any until the end of the unit."""

    def keep(self, playbook: str, queue: str, credits: Mapping[str, int]) -> None:
        """Keep the credits of a queue that was taken in this unit."""


class Playbooks(Protocol):
    """Texts of playbooks, so that every stored score can be made again, and which of them was published when."""

    def keep(self, playbook: StoredPlaybook) -> bool:
        """Keep a text; False if that digest is already there."""

    def text(self, digest: str) -> StoredPlaybook | None:
        """Return a text by its digest."""

    def texts(self) -> Sequence[StoredPlaybook]:
        """Return all texts, oldest first."""

    def publish(self, publication: Publication) -> None:
        """Make a kept text the one in use for its name."""

    def publications(self) -> Sequence[Publication]:
        """Return all publications, oldest first."""


class UnitOfWork(Protocol):
    """One transaction: commit or nothing."""

    conversations: Conversations
    messages: Messages
    leads: Leads
    clocks: Clocks
    notices: Notices
    merges: Merges
    signals: Signals
    staff: Staff
    audit: Audit
    tallies: Tallies
    rotations: Rotations
    playbooks: Playbooks

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Undo what was not committed."""

    def commit(self) -> None:
        """Make it last."""


NewUnit = Callable[[], UnitOfWork]
