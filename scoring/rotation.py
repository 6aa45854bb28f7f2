"""Whose turn it is: a fair rotation among those of a queue who can take a lead. Pure; credits come in and go out.

A smooth weighted round robin: with each lead everybody who can take it earns their weight as credit, the highest credit
takes the lead and pays what all earned together. Who cannot take a lead earns nothing, so that nobody is flooded after a leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scoring.blocks import BusinessHours, Person
from scoring.hours import WEEKDAYS


@dataclass(frozen=True, slots=True)
class Turn:
    """Who takes a lead (None: nobody can, so it stays in the queue without an owner), and the credits after it."""

    owner: str | None
    credits: dict[str, int]


def next_turn(
    weights: Mapping[str, int], people: Mapping[str, Person], hours: BusinessHours, *,
    credits: Mapping[str, int], open_leads: Mapping[str, int], at: datetime, knows: str | None = None,
) -> Turn:  # fmt: skip
    """Return who takes the next lead of a queue. Same input, same output.

    Args:
        weights: whole number of 1 or more by member of the queue, in the order of the file; the earlier wins a tie.
        hours: of the business; whoever has hours of their own keeps those.
        credits: by member, as the turn before returned them; who is not in it begins at 0.
        open_leads: how many open leads each member owns; who is not in it owns none.
        at: timezone-aware moment at which the lead arrives.
        knows: who knows the person already; they take the lead if they can take one now, and pay for it like for any other turn, so
            that shares stay fair over time.
    """
    kept = {member: credits.get(member, 0) for member in weights}
    able = [member for member in weights if _can_take(people[member], open_leads.get(member, 0), hours, at)]
    pool = [member for member in able if is_at_work(people[member], hours, at)] or able
    if not pool:
        return Turn(None, kept)
    for member in pool:
        kept[member] += weights[member]
    owner = knows if knows in pool else max(pool, key=kept.__getitem__)
    kept[owner] -= sum(weights[member] for member in pool)
    return Turn(owner, kept)


def is_at_work(person: Person, hours: BusinessHours, at: datetime) -> bool:
    """Say whether somebody is within their hours; holidays are those of the business."""
    local = at.astimezone(_zone(person, hours))
    if WEEKDAYS[local.weekday()] not in (person.days or hours.days) or local.date() in hours.holidays:
        return False
    return (person.opens or hours.opens) <= local.time() < (person.closes or hours.closes)


def _can_take(person: Person, owned: int, hours: BusinessHours, at: datetime) -> bool:
    """Say whether somebody is not on leave on their day, and may own one lead more."""
    today = at.astimezone(_zone(person, hours)).date()
    away = any(leave.start <= today <= leave.to for leave in person.leave)
    return not away and (person.most_open is None or owned < person.most_open)


def _zone(person: Person, hours: BusinessHours) -> ZoneInfo:
    return ZoneInfo(person.time_zone or hours.time_zone)
