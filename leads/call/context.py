"""One call while something is done with it: its records, who may write, and what every change ends with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from leads import qualification
from leads.call.state import CallState
from leads.conversations import NotFound
from leads.dialogue.contact import CONTACT_FIELDS, next_contact_field
from leads.dialogue.state import DialogueState
from leads.ports import UnitOfWork
from leads.records import Conversation, Lead
from scoring.next_question import next_question
from scoring.playbook import Playbook

CHANNEL = "call"


class CallRefused(Exception):
    """This cannot be done with the call; the sentence says why and what to do."""


class OtherTab(Exception):
    """The call is led in another browser tab."""


class Finished(Exception):
    """The call was wrapped up; nothing more is taken."""


@dataclass
class Call:
    """A call with its lead (None until there is something to keep) and the playbook it goes by."""

    uow: UnitOfWork
    conversation: Conversation
    state: CallState
    lead: Lead | None
    playbook: Playbook
    now: datetime

    @property
    def id(self) -> str:
        """The id of the call."""
        return self.conversation.id

    def today(self) -> date:
        """The day from which times are counted: the lead's reference date in demo mode, else today."""
        return qualification.today_of(self.lead, self.now) if self.lead else self.now.date()

    def ensure_lead(self) -> Lead:
        """A call without a lead makes one with the first thing that is worth keeping."""
        if self.lead is None:
            company = self.state.company
            self.lead = Lead(
                id=uuid.uuid4().hex, source="call", created_at=self.now, updated_at=self.now, conversation_id=self.id,
                contact={"company": company} if company else {}, owner=None,
                playbook={"name": self.playbook.name, "version": self.playbook.version, "digest": self.playbook.digest},
            )
            self.uow.leads.add(self.lead)
            self.conversation.lead_id = self.lead.id
        return self.lead

    def keep(self, *, stay: bool = False) -> None:
        """Score the lead anew, go on to the next question where this one is answered, and keep the state.

        Args:
            stay: the question stays on the screen though it has an answer, for instance while a list grows.
        """
        self.conversation.last_message_at = self.now
        if self.lead is not None:
            signals = self.uow.signals.of(self.lead.id)
            assessment = qualification.requalify(self.lead, signals, self.playbook, now=self.now)
            still_open = self.lead.status == "open"
            qualification.settle(self.uow, self.lead, assessment, self.playbook, now=self.now, open=still_open)
            self.lead.version += 1
        if not stay and (self.state.asking is None or self._is_settled(self.state.asking)):
            self.state.asking = self._next()
        self.conversation.state = self.state.as_json()

    def _is_settled(self, asking: str) -> bool:
        if asking in CONTACT_FIELDS:
            return asking in self.state.contact_left or bool(self.lead and self.lead.contact.get(asking))
        left = self.state.asked.get(asking, 0) >= self.playbook.interview.ask_at_most
        if self.lead is None:
            return left
        known = self.lead.facts.get(asking)
        return left or asking in self.lead.not_known or bool(known and known["confirmed"])

    def _next(self) -> str | None:
        lead = self.lead
        fact = next_question(
            qualification.answers_of(lead) if lead else {}, self.playbook, on=self.today(), not_known=lead.not_known if lead else {},
            asked=self.state.asked, signals=qualification.signals_of(self.uow.signals.of(lead.id)) if lead else (), purpose="rep",
        )
        if fact is not None:
            self.state.asked[fact] = self.state.asked.get(fact, 0) + 1
            return fact
        if lead is None:
            return None
        return next_contact_field(self.playbook.contact_fields, lead, DialogueState(contact_refused=self.state.contact_left), call=True)


PlaybookOf = Callable[[Conversation], Playbook]


def find(uow: UnitOfWork, call_id: str, *, playbook_of: PlaybookOf, by: str, now: datetime, lock: bool = False) -> Call:
    """Return a call of a rep.

    Raises:
        NotFound: there is no such call, or it is somebody else's.
    """
    conversation = uow.conversations.get(call_id, lock=lock)
    if conversation is None or conversation.channel != CHANNEL or conversation.state.get("by") != by:
        raise NotFound(call_id)
    lead = uow.leads.get(conversation.lead_id, lock=lock) if conversation.lead_id else None
    return Call(uow, conversation, CallState.of(conversation.state), lead, playbook_of(conversation), now)


def enter(uow: UnitOfWork, call_id: str, *, playbook_of: PlaybookOf, by: str, tab: str, now: datetime) -> Call:
    """Return a call to be changed, locked until the end of the unit.

    Raises:
        NotFound: no such call of this rep. Finished: it was wrapped up. OtherTab: it is led in another tab.
    """
    call = find(uow, call_id, playbook_of=playbook_of, by=by, now=now, lock=True)
    if call.state.wrapped_up is not None:
        raise Finished(call_id)
    if call.state.tab != tab:
        raise OtherTab(call_id)
    # A call that fell quiet was settled like a chat; it goes on, and so does its lead.
    call.conversation.closed_at = None
    if call.lead is not None and call.lead.status == "abandoned":
        call.lead.status = "open"
    return call

