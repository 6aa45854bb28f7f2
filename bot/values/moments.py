"""Moments and stretches of the calendar, and the timeline bucket they fall into."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

# Days from today, both ends included; the last bucket has no end. Source: the label conventions of the playbook's
# timeline fact.
BUCKETS = (("now", 0, 30), ("this_quarter", 31, 90), ("half_year", 91, 183), ("year", 184, 365))
SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}  # first month, three months each
LAST_YEAR = date.max.year - 1  # arithmetic stays inside the calendar


@dataclass(frozen=True)
class Moment:
    """A moment or a stretch of time.

    Attributes:
        first, last: the days it spans, both included.
        kind: day, week, month, quarter, half, year, season, span, now or event.
        day: the day it names on the calendar ("March" names its last day); None for spans, seasons and the like.
        is_open: only a beginning is known ("after March").
        doubtful: the words allow another reading.
    """

    first: date
    last: date
    kind: str
    day: date | None = None
    is_open: bool = False
    doubtful: bool = False

    def bucket(self, today: date) -> str:
        """Name the bucket: by the named day, by the last day of a span, by the larger share of a season or a year."""
        if self.day is not None:
            return bucket_of(self.day, today)
        if self.is_open:
            return bucket_of(self.first, today)
        is_running_out = self.first <= today and (self.last - today).days <= 90  # "this year", said in November
        if self.kind in ("season", "year") and not is_running_out:
            return _widest_bucket(self.first, self.last, today)
        return bucket_of(self.last, today)


def bucket_of(day: date, today: date) -> str:
    """Name the bucket of a day; a day gone by counts as now.

    >>> bucket_of(date(2027, 3, 31), date(2026, 11, 24))
    'half_year'
    """
    days = (day - today).days
    return next((name for name, _, end in BUCKETS if days <= end), "later")


def _widest_bucket(first: date, last: date, today: date) -> str:
    start, end = max(0, (first - today).days), max(0, (last - today).days)
    shares = [(min(end, high) - max(start, low) + 1, name) for name, low, high in BUCKETS]
    shares.append((end - max(start, 366) + 1, "later"))
    best = max(share for share, _ in shares)
    return next(name for share, name in shares if share == best)


def month_end(year: int, month: int) -> date:
    """Last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of that month; never beyond the calendar."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= LAST_YEAR:
        return date(LAST_YEAR, 12, 31)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_days(day: date, days: float) -> date:
    """The day some days on; never beyond the calendar."""
    try:
        return min(day + timedelta(days=days), date(LAST_YEAR, 12, 31))
    except OverflowError:
        return date(LAST_YEAR, 12, 31)


def day_moment(day: date) -> Moment:
    """One day, named."""
    return Moment(day, day, "day", day)


def month_moment(year: int, month: int) -> Moment:
    """A month; the day it names is its last."""
    last = month_end(year, month)
    return Moment(date(year, month, 1), last, "month", last)


def months_moment(first: date, months: int, kind: str) -> Moment:
    """A quarter, half or season from the first of a month on; a season names no day."""
    last = add_days(add_months(first, months), -1)
    return Moment(first, last, kind, None if kind == "season" else last)


def year_moment(year: int, first_month: int = 1) -> Moment:
    """A whole year; it names no day by itself."""
    first = date(year, first_month, 1)
    return Moment(first, add_days(add_months(first, 12), -1), "year")


def season_moment(name: str, year: int) -> Moment:
    """A season by its three calendar months; a winter belongs to the year it begins in."""
    return months_moment(date(year, SEASONS[name], 1), 3, "season")


def week_moment(day: date) -> Moment:
    """Monday to Sunday around a day."""
    monday = add_days(day, -day.weekday())
    return Moment(monday, add_days(monday, 6), "week")


def at_edge(edge: str, moment: Moment, today: date) -> Moment:
    """Narrow a stretch to its start, early, mid, late or end part.

    Months and quarters keep naming a day; of a year only the end does ("by the end of next year"), its other parts
    are stretches.
    """
    if moment.kind in ("day", "now", "event", "span"):
        return moment
    first, last = moment.first, moment.last
    length = (last - first).days + 1
    if edge == "end":
        return replace(moment, day=last, kind="day") if moment.kind not in ("week", "season") else _part(moment, 2 / 3, 1)
    if edge == "rest":
        return Moment(max(first, today), last, moment.kind, moment.day)
    if moment.kind == "year":
        start, months = {"start": (0, 2), "early": (0, 3), "mid": (5, 2), "late": (9, 3)}[edge]
        return months_moment(add_months(first, start), months, "season")
    if moment.kind in ("week", "season"):
        return _part(moment, *{"start": (0, 1 / 3), "early": (0, 1 / 3), "mid": (1 / 3, 2 / 3), "late": (2 / 3, 1)}[edge])
    day = {
        "start": first,
        "early": add_days(first, length // 3 - 1),
        "mid": add_days(first, (length - 1) // 2 if length > 31 else 14),
        "late": last,
    }[edge]
    return Moment(first, max(first, day), "day", day)


def _part(moment: Moment, low: float, high: float) -> Moment:
    length = (moment.last - moment.first).days + 1
    return replace(
        moment,
        first=add_days(moment.first, int(length * low)),
        last=add_days(moment.first, max(0, int(length * high) - 1)),
    )
