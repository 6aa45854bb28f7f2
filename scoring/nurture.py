"""Leads that are not ready: which track they are on, what it sends, and on which day they are woken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from scoring.blocks import Wake
from scoring.conditions import Situation

if TYPE_CHECKING:
    from scoring.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Nurture:
    """The track of one lead: its name, what is sent and how often, when the lead is woken, and the line of the track.

    `because_of` is the fact whose stated day decides when the lead is woken; None where none is stated.
    """

    track: str
    send: str
    every_weeks: int
    wake_on: date
    because_of: str | None
    source: str


def nurture_of(situation: Situation, playbook: "Playbook") -> Nurture | None:
    """Return the track of a lead and its wake day, measured from the day of the situation; None where there are no tracks."""
    for rule in playbook.compiled.tracks:
        if rule.when.holds(situation):
            block = rule.block
            wake_on, fact = wake_day(block.wake, situation.values, on=situation.on)
            return Nurture(block.track, block.send, block.every_weeks, wake_on, fact, playbook.where(rule.line))
    return None


def wake_day(wake: Wake, values: Mapping[str, Any], *, on: date) -> tuple[date, str | None]:
    """Return the day a lead is woken, never before `on`, and the fact that decides it.

    >>> wake_day(Wake(weeks_before=13, of=["contract_end"], after_weeks=26), {"contract_end": "2027-06-30"}, on=date(2026, 11, 24))
    (datetime.date(2027, 3, 31), 'contract_end')
    >>> wake_day(Wake(after_weeks=26), {}, on=date(2026, 11, 24))
    (datetime.date(2027, 5, 25), None)
    """
    stated = [(date.fromisoformat(values[fact]), fact) for fact in wake.of if fact in values]
    ahead = [(day, fact) for day, fact in stated if day >= on]
    if not ahead:
        return on + timedelta(weeks=wake.after_weeks), None
    day, fact = min(ahead, key=lambda found: found[0])
    return max(on, day - timedelta(weeks=wake.weeks_before or 0)), fact


def nurture_words(nurture: Nurture) -> str:
    """Return what is done, in a sentence: "Send stories about intake every 4 weeks; wake on May 25, 2027."."""
    often = "every week" if nurture.every_weeks == 1 else f"every {nurture.every_weeks} weeks"
    return f"Send {nurture.send} {often}; wake on {nurture.wake_on:%B} {nurture.wake_on.day}, {nurture.wake_on.year}."
