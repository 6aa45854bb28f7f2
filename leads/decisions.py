"""What people decide about a lead: accept, reject, qualify, back to nurture, outcome, put off, hand on.

Each act is legal only as the playbook's moves say, is kept with who, when and why, and may name the version of the lead that the person
saw: if somebody else acted since, nothing is changed and the person is told who it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from leads import audit, qualification
from leads.dispositions import keep_disposition
from leads.owners import place
from leads.ports import UnitOfWork
from leads.records import Lead, LeadEvent
from leads.response import person_acted
from leads.rights import Actor
from leads.staff import get
from scoring.engine import Assessment, queue_rule
from scoring.hours import respond_by
from scoring.playbook import Playbook
from scoring.stages import IllegalMove, advance

REJECTION_REASONS = ("no_project", "poor_segment", "wrong_contact", "no_budget_path", "other")
OUTCOMES = ("opportunity", "won", "lost")
OVER = frozenset({"won", "lost", "disqualified"})


class ChangedMeanwhile(ValueError):
    """Somebody else acted on the lead since the person looked; the sentence says who and what. Nothing was changed."""


def accept(uow: UnitOfWork, lead_id: str, *, playbook: Playbook, by: str, now: datetime, seen: int | None = None) -> Lead:
    """Sales accepts: the lead is a SAL of whoever accepted, and an SQL at once if its rule is met.

    Args:
        seen: the version of the lead the person saw.
    Raises:
        NotFound: no such lead. IllegalMove: it cannot be accepted where it is; the sentence says why. ChangedMeanwhile.
    """
    lead, assessment = _moved(uow, lead_id, "accept", playbook=playbook, by=by, now=now, seen=seen)
    qualified = advance(lead.stage, "rescore", assessment, playbook)
    qualification.move(uow, lead, qualified.stage, rule=qualified.rule, by="rules", now=now)
    lead.owner, lead.respond_by = by, None
    return lead


def qualify(uow: UnitOfWork, lead_id: str, *, playbook: Playbook, by: str, now: datetime, seen: int | None = None) -> Lead:
    """A person confirms that an accepted lead is an SQL; the playbook's rule must hold.

    Raises:
        NotFound: no such lead. IllegalMove: the sentence says what is lacking. ChangedMeanwhile.
    """
    return _moved(uow, lead_id, "qualify", playbook=playbook, by=by, now=now, seen=seen)[0]


def reject(
    uow: UnitOfWork, lead_id: str, *, reason: str, note: str | None, playbook: Playbook, by: str, now: datetime, seen: int | None = None
) -> Lead:
    """Sales rejects with one reason; the lead goes to nurture or is disqualified as the playbook says.

    Raises:
        NotFound: no such lead. IllegalMove: not from this stage. ChangedMeanwhile. ValueError: unknown reason, or `other` without a note.
    """
    if reason not in REJECTION_REASONS:
        raise ValueError(f"reason: expected one of {', '.join(REJECTION_REASONS)}, found '{reason}'.")
    if reason == "other" and not (note or "").strip():
        raise ValueError("note: a rejection for another reason needs a few words that say which.")
    lead, assessment = _moved(uow, lead_id, "reject", reason=reason, why=note, playbook=playbook, by=by, now=now, seen=seen)
    _give_back(uow, lead, assessment, playbook, now=now)
    _add_note(lead, note)
    return lead


def back_to_nurture(
    uow: UnitOfWork, lead_id: str, *, why: str | None, playbook: Playbook, by: str, now: datetime, seen: int | None = None
) -> Lead:
    """Sales has no quarrel with the lead but it is not ready: it goes to nurture and comes back by itself.

    Raises:
        NotFound: no such lead. IllegalMove: not from this stage. ChangedMeanwhile.
    """
    lead, assessment = _moved(uow, lead_id, "nurture", why=why, playbook=playbook, by=by, now=now, seen=seen)
    _give_back(uow, lead, assessment, playbook, now=now)
    return lead


def tell_outcome(
    uow: UnitOfWork, lead_id: str, *, outcome: str, note: str | None, playbook: Playbook, by: str, now: datetime,
    at: datetime | None = None, seen: int | None = None,
) -> Lead:
    """Keep what became of a lead: opportunity, won or lost.

    Args:
        at: when it happened, where that was not now.
    Raises:
        NotFound: no such lead. IllegalMove: not from this stage. ChangedMeanwhile. ValueError: another outcome.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: expected opportunity, won or lost, found '{outcome}'.")
    lead, _ = _moved(uow, lead_id, outcome, why=note, playbook=playbook, by=by, now=now, at=at, seen=seen)
    _add_note(lead, note)
    return lead


def snooze(
    uow: UnitOfWork, lead_id: str, *, until: date | None, why: str | None, playbook: Playbook, by: str, now: datetime,
    seen: int | None = None,
) -> Lead:
    """Put a lead off until a day; a clock that runs starts again when that day opens. None takes it back.

    Raises:
        NotFound: no such lead. IllegalMove: its work is over. ChangedMeanwhile. ValueError: not a day ahead within a year, or no reason.
    """
    today = now.astimezone(ZoneInfo(playbook.business_hours.time_zone)).date()
    if until is not None and not 0 < (until - today).days <= 366:
        raise ValueError(f"until: expected a day after {today.isoformat()} and within a year, found {until.isoformat()}.")
    if until is not None and not (why or "").strip():
        raise ValueError("why: say in a few words why it can wait.")
    lead = in_hand(uow, lead_id, seen)
    if lead.stage in OVER:
        raise IllegalMove(f"A lead in stage {lead.stage} cannot be put off: its work is over.")
    lead.snoozed_until = until
    if lead.respond_by is not None:
        start = now if until is None else datetime.combine(until, time(0), ZoneInfo(playbook.business_hours.time_zone))
        lead.respond_by = respond_by(playbook, lead.route or "direct_sales", start, priority=bool(lead.assessment.get("priority")))
        lead.answer_due_at = lead.respond_by
    words = f"until {until.isoformat()}" if until else "back in the inbox"
    _happened(uow, lead, "snoozed" if until else "woken", words, why, by=by, now=now)
    audit.note(uow, "snooze", by=by, now=now, lead_id=lead.id, detail=words)
    return lead


