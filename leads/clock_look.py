"""What a lead asks of the clocks: a reminder, an escalation, somebody else, or to be woken.

It is worked out from what is stored, not from when a job ran: a minute that was missed is made up for by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from leads.decisions import OVER
from leads.dialogue.contact import is_reachable
from leads.owners import is_queue_of
from leads.qualification import MOVED_BY_RULES
from leads.records import ClockStep, Lead
from scoring.hours import opening_of
from scoring.playbook import Playbook
from scoring.unanswered import steps_of

# A clock that ran out so long ago is left alone: the inbox shows it, and nobody wants a hundred old ones at once after an update.
LEFT_ALONE_AFTER = timedelta(days=14)
StepName = Literal["reminded", "escalated", "reassigned", "woken", "scored"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a lead asks for.

    Attributes:
        name: reminded, escalated, reassigned, woken, or scored: its track is worked out anew and nobody hears of it.
        due_at: the clock it is a step of. late: it has lost its sense since.
    """

    name: StepName
    due_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a lead finds: what is due now, in order, and when to look again if nothing changes (None: never)."""

    due: tuple[Asked, ...] = ()
    again_at: datetime | None = None


def look(lead: Lead, taken: Sequence[ClockStep], playbook: Playbook, *, now: datetime) -> Look:
    """Return what a lead asks for now.

    A lead that was put off is quiet until business opens on its day. A reminder whose time was missed is still sent while the lead
    is not due for escalation; from then on it would only confuse, so it is noted as late and the escalation says so.

    Args:
        taken: the steps it had so far.
    """
    if lead.status == "stopped" or lead.stage in OVER or lead.merged_into is not None:
        return Look()
    if lead.snoozed_until is not None:
        wakes_at = opening_of(playbook, lead.snoozed_until)
        return Look((Asked("woken", wakes_at),)) if wakes_at <= now else Look(again_at=wakes_at)
    done = {(step.due_at, step.name) for step in taken}
    answer, nurture = _answer(lead, done, playbook, now), _nurture(lead, done, playbook, now)
    again = [each.again_at for each in (answer, nurture) if each.again_at is not None]
    return Look((*answer.due, *nurture.due), min(again, default=None))


def clock_route(lead: Lead, playbook: Playbook) -> str:
    """The route by whose time a lead was promised an answer: somebody of another route who asked for a person waits for direct sales."""
    route = lead.route or "direct_sales"
    return route if route in playbook.routes and is_queue_of(lead.queue, route, playbook) else "direct_sales"


def _answer(lead: Lead, done: Collection[tuple[datetime, str]], playbook: Playbook, now: datetime) -> Look:
    due_at = lead.respond_by
    if due_at is None or now - due_at > LEFT_ALONE_AFTER:
        return Look()
    steps = [(step, (due_at, step.name) in done) for step in steps_of(playbook, clock_route(lead, playbook), due_at)]
    too_late = any(step.name != "reminded" and (is_done or step.at <= now) for step, is_done in steps)
    due = tuple(
        Asked(step.name, due_at, late=step.name == "reminded" and too_late) for step, is_done in steps if not is_done and step.at <= now
    )
    return Look(due, min((step.at for step, is_done in steps if not is_done and step.at > now), default=None))


def _nurture(lead: Lead, done: Collection[tuple[datetime, str]], playbook: Playbook, now: datetime) -> Look:
    """A lead in nurture is woken on its day: once for each day that was stated, else once for each day that was worked out.

    While an answer is owed it stays where it is; nobody is woken who cannot be answered, or whose day is that of a demo's own calendar.
    """
    track = lead.assessment.get("nurture")
    if lead.route != "nurture" or lead.stage not in MOVED_BY_RULES or not track or lead.status == "open":
        return Look()
    if lead.reference_date is not None or not is_reachable(lead):
        return Look()
    stated = _stated_day(lead, track)
    wakes_at = opening_of(playbook, date.fromisoformat(track["wake_on"]))
    due_at = opening_of(playbook, stated) if stated else wakes_at
    if (due_at, "woken") in done:  # its track is looked for anew once the stated day is over
        over_at = opening_of(playbook, (stated or now.date()) + timedelta(days=1)) if stated else now
        return Look((Asked("scored", due_at),)) if over_at <= now else Look(again_at=over_at)
    if lead.respond_by is not None and lead.respond_by > now:
        wakes_at = max(wakes_at, lead.respond_by)
    return Look((Asked("woken", due_at),)) if wakes_at <= now else Look(again_at=wakes_at)


def _stated_day(lead: Lead, track: dict[str, object]) -> date | None:
    """The day that decides when it is woken, where the prospect named one."""
    stored = lead.facts.get(str(track["because_of"])) if track.get("because_of") else None
    return date.fromisoformat(stored["value"]) if stored else None
