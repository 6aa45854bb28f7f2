"""The hand-off packet: all that sales needs of a lead, by itself, for a file or another program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leads.ports import UnitOfWork
from leads.presenting import moment, present
from leads.staff import get
from scoring.playbook import Playbook

FORMAT = "leadtriage packet 1"


def packet(uow: UnitOfWork, lead_id: str, *, playbook: Playbook, now: datetime) -> dict[str, Any]:
    """Return the packet of a lead, as plain data.

    Args:
        playbook: whose words facts and values are told in.
    Raises:
        NotFound: there is no such lead.
    """
    lead = present(uow, get(uow, lead_id))
    answers = [
        {"fact": fact, "name": playbook.fact_name(fact), "value": stored["value"], "words": playbook.label(fact, stored["value"]),
         **{key: stored.get(key) for key in ("quote", "channel", "at", "confidence", "confirmed")}}
        for fact, stored in lead["facts"].items()
    ]
    return {
        "format": FORMAT, "made_at": moment(now),
        "lead": {key: lead[key] for key in ("id", "version", "source", "status", "created_at", "playbook")},
        "contact": lead["contact"], "account": lead["account"], "answers": answers, "scores": lead["scores"], "flags": lead["flags"],
        "route": lead["route"], "stage": lead["stage"], "next_step": lead["next_step"],
        "missing": [playbook.fact_name(fact) for fact in lead["missing"]],
        "notes": lead["note"], "transcript": lead["transcript"],
    }
