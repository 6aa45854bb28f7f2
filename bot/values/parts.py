"""Reads parts of a stretch: "end of March", "mid-April", "third week of May", "first half of 2027", "EOY"."""

from __future__ import annotations

from bot.values import calendar_words as names
from bot.values.moments import (
    Moment,
    add_days,
    add_months,
    at_edge,
    day_moment,
    month_moment,
    months_moment,
    year_moment,
)
from bot.values.numerals import read_number, read_ordinal
from bot.values.periods import a_year_on, read_period, relative_unit, upcoming_part
from bot.values.scene import Read, Scene


def read_part(scene: Scene, index: int) -> Read | None:
    """Read "end of March", "mid-April", "EOY", "first half of 2027", "third week of this month"."""
    word = scene.word(index)
    if word in names.END_OF:
        period = relative_unit(scene, names.END_OF[word], 0)
        end = index + 1
        year = scene.year(end + 1 if scene.word(end) == "of" else end, short=True)
        if year and names.END_OF[word] == "year":
            period, end = year_moment(year[0]), year[1]
        return (at_edge("end", period, scene.today), end) if period else None
    if word in ("year", "yr", "month", "quarter", "qtr", "week") and scene.word(index + 1) in ("end", "-"):
        at = index + 2 if scene.word(index + 1) == "-" else index + 1
        if scene.word(at) in ("end", "close"):
            period = relative_unit(scene, names.UNITS_OF_TIME[word], 0)
            return (at_edge("end", period, scene.today), at + 1) if period else None
        return None
    edge = names.EDGES.get(word)
    if not edge:
        return _part_of(scene, index)
    at = index + 1
    if word in names.NEEDS_OF and scene.word(at) not in ("of", "-"):
        return None
    if scene.word(at) in ("part", "half", "portion", "stage", "stages", "of", "in", "-", "to"):
        while scene.word(at) in ("part", "half", "portion", "of", "in", "-", "to", "late", "mid", "stage", "stages"):
            at += 1
    while scene.word(at) in ("the", "our"):
        at += 1
    unit = names.UNITS_OF_TIME.get(scene.word(at))
    if unit and unit != "day" and scene.word(at) not in names.GLUED_UNITS:
        period = relative_unit(scene, unit, 0)
        after = at + 1
        if unit == "year" and (year := scene.year(after)):
            period, after = year_moment(year[0]), year[1]
        elif period and at_edge(edge, period, scene.today).last < scene.today:
            period = relative_unit(scene, unit, 1)  # "mid-year", said in November
        return (at_edge(edge, period, scene.today), after) if period else None
    inner = read_period(scene, at)
    if not inner and (year := scene.year(at, short=True)):
        inner = year_moment(year[0]), year[1]  # "early 27"
    if not inner:
        return None
    return at_edge(edge, inner[0], scene.today), inner[1]


def _part_of(scene: Scene, index: int) -> Read | None:
    """Read an ordinal part: "third week of May", "9th month of next year", "2nd half of March", "the 21st of this
    month"."""
    ordinal = read_ordinal(scene.words, index)
    if not ordinal:
        return None
    number, at = ordinal
    if number == 1 and (several := _first_months(scene, at)):
        return several
    unit = names.UNITS_OF_TIME.get(scene.word(at), scene.word(at))
    if unit == "day" or (unit in names.WEEKDAYS and scene.word(at + 1) in ("of", "in")):
        return _nth_day(scene, unit, number, at + 1)
    if unit in ("week", "month", "quarter", "half") and scene.word(at) not in names.GLUED_UNITS:
        at += 1
        outer_at = at
        while scene.word(outer_at) in ("of", "in", "the", "our", "for", ","):
            outer_at += 1
        outer = _whole(scene, outer_at)
        if unit in ("quarter", "half"):
            return _nth_part(scene, unit, number, at, outer)
        if not outer:
            return None
        moment, end = outer
        if unit == "month" and moment.kind in ("year", "quarter", "half") and -1 <= number <= 12:
            months = 12 if moment.kind == "year" else 3 if moment.kind == "quarter" else 6
            first = add_months(moment.first, (months if number < 0 else number) - 1)
            return month_moment(first.year, first.month), end
        if unit == "week" and moment.kind in ("month", "quarter"):
            last = moment.last if number < 0 else min(moment.last, add_days(moment.first, 7 * number - 1))
            return Moment(add_days(last, -6), last, "day", last), end
        return None
    while scene.word(at) in ("of", "the"):
        at += 1
    if scene.word(at) in names.RELATIVE or unit == "month":
        outer = _whole(scene, at)
        if outer and outer[0].kind == "month" and 0 < number <= outer[0].last.day:
            return day_moment(outer[0].first.replace(day=number)), outer[1]
    return None


