"""Cutting a message into the parts that say one thing each."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A full stop inside a number or an abbreviation like "d.c." ends nothing.
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+|;\s*")
_CLAUSE = re.compile(r",\s+|\s+(?:and|but|so|because|though|while|plus|n|&)\s+|\s+[-\u2013\u2014/]\s+|:\s+", re.I)
_QUESTION = re.compile(r"\?\s*$")
# How a clause that asks begins, when the question mark stands further on or was never typed.
_ASKS = re.compile(
    r"(?:(?:and|so|but|also|ok|okay|hi|hey|pls|please|btw|q|question)[\s,:]+)*"
    r"(?:do|does|did|can|could|is|are|r|will|would|how|hows|how's|what|whats|what's|who|where|why|which|whose|any|anything)\b",
    re.I,
)


@dataclass(frozen=True)
class Clause:
    """A part of a message: its words, where they stand, and whether they ask something."""

    text: str
    start: int
    end: int
    is_question: bool


def sentences(text: str) -> list[Clause]:
    """Cut at sentence ends and line breaks.

    >>> [c.text for c in sentences("9 clinics on ecw. Can you write back?")]
    ['9 clinics on ecw.', 'Can you write back?']
    """
    return _cut(text, _SENTENCE, 0)


def clauses(text: str) -> list[Clause]:
    """Cut sentences further, at commas and joining words; a part of one short word stays out.

    >>> [c.text for c in clauses("cfo signs, needs baa and wants live in may")]
    ['cfo signs', 'needs baa', 'wants live in may']
    """
    parts = []
    for sentence in sentences(text):
        cut = _cut(sentence.text, _CLAUSE, sentence.start)
        # What is said before the question begins is told, not asked: "we need it by march, is that doable?"
        begins = next((number for number, part in enumerate(cut) if begins_to_ask(part.text)), 0)
        for number, part in enumerate(cut):
            asks = part.is_question or (sentence.is_question and number >= begins)
            parts.append(Clause(part.text, part.start, part.end, asks))
    return [part for part in parts if len(part.text) > 2]


def begins_to_ask(text: str) -> bool:
    """Tell whether a clause begins like a question, whatever its punctuation.

    >>> begins_to_ask("so do u work with dentists"), begins_to_ask("we do dentistry")
    (True, False)
    """
    return bool(_ASKS.match(text))


def _cut(text: str, separator: re.Pattern[str], offset: int) -> list[Clause]:
    parts, position = [], 0
    for match in [*separator.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[position:end]
        if piece.strip():
            start = position + len(piece) - len(piece.lstrip())
            parts.append(Clause(piece.strip(), offset + start, offset + start + len(piece.strip()), bool(_QUESTION.search(piece))))
        position = match.end() if match else end
    return parts
