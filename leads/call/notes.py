"""Notes of a call: what was read in them is shown first and counts once the rep accepts it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.call import script
from leads.call.context import CHANNEL, Call
from leads.dialogue import recording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.context import FAQ_LIKENESS
from leads.dialogue.script import FaqTopic
from leads.reading import ReadFact, Reading
from leads.records import Message, Signal
from scoring.facts import FACTS, check_value

# What a note may say about the open question instead of an answer.
NO_ANSWER = {"dont_know": "dont_know", "refuse": "refused"}
# Acts of the prospect that are signals of their own.
SIGNAL_OF_ACT = {"book": "meeting_request", "human": "call_request"}


@dataclass(frozen=True)
class Read:
    """One thing that a note says.

    Attributes:
        id: kind and name, unique within a note: fact:timeline, maybe:timeline, contact:email, signal:pricing_request, left:dont_know.
        sure: taken by Enter; the others wait until the rep has looked at them.
        replaces: a correction; it takes the place of a list instead of adding to it.
    """

    id: str
    kind: str
    name: str
    value: Any
    confidence: float
    quote: str
    sure: bool
    replaces: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "id": self.id, "kind": self.kind, "name": self.name, "value": self.value, "confidence": self.confidence,
            "quote": self.quote, "sure": self.sure, "replaces": self.replaces,
        }


def readings(reading: Reading, contact: Mapping[str, str], *, asked: str | None, faq: Mapping[str, FaqTopic]) -> list[Read]:
    """Return everything that a note says, what is sure first. The facts are those of /api/interpret: taken ones are sure."""
    correcting = reading.act == "correct"
    found = [_of_fact("fact", known, sure=True, replaces=correcting) for known in reading.taken.values()]
    found += [Read(f"contact:{name}", "contact", name, value, 1.0, "", True) for name, value in contact.items()]
    kinds = [*reading.signals, *([SIGNAL_OF_ACT[reading.act]] if reading.act in SIGNAL_OF_ACT else [])]
    topic = faq_topic(reading, faq)
    if topic is not None and topic.signal:
        kinds.append(topic.signal)
    found += [Read(f"signal:{kind}", "signal", kind, None, 1.0, reading.text, True) for kind in dict.fromkeys(kinds)]
    if reading.act in NO_ANSWER and asked is not None and asked not in reading.taken:
        found.append(Read(f"left:{NO_ANSWER[reading.act]}", "left", NO_ANSWER[reading.act], None, reading.confidence, reading.text, True))
    return found + [_of_fact("maybe", guess, sure=False, replaces=correcting) for guess in reading.doubtful.values()]


def faq_topic(reading: Reading, faq: Mapping[str, FaqTopic]) -> FaqTopic | None:
    """Return the topic that the prospect asked about, None if the note tells of no such question."""
    if reading.act != "faq" or reading.topic is None or reading.topic[1] < FAQ_LIKENESS:
        return None
    return faq.get(reading.topic[0])


def _of_fact(kind: str, known: ReadFact, *, sure: bool, replaces: bool) -> Read:
    return Read(f"{kind}:{known.fact}", "fact", known.fact, known.value, round(known.confidence, 3), known.quote, sure, replaces)


def keep_note(call: Call, *, text: str, asked: str | None, contact: Mapping[str, str], removed: Sequence[str], key: str) -> Message | None:
    """Store a redacted note before it is read, so that it cannot be lost; the same key is the same note.

    Returns:
        The note, None if it was kept and read before.
    """
    known = call.uow.messages.by_key(call.id, key)
    if known is not None:
        return known if known.id in call.state.unread else None
    note = Message(
        id=uuid.uuid4().hex, conversation_id=call.id, sequence=call.uow.messages.next_sequence(call.id), sender="rep", text=text,
        at=call.now, idempotency_key=key, payload={"asked": asked}, contact_fields=sorted(contact), removed=list(removed),
    )
    call.uow.messages.add(note)
    call.ensure_lead()
    call.state.unread = [*call.state.unread, note.id]
    if contact:
        script.keep_contact(call, {field: value for field, value in contact.items() if field != "consent"})
    else:
        call.keep()
    return note


def unread(call: Call) -> list[Message]:
    """Return the notes that still have to be read, oldest first."""
    return [note for note in call.uow.messages.of(call.id) if note.id in call.state.unread]


def take(call: Call, note_id: str, found: Iterable[Read], *, chosen: Collection[str] | None, corrected: Mapping[str, Any]) -> None:
    """Let count what the rep chose of a note; doubtful readings that were not chosen wait, sure ones that were not are dropped.

    Args:
        chosen: ids of readings; None takes all sure ones.
        corrected: values that the rep put in the place of what was read, by id.
    Raises:
        InvalidFact: a corrected value is not in the catalogue.
    """
    if note_id not in call.state.unread:
        return
    note = call.uow.messages.get(note_id)
    asked = (note.payload or {}).get("asked") if note else None
    for one in found:
        if one.id in corrected and one.kind == "fact":
            value = check_value(one.name, corrected[one.id])
            script.accept(call, ReadFact(one.name, value, 1.0, one.quote), replace=True)
        elif one.sure if chosen is None else one.id in chosen:
            _count(call, one, asked=asked)
        elif not one.sure:
            call.state.waiting = [*call.state.waiting, {**one.as_json(), "id": uuid.uuid4().hex[:12]}]
    call.state.unread = [waiting for waiting in call.state.unread if waiting != note_id]
    call.keep()


def let_wait(call: Call, note_id: str, found: Iterable[Read]) -> None:
    """A note that could not be read when it was written: everything in it waits for the rep."""
    if note_id in call.state.unread:
        call.state.waiting += [{**one.as_json(), "id": uuid.uuid4().hex[:12]} for one in found if one.kind == "fact"]
        call.state.unread = [waiting for waiting in call.state.unread if waiting != note_id]
        call.keep()


def settle_waiting(call: Call, waiting_id: str, *, accepted: bool, value: Any = None) -> None:
    """Accept or drop a reading that waits; one that is gone was settled before.

    Args:
        value: what the rep put in its place, None if it was right.
    """
    for one in call.state.waiting:
        if one["id"] == waiting_id and accepted:
            right = one["value"] if value is None else check_value(one["name"], value)
            script.accept(call, ReadFact(one["name"], right, one["confidence"], one["quote"]), replace=value is not None or one["replaces"])
    call.state.waiting = [one for one in call.state.waiting if one["id"] != waiting_id]
    call.keep()


def _count(call: Call, one: Read, *, asked: str | None) -> None:
    if one.kind == "fact":
        script.accept(call, ReadFact(one.name, one.value, one.confidence, one.quote), replace=one.replaces)
    elif one.kind == "signal":
        lead = call.ensure_lead()
        if not any(signal.kind == one.name and signal.detail == CHANNEL for signal in call.uow.signals.of(lead.id)):
            call.uow.signals.add(Signal(id=uuid.uuid4().hex, kind=one.name, at=call.now, lead_id=lead.id, detail=CHANNEL))
    elif one.kind == "left" and asked is not None and asked in FACTS:
        recording.mark_not_known(call.ensure_lead(), asked, one.name)
    elif one.kind == "left" and asked in CONTACT_FIELDS:
        call.state.contact_left = [*call.state.contact_left, asked]
