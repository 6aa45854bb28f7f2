"""A conversation with hand-made readings: what the NLU would have read is said here directly."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from leads import conversations
from leads.dialogue.script import FaqTopic, Script
from leads.dialogue.state import DialogueState
from leads.dialogue.turn import Turn, take_turn
from leads.ports import UnitOfWork
from leads.reading import ReadFact, Reading
from leads.records import Conversation, Lead, Message
from scoring.facts import check_value
from scoring.playbook import load_playbook
from tests.unit.leads.fake_unit import FakeUnit

PLAYBOOK = load_playbook()
FAQ = {
    "price": FaqTopic("price", "Price", "It depends on your size.", "pricing_request"),
    "hosting": FaqTopic("hosting", "Hosting", "In the US."),
}
SCRIPT = Script(PLAYBOOK, FAQ)
# A Tuesday morning in New York, within business hours.
NINE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
# Answers of someone who decides, has money and wants to start soon.
HOT: dict[str, Any] = {
    "org_type": "clinic_group", "org_size": {"sites": 11}, "use_case": "scheduling_reminders", "buying_role": "budget_holder",
    "department": "operations", "budget_status": "approved", "timeline": "this_quarter", "handles_phi": "yes",
    "security_needs": ["baa"], "integrations": ["athenahealth"], "current_solution": "manual", "stakeholders": ["it"],
}


def fact(name: str, value: Any, confidence: float = 0.95, quote: str = "") -> ReadFact:
    """A fact as read."""
    return ReadFact(name, check_value(name, value), confidence, quote or f"{name} in their words")


def reading(
    act: str = "answer", *, doubtful: dict[str, Any] | None = None, signals: tuple[str, ...] = (), topic: tuple[str, float] | None = None,
    contact: tuple[str, ...] = (), text: str = "their words", confidence: float = 0.95, **facts: Any,
) -> Reading:
    """A message as understood: `reading(org_type="hospital")`."""
    return Reading(
        text=text, act=act, taken={name: fact(name, value, confidence) for name, value in facts.items()},
        doubtful={name: fact(name, value, 0.6) for name, value in (doubtful or {}).items()}, signals=signals, topic=topic, contact=contact,
    )


class Chat:
    """One conversation over a unit of work; each message is stored first, as the gateway does."""

    def __init__(
        self, unit: UnitOfWork | None = None, *, channel: str = "website", visitor: str | None = None, prefill: dict[str, str] | None = None,
        reference_date: date | None = None, now: datetime = NINE,
    ) -> None:
        self.unit: Any = unit or FakeUnit()
        self.now = now
        conversation, _ = conversations.open_conversation(
            self.unit, now=now, playbook=PLAYBOOK, channel=channel, page={"url": "https://meridian.example/"}, utm={"source": "x"},
            visitor=visitor, prefill=prefill or {}, reference_date=reference_date, consent=True,
        )
        self.id = conversation.id
        self.last = self._turn(None, Reading(text="", act="start"))

    def say(self, act: str | Reading = "answer", *, contact: dict[str, str] | None = None, removed: tuple[str, ...] = (), **how: Any) -> Turn:
        """Send one message and take its turn; a minute passes."""
        self.now += timedelta(minutes=1)
        read = act if isinstance(act, Reading) else reading(act, contact=tuple(contact or ()), **how)
        received = conversations.receive(
            self.unit, self.conversation, text=read.text, payload=None, contact=contact or {}, removed=removed, key=uuid.uuid4().hex,
            now=self.now,
        )
        self.last = self._turn(received.message_id, read)
        return self.last

    def change(self, field: str) -> Turn:
        """Press "Change" beside an answer in the recap."""
        self.now += timedelta(minutes=1)
        received = conversations.receive(
            self.unit, self.conversation, text=f"Change: {field}", payload={"act": "correct", "field": field}, contact={}, removed=(),
            key=uuid.uuid4().hex, now=self.now,
        )
        self.last = self._turn(received.message_id, Reading(text=f"Change: {field}", act="correct"))
        return self.last

    def answer(self, answers: dict[str, Any], contact: dict[str, str] | None = None, most: int = 40) -> Turn:
        """Answer whatever is asked from what is known, refuse the rest, until the interview is over."""
        for _ in range(most):
            asking = self.state["asking"]
            if self.state["finished"]:
                return self.last
            if asking in answers:
                self.say(**{asking: answers[asking]})
            elif asking in (contact or {}):
                self.say(contact={asking: (contact or {})[asking]})
            else:
                self.say("refuse")
        raise AssertionError(f"the interview never ended: {self.state}")

    def _turn(self, message_id: str | None, read: Reading) -> Turn:
        return take_turn(self.unit, SCRIPT, conversation_id=self.id, message_id=message_id, reading=read, now=self.now)

    @property
    def conversation(self) -> Conversation:
        found = self.unit.conversations.get(self.id)
        assert found is not None
        return found

    @property
    def lead(self) -> Lead:
        found = self.unit.leads.get(self.conversation.lead_id or "")
        assert found is not None
        return found

    @property
    def state(self) -> dict[str, Any]:
        """What the visitor's page is told."""
        return self.last.state

    @property
    def notes(self) -> DialogueState:
        """The dialogue's own notes."""
        return DialogueState.of(self.conversation.state)

    @property
    def messages(self) -> list[Message]:
        return list(self.unit.messages.of(self.id))

    @property
    def said(self) -> list[str]:
        """What was said last: names of responses, or the words of the playbook and the FAQ."""
        return [reply["response"] or reply["text"] for reply in self.last.replies]

    @property
    def kinds(self) -> list[str]:
        return [reply["kind"] for reply in self.last.replies]

    def values(self) -> dict[str, Any]:
        """The stored facts' values."""
        return {name: stored["value"] for name, stored in self.lead.facts.items()}


def asks(name: str) -> str:
    """The words of a question."""
    return PLAYBOOK.questions[name].ask
