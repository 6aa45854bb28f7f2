"""The words of the calendar: months, weekdays, units and holidays, with the short and misspelt forms people type."""

from __future__ import annotations

from datetime import date, timedelta

from bot.values.words import word_set

_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORT_MONTHS = {
    "jan": 1,
    "feb": 2,
    "febr": 2,
    "mar": 3,
    "mrch": 3,
    "apr": 4,
    "aprl": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "octo": 10,
    "nov": 11,
    "dec": 12,
    "decem": 12,
    "janu": 1,
}
# Each is also a verb, a name or an abbreviation.
AMBIGUOUS_MONTHS = frozenset(("may", "march", "mar", "sep", "jan", "dec", "nov"))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_WEEKDAYS = {
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "weds": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}
_UNIT_FORMS = {
    "day": "day days dy dys d",
    "fortnight": "fortnight fortnights",
    "decade": "decade decades",
    "week": "week weeks wk wks w weeek weeeks",
    "month": "month months mo mos mth mths mnth mnths moth monhs mon",
    "quarter": "quarter quarters qtr qtrs qrtr qrtrs",
    "year": "year years yr yrs y yearz",
}
UNITS_OF_TIME = {form: unit for unit, forms in _UNIT_FORMS.items() for form in forms.split()}
GLUED_UNITS = frozenset(("d", "w", "y", "mon"))  # "6w" is six weeks, a lone "w" is "with"
# Nominal lengths: "3 months" is meant as a quarter (90 days) whatever the months at hand.
DAYS_IN = {"day": 1, "fortnight": 14, "decade": 3650, "week": 7, "month": 30, "quarter": 90, "year": 365}
RELATIVE = {
    "this": 0,
    "current": 0,
    "ths": 0,
    "next": 1,
    "nxt": 1,
    "nex": 1,
    "coming": 1,
    "upcoming": 1,
    "following": 1,
    "comin": 1,
}
# "start next month" is a verb with its object; these name a part only before "of" or a hyphen.
NEEDS_OF = frozenset(("start", "beginning", "begining", "close", "ending", "rest", "remainder"))
EDGES = {
    "end": "end",
    "ending": "end",
    "close": "end",
    "eo": "end",
    "late": "late",
    "latter": "late",
    "later": "rest",
    "mid": "mid",
    "middle": "mid",
    "midway": "mid",
    "early": "early",
    "beginning": "start",
    "begining": "start",
    "start": "start",
    "rest": "rest",
    "remainder": "rest",
}
END_OF = {"eoy": "year", "eom": "month", "eoq": "quarter", "eow": "week", "ye": "year", "yearend": "year"}
NOW_WORDS = word_set("asap asp now immediately immediatly yesterday today tonight tomorrow tmrw tmw tomorow pronto instantly")


def _misspellings(name: str) -> set[str]:
    """A name with one letter left out, doubled or swapped with its neighbour."""
    forms = {name[:i] + name[i + 1 :] for i in range(1, len(name))}
    forms |= {name[:i] + name[i] + name[i:] for i in range(len(name))}
    forms |= {name[:i] + name[i + 1] + name[i] + name[i + 2 :] for i in range(len(name) - 1)}
    return forms


def _month_forms() -> dict[str, int]:
    forms = {}
    for number, name in enumerate(_MONTH_NAMES, 1):
        if len(name) >= 6:  # a slip in a shorter name makes another word ("mach", "jun")
            forms.update(dict.fromkeys(_misspellings(name), number))
    for number, name in enumerate(_MONTH_NAMES, 1):
        forms[name] = number
    return {**forms, **_SHORT_MONTHS, "apirl": 4, "agust": 8}


MONTHS = _month_forms()
WEEKDAYS = {**{name: i for i, name in enumerate(_WEEKDAYS)}, **_SHORT_WEEKDAYS}


def easter(year: int) -> date:
    """Easter Sunday (Gregorian computus, anonymous algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * i) // 451
    month, day = divmod(h + i - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


# Month and day, or month, weekday and which one of the month (-1 = the last). United States holidays that people plan
# by.
_FIXED = {
    "new year": (1, 1),
    "new years": (1, 1),
    "new year's": (1, 1),
    "valentines": (2, 14),
    "valentine's": (2, 14),
    "4th of july": (7, 4),
    "fourth of july": (7, 4),
    "july 4th": (7, 4),
    "independence": (7, 4),
    "juneteenth": (6, 19),
    "halloween": (10, 31),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "veterans": (11, 11),
}
_FLOATING = {
    "mlk": (1, 0, 3),
    "presidents": (2, 0, 3),
    "presidents'": (2, 0, 3),
    "president's": (2, 0, 3),
    "memorial": (5, 0, -1),
    "labor": (9, 0, 1),
    "labour": (9, 0, 1),
    "columbus": (10, 0, 2),
    "thanksgiving": (11, 3, 4),
    "turkey": (11, 3, 4),
}
NEEDS_DAY = word_set(
    "mlk presidents presidents' president's memorial labor labour columbus independence veterans turkey valentines valentine's"
)
HOLIDAY_OPENERS = frozenset(key.split()[0] for key in (*_FIXED, *_FLOATING, "easter", "july 4th"))


def holiday(name: str, year: int) -> date | None:
    """The day of a holiday in a year; None for a name that is no holiday."""
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _FLOATING:
        return _nth_weekday(year, *_FLOATING[name])
    return easter(year) if name == "easter" else None
