"""The hand-off packet as one self-contained HTML file, as JSON, and as a page to print."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from leads.conversations import NotFound
from leads.rights import Actor
from web.console import person, refused
from web.services import Services
from web.templating import environment
from web.who_calls import may, no_lead

router = APIRouter()
NO_LEAD = "There is no lead with this id."


@router.get("/api/leads/{lead_id}/packet", tags=["staff"])
def packet(request: Request, lead_id: str, who: Annotated[Actor, Depends(may("take_out"))]) -> dict[str, Any]:
    """The hand-off packet of a lead."""
    try:
        return _services(request).packet(lead_id, by=who.name)
    except NotFound:
        raise no_lead() from None


@router.get("/console/leads/{lead_id}/packet.json", include_in_schema=False)
def as_json(request: Request, lead_id: str) -> Response:
    """The packet as a JSON file."""
    actor = person(request, "take_out")
    try:
        body = json.dumps(_services(request).packet(lead_id, by=actor.name), ensure_ascii=False, indent=2)
    except NotFound:
        return refused(request, NO_LEAD, status=404)
    return _file(body, "application/json", f"lead-{lead_id}.json")


@router.get("/console/leads/{lead_id}/packet.html", include_in_schema=False)
def as_html(request: Request, lead_id: str) -> Response:
    """The packet as one HTML file that loads nothing."""
    actor = person(request, "take_out")
    try:
        return _file(_html(_services(request).packet(lead_id, by=actor.name)), "text/html; charset=utf-8", f"lead-{lead_id}.html")
    except NotFound:
        return refused(request, NO_LEAD, status=404)


@router.get("/console/leads/{lead_id}/print", include_in_schema=False)
def to_print(request: Request, lead_id: str) -> Response:
    """The packet as a page to print."""
    actor = person(request, "take_out")
    try:
        return _file(_html(_services(request).packet(lead_id, by=actor.name)), "text/html; charset=utf-8", None)
    except NotFound:
        return refused(request, NO_LEAD, status=404)


def _html(found: dict[str, Any]) -> str:
    return environment().get_template("console/packet.html").render(packet=found)


def _file(body: str, kind: str, name: str | None) -> Response:
    # The style stands in the file itself; exactly this style is allowed and nothing else.
    style = re.search(r"<style>(.*?)</style>", body, re.DOTALL)
    allowed = f"'sha256-{base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()}'" if style else "'none'"
    headers = {
        "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Content-Security-Policy": f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    }
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, media_type=kind, headers=headers)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services
