"""What one turn works on: the records it may change, what was read, and what is said so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from leads import qualification
from leads.dialogue import wording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.replies import NO_MORE, QuickReply, Reply, say
from leads.dialogue.script import FaqTopic, Script
from leads.dialogue.state import DialogueState
from leads.ports import UnitOfWork
from leads.reading import Reading
from leads.records import Conversation, Lead, Message, Signal
from scoring.engine import Assessment
from scoring.facts import FACTS
from scoring.next_question import Purpose, estimate_remaining, next_question
from scoring.playbook import Playbook

# Nearer than this a question is about that topic. With each phrasing of the FAQ left out in turn, 67 of 100 are answered at .40, and 73 of
# 100 of those by their own topic; what is not answered is noted for the person who follows up.
FAQ_LIKENESS = 0.40


@dataclass(frozen=True)
class _Scored:
    """An assessment and the knowledge it was made from."""

    facts: Mapping[str, Any]
    not_known: Mapping[str, str]
    signals: int
    assessment: Assessment


@dataclass
class TurnContext:
    """The records and notes of one turn.

    Attributes:
        message: the stored message of the visitor; None opens the conversation.
        lead: None until something makes one.
        replies: what is said, in order.
        promised_before: a person was promised in an earlier turn.
    """

    uow: UnitOfWork
    script: Script
    conversation: Conversation
    message: Message | None
    reading: Reading
    now: datetime
    state: DialogueState
    lead: Lead | None
    signals: list[Signal]
    replies: list[Reply] = field(default_factory=list)
    promised_before: bool = False
    _scored: _Scored | None = None

    @property
    def playbook(self) -> Playbook:
        """The playbook of this conversation."""
        return self.script.playbook

    @property
    def purpose(self) -> Purpose:
        """Whom the questions are worded and chosen for."""
        return "website" if self.conversation.channel == "website" else "rep"

    @property
    def fact_channel(self) -> str:
        """The channel that is kept with a fact."""
        return "website" if self.conversation.channel == "website" else "call"

    def today(self) -> date:
        """The day of the conversation."""
        return self.conversation.reference_date or self.now.date()

    def score(self, lead: Lead) -> Assessment:
        """Score what is known, unless nothing changed since; move the stage."""
        # Facts are replaced, never changed in place, so that the same objects mean the same knowledge.
        last = self._scored
        if last is None or last.facts is not lead.facts or last.not_known is not lead.not_known or last.signals != len(self.signals):
            assessment = qualification.requalify(lead, self.signals, self.playbook, now=self.now)
            last = self._scored = _Scored(lead.facts, lead.not_known, len(self.signals), assessment)
        still_open = not (self.state.finished or self.state.handed_over)
        promised = lead.status == "handed_off" and (self.state.handed_over or self.state.wants is not None)
        qualification.settle(self.uow, lead, last.assessment, self.playbook, now=self.now, open=still_open, promised=promised)
        return last.assessment

    def next_fact(self, lead: Lead | None) -> str | None:
        """The fact that is worth asking next, None when enough is known; notes how many questions remain."""
        answers = qualification.answers_of(lead) if lead else {}
        not_known = lead.not_known if lead else {}
        signals = qualification.signals_of(self.signals)
        asked = {fact: count for fact, count in self.state.asked.items() if fact in FACTS}
        fact = next_question(
            answers, self.playbook, on=self.today(), not_known=not_known, asked=asked, signals=signals, purpose=self.purpose
        )
        self.state.remaining = estimate_remaining(
            answers, self.playbook, on=self.today(), not_known=not_known, asked=asked, signals=signals, purpose=self.purpose
        )
        return fact

    def faq_topic(self) -> FaqTopic | None:
        """The topic of the FAQ that the visitor asks about, None if it is none of them."""
        if self.reading.act != "faq" or self.reading.topic is None or self.reading.topic[1] < FAQ_LIKENESS:
            return None
        return self.script.faq.get(self.reading.topic[0])

    def ask(self, asking: str) -> None:
        """Put a question; it is open from now on."""
        self.state.asking, self.state.confirming = asking, None
        self.state.count_question(asking)
        reply = wording.question(self.playbook, asking, channel=self.conversation.channel)
        if self.state.handed_over and asking not in CONTACT_FIELDS:
            reply = say(reply.text or "", "question", *reply.quick_replies, QuickReply("That's all, thanks", NO_MORE))
        self.replies.append(reply)
