"""What the clocks do with a lead: remind its owner, tell who leads the queue, give it to somebody else, wake it.

A step is claimed in the unit that does it: it happens once, whoever else tries at the same time and wherever a process dies. Each is
told on the lead's timeline and in the audit trail, and becomes a notice to the people it concerns.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from leads import audit, qualification
from leads.clock import clock
from leads.clock_look import Asked, clock_route, look
from leads.notices import tell, who_lead_the_team
from leads.owners import pass_on, place
from leads.ports import UnitOfWork
from leads.records import ClockStep, Lead, LeadEvent
from leads.response import clock_started
from scoring.engine import Assessment
from scoring.hours import respond_by
from scoring.playbook import Playbook

BY = "clock"
SOON = timedelta(minutes=1)


def look_at(uow: UnitOfWork, lead_ids: Sequence[str], *, playbook_of: Callable[[Lead], Playbook], now: datetime) -> list[str]:
    """Return those of these leads that ask for something now; of the others it is kept when to look again."""
    asking = []
    for lead_id in sorted(lead_ids):  # all who lock several leads do so in this order
        lead = uow.leads.get(lead_id, lock=True)
        if lead is None:
            continue
        found = look(lead, uow.clocks.steps(lead.id), playbook_of(lead), now=now)
        if found.due:
            asking.append(lead_id)
        else:
            uow.clocks.look_again(lead, found.again_at)
    return asking


def take_steps(uow: UnitOfWork, lead_id: str, *, playbook_of: Callable[[Lead], Playbook], now: datetime) -> list[str]:
    """Do what a lead asks for now, in one unit of its own; return the names of the steps that were taken."""
    lead = uow.leads.get(lead_id, lock=True)
    if lead is None:
        return []
    playbook, names = playbook_of(lead), list[str]()
    for asked in look(lead, uow.clocks.steps(lead.id), playbook, now=now).due:
        if asked.name == "scored":
            _score_anew(uow, lead, playbook, now)
            continue
        step = ClockStep(
            id=uuid.uuid4().hex, lead_id=lead.id, due_at=asked.due_at, name=asked.name, at=now, late=asked.late, person=lead.owner
        )
        if uow.clocks.claim(step):
            _STEPS[asked.name](uow, lead, playbook, asked, now)
            names.append(asked.name)
    found = look(lead, uow.clocks.steps(lead.id), playbook, now=now)
    uow.clocks.look_again(lead, now + SOON if found.due else found.again_at)
    return names


def _remind(uow: UnitOfWork, lead: Lead, playbook: Playbook, asked: Asked, now: datetime) -> None:
    left = _left(lead, playbook, now)
    if asked.late:
        _happened(uow, lead, "reminded", "not in time, since the clocks did not run then", now=now)
        return
    people = _owner_or_lead(lead, playbook)
    _happened(uow, lead, "reminded", f"{', '.join(people) or 'nobody'}, {left}", now=now)
    whose = "A lead of yours" if lead.owner else "A lead without an owner"
    tell(uow, people, "reminded", f"{whose} waits for an answer: {left}.", lead=lead, now=now, mail=people)


def _escalate(uow: UnitOfWork, lead: Lead, playbook: Playbook, asked: Asked, now: datetime) -> None:
    left, to = _left(lead, playbook, now), playbook.lead_of(lead.queue)
    mailed = [to.email] if to else []
    _happened(uow, lead, "escalated", f"to {to.email if to else 'whoever leads the team'}, {left}", now=now)
    words = f"Nobody has answered a lead of {_called(lead.owner, playbook)} in the queue {lead.queue}: {left}."
    tell(uow, [*mailed, *who_lead_the_team(uow)], "escalated", words, lead=lead, now=now, mail=mailed)


def _reassign(uow: UnitOfWork, lead: Lead, playbook: Playbook, asked: Asked, now: datetime) -> None:
    before, to = lead.owner, playbook.lead_of(lead.queue)
    had_it = {step.person or "" for step in uow.clocks.steps(lead.id) if step.name == "reassigned"}  # this step is one of them
    left = _left(lead, playbook, now)
    owner = pass_on(uow, lead, playbook, but=had_it, now=now)
    if owner is None:
        _happened(uow, lead, "kept", f"nobody else of the queue {lead.queue} can take it, {left}", now=now)
        people = [to.email] if to else who_lead_the_team(uow)
        words = f"A lead of {_called(before, playbook)} still waits, and nobody else of the queue {lead.queue} can take it: {left}."
        tell(uow, people, "reassigned", words, lead=lead, now=now, mail=people)
        return
    route = lead.route or "direct_sales"
    lead.version += 1  # who still has the page of before in hand is told
    lead.respond_by = _new_clock(lead, playbook, now)
    clock_started(lead, route, now=now)
    _happened(uow, lead, "reassigned", f"from {before or 'nobody'} to {owner}, since nobody had answered", now=now)
    after = _left(lead, playbook, now)
    tell(uow, [owner], "reassigned", f"A lead that nobody had answered is yours now: {after}.", lead=lead, now=now, mail=[owner])
    if before:
        gone = f"A lead of yours went to {_called(owner, playbook)}, since it was not answered."
        tell(uow, [before], "reassigned", gone, lead=lead, now=now)


def _wake(uow: UnitOfWork, lead: Lead, playbook: Playbook, asked: Asked, now: datetime) -> None:
    if lead.snoozed_until is not None:
        lead.snoozed_until = None
        words, said = "the day it was put off to has come", "A lead that was put off is back: its day has come."
    else:
        track = (lead.assessment.get("nurture") or {}).get("track", "")
        _out_of_nurture(uow, lead, playbook, now)
        words, said = f"its day has come (track {track})", "A lead has come back from nurture: its day has come."
    _happened(uow, lead, "woken", words, now=now)
    people = _owner_or_lead(lead, playbook)
    tell(uow, people, "woken", said, lead=lead, now=now, mail=people)


def _out_of_nurture(uow: UnitOfWork, lead: Lead, playbook: Playbook, now: datetime) -> None:
    """Score it by today's rules; where these leave it in nurture, somebody looks at it within the time of that route."""
    assessment = _score_anew(uow, lead, playbook, now)
    qualification.settle(uow, lead, assessment, playbook, now=now, open=False)
    if lead.route == "nurture":
        place(uow, lead, lead.queue or assessment.queue, playbook, now=now)
        lead.respond_by = respond_by(playbook, "nurture", now) if "nurture" in playbook.routes else None
        clock_started(lead, "nurture", now=now)


