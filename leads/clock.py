"""The response clock of a lead in words: by when somebody answers, and how much business time is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scoring.hours import business_minutes
from scoring.playbook import Playbook

SOON_MINUTES = 60
LONG_DAYS = 30


@dataclass(frozen=True)
class Clock:
    """A clock that runs.

    Attributes:
        due: "by 3:40 pm", "by Wed 9:10 am", in the time zone of the business. left: "25 min left", "2 h 5 min overdue".
        state: late, soon or calm.
    """

    due: str
    left: str
    state: str


def clock(playbook: Playbook, respond_by: datetime | None, now: datetime) -> Clock | None:
    """Return the clock of a lead; None where none runs."""
    if respond_by is None:
        return None
    zone = ZoneInfo(playbook.business_hours.time_zone)
    local, today = respond_by.astimezone(zone), now.astimezone(zone).date()
    time = f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"
    ahead = (local.date() - today).days
    day = "" if ahead == 0 else f"{local:%a} " if 0 < ahead < 7 else f"{local.day} {local:%b}, "
    late = respond_by < now
    if (now - respond_by).days > LONG_DAYS:  # nobody wants to know this in business hours, and counting them takes its time
        return Clock(f"by {day}{time}", f"{(now - respond_by).days} days overdue", "late")
    minutes = business_minutes(playbook, now, respond_by)
    words = f"{_span(abs(minutes), playbook)} {'overdue' if late else 'left'}" if minutes else "overdue" if late else "due now"
    return Clock(f"by {day}{time}", words, "late" if late else "soon" if minutes <= SOON_MINUTES else "calm")


def _span(minutes: int, playbook: Playbook) -> str:
    hours = playbook.business_hours
    day = (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute
    if minutes >= 2 * day:
        return f"{minutes // day} business days"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
