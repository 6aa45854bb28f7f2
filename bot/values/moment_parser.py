"""Reads one moment or stretch of time that starts at a given word.

A descent over words: a bound ("by", "before", "after") stands before a range, a range joins two points, a point is a
period with or
without a part ("end of", "mid"), or a length of time, alone or counted from another point.
"""

from __future__ import annotations

from dataclasses import replace

from bot.values import calendar_words as names
from bot.values.lengths import read_length
from bot.values.moments import Moment, add_days, add_months
from bot.values.parts import read_part
from bot.values.periods import read_period
from bot.values.scene import Read, Scene
from bot.values.words import word_set

_BEFORE = frozenset(("before", "b4", "bfore", "bf", "prior", "ahead"))
_BY = frozenset(("by", "until", "til", "till", "thru", "through", "no", "latest"))
_AFTER = frozenset(("after", "post", "past"))
_STARTING = frozenset(("starting", "beginning", "begining", "commencing"))
_SOFTENERS = word_set(
    "the around about abt approximately approx roughly circa ~ sometime some like maybe say probably perhaps "
    "ideally on in at during early-ish possibly or as @ our"
)
_JOINS = frozenset(("to", "-", "and", "or", "/", "through", "thru", "until", "til", "till", "&", "into", "n"))


def read_moment(scene: Scene, index: int, *, denied: bool = False) -> Read | None:
    """Read the longest moment that starts at a word; the result's second part is the index after it.

    `denied` says that a "not" or "can't" governs it: "not before April" then begins in April.
    """
    word = scene.word(index)
    if word in _BEFORE:
        return _not_before(scene, index) if denied else _before(scene, index)
    if word in _BY:
        return _by(scene, index)
    if word in _AFTER:
        return _after(scene, index + 1)
    if word in _STARTING:
        if scene.word(index + 1) == "of":
            return read_part(scene, index)
        return _point(scene, index + (2 if scene.word(index + 1) in ("on", "in", "from", "at") else 1))
    if word in ("from", "between", "btw", "btwn"):
        return _range(scene, index + 1, splits=True)
    return _range(scene, index)


def _before(scene: Scene, index: int) -> Read | None:
    at = index + 1
    if scene.word(at) in ("to", "of"):
        at += 1
    found = _range(scene, at)
    if not found:
        return None
    moment, end = found
    if moment.kind in ("span", "now"):
        return None
    if moment.kind == "day":
        return found
    last = add_days(moment.first, -1)
    if last < scene.today:  # "before this summer ends" said within it
        return replace(moment, kind="day", last=moment.last), end
    day = last if moment.kind in ("month", "quarter", "half") else None
    return Moment(scene.today, last, "event" if day is None else "day", day), end


def _not_before(scene: Scene, index: int) -> Read | None:
    found = _range(scene, index + 1)
    if not found or found[0].kind in ("span", "now"):
        return None
    moment, end = found
    return Moment(moment.first, moment.last, "span", moment.day if moment.kind == "day" else None, is_open=True), end


def _by(scene: Scene, index: int) -> Read | None:
    at = index + 1
    if scene.word(index) == "no":
        if scene.words.at[at : at + 2] != ("later", "than"):
            return None
        at += 2
    elif scene.word(index) == "latest" and scene.word(at) == "by":
        at += 1
    return _range(scene, at)


def _after(scene: Scene, index: int) -> Read | None:
    found = _range(scene, index)
    if not found:
        return None
    moment, end = found
    if moment.kind in ("span", "now"):
        return None
    if moment.kind == "day" and moment.day and moment.first != moment.last and scene.word(index) in ("the", "beginning", "start"):
        first = moment.day
    else:
        first = add_days(moment.last, 1)
    named = moment.kind in ("day", "month", "quarter", "half")
    return Moment(first, add_months(first, 3), "span", first if named else None, is_open=True), end


def _range(scene: Scene, index: int, *, splits: bool = False) -> Read | None:
    found = _point(scene, index)
    if not found:
        return None
    left, end = found
    join = scene.word(end)
    if join not in _JOINS and join != ",":
        return found
    if join in ("and", "n", ",") and not splits:
        return found
    at = end + 1
    right = _point(scene, at)
    if not right:
        return found
    later, after = right
    if left.kind == "now" or later.last >= left.last or not scene.has_year(index, end):
        if later.last < left.last:
            began = add_months(left.first, -12)
            if began <= scene.today and (later.last - began).days <= 190:  # said in September: "between August and October"
                left = replace(left, first=began, last=began)
            else:  # said in November: "from February to January"
                later = _years_on(later)
        return Moment(left.first, max(left.last, later.last), later.kind, later.day, doubtful=later.doubtful), after
    return found


def _point(scene: Scene, index: int, depth: int = 0) -> Read | None:
    if depth > 3:
        return None
    at = index
    while scene.word(at) in _SOFTENERS and at - index < 4:
        at += 1
    length = read_length(scene, at, lambda inner, start: _point(inner, start, depth + 1))
    if length:
        return length
    found = read_part(scene, at) or read_period(scene, at)
    if found and found[0].kind == "year" and not found[0].doubtful:
        return _within_year(scene, *found) or found
    return found


def _within_year(scene: Scene, year: Moment, end: int) -> Read | None:
    """Read the part named behind a year: "next year in March", "2028, q3"."""
    at = end
    while scene.word(at) in (",", "in", "around", "the", "during", "by", "-", "probably", "likely", "maybe") and at - end < 3:
        at += 1
    inner = read_part(scene, at) or read_period(scene, at)
    if not inner or inner[0].kind not in ("month", "quarter", "half", "season", "day") or scene.has_year(at, inner[1]):
        return None
    if inner[0].kind == "day" and scene.word(at) not in names.MONTHS and scene.word(at) not in names.EDGES:
        return None
    years = year.first.year - inner[0].first.year
    return _years_on(inner[0], years), inner[1]


def _years_on(moment: Moment, years: int = 1) -> Moment:
    first, months = add_months(moment.first, 12 * years), 12 * years
    if moment.kind in ("month", "quarter", "half") and moment.day == moment.last:
        last = add_days(add_months(add_days(moment.last, 1), months), -1)  # a February may gain its 29th
        return replace(moment, first=first, last=last, day=last)
    return replace(
        moment,
        first=first,
        last=add_months(moment.last, months),
        day=add_months(moment.day, months) if moment.day else None,
    )
