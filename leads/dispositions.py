"""What sales said to a lead, kept with what the scores were made of at that moment."""

from __future__ import annotations

import uuid
from datetime import datetime

from leads.ports import UnitOfWork
from leads.records import Disposition, Lead


def keep_disposition(uow: UnitOfWork, lead: Lead, *, accepted: bool, reason: str | None, by: str, now: datetime) -> None:
    """Keep that a lead was accepted or rejected, with the bands and the rules of its assessment."""
    scores = lead.assessment.get("scores", {})
    bands = {f"{name}_band": scores.get(name, {}).get("band") for name in ("fit", "intent", "readiness")}
    rules = [
        [given["rule"], given["points"], given["value"] if isinstance(given["value"], str) else None, given["source"]]
        for score in scores.values() for given in score["contributions"]
    ]
    uow.leads.add_disposition(
        Disposition(
            id=uuid.uuid4().hex, lead_id=lead.id, at=now, by=by, accepted=accepted, reason=reason, rules=rules,
            unknown=list(lead.assessment.get("missing", [])), **bands,
        )
    )
