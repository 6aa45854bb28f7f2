"""What staff do with leads: look, and correct facts. What they decide is in leads/decisions.py."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads import audit, qualification
from leads.conversations import NotFound
from leads.dialogue import recording
from leads.ports import UnitOfWork
from leads.presenting import present, present_page
from leads.reading import ReadFact
from leads.records import Lead, LeadEvent
from scoring.facts import FACTS, InvalidFact, check_value
from scoring.playbook import Playbook
from scoring.stages import IllegalMove

MOST_A_PAGE = 200


def get(uow: UnitOfWork, lead_id: str, *, lock: bool = False) -> Lead:
    """Return a lead, locked against other writers until the end of the unit if asked.

    The id of a lead that was merged leads to the one that stands for it; who wants to change it must say that one.

    Raises:
        NotFound: there is none with this id. IllegalMove: it was merged, and it is asked for with a lock.
    """
    lead = uow.leads.get(lead_id, lock=lock)
    if lead is None:
        raise NotFound(lead_id)
    if lock and lead.merged_into:
        into = survivor_of(uow, lead).id
        raise IllegalMove(f"This lead was merged into {into}, so nothing was changed. Please look at that one.")
    return survivor_of(uow, lead)


def survivor_of(uow: UnitOfWork, lead: Lead) -> Lead:
    """Return the lead that stands for one: itself, or the one it was merged into, however often that was merged since."""
    while lead.merged_into:
        into = uow.leads.get(lead.merged_into)
        if into is None:
            raise NotFound(lead.merged_into)
        lead = into
    return lead


def search(
    uow: UnitOfWork, *, stage: str | None = None, route: str | None = None, owner: str | None = None, q: str | None = None,
    conversation: str | None = None, cursor: str | None = None, limit: int = 50,
) -> dict[str, Any]:
    """Return a page of leads, newest first, as the contract words them."""
    found, after = uow.leads.search(
        stage=stage, route=route, owner=owner, text=q, conversation=conversation, after=cursor, limit=min(limit, MOST_A_PAGE)
    )
    items = [present(uow, lead) for lead in found] if conversation else present_page(uow, found)
    return {"items": items, "next": after}


def correct_facts(
    uow: UnitOfWork, lead_id: str, facts: Mapping[str, Any], *, playbook: Playbook, by: str, now: datetime
) -> Lead:
    """Set facts as a rep knows them (None removes one), then score and route again; older values stay in the history.

    Raises:
        NotFound: no such lead. InvalidFact: a name or value that is not in the catalogue; nothing is changed then.
    """
    lead = get(uow, lead_id, lock=True)
    checked = {fact: None if value is None and fact in FACTS else check_value(fact, value) for fact, value in facts.items()}
    for fact, value in checked.items():
        if value is None:
            recording.remove(lead, fact)
        else:
            recording.store(lead, ReadFact(fact, value, 1.0, f"corrected by {by}"), channel="call", now=now, confirmed=True)
    assessment = qualification.requalify(lead, uow.signals.of(lead.id), playbook, now=now)
    qualification.settle(uow, lead, assessment, playbook, now=now, open=lead.status == "open")
    words = ", ".join(checked)[:500]
    uow.leads.add_event(LeadEvent(id=uuid.uuid4().hex, lead_id=lead.id, at=now, by=by, kind="corrected", words=words))
    audit.note(uow, "correct", by=by, now=now, lead_id=lead.id, detail=words)
    lead.version += 1
    return lead


__all__ = ["InvalidFact", "NotFound", "correct_facts", "get", "search", "survivor_of"]
