"""A unit of work in memory over one enquiry at a time, so that thousands of turns need no database; what it holds is stored in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from leads.records import AuditEntry, Conversation, Disposition, Lead, LeadEvent, Message, Signal, StageChange, User


class Conversations:
    """The conversation, if there is one."""

    def __init__(self) -> None:
        self.kept: list[Conversation] = []

    def add(self, conversation: Conversation) -> None:
        """Keep it."""
        self.kept.append(conversation)

    def get(self, conversation_id: str, *, lock: bool = False) -> Conversation | None:
        """Return it."""
        return next((one for one in self.kept if one.id == conversation_id), None)


class Messages:
    """Its messages, in order."""

    def __init__(self) -> None:
        self.kept: list[Message] = []

    def add(self, message: Message) -> None:
        """Keep a message."""
        self.kept.append(message)

    def get(self, message_id: str) -> Message | None:
        """Return one."""
        return next((one for one in self.kept if one.id == message_id), None)

    def by_key(self, conversation_id: str, key: str) -> Message | None:
        """Nobody sends a message twice here."""
        return None

    def next_sequence(self, conversation_id: str) -> int:
        """Return the number the next message gets."""
        return len(self.kept)


class Leads:
    """The lead, if there is one; how many leads each owner has is known of all that came before."""

    def __init__(self, open_leads: Counter[str]) -> None:
        self.kept: list[Lead] = []
        self.moves: list[StageChange] = []
        self.happened: list[LeadEvent] = []
        self.dispositions: list[Disposition] = []
        self._open_leads = open_leads

    def add(self, lead: Lead) -> None:
        """Keep it."""
        self.kept.append(lead)

    def get(self, lead_id: str, *, lock: bool = False) -> Lead | None:
        """Return it."""
        return next((one for one in self.kept if one.id == lead_id), None)

    def open_by_owner(self, owners: Collection[str], *, but: str) -> Mapping[str, int]:
        """Return how many open leads each of these owns."""
        return {owner: self._open_leads[owner] for owner in owners}

    def same_people(self, emails: Collection[str]) -> Sequence[Lead]:
        """Everybody comes once."""
        return ()

    def add_stage_change(self, change: StageChange) -> None:
        """Keep a move."""
        self.moves.append(change)

    def stage_changes(self, lead_id: str) -> Sequence[StageChange]:
        """Return the moves in order."""
        return self.moves

    def add_event(self, event: LeadEvent) -> None:
        """Keep what somebody did."""
        self.happened.append(event)

    def events(self, lead_id: str) -> Sequence[LeadEvent]:
        """Return what people did, in order."""
        return self.happened

    def add_disposition(self, disposition: Disposition) -> None:
        """Keep what sales said."""
        self.dispositions.append(disposition)


class Signals:
    """Signals of the visitor."""

    def __init__(self) -> None:
        self.kept: list[Signal] = []

    def add(self, signal: Signal) -> None:
        """Keep a signal."""
        self.kept.append(signal)

    def of(self, lead_id: str) -> Sequence[Signal]:
        """Return those of the lead."""
        return [one for one in self.kept if one.lead_id == lead_id]

    def of_email(self, email: str) -> Sequence[Signal]:
        """None of them came by e-mail."""
        return ()

    def of_visitor(self, visitor: str) -> Sequence[Signal]:
        """Return those that belong to no lead yet."""
        return [one for one in self.kept if one.visitor == visitor and one.lead_id is None]


class Staff:
    """Nobody of the vendor signs in here; who owns leads is in the playbook."""

    def users(self) -> Sequence[User]:
        """Return nobody."""
        return ()


class Rotations:
    """Whose turn it is, over all enquiries."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Mapping[str, int]] = {}

    def take(self, playbook: str, queue: str) -> Mapping[str, int]:
        """Return the credits of a queue."""
        return self._kept.get((playbook, queue), {})

    def keep(self, playbook: str, queue: str, credits: Mapping[str, int]) -> None:
        """Keep them."""
        self._kept[playbook, queue] = dict(credits)


class Audit:
    """Nobody looked at or decided on anything, so the audit trail says nothing of it."""

    def add(self, entry: AuditEntry) -> None:
        """Keep nothing."""


class Enquiry:
    """One enquiry. It is a leads.ports.UnitOfWork as far as chats, forms and decisions go."""

    def __init__(self, rotations: Rotations, open_leads: Counter[str]) -> None:
        """Begin; turns and open leads are shared with the enquiries before."""
        self.conversations, self.messages, self.signals = Conversations(), Messages(), Signals()
        self.leads, self.staff, self.audit, self.rotations = Leads(open_leads), Staff(), Audit(), rotations

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """There is nothing to undo."""

    def commit(self) -> None:
        """There is nothing to make last."""

    @property
    def lead(self) -> Lead | None:
        """The lead that came of it."""
        return self.leads.kept[0] if self.leads.kept else None

    def records(self) -> list[Any]:
        """Return all records, each after those it belongs to; all of them marked as demo."""
        for lead in self.leads.kept:
            lead.demo = True
        for conversation in self.conversations.kept:
            conversation.demo = True
        return [
            *self.conversations.kept,
            *self.messages.kept,
            *self.leads.kept,
            *self.leads.moves,
            *self.leads.happened,
            *self.leads.dispositions,
            *self.signals.kept,
        ]
