"""What a moment is read against: the message, today, and the prospect's fiscal year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.values.moments import Moment
from bot.values.words import Words

Read = tuple[Moment, int]
"""A moment and the index after its last word."""


@dataclass(frozen=True)
class Scene:
    """What a moment is read against.

    Attributes:
        words: the message.
        today: the day everything is relative to.
        fiscal_month: first month of the prospect's fiscal year, when stated; quarters and halves then follow it.
    """

    words: Words
    today: date
    fiscal_month: int = 1

    def word(self, index: int) -> str:
        """The word at an index, or "" outside the message."""
        return self.words.word(index)

    def has_year(self, start: int, end: int) -> bool:
        """Whether a four-digit year stands among some words."""
        return any(len(word) == 4 and word.isdecimal() for word in self.words.at[start:end])

    def year(self, index: int, *, short: bool = False) -> tuple[int, int] | None:
        """A year in four digits, after "the year", or (where asked) in two: the year and the index after it."""
        at = index
        while self.word(at) in ("the", "year", "calendar", "cy", "'") and at - index < 3:
            at += 1
        word = self.word(at)
        if not (word.isascii() and word.isdecimal()):
            return None
        if len(word) == 4 and 1990 <= int(word) <= 2099:
            return int(word), at + 1
        if len(word) == 2 and (short or self.word(at - 1) == "'") and 20 <= int(word) <= 60:
            return 2000 + int(word), at + 1
        return None
