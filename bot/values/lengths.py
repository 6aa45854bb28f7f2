"""Reads lengths of time, alone or counted from a moment: "3-4 weeks", "a year and a half", "2 weeks from June 1"."""

from __future__ import annotations

from collections.abc import Callable

from bot.values import calendar_words as names
from bot.values.moments import Moment, add_days, day_moment
from bot.values.numerals import read_number, starts_number
from bot.values.scene import Read, Scene
from bot.values.words import word_set

ReadPoint = Callable[[Scene, int], "Read | None"]
_LEADING = word_set(
    "in within inside under less over for than the about abt around roughly like ~ maybe another approx approximately at least up to"
)


def read_length(scene: Scene, index: int, read_point: ReadPoint) -> Read | None:
    """Read "3-4 weeks", "a couple of months", "next 3 months", "a year and a half", and what follows: "from June 1"."""
    at = index
    if scene.word(at) == "w" and scene.word(at + 1) == "/" and scene.word(at + 2) == "in":
        at += 3
    while scene.word(at) in _LEADING and at - index < 6:
        at += 1
    if scene.word(at) in names.RELATIVE and scene.word(at) != "this":
        ahead = scene.word(at + 1)
        if starts_number(ahead) or ahead in ("several", "few", "couple"):
            at += 1
    read = _amount(scene, at)
    if not read:
        return None
    low, high, at = read
    if _is_exceeded(scene, index, at) and low == high:
        low = high = high + 1  # "more than a year" is no longer the year's bucket
    end = _more_units(scene, at)
    high, at = (high + end[0], end[1]) if end else (high, at)
    return _anchored(scene, low, high, at, read_point)


def _is_exceeded(scene: Scene, index: int, end: int) -> bool:
    words = scene.words
    lead = words.at[max(0, index - 2) : end]
    if any(lead[i : i + 2] in (("more", "than"), ("longer", "than"), ("north", "of")) for i in range(len(lead))):
        return "no" not in words.at[max(0, index - 3) : index] and "not" not in words.at[max(0, index - 3) : index]
    return "over" in lead and "next" not in lead and "the" not in lead and "coming" not in lead


def _more_units(scene: Scene, at: int) -> tuple[float, int] | None:
    """Read the further parts of "5 years 1 month 12 days" and "2 months and a half"."""
    total = 0.0
    end = at
    while True:
        start = end + 1 if scene.word(end) in (",", "and") else end
        if not scene.word(start)[:1].isdecimal():
            break
        more = _amount(scene, start)
        if not more or more[0] != more[1]:
            break
        total, end = total + more[1], more[2]
    return (total, end) if end > at else None


def _anchored(scene: Scene, low: float, high: float, at: int, read_point: ReadPoint) -> Read | None:
    word = scene.word(at)
    if word in ("from", "after", "before", "prior", "starting", "beginning", "out", "past", "following") or word == ",":
        start = at + 1
        if word == "out" and scene.word(start) != "from":
            return _span(scene, low, high, at + 1)
        if word == "," and scene.word(start) not in ("from", "starting", "beginning"):
            return _span(scene, low, high, at)
        if scene.word(start) in ("from", "to", "on"):
            start += 1
        if scene.word(start) in ("now", "today"):
            return _span(scene, low, high, start + 1)
        if scene.word(start) in ("tomorrow", "tmrw", "tmw"):
            return _span(scene, low + 1, high + 1, start + 1)
        anchor = read_point(scene, start)
        if anchor and (anchor[0].day or anchor[0].kind in ("event", "week", "month")):
            base = anchor[0].day or anchor[0].first
            day = add_days(base, -high) if word in ("before", "prior") else add_days(base, high)
            if anchor[0].day and high < 3000:
                return day_moment(day), anchor[1]
            return Moment(base, day, "span"), anchor[1]
        return _span(scene, low, high, at)
    if word in ("later", "away", "off", "hence", "ish", "tops", "max"):
        at += 1
    elif scene.words.at[at : at + 2] in (("or", "so"), ("or", "less"), ("from", "now"), ("or", "sooner")):
        at += 2
        if scene.word(at) in ("out", "away"):
            at += 1
    elif scene.word(at) == "-" and scene.word(at + 1) == "ish":
        at += 2
    return _span(scene, low, high, at)


def _span(scene: Scene, low: float, high: float, end: int) -> Read:
    return Moment(add_days(scene.today, min(low, high)), add_days(scene.today, high), "span"), end


def _amount(scene: Scene, index: int) -> tuple[float, float, int] | None:
    """Read a number or a range of numbers with a unit: least days, most days and the index after it."""
    words = scene.words
    if words.word(index) in ("half", "1/2") or words.at[index : index + 2] == ("a", "half"):
        at = index + (2 if words.word(index) == "a" else 1)
        if words.word(at) in ("a", "-"):
            at += 1
        unit = names.UNITS_OF_TIME.get(words.word(at))
        if unit in ("year", "month") and words.word(at) not in names.GLUED_UNITS:
            days = 182 if unit == "year" else 15
            return days, days, at + 1
        return None
    if words.word(index) in ("a", "an", "one") and words.word(index + 1) in names.UNITS_OF_TIME:
        return _one_unit(scene, index)
    if words.word(index) in ("next", "upcoming"):
        return None
    first = read_number(words, index, scales=False)
    if not first or first.value > 5000:
        return None
    at, low, high = first.end, first.value, first.value
    if words.word(at) == "+":
        at += 1
    if words.word(at) in ("-", "to", "or", "/", "and") and starts_number(words.word(at + 1)):
        second = read_number(words, at + 1, scales=False)
        if second and (second.value > low or words.word(at) != "and"):
            high, at = max(low, second.value), second.end
    elif words.word(at) == "-" and words.word(at + 1) in names.UNITS_OF_TIME:
        at += 1
    if words.word(at) == "more" or words.word(at) in (
        "upcoming",
        "coming",
        "full",
        "short",
        "calendar",
        "business",
        "working",
    ):
        at += 1
    unit_word = words.word(at)
    unit = names.UNITS_OF_TIME.get(unit_word)
    if not unit or (unit_word in names.GLUED_UNITS and not words.glued[at]):
        return None
    at += 1
    half = _half_behind(scene, at)
    if half:
        low, high, at = low + 0.5, high + 0.5, half
    days = names.DAYS_IN[unit]
    return _nominal(low, unit, days), _nominal(high, unit, days), at


def _half_behind(scene: Scene, at: int) -> int:
    """Index after "and a half", or 0."""
    if scene.word(at) != "and":
        return 0
    at += 2 if scene.word(at + 1) == "a" else 1
    return at + 1 if scene.word(at) == "half" else 0


def _one_unit(scene: Scene, index: int) -> tuple[float, float, int] | None:
    word = scene.word(index + 1)
    if word in names.GLUED_UNITS:
        return None
    unit = names.UNITS_OF_TIME[word]
    at, low, high = index + 2, 1.0, 1.0
    half = _half_behind(scene, at)
    if half:
        low, high, at = 1.5, 1.5, half
    elif scene.word(at) == "or" and scene.word(at + 1) == "two":
        high, at = 2.0, at + 2
    return _nominal(low, unit, names.DAYS_IN[unit]), _nominal(high, unit, names.DAYS_IN[unit]), at


def _nominal(count: float, unit: str, days: int) -> float:
    """Days of a length of time: whole years count 365, months 30 up to eleven and their share of a year beyond."""
    if (unit == "month" and count >= 12) or (unit == "quarter" and count >= 4):
        return round(count * 365 / (12 if unit == "month" else 4))
    return round(count * days)
