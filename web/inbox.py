"""The inbox of sales: what waits for an answer, the most urgent first; kept up to date while it is open; several leads given in one go."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads.conversations import NotFound
from leads.inbox import Wanted
from leads.rights import Actor, Forbidden
from web.console import STALE_FORM, from_own_form, person, refused, signed_in
from web.phrases import BANDS, ROUTES, STAGES
from web.services import Services
from web.templating import environment, page

router = APIRouter(prefix="/console", include_in_schema=False)
VIEWS = {"mine": "My leads", "team": "Team", "escalated": "Escalated to me", "later": "Put off", "all": "All leads"}
FILTERS = ("queue", "owner", "route", "stage", "band", "q")
# Who leads a team looks at its leads first, who works on leads at their own.
FIRST_VIEW = {"rep": "mine", "sales": "mine"}
MOST_PAGES = 10_000


@router.get("", response_class=HTMLResponse)
def inbox(request: Request) -> Response:
    """The inbox, filtered by the address. What the address says wrongly counts as not said."""
    actor = person(request, "see_leads")
    return page(request, "console/leads.html", private=True, **_shown(request, actor), **signed_in(request))


@router.get("/rows", response_class=HTMLResponse)
def rows(request: Request) -> Response:
    """The rows of the same inbox alone, for a page that is open; 304 while nothing has changed."""
    actor = person(request, "see_leads")
    body = environment().get_template("console/inbox_rows.html").render({**_shown(request, actor), **signed_in(request)})
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    unread = str(_services(request).unread(actor.name))
    headers = {"ETag": tag, "Cache-Control": "no-cache, private", "X-Content-Type-Options": "nosniff", "X-Unread": unread}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, headers=headers)


@router.post("/reassign")
def reassign(
    request: Request, lead: Annotated[list[str] | None, Form()] = None, to: Annotated[str, Form()] = "", token: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Give several leads to somebody. Those that changed since they were shown stay as they are."""
    actor = person(request, "reassign")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    if not lead or not to:
        return refused(request, "Nothing was changed: tick at least one lead, and choose who gets them.", status=422)
    given = left = 0
    for each in lead:
        lead_id, _, version = each.partition(":")
        try:
            _services(request).reassign(lead_id, to=to, why=None, actor=actor, seen=int(version) if version.isdecimal() else None)
            given += 1
        except (ValueError, NotFound, Forbidden):  # each is an act of its own: one that is refused does not hold up the others
            left += 1
    kept = {name: found[0] for name, found in parse_qs(back).items() if name in (*FILTERS, "view", "page")}
    return RedirectResponse("/console?" + urlencode({**kept, "given": given, "left": left}), 303)


def _shown(request: Request, actor: Actor) -> dict[str, Any]:
    asked = request.query_params
    text = asked.get("q", "").strip()[:200]
    view = asked.get("view", "")
    view = view if view in VIEWS else FIRST_VIEW.get(actor.role, "team")
    closed = {"route": ROUTES, "stage": STAGES, "band": BANDS}
    chosen = {
        "q": text, "queue": asked.get("queue", "")[:80], "owner": asked.get("owner", "")[:200],
        **{name: asked[name] if asked.get(name) in known else "" for name, known in closed.items()},
    }
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and 0 < int(asked["page"][:9]) <= MOST_PAGES else 1
    wanted = Wanted(
        view=view, me=actor.name, text=text or None, page=number,  # type: ignore[arg-type]
        **{name: chosen[name] or None for name in ("queue", "owner", "route", "stage", "band")},
    )
    found, people = _services(request).inbox(wanted)
    kept = {"view": view} | {name: value for name, value in chosen.items() if value}
    playbook = request.app.state.application.playbooks.choose()
    return {
        "inbox": found, "people": people, "view": view, "views": VIEWS, "chosen": chosen, "number": number,
        "notice": _notice(asked.get("given", ""), asked.get("left", "")), "zone": playbook.business_hours.spoken_zone,
        "query": urlencode(kept | ({"page": number} if number > 1 else {})),
        "earlier": "/console?" + urlencode(kept | {"page": number - 1}) if number > 1 else "",
        "later": "/console?" + urlencode(kept | {"page": number + 1}) if found.more else "",
    }


def _notice(given: str, left: str) -> str:
    if not given.isdecimal() or not left.isdecimal():
        return ""
    rest = "" if left == "0" else f" {left} stayed as they were: changed by somebody meanwhile, over, or with that person already."
    return f"{given} {'lead' if given == '1' else 'leads'} handed on.{rest}"


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services