def _first_months(scene: Scene, index: int) -> Read | None:
    """Read what follows "first" in "first three months of 2027"."""
    number = read_number(scene.words, index, scales=False)
    if not number or not 1 <= number.value <= 12 or scene.word(number.end + 1) not in ("of", "in"):
        return None
    unit = names.UNITS_OF_TIME.get(scene.word(number.end))
    outer = _whole(scene, number.end + 2) if unit in ("month", "quarter") else None
    if not outer or outer[0].kind not in ("year", "half"):
        return None
    months = int(number.value) * (1 if unit == "month" else 3)
    return months_moment(outer[0].first, months, "half"), outer[1]


def _nth_day(scene: Scene, unit: str, number: int, index: int) -> Read | None:
    """Read what follows in "first Monday of January" or "last day of the quarter"."""
    at = index + 1 if scene.word(index) in ("of", "in") else index
    outer = _whole(scene, at)
    if not outer or outer[0].kind in ("span", "now", "day"):
        return None
    moment, end = outer
    edge = moment.last if number < 0 else moment.first
    if unit == "day":
        day = edge if number < 0 else add_days(edge, number - 1)
    elif number < 0:
        day = add_days(edge, -((edge.weekday() - names.WEEKDAYS[unit]) % 7))
    else:
        day = add_days(edge, (names.WEEKDAYS[unit] - edge.weekday()) % 7 + 7 * (number - 1))
    return day_moment(day), end


def _nth_part(scene: Scene, unit: str, number: int, at: int, outer: Read | None) -> Read | None:
    if unit == "half" and outer and outer[0].kind in ("month", "quarter"):
        moment, end = outer
        if number == 1:
            return at_edge("mid", moment, scene.today), end
        return at_edge("end", moment, scene.today), end
    count = 4 if unit == "quarter" else 2
    if number < 0 and not outer:
        return None  # "last quarter" is over
    number = count if number < 0 else number
    if not 1 <= number <= count:
        return None
    months = 12 // count
    if outer and outer[0].kind == "year":
        is_this_year = outer[0].first.year == scene.today.year
        moment = months_moment(add_months(outer[0].first, months * (number - 1)), months, unit)
        if moment.last < scene.today and is_this_year and not scene.has_year(at, outer[1]):
            moment = a_year_on(scene, moment, months, unit)
        return moment, outer[1]
    return upcoming_part(scene, number, months, unit), at


def _whole(scene: Scene, index: int) -> Read | None:
    """Read the period an ordinal counts in: "the year", "this month", "2027", "next year", "May"."""
    at = index
    while scene.word(at) in ("the", "our"):
        at += 1
    unit = names.UNITS_OF_TIME.get(scene.word(at))
    if unit in ("year", "month", "quarter") and scene.word(at) not in names.GLUED_UNITS:
        period = relative_unit(scene, unit, 0)
        return (period, at + 1) if period else None
    found = read_period(scene, at)
    if found:
        return found
    year = scene.year(at, short=True)
    return (year_moment(year[0]), year[1]) if year else None
