"""Reads stretches of the calendar: weeks, quarters, halves, seasons, years, and "now"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.values import calendar_words as names
from bot.values.dates import read_day_of_month, read_holiday, read_month, read_numeric_date, read_weekday
from bot.values.moments import (
    SEASONS,
    Moment,
    add_days,
    add_months,
    month_moment,
    months_moment,
    season_moment,
    week_moment,
    year_moment,
)
from bot.values.scene import Read, Scene
from bot.values.words import word_list

_AT_ONCE = tuple(
    tuple(word_list(phrase))
    for phrase in (
        "as soon as possible",
        "as soon as we can",
        "as soon as you can",
        "as soon as we",
        "soon as possible",
        "soon as we can",
        "first chance we get",
        "right away",
        "straight away",
        "right now",
        "very soon",
        "at once",
    )
)
_FISCAL = frozenset(("fy", "fiscal"))


def read_period(scene: Scene, index: int) -> Read | None:
    word = scene.word(index)
    if not word:
        return None
    return (
        (read_numeric_date(scene, index) if word[0].isdecimal() else None)
        or (_relative(scene, index) if word in names.RELATIVE else None)
        or _after_next(scene, index)
        or read_holiday(scene, index)
        or _quarter_or_half(scene, index)
        or read_month(scene, index)
        or read_day_of_month(scene, index)
        or _week_of(scene, index)
        or _season(scene, index)
        or read_weekday(scene, index)
        or _now(scene, index)
        or _fiscal_year(scene, index)
        or _bare_year(scene, index)
    )


def _now(scene: Scene, index: int) -> Read | None:
    words, word = scene.words, scene.word(index)
    days = 1 if word in ("tomorrow", "tmrw", "tmw", "tomorow") else 0
    end = 0
    if word in names.NOW_WORDS:
        end = index + 1
    else:
        phrase = next((p for p in _AT_ONCE if words.at[index : index + len(p)] == p), ())
        end = index + len(phrase) if phrase else 0
    if not end:
        return None
    return Moment(scene.today, add_days(scene.today, days), "now"), end


def _relative(scene: Scene, index: int) -> Read | None:
    """Read this/next/coming + unit, month, season or weekday."""
    words = scene.words
    step, at = names.RELATIVE[words.at[index]], index + 1
    if step == 0 and words.word(at) in ("coming", "upcoming", "current", "next"):
        at += 1
    if words.word(at) in ("calendar", "new"):
        at += 1
    word = words.word(at)
    unit = names.UNITS_OF_TIME.get(word)
    if unit and unit != "day" and word not in names.GLUED_UNITS:
        if step and words.word(at + 1) == "and" and words.word(at + 2) == "a":
            return None
        moment = relative_unit(scene, unit, step)
        if moment and unit == "year" and words.word(at + 1) == "'":
            at += 1
        return (moment, at + 1) if moment else None
    if word in SEASONS:
        return _season(scene, at)
    if word in names.WEEKDAYS:
        return read_weekday(scene, at, minimum=1 if step else 0)
    if word in ("weekend", "wknd"):
        return _weekend(scene, at)
    if word in _FISCAL:
        return _next_fiscal(scene, at, step)
    found = read_month(scene, at) or read_day_of_month(scene, at) or read_holiday(scene, at) or _quarter_or_half(scene, at)
    if not found:
        return None
    moment, end = found
    if step and moment.kind == "month" and moment.first <= scene.today:
        moment = month_moment(moment.first.year + 1, moment.first.month)
    elif (
        not step
        and moment.kind == "month"
        and moment.first.year > scene.today.year
        and words.word(index) == "this"
        and words.word(at - 1) == "this"
    ):
        moment = moment
    return moment, end


def relative_unit(scene: Scene, unit: str, step: int) -> Moment | None:
    today = scene.today
    if unit == "week":
        return week_moment(add_days(today, 7 * step))
    if unit == "month":
        first = add_months(today.replace(day=1), step)
        return month_moment(first.year, first.month)
    if unit == "quarter":
        offset = (today.month - scene.fiscal_month) % 3
        return months_moment(add_months(add_months(today.replace(day=1), -offset), 3 * step), 3, "quarter")
    if unit == "year" and today.year + step <= 9990:
        return year_moment(today.year + step)
    return None


def _after_next(scene: Scene, index: int) -> Read | None:
    words = scene.words
    unit = names.UNITS_OF_TIME.get(words.word(index))
    if unit and words.at[index + 1 : index + 3] == ("after", "next"):
        moment = relative_unit(scene, unit, 2)
        return (moment, index + 3) if moment else None
    return None


def _quarter_or_half(scene: Scene, index: int) -> Read | None:
    words, word = scene.words, scene.word(index)
    number, at, letter = 0, index, ""
    if word in ("q", "h", "qtr", "quarter") and words.word(index + 1) in ("1", "2", "3", "4") and (words.glued[index + 1] or word != "h"):
        number, at, letter = int(words.at[index + 1]), index + 2, word[0]
    elif word in ("1", "2", "3", "4") and words.word(index + 1) in ("q", "h") and words.glued[index + 1]:
        number, at, letter = int(word), index + 2, words.at[index + 1]
    elif len(word) == 4 and word.isdecimal() and words.word(index + 1) in ("q", "-") and scene.year(index):
        inner = index + 2 if words.word(index + 1) == "-" else index + 1
        if words.word(inner) in ("q", "h") and words.word(inner + 1) in ("1", "2", "3", "4"):
            letter, number = words.at[inner], int(words.at[inner + 1])
            return _dated_part(scene, letter, number, int(word), inner + 2)
    if not letter or (letter == "h" and number > 2):
        return None
    months = 3 if letter == "q" else 6
    outer_at = at
    while words.word(outer_at) in ("of", "in", ",", "-", "/", "'"):
        outer_at += 1
    if words.word(outer_at) in _FISCAL:
        fiscal = _fiscal_number(scene, outer_at)
        if fiscal:
            return months_moment(add_months(_fiscal_first(scene, fiscal[0]), months * (number - 1)), months, _part_name(letter)), fiscal[1]
    year = scene.year(
        outer_at,
        short=outer_at > at or (words.word(at)[:1].isdecimal() and words.glued[at]) or words.word(at).isdecimal(),
    )
    if year:
        return _dated_part(scene, letter, number, *year)
    if words.word(outer_at) in names.RELATIVE and names.UNITS_OF_TIME.get(words.word(outer_at + 1)) == "year":
        return _dated_part(scene, letter, number, scene.today.year + names.RELATIVE[words.at[outer_at]], outer_at + 2)
    return upcoming_part(scene, number, months, _part_name(letter)), at


def _dated_part(scene: Scene, letter: str, number: int, year: int, end: int) -> Read | None:
    months = 3 if letter == "q" else 6
    if letter == "h" and number > 2:
        return None
    first = _fiscal_first(scene, year) if scene.fiscal_month > 1 else date(year, 1, 1)
    return months_moment(add_months(first, months * (number - 1)), months, _part_name(letter)), end


def upcoming_part(scene: Scene, number: int, months: int, unit: str) -> Moment:
    """The next quarter or half of that number that is not over, in the prospect's fiscal year when stated."""
    first = date(scene.today.year - 1, scene.fiscal_month, 1)
    moment = months_moment(add_months(first, months * (number - 1)), months, unit)
    while moment.last < scene.today:
        moment = a_year_on(scene, moment, months, unit)
    return moment


