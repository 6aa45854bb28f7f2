"""Reads days and months named on the calendar: "June 30th", "4/30", "dec '27", "Friday", "labor day"."""

from __future__ import annotations

from datetime import date

from bot.values import calendar_words as names
from bot.values.moments import Moment, add_days, add_months, day_moment, month_moment
from bot.values.numerals import read_number, read_ordinal
from bot.values.scene import Read, Scene


def read_numeric_date(scene: Scene, index: int) -> Read | None:
    """Read 4/30, 06-30-2027, 2027-06-30, 2019-sep-1, 11/2027, 2016-11 and "2016, nov"."""
    words, word = scene.words, scene.words.at[index]
    if len(word) > 5 and any(sign in word for sign in "-/.") and word.count(".") != 1:
        return _full_numeric(scene, word, index + 1)
    sign = words.word(index + 1)
    if (len(word) == 4 and word.isdecimal() and sign in ("-", "/", ",", ".")) or (len(word) == 4 and words.word(index + 1) in names.MONTHS):
        return _year_first(scene, index)
    if not (word.isdecimal() and len(word) <= 2 and sign in ("/", "-") and words.glued[index + 1]):
        return None
    if not words.word(index + 2).isdecimal() or not words.glued[index + 2]:
        return None
    second = words.at[index + 2]
    if len(second) == 4 and 1 <= int(word) <= 12:
        year = scene.year(index + 2)
        return (month_moment(year[0], int(word)), index + 3) if year else None
    if sign == "-" or len(second) > 2 or words.word(index + 3) in ("/",):
        return None
    if words.word(index + 3) in names.UNITS_OF_TIME:  # "1/2 year"
        return None
    month, day = int(word), int(second)
    if month > 12 and day <= 12:
        month, day = day, month
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    return _upcoming_day(scene, month, day, index + 3)


def _year_first(scene: Scene, index: int) -> Read | None:
    year = scene.year(index)
    if not year:
        return None
    words, at = scene.words, index + 1
    if words.word(at) in ("-", "/", ",", "."):
        at += 1
    month = names.MONTHS.get(words.word(at))
    if month:
        if words.word(at + 1) in ("-", "/") and words.word(at + 2).isdecimal() and words.glued[at + 1]:
            return _dated(scene, year[0], month, int(words.at[at + 2]), at + 3)
        return month_moment(year[0], month), at + 1
    number = words.word(at)
    if words.word(index + 1) in ("-", "/") and number.isdecimal() and len(number) <= 2 and words.glued[at] and 1 <= int(number) <= 12:
        return month_moment(year[0], int(number)), at + 1
    return None


def _full_numeric(scene: Scene, word: str, end: int) -> Read | None:
    parts = [int(part) for part in word.replace("/", "-").replace(".", "-").split("-")]
    if parts[0] > 31:
        year, month, day = parts
    else:
        month, day, year = parts
        if month > 12 and day <= 12:
            month, day = day, month
    if year < 100:
        year += 2000
    return _dated(scene, year, month, day, end)


def read_month(scene: Scene, index: int) -> Read | None:
    """Read a month name with its day and year, if any: "June 30th, 2027", "Jan first", "dec '27", "Oct/2"."""
    words = scene.words
    month = names.MONTHS.get(words.word(index))
    if not month:
        return None
    at = index + 1
    if words.word(at) == "." and (words.glued[at]) and words.word(at + 1):
        if words.word(at + 1)[:1].isdecimal():
            at += 1
    elif (words.word(at) in ("-", "/") and words.glued[at] and words.word(at + 1)[:1].isdecimal() and words.glued[at + 1]) or (
        words.word(at) == "the" and read_ordinal(words, at + 1)
    ):
        at += 1
    day = _day_number(scene, at, month)
    year_at = at
    if words.word(at) in (",", "of", "in", "'"):
        year_at = at + 1
        if words.word(at) == "of" and words.word(year_at) in ("the",):
            year_at += 1
    if day and words.word(at) != "'":
        number, end = day
        year = _year_after(scene, end)
        if year:
            return _dated(scene, year[0], month, number, year[1])
        return _upcoming_day(scene, month, number, end)
    year = scene.year(year_at, short=words.word(at) == "'" or (words.word(at) == "of"))
    if year:
        return month_moment(year[0], month), year[1]
    if words.word(year_at) in names.RELATIVE and names.UNITS_OF_TIME.get(words.word(year_at + 1)) == "year":
        return month_moment(scene.today.year + names.RELATIVE[words.at[year_at]], month), year_at + 2
    moment = month_moment(scene.today.year, month)
    if moment.last < scene.today:
        moment = month_moment(scene.today.year + 1, month)
    return moment, index + 1


