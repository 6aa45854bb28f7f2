"""A message as words with their places: the one view of the text that all value readers share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


def word_list(text: str) -> list[str]:
    """The words of a space-separated list, in order."""
    return text.split()


def word_set(text: str) -> frozenset[str]:
    """The words of a space-separated list, for vocabularies that read better as prose than as quoted strings."""
    return frozenset(word_list(text))


# A full numeric date stays one word, so that 5.17.2018 is not read as a decimal followed by a remainder.
_LEXER = re.compile(
    r"(?P<date>(?<![\d.])\d{1,4}([-/.])\d{1,2}\2\d{2,4}(?![\d]))"
    r"|b4(?!\w)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+\.\d+|\d+"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"
    r"|[^\w\s]|_"
)
_SAME_WIDTH = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2013": "-", "\u2014": "-", "\u2212": "-"})
_CLAUSE_OPENERS = frozenset((",", ":", "-", "("))
_QUESTION_OPENERS = word_set(
    "what whats what's which who whos who's whose whom when where why how hows how's y is are does do did can could "
    "will would should was were has have may might isnt aren't don't doesnt doesn't didn't couldn't wouldn't"
)
_RECORDING = word_set("record put note make change set write correct update enter use mark say")
_REQUEST_OPENERS = word_set(
    "tell show give find look check list generate search play remind set create read translate define convert "
    "calculate explain review order book change turn add delete cancel pull please help name transfer request"
)
# Clipped speech opens a statement with an auxiliary ("do need it by june", "will need 12 seats"): what follows decides.
_SAID_OF_ONESELF = word_set("it this that not need want have plan expect intend")
_ASKED_PARTY = word_set("you u ya it there this that we i they he she ur your our my the a any anyone someone ppl people most")
_ALWAYS_QUESTION = word_set("what whats what's which who whos who's whose whom when where why how hows how's y")
_RELATIVE_OPENERS = word_set("which who whos who's whose whom when where why how")
_SPEAKERS = word_set("i we they he she i'd we'd we've i've")
_FILLERS = word_set("and n but so ok okay well um hi hey hello also btw q also, oh")


@dataclass(frozen=True)
class Words:
    """A message cut into lower-case words; the four tuples run in parallel.

    Attributes:
        text: the lower-cased message, of the same length as the original.
        at: the words; a number keeps its thousands commas, a full numeric date is one word.
        starts, ends: offsets of each word in the message.
        glued: whether no space stands before the word (so "85k" is "85" and a glued "k").
    """

    text: str
    at: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    glued: tuple[bool, ...]

    def word(self, index: int) -> str:
        """The word at an index, or "" outside the message, so that look-ahead needs no bounds checks."""
        return self.at[index] if 0 <= index < len(self.at) else ""

    def sentence(self, index: int) -> tuple[int, int]:
        """First and after-last word of the sentence around a word."""
        return self._bounds[0][index]

    def clause(self, index: int) -> tuple[int, int]:
        """First and after-last word of the stretch between commas around a word."""
        return self._bounds[1][index]

    def is_question(self, index: int) -> bool:
        """Whether the clause around a word asks or requests something instead of stating it."""
        clause = self.clause(index)
        answer = self._questions.get(clause)
        if answer is None:
            answer = self._questions[clause] = self._asks(index)
        return answer

    def asks_openly(self, index: int) -> bool:
        """Whether the sentence around a word opens with what, when, how ...: it wants an answer and gives none."""
        return self.is_question(index) and self.word(self.sentence(index)[0]) in _ALWAYS_QUESTION

    @cached_property
    def _questions(self) -> dict[tuple[int, int], bool]:
        return {}

    @cached_property
    def _bounds(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Sentence and clause of every word, found in one pass so that long messages stay cheap."""
        sentences: list[tuple[int, int]] = []
        clauses: list[tuple[int, int]] = []
        count, first = len(self.at), 0
        while first < count:
            last = first
            while last < count and not self._ends_sentence(last):
                last += 1
            size = min(last + 1, count) - first
            sentences += [(first, last)] * size
            clauses += self._clauses(first, last, size)
            first += size
        return sentences, clauses

    def _clauses(self, first: int, last: int, size: int) -> list[tuple[int, int]]:
        """Clauses of one sentence: opened by a comma, colon, dash or bracket, closed by the next comma."""
        lows, low = [], first
        for index in range(first, first + size):
            if index > first and self.at[index - 1] in _CLAUSE_OPENERS:
                low = index
            lows.append(low)
        highs, high = [], last
        for index in range(first + size - 1, first - 1, -1):
            if index < last and self.at[index] == ",":
                high = index
            highs.append(high)
        return list(zip(lows, reversed(highs), strict=True))

    def _asks(self, index: int) -> bool:
        low, high = self.clause(index)
        while low < high and self.at[low] in _FILLERS:
            low += 1
        first, second = self.word(low), self.word(low + 1)
        opening, last = self.sentence(index)
        is_asked = self.word(last) == "?"
        if is_asked and self.word(opening) in _ALWAYS_QUESTION:
            return True
        if first == "when" and not is_asked and second not in _QUESTION_OPENERS:
            return False  # "when school starts in August"
        if first in _REQUEST_OPENERS:
            return second not in _RECORDING  # "please make it March 31" gives the answer
        if first in _ALWAYS_QUESTION:
            # Inside or at the head of a statement they only relate: "which is in March", "what we have is 50k".
            is_relative = (first in _RELATIVE_OPENERS and low > opening) or (first == "what" and second in _SPEAKERS)
            return is_asked or not is_relative
        if first in ("do", "does", "did") and second not in _SAID_OF_ONESELF:
            return True
        if first in _QUESTION_OPENERS and second in _ASKED_PARTY:
            return True
        if not is_asked or high != last:
            return False
        return first in _QUESTION_OPENERS or first in ("you", "u", "any")

    def _ends_sentence(self, index: int) -> bool:
        word = self.at[index]
        if word in "!?;":
            return True
        if word != ".":
            return False
        # "Nov. 2016", "st. mary's" and "4.30" go on; a dot before a space and a new word ends the sentence.
        if index + 1 < len(self.at) and self.glued[index + 1]:
            return False
        return not (index and len(self.at[index - 1]) <= 4 and self.word(index + 1)[:1].isdecimal())


def split_words(text: str) -> Words:
    """Cut a message into words without changing offsets.

    Args:
        text: any text; letters whose lower-case form has another length keep their case.
    Returns:
        Words: empty for a text without letters, digits or signs.

    >>> split_words("Live by 4/30, 85k").at
    ('live', 'by', '4', '/', '30', ',', '85', 'k')
    """
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    low = low.translate(_SAME_WIDTH)
    at, starts, ends, glued = [], [], [], []
    before = -1
    for match in _LEXER.finditer(low):
        start, end = match.span()
        at.append(match.group())
        starts.append(start)
        ends.append(end)
        glued.append(start == before)
        before = end
    return Words(low, tuple(at), tuple(starts), tuple(ends), tuple(glued))
