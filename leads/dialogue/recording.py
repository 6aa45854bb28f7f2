"""Storing what a message said: several facts at once, corrections, doubts; a bad value never erases a good one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.dialogue.state import DialogueState
from leads.reading import ReadFact, Reading
from leads.records import Lead
from scoring.facts import CLOSED, LISTS, FactValue, merge

# A volunteered value that contradicts an answer is worth a question only if it was read this surely.
SURE_ENOUGH_TO_CHALLENGE = 0.85
# Facts that describe another one: when that is replaced, they fall with it unless said again.
FOLLOWS = {"timeline": "timeline_date"}


@dataclass
class Recorded:
    """What changed: facts heard for the first time, facts changed with their old value."""

    new: list[str] = field(default_factory=list)
    changed: dict[str, FactValue] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.changed)


def record(lead: Lead, reading: Reading, state: DialogueState, *, channel: str, now: datetime) -> Recorded:
    """Store the facts of a reading in the lead; doubtful ones become guesses in the state.

    A correction replaces (also a list), and so does what answers a question that was put again to be changed; a value that merely
    contradicts an earlier answer does not: it is put as a guess.
    """
    recorded = Recorded()
    for read_fact in reading.taken.values():
        correcting = reading.act == "correct" or read_fact.fact == state.changing
        _take(lead, read_fact, state, recorded, correcting=correcting, channel=channel, now=now)
    for guess in reading.doubtful.values():
        correcting = reading.act == "correct" or guess.fact == state.changing
        if guess.fact not in lead.facts and (guess.fact in CLOSED or guess.fact in LISTS):
            state.guesses[guess.fact] = as_guess(guess)
        elif correcting and guess.fact in lead.facts and guess.fact in CLOSED and value_of(lead, guess.fact) != guess.value:
            state.guesses[guess.fact] = as_guess(guess) | {"changes": True}
    return recorded


def _take(
    lead: Lead, read_fact: ReadFact, state: DialogueState, recorded: Recorded, *, correcting: bool, channel: str, now: datetime
) -> None:
    fact, old = read_fact.fact, lead.facts.get(read_fact.fact)
    if old is None:
        store(lead, read_fact, channel=channel, now=now)
        recorded.new.append(fact)
        state.guesses.pop(fact, None)
        return
    value = merge(fact, old["value"], read_fact.value, correction=correcting)
    if value == old["value"]:
        return
    contradicts = fact in CLOSED and fact != state.asking and not correcting
    if contradicts and fact != "timeline":
        if read_fact.confidence >= SURE_ENOUGH_TO_CHALLENGE and fact not in state.trouble:
            state.guesses[fact] = as_guess(read_fact) | {"changes": True}
        return
    recorded.changed[fact] = old["value"]
    store(lead, ReadFact(fact, value, read_fact.confidence, read_fact.quote), channel=channel, now=now)
    follower = FOLLOWS.get(fact)
    if follower and follower in lead.facts and lead.facts[follower]["at"] != now.isoformat():
        remove(lead, follower)


def store(lead: Lead, read_fact: ReadFact, *, channel: str, now: datetime, confirmed: bool = False) -> None:
    """Set a fact of a lead; its older versions stay in its history."""
    old = lead.facts.get(read_fact.fact)
    history = []
    if old is not None:
        history = [*old["history"], {key: part for key, part in old.items() if key != "history"}]
    stored: dict[str, Any] = {
        "value": read_fact.value, "confidence": round(read_fact.confidence, 3), "quote": read_fact.quote, "channel": channel,
        "at": now.isoformat(), "confirmed": confirmed, "history": history,
    }
    lead.facts = {**lead.facts, read_fact.fact: stored}
    lead.not_known = {fact: why for fact, why in lead.not_known.items() if fact != read_fact.fact}


def remove(lead: Lead, fact: str) -> None:
    """Take a fact out of a lead."""
    lead.facts = {name: stored for name, stored in lead.facts.items() if name != fact}


def mark_not_known(lead: Lead, fact: str, why: str) -> None:
    """Note that a fact was refused or is not known; an answer given before stays."""
    if fact not in lead.facts:
        lead.not_known = {**lead.not_known, fact: why}


def value_of(lead: Lead, fact: str) -> FactValue | None:
    """Return a stored fact's value."""
    stored = lead.facts.get(fact)
    return stored["value"] if stored else None


def as_guess(read_fact: ReadFact) -> dict[str, Any]:
    """A reading as kept in the state until it is confirmed."""
    return {"fact": read_fact.fact, "value": read_fact.value, "confidence": read_fact.confidence, "quote": read_fact.quote}


def of_guess(guess: Mapping[str, Any]) -> ReadFact:
    """The reading back from the state."""
    return ReadFact(guess["fact"], guess["value"], guess["confidence"], guess["quote"])