def _day_number(scene: Scene, index: int, month: int) -> tuple[int, int] | None:
    words, word = scene.words, scene.word(index)
    ordinal = read_ordinal(words, index)
    if ordinal and ordinal[0] > 0:
        return ordinal
    if word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 31:
        end = index + 1
        after = words.word(end)
        if after in ("/", "-") and words.word(end + 1)[:1].isdecimal() and words.glued[end] and len(words.word(end + 1)) <= 2:
            return int(words.at[end + 1]), end + 2  # "March 10-14": the later day
        if after in names.UNITS_OF_TIME or after in ("k", "%", "site", "sites", "clinics", "beds", "locs", "am", "pm"):
            return None
        return int(word), end
    if word in ("twenty", "thirty", "ten", "eleven", "twelve", "one", "two", "three", "five", "fifteen"):
        number = read_number(words, index, scales=False)
        if number and 1 <= number.value <= 31 and number.end <= index + 3 and words.word(number.end) not in names.UNITS_OF_TIME:
            return int(number.value), number.end
    return None


def read_day_of_month(scene: Scene, index: int) -> Read | None:
    """Read "16 Nov 2016", "21st of April", "the 15th"."""
    words, word = scene.words, scene.word(index)
    ordinal = read_ordinal(words, index)
    if ordinal and ordinal[0] > 0:
        number, at = ordinal
    elif word.isdecimal() and len(word) <= 2 and 1 <= int(word) <= 31:
        number, at = int(word), index + 1
    else:
        return None
    month_at = at
    while words.word(month_at) in ("of", ".", "-", "/", "the") and month_at - at < 2:
        month_at += 1
    month = names.MONTHS.get(words.word(month_at))
    if month and not (
        words.word(month_at) in ("may", "march")
        and words.word(month_at - 1) not in ("of", "-", "/")
        and words.word(month_at + 1) in ("be", "have", "need")
    ):
        end = month_at + 1
        if words.word(end) == "." and words.glued[end]:
            end = end + 1 if words.word(end + 1)[:1].isdecimal() else end
        year = _year_after(scene, end)
        if year:
            return _dated(scene, year[0], month, number, year[1])
        return _upcoming_day(scene, month, number, month_at + 1)
    if ordinal and words.word(index - 1) == "the" and word[0].isdecimal():
        first = scene.today.replace(day=1)
        for step in range(12):
            start = add_months(first, step)
            day = _safe(start.year, start.month, number)
            if day and day >= scene.today:
                return day_moment(day), at
    return None


def _year_after(scene: Scene, index: int) -> tuple[int, int] | None:
    """A year behind a day: after a comma, "of", a slash or a hyphen, in four digits or two with an apostrophe."""
    at = index
    if scene.word(at) in (",", "/", "-", "of", "."):
        at += 1
    if scene.word(at) == "'":
        return scene.year(at + 1, short=True)
    glued = at > index and scene.word(index) in ("/", "-") and scene.word(at)[:1].isdecimal() and scene.words.glued[at]
    return scene.year(at, short=glued)


def _dated(scene: Scene, year: int, month: int, number: int, end: int) -> Read | None:
    day = _safe(year, month, number)
    return (day_moment(day), end) if day else None


def _upcoming_day(scene: Scene, month: int, number: int, end: int) -> Read | None:
    for year in range(scene.today.year, min(scene.today.year + 9, 9990)):  # a 29th of February may be some years away
        day = _safe(year, month, number)
        if day and day >= scene.today:
            return day_moment(day), end
    return None


def _safe(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def read_weekday(scene: Scene, index: int, minimum: int = 1) -> Read | None:
    weekday = names.WEEKDAYS.get(scene.word(index))
    if weekday is None or (scene.word(index) in ("sun", "sat", "wed") and scene.word(index - 1) not in ("by", "on", "next", "this")):
        return None
    named = _day_behind(scene, index + 1)
    if named:
        return named
    ahead = (weekday - scene.today.weekday()) % 7
    ahead = ahead or (7 if minimum else 0)
    if scene.word(index - 1) in ("next", "nxt"):
        ahead = 7 - scene.today.weekday() + weekday
    return day_moment(add_days(scene.today, ahead)), index + 1


def _day_behind(scene: Scene, index: int) -> Read | None:
    """The date that a weekday only decorates: "Friday, December 4th"."""
    at = index
    while scene.word(at) in (",", ".", "the") and at - index < 3:
        at += 1
    found = (
        read_month(scene, at) or read_day_of_month(scene, at) or (read_numeric_date(scene, at) if scene.word(at)[:1].isdecimal() else None)
    )
    return found if found and found[0].kind == "day" else None


def read_holiday(scene: Scene, index: int) -> Read | None:
    words, word = scene.words, scene.word(index)
    if word not in names.HOLIDAY_OPENERS:
        return None
    name, end = word, index + 1
    if word == "new":
        name, end = "new year", index + 2
        if words.word(index + 1) not in ("year", "years", "year's", "yrs", "yr"):
            return None
    elif word in ("4", "fourth"):
        ordinal = read_ordinal(words, index)
        at = ordinal[1] if ordinal else end
        if words.at[at : at + 2] != ("of", "july"):
            return None
        name, end = "4th of july", at + 2
    elif word in names.NEEDS_DAY and words.word(end) != "day":
        return None
    if words.word(end) in ("day", "eve"):
        end += 1
    year = scene.year(end)
    if year:
        day = names.holiday(name, year[0])
        return (Moment(day, day, "day", day), year[1]) if day else None
    for step in range(3):
        day = names.holiday(name, scene.today.year + step) if scene.today.year + step < 9990 else None
        if day and day >= scene.today:
            return Moment(day, day, "day", day), end
    return None