def reassign(
    uow: UnitOfWork, lead_id: str, *, to: str, who_can: Iterable[str], why: str | None, actor: Actor, now: datetime, seen: int | None = None
) -> Lead:
    """Give a lead to somebody else: one's own, or with the right to it anybody's.

    Args:
        who_can: e-mail addresses of those who can own leads.
    Raises:
        NotFound: no such lead. Forbidden: it is somebody else's. IllegalMove: its work is over, or it is theirs already. ChangedMeanwhile.
        ValueError: nobody of that address can own leads.
    """
    known = {email.lower(): email for email in who_can}
    owner = known.get(to.strip().lower())
    if owner is None:
        can = ", ".join(sorted(known.values()))
        raise ValueError(f"to: expected the e-mail address of somebody who can own leads, found '{to}'. They are: {can}.")
    lead = in_hand(uow, lead_id, seen)
    actor.must_be_allowed("hand_on" if lead.owner == actor.name and not actor.may("reassign") else "reassign")
    if lead.stage in OVER:
        raise IllegalMove(f"A lead in stage {lead.stage} cannot be handed on: its work is over.")
    if lead.owner == owner:
        raise IllegalMove(f"This lead is with {owner} already.")
    before, lead.owner = lead.owner, owner
    words = f"from {before or 'nobody'} to {owner}"
    _happened(uow, lead, "reassigned", words, why, by=actor.name, now=now)
    audit.note(uow, "reassign", by=actor.name, now=now, lead_id=lead.id, detail=words)
    return lead


def _moved(
    uow: UnitOfWork, lead_id: str, action: str, *, playbook: Playbook, by: str, now: datetime, seen: int | None,
    reason: str | None = None, why: str | None = None, at: datetime | None = None,
) -> tuple[Lead, Assessment]:
    lead = in_hand(uow, lead_id, seen)
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    try:
        moved = advance(lead.stage, action, assessment, playbook, reason=reason)
    except IllegalMove as error:
        last = _last_act(uow, lead)
        raise IllegalMove(f"{error} {last}" if last else str(error)) from None
    qualification.move(uow, lead, moved.stage, rule=moved.rule, by=by, now=at or now, why=(why or "").strip() or None)
    lead.version += 1
    person_acted(lead, playbook, at=now)
    if action in ("accept", "reject"):
        keep_disposition(uow, lead, accepted=action == "accept", reason=reason, by=by, now=now)
    audit.note(uow, action, by=by, now=now, lead_id=lead.id, detail=reason or "")
    return lead, assessment


def in_hand(uow: UnitOfWork, lead_id: str, seen: int | None) -> Lead:
    """Return a lead that is about to be changed, locked until the end of the unit.

    Raises:
        NotFound: no such lead. IllegalMove: it was merged into another one. ChangedMeanwhile: it is not at the version that was seen.
    """
    lead = get(uow, lead_id, lock=True)
    if seen is not None and seen != lead.version:
        last = _last_act(uow, lead)
        raise ChangedMeanwhile(f"Nothing was changed, because the lead has changed since you looked. {last} Please look again.")
    return lead


def _last_act(uow: UnitOfWork, lead: Lead) -> str:
    """The last thing a person did with a lead, as a sentence; "" if nobody has."""
    moves = [(move.at, f"{move.by} moved it to {move.stage_to}.") for move in uow.leads.stage_changes(lead.id) if move.by != "rules"]
    events = [(event.at, f"{event.by} changed it: {event.kind}, {event.words}.") for event in uow.leads.events(lead.id) if _counts(event)]
    return max(moves + events, default=(None, ""), key=lambda act: act[0])[1] if moves or events else ""


def _counts(event: LeadEvent) -> bool:
    """A reminder or an escalation by the clock changes nothing of a lead."""
    return event.by != "clock" or event.kind == "reassigned"


def _happened(uow: UnitOfWork, lead: Lead, kind: str, words: str, why: str | None, *, by: str, now: datetime) -> None:
    lead.version += 1
    lead.updated_at = now
    uow.leads.add_event(
        LeadEvent(id=uuid.uuid4().hex, lead_id=lead.id, at=now, by=by, kind=kind, words=words, why=(why or "").strip() or None)
    )


def _give_back(uow: UnitOfWork, lead: Lead, assessment: Assessment, playbook: Playbook, *, now: datetime) -> None:
    lead.route = "disqualified" if lead.stage == "disqualified" else "nurture"
    lead.respond_by = None
    qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    place(uow, lead, queue_rule(assessment.situation, lead.route, playbook).block.queue, playbook, now=now)


def _add_note(lead: Lead, note: str | None) -> None:
    if note:
        lead.note = f"{lead.note}\n{note}" if lead.note else note
