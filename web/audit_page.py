"""The page of the audit trail, for administrators."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from leads.audit import ACTIONS
from web.console import person, signed_in
from web.services import Services
from web.templating import page

router = APIRouter(prefix="/console/audit", include_in_schema=False)


@router.get("", response_class=HTMLResponse)
def audit(request: Request, by: str = "", lead: str = "", before: str = "") -> Response:
    """Who saw or changed what, newest first; of one person or one lead if the address says so."""
    person(request, "see_audit")
    services: Services = request.app.state.services
    by, lead = by.strip()[:320], lead.strip()[:32]
    last = int(before) if before.isdecimal() and len(before) < 10 else None
    entries, older = services.audit(by=by or None, lead_id=lead or None, before=last)
    kept = {name: value for name, value in (("by", by), ("lead", lead)) if value}
    return page(
        request, "console/audit.html", private=True, entries=entries, actions=ACTIONS, by=by, lead_id=lead,
        older="/console/audit?" + urlencode({**kept, "before": older}) if older else "", **signed_in(request),
    )
