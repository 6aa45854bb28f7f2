"""Where an invitation leads: somebody sets name and password without being signed in. The same page sets a forgotten password anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads import invitations
from leads.password_rules import LEAST_CHARACTERS
from leads.people import NotPossible
from web.console import STALE_FORM, is_signed_by_visitor, visitor_page
from web.phrases import ROLE_WORDS
from web.problems import Refusal
from wiring.build import Application
from wiring.passwords import Argon2

router = APIRouter(prefix="/console/welcome", include_in_schema=False)


@router.get("/{link}", response_class=HTMLResponse)
def welcome(request: Request, link: str) -> Response:
    """The form behind a link. Opening it uses nothing up."""
    return _page(request, link)


@router.post("/{link}", response_class=HTMLResponse)
def take_up(
    request: Request, link: str, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "", token: Annotated[str, Form()] = "",
) -> Response:
    """Set name and password; the link is used up by it. Then one signs in, which proves that the password was kept."""
    if not is_signed_by_visitor(request, token):
        return _page(request, link, name, STALE_FORM, status=403)
    app: Application = request.app.state.application
    secret = app.invitation_links.read(link)
    try:
        request.app.state.limits.sign_on(request)
        if secret is None:
            raise NotPossible(invitations.GONE)
        if password != again:
            raise ValueError("The two passwords are not the same. Please type them once more.")
        user = invitations.take_up(app.read, app.unit, Argon2(), token=secret, name=name, password=password, now=app.now())
    except Refusal as too_many:
        return _page(request, link, name, too_many.detail, status=429)
    except ValueError as refusal:
        return _page(request, link, name, str(refusal), status=422)
    return RedirectResponse(f"/console/sign-in?ready={'new' if user.last_sign_in_at is None else 'password'}", 303)


def _page(request: Request, link: str, name: str = "", mistake: str = "", status: int = 200) -> Response:
    app: Application = request.app.state.application
    secret = app.invitation_links.read(link)
    with app.read() as unit:
        invitation = invitations.opened(unit, secret, app.now()) if secret else None
    if invitation is None:
        status, mistake = 410, invitations.GONE
    provider = app.identity_provider if invitation and invitation.kind == "invitation" else None
    answer = visitor_page(
        request, "console/welcome.html", status=status, link=link, name=name[:200], mistake=mistake, invitation=invitation,
        role_words=ROLE_WORDS, least=LEAST_CHARACTERS, sign_on=provider.name if provider else "",
    )
    # The address of this page is a secret.
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
