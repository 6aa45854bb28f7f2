"""Finds where a prospect states the fiscal year, so that quarters can follow it."""

from __future__ import annotations

import re

from bot.values.calendar_words import MONTHS

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<{{0}}>(?:{_NAMES})\b|\b1?\d(?=/\d))"
_YEAR = r"(?:fiscal(?:\s+(?:year|yr))?|\bf\.?y\.?)"
_STATED = re.compile(
    _YEAR
    + r"\b(?!\s*'?\d)(?P<verb>[^.;!?\n]{0,30}?)\b(?:in|on|from|of|at|until|till|the\s+end\s+of|every|each|is|=|:)?\s*"
    + _MONTH.format("after")
)
_BEFORE = re.compile(
    r"\b"
    + _MONTH.format("first")
    + r"(?:\s*(?:-|to|thru|through)\s*(?P<second>[a-z]{3,9}))?(?:\s+\d{1,2}(?:st)?)?\s+(?P<verb>start\s+|end\s+)?"
    + _YEAR
    + r"(?:\s*-?\s*(?P<tail>start|begin|end|close))?"
)
_ENDS = re.compile(r"\b(?:end|ends|ending|close|closes|closing|finishes|wraps|over\s+in|year\s*-?\s*end)\b|\bfye\b")
_STARTS = re.compile(r"\b(?:start|starts|starting|begin|begins|beginning|open|opens|kicks|turns|rolls|resets|runs|is|from|flips)\b")
_YEAR_END = re.compile(r"\b(?:fye|fiscal\s+(?:year\s*-?\s*)?end)\b[^.;!?\n]{0,12}?\b" + _MONTH.format("last"))


def fiscal_start_month(text: str) -> tuple[int, int, int] | None:
    """Read a stated fiscal year.

    Args:
        text: a lower-case message.
    Returns:
        (first month 1-12, start offset, end offset) of the statement, or None when the text states no fiscal year.

    >>> fiscal_start_month("our fiscal year starts july 1, so q1")[0]
    7
    """
    if "fy" not in text and "fiscal" not in text:
        return None
    ends = _YEAR_END.search(text)
    if ends and (month := _number(ends["last"])):
        return month % 12 + 1, ends.start(), ends.end()
    for match in _STATED.finditer(text):
        month = _number(match["after"])
        if not month:
            continue
        if _ENDS.search(match["verb"]):
            return month % 12 + 1, match.start(), match.end()
        if _STARTS.search(match.group()):
            return month, match.start(), match.end()
    before = _BEFORE.search(text)
    if before and (month := _number(before["first"])):
        told = before["verb"] or before["tail"] or ""
        # "a June fiscal year" ends in June, "a July fiscal year" starts in July: years turn over at the end of a
        # quarter.
        if told.startswith(("end", "close")) or (not told and not before["second"] and month % 3 == 0):
            month = month % 12 + 1
        return month, before.start(), before.end()
    return None


def _number(word: str) -> int | None:
    if word.isdecimal():
        return int(word) if 1 <= int(word) <= 12 else None
    return MONTHS.get(word)
