"""What staff do with leads: look, correct a fact, accept, reject, tell the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads import qualification
from leads.conversations import NotFound
from leads.dialogue import recording
from leads.owners import place
from leads.ports import UnitOfWork
from leads.presenting import present
from leads.reading import ReadFact
from leads.records import Lead
from scoring.engine import queue_rule
from scoring.facts import FACTS, InvalidFact, check_value
from scoring.playbook import Playbook
from scoring.stages import advance

REJECTION_REASONS = ("no_project", "poor_segment", "wrong_contact", "no_budget_path", "other")
MOST_A_PAGE = 200


def get(uow: UnitOfWork, lead_id: str) -> Lead:
    """Return a lead.

    Raises:
        NotFound: there is none with this id.
    """
    lead = uow.leads.get(lead_id)
    if lead is None:
        raise NotFound(lead_id)
    return lead


def search(
    uow: UnitOfWork, *, stage: str | None = None, route: str | None = None, owner: str | None = None, q: str | None = None,
    conversation: str | None = None, cursor: str | None = None, limit: int = 50,
) -> dict[str, Any]:
    """Return a page of leads, newest first, as the contract words them."""
    found, after = uow.leads.search(
        stage=stage, route=route, owner=owner, text=q, conversation=conversation, after=cursor, limit=min(limit, MOST_A_PAGE)
    )
    return {"items": [present(uow, lead, whole=conversation is not None) for lead in found], "next": after}


def accept(uow: UnitOfWork, lead_id: str, *, playbook: Playbook, by: str, now: datetime) -> Lead:
    """Sales accepts: the lead is a SAL of whoever accepted, and an SQL at once if its rule is met.

    Raises:
        NotFound: no such lead. IllegalMove: it cannot be accepted where it is; the sentence says why.
    """
    lead = _moved(uow, lead_id, "accept", None, playbook=playbook, by=by, now=now)
    lead.owner, lead.respond_by = by, None
    return lead


def reject(
    uow: UnitOfWork, lead_id: str, *, reason: str, note: str | None, playbook: Playbook, by: str, now: datetime
) -> Lead:
    """Sales rejects with one reason; the lead goes to nurture or is disqualified as the playbook says.

    Raises:
        NotFound: no such lead. IllegalMove: not from this stage. ValueError: unknown reason, or `other` without a note.
    """
    if reason not in REJECTION_REASONS:
        raise ValueError(f"reason: expected one of {', '.join(REJECTION_REASONS)}, found '{reason}'.")
    if reason == "other" and not (note or "").strip():
        raise ValueError("note: a rejection for another reason needs a few words that say which.")
    lead = _moved(uow, lead_id, "reject", reason, playbook=playbook, by=by, now=now)
    lead.route = "disqualified" if lead.stage == "disqualified" else "nurture"
    lead.respond_by = None
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    place(uow, lead, queue_rule(assessment.situation, lead.route, playbook).block.queue, playbook, now=now)
    if note:
        lead.note = f"{lead.note}\n{note}" if lead.note else note
    return lead


def tell_outcome(
    uow: UnitOfWork, lead_id: str, *, outcome: str, note: str | None, playbook: Playbook, by: str, now: datetime,
    at: datetime | None = None,
) -> Lead:
    """Keep what became of a lead: opportunity, won or lost.

    Args:
        at: when it happened, where that was not now.
    Raises:
        NotFound: no such lead. IllegalMove: not from this stage. ValueError: another outcome.
    """
    if outcome not in ("opportunity", "won", "lost"):
        raise ValueError(f"outcome: expected opportunity, won or lost, found '{outcome}'.")
    lead = _moved(uow, lead_id, outcome, None, playbook=playbook, by=by, now=now, at=at)
    if note:
        lead.note = f"{lead.note}\n{note}" if lead.note else note
    return lead


def correct_facts(
    uow: UnitOfWork, lead_id: str, facts: Mapping[str, Any], *, playbook: Playbook, by: str, now: datetime
) -> Lead:
    """Set facts as a rep knows them (None removes one), then score and route again; older values stay in the history.

    Raises:
        NotFound: no such lead. InvalidFact: a name or value that is not in the catalogue; nothing is changed then.
    """
    lead = get(uow, lead_id)
    checked = {fact: None if value is None and fact in FACTS else check_value(fact, value) for fact, value in facts.items()}
    for fact, value in checked.items():
        if value is None:
            recording.remove(lead, fact)
        else:
            recording.store(lead, ReadFact(fact, value, 1.0, f"corrected by {by}"), channel="call", now=now, confirmed=True)
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    qualification.settle(uow, lead, assessment, playbook, now=now, open=lead.status == "open")
    lead.version += 1
    return lead


def _moved(
    uow: UnitOfWork, lead_id: str, action: str, reason: str | None, *, playbook: Playbook, by: str, now: datetime,
    at: datetime | None = None,
) -> Lead:
    lead = get(uow, lead_id)
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    moved = advance(lead.stage, action, assessment, playbook, reason=reason)
    qualification.move(uow, lead, moved.stage, rule=moved.rule, by=by, now=at or now)
    if action == "accept":  # an accepted lead that meets the rule is sales-qualified at once
        qualified = advance(lead.stage, "rescore", assessment, playbook)
        qualification.move(uow, lead, qualified.stage, rule=qualified.rule, by="rules", now=now)
    lead.version += 1
    return lead


__all__ = ["InvalidFact", "NotFound", "accept", "correct_facts", "get", "reject", "search", "tell_outcome"]