def a_year_on(scene: Scene, moment: Moment, months: int, unit: str) -> Moment:
    return months_moment(add_months(moment.first, 12), months, unit)


def _fiscal_first(scene: Scene, fiscal_year: int) -> date:
    """First day of a fiscal year, which is named after the year it ends in."""
    return date(fiscal_year - (1 if scene.fiscal_month > 1 else 0), scene.fiscal_month, 1)


def _fiscal_number(scene: Scene, index: int) -> tuple[int, int] | None:
    at = index + 1
    while scene.word(at) in ("year", "yr", "'", "-"):
        at += 1
    return scene.year(at, short=True)


def _fiscal_year(scene: Scene, index: int) -> Read | None:
    if scene.word(index) not in _FISCAL:
        return None
    numbered = _fiscal_number(scene, index)
    if numbered:
        first = _fiscal_first(scene, numbered[0])
        return Moment(first, add_days(add_months(first, 12), -1), "year", doubtful=True), numbered[1]
    return None if scene.word(index + 1) not in ("year", "end") else _next_fiscal(scene, index, 0)


def _next_fiscal(scene: Scene, index: int, step: int) -> Read | None:
    at = index + 1
    if scene.word(at) in ("year", "yr"):
        at += 1
    first = date(scene.today.year, scene.fiscal_month, 1)
    if first > scene.today:
        first = add_months(first, -12)
    first = add_months(first, 12 * step)
    moment = Moment(first, add_days(add_months(first, 12), -1), "year", doubtful=True)
    if scene.word(at) in ("end", "close"):
        return replace(moment, day=moment.last, kind="day", doubtful=scene.fiscal_month == 1), at + 1
    return moment, at


