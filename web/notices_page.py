"""The notices of whoever is signed in: what waits, what was escalated, what changed hands, what came back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.console import STALE_FORM, from_own_form, person, refused, signed_in
from web.services import Services
from web.templating import page

router = APIRouter(prefix="/console/notices", include_in_schema=False)
KINDS = {"reminded": "Reminder", "escalated": "Escalated", "reassigned": "Handed on", "woken": "Back"}


@router.get("", response_class=HTMLResponse)
def notices(request: Request) -> Response:
    """The list, newest first."""
    actor = person(request, "see_leads")
    return page(
        request, "console/notices.html", private=True, notices=_services(request).notices(actor.name), kinds=KINDS, **signed_in(request)
    )


@router.post("/read")
def read(request: Request, token: Annotated[str, Form()] = "", notice: Annotated[str, Form()] = "") -> Response:
    """Mark one notice as read, or all without one."""
    actor = person(request, "see_leads")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    _services(request).read_notices(actor.name, notice_id=notice or None)
    return RedirectResponse("/console/notices", 303)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services
