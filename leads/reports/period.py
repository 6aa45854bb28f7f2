"""The days a report is about, and how somebody says which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PRESETS: Mapping[str, tuple[str, int]] = {
    "30d": ("Last 30 days", 30), "quarter": ("Last 3 months", 91), "half": ("Last 6 months", 182), "year": ("Last 12 months", 365),
}
DEFAULT = "half"
LONGEST_DAYS = 3 * 366


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included, in the time zone of the business.

    Attributes:
        preset: a key of PRESETS, or "custom".
    """

    first: date
    last: date
    zone: str
    preset: str = "custom"

    @property
    def start(self) -> datetime:
        """The moment the first day begins."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment the day after the last one begins."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def words(self) -> str:
        """The days in words: "1 June 2026 to 24 November 2026"."""
        return f"{self.first.day} {self.first:%B %Y} to {self.last.day} {self.last:%B %Y}"

    @property
    def file_part(self) -> str:
        """The days as part of a file name."""
        return f"{self.first.isoformat()}_{self.last.isoformat()}"

    def months(self) -> list[tuple[date, datetime, datetime]]:
        """Return the calendar months of the period, each with its first day and its beginning and end within the period."""
        found, month = [], self.first.replace(day=1)
        while month <= self.last:
            following = (month + timedelta(days=32)).replace(day=1)
            found.append((month, max(self.start, _midnight(month, self.zone)), min(self.end, _midnight(following, self.zone))))
            month = following
        return found


def preset(name: str, *, today: date, zone: str) -> Period:
    """Return the period of a preset that ends today."""
    return Period(today - timedelta(days=PRESETS[name][1] - 1), today, zone, name)


def chosen(asked: Mapping[str, str], *, today: date, zone: str) -> Period:
    """Return the period that an address asks for: `range` is a preset, or `from` and `to` are days.

    Raises:
        ValueError: it makes no sense; the sentence says what does.
    """
    first, last = asked.get("from", "").strip(), asked.get("to", "").strip()
    name = asked.get("range", "").strip() or ("custom" if first or last else DEFAULT)
    if name in PRESETS:
        return preset(name, today=today, zone=zone)
    if name != "custom":
        raise ValueError(f"Please choose one of the ranges; there is none called “{name[:40]}”.")
    begins, ends = _day("From", first), _day("To", last)
    if begins > ends:
        raise ValueError(f"“From” ({begins.isoformat()}) is after “To” ({ends.isoformat()}). Please swap them.")
    if begins > today:
        raise ValueError(f"{begins.isoformat()} is still to come. Please choose days up to today.")
    if (ends - begins).days >= LONGEST_DAYS:
        raise ValueError(f"That is {(ends - begins).days + 1:,} days; a report covers three years at most. Please choose fewer.")
    return Period(begins, min(ends, today), zone)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        found = f", found “{text[:40]}”" if text else ", found nothing"
        raise ValueError(f"“{field}”: expected a day like 2026-06-01{found}.") from None


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