def _bare_year(scene: Scene, index: int) -> Read | None:
    year = scene.year(index)
    if scene.word(index - 1).isdecimal():
        return None
    if not year or scene.word(year[1]) in names.UNITS_OF_TIME:
        return None
    return year_moment(year[0]), year[1]


def _week_of(scene: Scene, index: int) -> Read | None:
    if names.UNITS_OF_TIME.get(scene.word(index)) != "week" or scene.word(index) == "w":
        return None
    at = index + 1
    if scene.word(at) not in ("of", "beginning", "starting", "commencing", "ending"):
        return None
    found = read_period(scene, at + (2 if scene.word(at + 1) == "the" else 1))
    return (replace(found[0], kind="day"), found[1]) if found and found[0].day else None


def _weekend(scene: Scene, index: int) -> Read | None:
    if scene.word(index) not in ("weekend", "wknd"):
        return None
    step = names.RELATIVE.get(scene.word(index - 1), 0)
    week = week_moment(add_days(scene.today, 7 * step))
    return replace(week, first=add_days(week.last, -1)), index + 1


def _season(scene: Scene, index: int) -> Read | None:
    words, name = scene.words, scene.word(index)
    if name == "summertime":
        name = "summer"
    if name in ("holidays", "holiday") and words.word(index + 1) != "inn":
        end = index + 2 if words.word(index + 1) == "season" else index + 1
        this_year = scene.today.year
        return Moment(date(this_year, 12, 20), date(this_year + 1, 1, 2), "season"), end
    if name not in SEASONS:
        return None
    at = index + 1
    if words.word(at) in ("of", ",", "'", "in"):
        at += 1
    year = scene.year(at, short=words.word(at - 1) in ("'", "of"))
    if year:
        return season_moment(name, year[0]), year[1]
    if words.word(at) in names.RELATIVE and names.UNITS_OF_TIME.get(words.word(at + 1)) == "year":
        return season_moment(name, scene.today.year + names.RELATIVE[words.at[at]]), at + 2
    moment = season_moment(name, scene.today.year - 1)
    # With less than a month left, "in the fall" is the coming one; "this fall" is not.
    left = 0 if words.word(index - 1) in ("this", "current") else 30
    while (moment.last - scene.today).days < left:
        moment = season_moment(name, moment.first.year + 1)
    if words.word(index - 1) in names.RELATIVE and names.RELATIVE[words.at[index - 1]] and moment.first <= scene.today:
        moment = season_moment(name, moment.first.year + 1)
    return moment, index + 1


def _part_name(letter: str) -> str:
    return "quarter" if letter == "q" else "half"