def _score_anew(uow: UnitOfWork, lead: Lead, playbook: Playbook, now: datetime) -> Assessment:
    lead.assessment = {**lead.assessment, "nurture": None}  # so that the day that has come is not kept
    return qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)


def _new_clock(lead: Lead, playbook: Playbook, now: datetime) -> datetime | None:
    return respond_by(playbook, clock_route(lead, playbook), now, priority=bool(lead.assessment.get("priority")))


def _owner_or_lead(lead: Lead, playbook: Playbook) -> list[str]:
    """Who is told of a lead: its owner, else who leads its queue, else everybody of the queue."""
    if lead.owner:
        return [lead.owner]
    to = playbook.lead_of(lead.queue)
    return [to.email] if to else [playbook.people[member].email for member in playbook.queues.get(lead.queue or "", {})]


def _left(lead: Lead, playbook: Playbook, now: datetime) -> str:
    shown = clock(playbook, lead.respond_by, now)
    if shown is None:
        return "no clock runs"
    return f"{shown.left}, {'was due ' if shown.state == 'late' else ''}{shown.due}"


def _called(email: str | None, playbook: Playbook) -> str:
    return next((person.name for person in playbook.people.values() if person.email == email), email or "nobody")


def _happened(uow: UnitOfWork, lead: Lead, kind: str, words: str, *, now: datetime) -> None:
    lead.updated_at = now
    uow.leads.add_event(LeadEvent(id=uuid.uuid4().hex, lead_id=lead.id, at=now, by=BY, kind=kind, words=words[:500]))
    audit.note(uow, kind, by=BY, now=now, lead_id=lead.id, detail=words)


_STEPS: dict[str, Callable[[UnitOfWork, Lead, Playbook, Asked, datetime], None]] = {
    "reminded": _remind, "escalated": _escalate, "reassigned": _reassign, "woken": _wake,
}
