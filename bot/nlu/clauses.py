"""Cutting a message into the parts that say one thing each."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A full stop inside a number or an abbreviation like "d.c." ends nothing.
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+|;\s*")
_CLAUSE = re.compile(r",\s+|\s+(?:and|but|so|because|though|while|plus|n|&)\s+|\s+[-\u2013\u2014/]\s+|:\s+", re.I)
_QUESTION = re.compile(r"\?\s*$")


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
        for part in _cut(sentence.text, _CLAUSE, sentence.start):
            parts.append(Clause(part.text, part.start, part.end, part.is_question or sentence.is_question))
    return [part for part in parts if len(part.text) > 2]


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
