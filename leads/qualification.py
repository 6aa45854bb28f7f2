"""Scoring a stored lead: scores, flags, stage and route from what is known of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from leads.dialogue.closing import ANSWERED_BY_A_PERSON
from leads.owners import is_queue_of, place
from leads.ports import UnitOfWork
from leads.records import Lead, Signal, StageChange
from leads.reports.funnel import step_of
from leads.response import clock_started
from scoring.engine import Answer, Assessment, assess, queue_rule
from scoring.engine import Signal as ScoredSignal
from scoring.hours import respond_by
from scoring.nurture import Nurture, nurture_of
from scoring.playbook import Playbook
from scoring.stages import advance

# Facts and signals move a lead among these; the others are moves of people.
MOVED_BY_RULES = frozenset({"inquiry", "mql", "nurture", "disqualified"})


def answers_of(lead: Lead) -> dict[str, Answer]:
    """Return the lead's facts as the engine takes them."""
    return {
        fact: Answer(stored["value"], stored["quote"], stored["confidence"], stored["confirmed"])
        for fact, stored in lead.facts.items()
    }


def signals_of(signals: Iterable[Signal]) -> list[ScoredSignal]:
    """Return stored signals as the engine takes them."""
    return [ScoredSignal(signal.kind, signal.at.date()) for signal in signals]


def today_of(lead: Lead, now: datetime) -> date:
    """The day on which a lead is scored: its reference date in demo mode, else today."""
    return lead.reference_date or now.astimezone(UTC).date()


def requalify(lead: Lead, signals: Sequence[Signal], playbook: Playbook, *, now: datetime) -> Assessment:
    """Score a lead on what is known and keep the result with it; the stage moves up to mql at most while it is open."""
    assessment = assess(
        answers_of(lead), signals_of(signals), playbook, on=today_of(lead, now), not_known=lead.not_known
    )
    before = lead.assessment.get("nurture")
    lead.assessment = as_json(assessment)
    if lead.route == "nurture" and assessment.nurture is None:  # sales gave it back, whatever the rules say
        lead.assessment["nurture"] = _nurture_as_json(nurture_of(assessment.situation, playbook))
    _keep_wake_day(lead.assessment["nurture"], before, today=today_of(lead, now))
    lead.playbook = {"name": playbook.name, "version": playbook.version, "digest": playbook.digest}
    lead.updated_at = now
    return assessment


def _keep_wake_day(new: dict[str, Any] | None, old: dict[str, Any] | None, *, today: date) -> None:
    """Scoring a lead again must not put off the day it is woken on, unless it named another day or changed its track."""
    if not new or not old or new["because_of"] or old["because_of"]:
        return
    if new["track"] == old["track"] and old["wake_on"] >= today.isoformat():
        new["wake_on"] = old["wake_on"]


def settle(
    uow: UnitOfWork, lead: Lead, assessment: Assessment, playbook: Playbook, *, now: datetime, open: bool, promised: bool = False
) -> None:
    """Move the stage and, once the interview is over, set the route, its queue, owner and clock.

    A clock that runs is kept while the route stays the same: a correction must not give sales more time. A lead that a person
    has taken keeps its route, queue and owner and starts no clock; its stage moves only as the playbook lets an accepted lead qualify.

    Args:
        promised: the person asked for somebody, who is of direct sales where the route gives them nobody.
    """
    taken = lead.stage not in MOVED_BY_RULES
    if taken:
        moved = advance(lead.stage, "rescore", assessment, playbook)
        move(uow, lead, moved.stage, rule=moved.rule, by="rules", now=now)
    if open:
        if not taken and (assessment.stage == "mql" or lead.stage_since is None):
            stage = "mql" if assessment.stage == "mql" else "inquiry"
            move(uow, lead, stage, rule=assessment.stage_rule if stage == "mql" else "inquiry", by="rules", now=now)
        return
    if not taken:
        move(uow, lead, assessment.stage, rule=assessment.stage_rule, by="rules", now=now)
    if lead.route is None or (lead.route != assessment.route and not taken):
        lead.route = assessment.route
        if taken:
            lead.queue, lead.respond_by = assessment.queue, None
        elif promised and lead.route not in ANSWERED_BY_A_PERSON:
            promise_answer(uow, lead, assessment, playbook, now=now)
        else:
            place(uow, lead, assessment.queue, playbook, now=now)
            lead.respond_by = respond_by(playbook, assessment.route, now, priority=assessment.priority)
            clock_started(lead, assessment.route, now=now)
    elif not taken and is_queue_of(lead.queue, lead.route, playbook):
        place(uow, lead, assessment.queue, playbook, now=now)
    if lead.status == "completed" and lead.route in ANSWERED_BY_A_PERSON:
        lead.status = "handed_off"


def move(uow: UnitOfWork, lead: Lead, stage: str, *, rule: str, by: str, now: datetime, why: str | None = None) -> None:
    """Move a lead to a stage and keep the move; moving to where it is does nothing, except the very first time.

    A lead that was put off is looked at again: it stands elsewhere now.
    """
    if lead.stage == stage and lead.stage_since is not None:
        return
    before = lead.stage if lead.stage_since is not None else None
    lead.stage, lead.stage_since, lead.snoozed_until = stage, now, None
    lead.furthest = max(lead.furthest, step_of(stage))
    uow.leads.add_stage_change(
        StageChange(id=uuid.uuid4().hex, lead_id=lead.id, stage_from=before, stage_to=stage, at=now, rule=rule, by=by, why=why)
    )


def as_json(assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as stored: plain data."""
    return {
        "scores": {name: asdict(score) for name, score in assessment.scores.items()},
        "flags": [asdict(flag) for flag in assessment.flags],
        "stage": assessment.stage, "stage_rule": assessment.stage_rule, "route": assessment.route, "queue": assessment.queue,
        "priority": assessment.priority, "why": list(assessment.why),
        "why_not": {route: list(reasons) for route, reasons in assessment.why_not.items()},
        "missing": list(assessment.missing), "next_step": assessment.next_step,
        "nurture": _nurture_as_json(assessment.nurture),
    }


def _nurture_as_json(nurture: Nurture | None) -> dict[str, Any] | None:
    return asdict(nurture) | {"wake_on": nurture.wake_on.isoformat()} if nurture else None


def start_clock(
    uow: UnitOfWork, lead: Lead, assessment: Assessment, playbook: Playbook, *, now: datetime, reachable: bool
) -> None:
    """Start the clock of a lead that is handed over after its interview; no clock runs for someone who cannot be answered."""
    if not reachable:
        lead.respond_by = None
    elif lead.route in ("nurture", "disqualified"):
        promise_answer(uow, lead, assessment, playbook, now=now)
    elif lead.route is not None and lead.respond_by is None:
        lead.respond_by = respond_by(playbook, lead.route, now, priority=bool(lead.assessment.get("priority")))
        clock_started(lead, lead.route, now=now)


def promise_answer(uow: UnitOfWork, lead: Lead, assessment: Assessment, playbook: Playbook, *, now: datetime) -> None:
    """Someone who asked for a person is answered within the time of direct sales, whatever their route.

    A clock that runs already is kept: the time was promised.
    """
    queue = queue_rule(assessment.situation, "direct_sales", playbook).block.queue
    if lead.queue == queue and lead.respond_by is not None:
        return
    place(uow, lead, queue, playbook, now=now)
    lead.respond_by = respond_by(playbook, "direct_sales", now)
    clock_started(lead, "direct_sales", now=now)
