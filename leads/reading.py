"""What the NLU read in one message, and what of it may be taken without asking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scoring.facts import FACTS, LISTS, FactValue, InvalidFact, check_value, merge

# Chosen on held-out examples and messages: lower takes more that was meant for somebody else, higher loses more than it gains
# (docs/understanding.md, thresholds).
TAKE_ANSWER = 0.55  # the fact that was asked
TAKE_VOLUNTEERED = 0.70
# Below this asking openly is kinder than guessing (chosen, not measured).
WORTH_CONFIRMING = 0.40
# A few words without a question mark that are so far from every topic ask nothing: letters somebody leaned on (chosen, not measured).
ASKS_NOTHING, WORDS_OF_NOTHING = 0.25, 3
_PLACEHOLDERS = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class ReadFact:
    """One fact as read: value as in the catalogue, confidence 0-1, the words it was read from."""

    fact: str
    value: FactValue
    confidence: float
    quote: str


@dataclass(frozen=True)
class Reading:
    """A message as understood.

    Attributes:
        text: the redacted text.
        act: one of the acts of the labelling guide.
        taken: facts sure enough to store.
        doubtful: facts to confirm first; never one that is also taken.
        signals: kinds of signal the words carry (a request for prices, a guide that was downloaded).
        topic: the FAQ topic nearest to the text with its likeness 0-1, or None.
        contact: names of the contact fields given in this message; their values went to the lead's contact.
    """

    text: str
    act: str
    confidence: float = 1.0
    taken: Mapping[str, ReadFact] = field(default_factory=dict)
    doubtful: Mapping[str, ReadFact] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    topic: tuple[str, float] | None = None
    contact: tuple[str, ...] = ()


def read(parsed: Mapping[str, Any], *, text: str, asked: str | None, contact: Iterable[str] = ()) -> Reading:
    """Turn Rasa's parse into a Reading.

    Args:
        parsed: `intent`, `entities` (entity, value, start, end, confidence_entity) and `faq` of one message.
        asked: the open question; its fact is taken at a lower confidence than one that was volunteered.
    """
    taken: dict[str, ReadFact] = {}
    doubtful: dict[str, ReadFact] = {}
    signals: list[str] = []
    for entity in parsed.get("entities") or []:
        if entity["entity"] == "signal":
            signals.append(entity["value"])
            continue
        read_fact = _checked(entity, text)
        if read_fact is None:
            continue
        enough = TAKE_ANSWER if _answers(read_fact.fact, asked) else TAKE_VOLUNTEERED
        if read_fact.confidence >= enough:
            _add(taken, read_fact)
        elif read_fact.confidence >= WORTH_CONFIRMING:
            _add(doubtful, read_fact)
    intent = parsed.get("intent") or {}
    faq = parsed.get("faq")
    # A name or a number alone says nothing that could be read; what is guessed of it must never end a chat.
    act = "answer" if _is_only_placeholders(text) else intent.get("name") or "answer"
    if act == "faq" and faq and _asks_nothing(text, float(faq["confidence"])):
        act = "answer"
    return Reading(
        text=text, act=act, confidence=float(intent.get("confidence") or 0),
        taken=taken, doubtful={fact: guess for fact, guess in doubtful.items() if fact not in taken or fact in LISTS},
        signals=tuple(signals), topic=(faq["topic"], float(faq["confidence"])) if faq else None, contact=tuple(contact),
    )


def _asks_nothing(text: str, likeness: float) -> bool:
    return likeness < ASKS_NOTHING and "?" not in text and len(text.split()) <= WORDS_OF_NOTHING


def pressed(reading: Reading, label: str) -> Reading:
    """Return the reading of a quick reply with the words on its button as what the visitor said."""
    return replace(reading, text=label, taken={fact: replace(known, quote=label) for fact, known in reading.taken.items()})


def _is_only_placeholders(text: str) -> bool:
    """Is a redacted text nothing but what stands for personal data?

    >>> _is_only_placeholders("[name], [email]"), _is_only_placeholders("[name] here"), _is_only_placeholders("")
    (True, False, False)
    """
    rest, found = _PLACEHOLDERS.subn("", text)
    return found > 0 and not any(char.isalnum() for char in rest)


def _answers(fact: str, asked: str | None) -> bool:
    """Does this fact answer the open question? An amount answers the budget question, a day the timeline's."""
    return fact == asked or (fact, asked) in {("budget_amount", "budget_status"), ("timeline_date", "timeline")}


def _checked(entity: Mapping[str, Any], text: str) -> ReadFact | None:
    fact, value = entity["entity"], entity["value"]
    if fact not in FACTS:
        return None
    if fact in LISTS:
        value = [] if value == "[]" else [value] if isinstance(value, str) else value
    try:
        value = check_value(fact, value)
    except InvalidFact:
        return None  # a reader's slip must not stop a conversation
    quote = text[entity.get("start") or 0 : entity.get("end") or len(text)].strip() or text
    return ReadFact(fact, value, float(entity.get("confidence_entity", entity.get("confidence", 1.0))), quote)


def _add(facts: dict[str, ReadFact], new: ReadFact) -> None:
    """Several values of a list, several counts of a size, belong to one fact."""
    old = facts.get(new.fact)
    if old is None:
        facts[new.fact] = new
        return
    value = merge(new.fact, old.value, new.value, correction=False)
    if old.quote == new.quote or new.quote in old.quote:
        quote = old.quote
    else:
        quote = f"{old.quote} … {new.quote}"
    facts[new.fact] = ReadFact(new.fact, value, min(old.confidence, new.confidence), quote)
