"""The page of API keys, for administrators: make one with scopes, see when each was last used, revoke it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads import access
from leads.rights import PROGRAMS, RIGHTS
from web.console import STALE_FORM, from_own_form, person, refused, signed_in
from web.templating import page
from wiring.build import Application

router = APIRouter(prefix="/console/keys", include_in_schema=False)
MOST_NAME = 80


@router.get("", response_class=HTMLResponse)
def list_keys(request: Request, done: str = "") -> Response:
    """All keys, the newest first."""
    person(request, "manage_keys")
    return _page(request, done="The key is revoked. Programs that use it are refused from now on." if done == "revoked" else "")


@router.post("", response_class=HTMLResponse)
def make_key(
    request: Request, name: Annotated[str, Form()] = "", scope: Annotated[list[str] | None, Form()] = None,
    token: Annotated[str, Form()] = "",
) -> Response:
    """Make a key; it is shown this once."""
    actor = person(request, "manage_keys")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    name, scopes, app = " ".join(name.split())[:MOST_NAME], [each for each in scope or [] if each in PROGRAMS], _app(request)
    if not name or not scopes:
        mistake = "Please tell what the key is for." if not name else "Please tick at least one thing that the key may do."
        return _page(request, status=422, mistake=mistake, name=name, ticked=scopes)
    with app.unit() as unit:
        key = access.add_api_key(unit, name=name, now=app.now(), scopes=scopes, by=actor.name)
        unit.commit()
    return _page(request, key=key, made=name)


@router.post("/{key_id}/revoke")
def revoke(request: Request, key_id: str, token: Annotated[str, Form()] = "") -> Response:
    """End a key for good."""
    actor, app = person(request, "manage_keys"), _app(request)
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    try:
        with app.unit() as unit:
            access.revoke_api_key(unit, key_id, by=actor.name, now=app.now())
            unit.commit()
    except ValueError as refusal:
        return _page(request, status=409, mistake=str(refusal))
    return RedirectResponse("/console/keys?done=revoked", 303)


def _page(
    request: Request, *, status: int = 200, done: str = "", mistake: str = "", key: str = "", made: str = "", name: str = "",
    ticked: list[str] | None = None,
) -> Response:
    with _app(request).read() as unit:
        keys = sorted(unit.staff.api_keys(), key=lambda each: each.revoked_at is not None)
    return page(
        request, "console/keys.html", status=status, private=True, keys=keys, done=done, mistake=mistake, key=key, made=made, name=name,
        ticked=ticked or [], scopes=[(scope, RIGHTS[scope][0]) for scope in PROGRAMS], most=MOST_NAME, **signed_in(request),
    )


def _app(request: Request) -> Application:
    app: Application = request.app.state.application
    return app
