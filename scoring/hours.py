"""When someone answers: minutes of business time, counted over closing hours, weekends and holidays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scoring.blocks import BusinessHours
from scoring.playbook import Playbook

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_CLOSURE_DAYS = 400  # A playbook whose next opening is further away than this has a mistake in its holidays.


def respond_by(playbook: Playbook, route: str, now: datetime, *, priority: bool = False) -> datetime | None:
    """Return the moment, in UTC, by which a person answers a lead that arrives at `now`; None when nobody does.

    Args:
        route: one of playbook.routes.
        now: timezone-aware.
        priority: use the shorter time of the route, where it has one.
    Raises:
        ValueError: `now` has no time zone, or no business day follows within a year.
    """
    if now.tzinfo is None:
        raise ValueError("now: expected a time with a time zone, found one without. Use datetime.now(UTC)")
    target = playbook.routes[route]
    minutes = target.respond_within_minutes
    if priority and target.priority_respond_within_minutes is not None:
        minutes = target.priority_respond_within_minutes
    if minutes is None:
        return None
    return later(playbook, now, minutes)


def later(playbook: Playbook, start: datetime, minutes: int) -> datetime:
    """Return the moment, in UTC, when so many minutes of business time have passed since `start` (timezone-aware).

    Raises:
        ValueError: no business day follows within a year.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _opening_spans(playbook.business_hours, start):
        begins = max(opens, start)
        if begins + left <= closes:
            return (begins + left).astimezone(UTC)
        left -= closes - begins
    raise ValueError(
        f"{playbook.file}: no business day within {LONGEST_CLOSURE_DAYS} days. Check business_hours.days and holidays"
    )


def earlier(playbook: Playbook, end: datetime, minutes: int) -> datetime:
    """Return the moment, in UTC, from which on less than so many minutes of business time are left until `end` (timezone-aware).

    Raises:
        ValueError: no business day goes before it within a year.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _opening_spans_back(playbook.business_hours, end):
        ends = min(closes, end)
        if ends - left >= opens:
            return (ends - left).astimezone(UTC)
        left -= ends - opens
    raise ValueError(
        f"{playbook.file}: no business day within {LONGEST_CLOSURE_DAYS} days. Check business_hours.days and holidays"
    )


def opening_of(playbook: Playbook, day: date) -> datetime:
    """Return the moment, in UTC, when people first answer on a day or after it."""
    start = datetime.combine(day, time(0), ZoneInfo(playbook.business_hours.time_zone))
    return later(playbook, start, 0)


def is_open(playbook: Playbook, now: datetime) -> bool:
    """Say whether people answer at `now` (timezone-aware)."""
    opens, closes = next(_opening_spans(playbook.business_hours, now))
    return opens <= now < closes


def business_minutes(playbook: Playbook, start: datetime, end: datetime) -> int:
    """Return the whole minutes of business time between two moments (timezone-aware); negative when `end` is before `start`."""
    if end < start:
        return -business_minutes(playbook, end, start)
    total = timedelta(0)
    for opens, closes in _opening_spans(playbook.business_hours, start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return int(total.total_seconds() // 60)


def answer_time(
    playbook: Playbook, route: str, now: datetime, *, priority: bool = False, running: datetime | None = None
) -> str:
    """Return when someone answers, in words for a visitor.

    E.g. "today by 4:30 pm Eastern" or "Monday morning, by 9:30 am Eastern"; "" when nobody answers. Rounded up to a
    quarter of an hour, so that the promise is never earlier than respond_by.

    Args:
        running: when a clock that was started before runs out; it is told while it lies ahead, since no later clock will start.
    """
    due = running if running and running > now else respond_by(playbook, route, now, priority=priority)
    if due is None:
        return ""
    hours = playbook.business_hours
    zone = ZoneInfo(hours.time_zone)
    local, today = _next_quarter(due.astimezone(zone)), now.astimezone(zone).date()
    clock = f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'} {hours.spoken_zone}"
    if local.date() == today:
        return f"today by {clock}"
    part = "morning" if local.hour < 12 else "afternoon"
    return f"{_day_words(local.date(), today)} {part}, by {clock}"


def duration_words(minutes: int) -> str:
    """Return minutes of business time in words.

    >>> duration_words(30), duration_words(60), duration_words(150)
    ('30 minutes', '1 hour', '2 hours 30 minutes')
    """
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "hour"), (rest, "minute")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def _day_words(day: date, today: date) -> str:
    if day == today + timedelta(days=1):
        return "tomorrow"
    weekday = f"{day:%A}"
    return weekday if (day - today).days < 7 else f"{weekday}, {day:%B} {day.day}, in the"


def _next_quarter(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (timedelta(minutes=15) - over if over else over)


def _opening_spans(hours: BusinessHours, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing moments (UTC) of business days that close after `now`, in order."""
    first = now.astimezone(ZoneInfo(hours.time_zone)).date()
    for offset in range(LONGEST_CLOSURE_DAYS):
        span = _span_of(hours, first + timedelta(days=offset))
        if span is not None and span[1] > now:
            yield span


def _opening_spans_back(hours: BusinessHours, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing moments (UTC) of business days that open before `end`, the latest first."""
    last = end.astimezone(ZoneInfo(hours.time_zone)).date()
    for offset in range(LONGEST_CLOSURE_DAYS):
        span = _span_of(hours, last - timedelta(days=offset))
        if span is not None and span[0] < end:
            yield span


def _span_of(hours: BusinessHours, day: date) -> tuple[datetime, datetime] | None:
    """Return when people answer on a day; None on a weekend or holiday.

    It is built from the wall clock of that day and only then turned into UTC, so that 8:30 stays 8:30 when summer time begins or ends.
    """
    if WEEKDAYS[day.weekday()] not in hours.days or day in hours.holidays:
        return None
    zone = ZoneInfo(hours.time_zone)
    return datetime.combine(day, hours.opens, zone).astimezone(UTC), datetime.combine(day, hours.closes, zone).astimezone(UTC)
