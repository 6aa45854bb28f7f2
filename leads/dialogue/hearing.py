"""What was heard is kept: facts, signals, settled guesses, consent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from leads.dialogue import contact, recording
from leads.dialogue.context import TurnContext
from leads.reading import ReadFact
from leads.records import Lead, Signal

# Said when an answer is put again to be changed: the person would rather not have it here.
WITHDRAWS = {"refuse": "refused", "dont_know": "dont_know"}


def record(turn: TurnContext, lead: Lead) -> recording.Recorded:
    """Keep what a message says; return what changed."""
    for kind in _signal_kinds(turn):
        if not any(signal.kind == kind and signal.detail == "chat" for signal in turn.signals):
            at = datetime.combine(turn.today(), turn.now.timetz())
            signal = Signal(id=uuid.uuid4().hex, lead_id=lead.id, kind=kind, at=at, detail="chat")
            turn.uow.signals.add(signal)
            turn.signals.append(signal)
    channel = turn.fact_channel
    recorded = recording.record(lead, turn.reading, turn.state, channel=channel, now=turn.now)
    if turn.state.changing and turn.state.changing == turn.state.asking and turn.reading.act in WITHDRAWS:
        _withdraw(turn, lead, turn.state.changing)
    if turn.state.asking == "confirm" and turn.state.confirming:
        _settle_guess(turn, lead, recorded, channel)
    if turn.state.asking == "consent":
        _settle_consent(turn, lead)
    if turn.reading.act == "dont_know" and turn.state.asking == "handles_phi" and "handles_phi" not in lead.facts:
        recording.store(lead, ReadFact("handles_phi", "unsure", 1.0, turn.reading.text), channel=channel, now=turn.now)
    return recorded


def _withdraw(turn: TurnContext, lead: Lead, field: str) -> None:
    """Take back an answer or a contact field that the visitor no longer wants to give."""
    if field in contact.CONTACT_FIELDS:
        lead.contact = {name: value for name, value in lead.contact.items() if name != field}
        turn.state.contact_refused = [*turn.state.contact_refused, field]
        return
    recording.remove(lead, field)
    recording.mark_not_known(lead, field, WITHDRAWS[turn.reading.act])


def _signal_kinds(turn: TurnContext) -> Sequence[str]:
    kinds = list(turn.reading.signals)
    if turn.reading.act == "book":
        kinds.append("meeting_request")
    if turn.reading.act == "human":
        kinds.append("call_request")
    topic = turn.faq_topic()
    if topic is not None and topic.signal:
        kinds.append(topic.signal)
    return kinds


def _settle_guess(turn: TurnContext, lead: Lead, recorded: recording.Recorded, channel: str) -> None:
    """A guess that was put is confirmed, dropped or overtaken by what was said instead."""
    guess = turn.state.confirming or {}
    fact = guess["fact"]
    said_instead = fact in turn.reading.taken and turn.reading.taken[fact].value != guess["value"]
    if turn.reading.act == "affirm" and not said_instead:
        before = recording.value_of(lead, fact)
        recording.store(lead, recording.of_guess(guess), channel=channel, now=turn.now, confirmed=True)
        if guess.get("changes") and before is not None:
            recorded.changed[fact] = before
        turn.state.confirming, turn.state.asking = None, fact
        return
    if turn.reading.act in ("faq", "ask_why", "chitchat", "greet", "thanks", "human", "book") and not said_instead:
        return  # the guess stays open
    turn.state.confirming, turn.state.asking = None, fact
    if guess.get("changes"):
        turn.state.trouble[fact] = turn.state.trouble.get(fact, 0) + 1  # asked once, not again
    elif turn.reading.act == "deny" and fact == "handles_phi" and fact not in lead.facts and guess["value"] in ("yes", "no"):
        opposite = "no" if guess["value"] == "yes" else "yes"
        recording.store(lead, ReadFact(fact, opposite, 0.9, turn.reading.text), channel=channel, now=turn.now)


def _settle_consent(turn: TurnContext, lead: Lead) -> None:
    """A yes or no to "may a colleague contact you" is kept with the contact, where sales sees it."""
    agreed = contact.agrees(turn.reading)
    if agreed is not None:
        day = turn.now.date().isoformat()
        lead.contact = {**lead.contact, "consent": f"{'given' if agreed else contact.REFUSED} in the chat on {day}"}
