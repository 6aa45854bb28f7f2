"""One's own account: who one is here, and a new password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads import people
from leads.password_rules import LEAST_CHARACTERS
from web.console import SESSION_COOKIE, STALE_FORM, anybody, from_own_form, refused, session_token, set_cookie, signed_in
from web.phrases import ROLE_WORDS
from web.problems import Refusal
from web.templating import page
from wiring.build import Application
from wiring.passwords import Argon2

router = APIRouter(prefix="/console/account", include_in_schema=False)


@router.get("", response_class=HTMLResponse)
def account(request: Request, done: str = "") -> Response:
    """Who one is here."""
    said = "Your password is changed. Everywhere else you are signed out." if done == "password" else ""
    return _page(request, anybody(request).name, done=said)


@router.post("/password", response_class=HTMLResponse)
def change_password(
    request: Request, current: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
) -> Response:
    """Set a new password; all other sign-ins end, and this one goes on with a new session."""
    email = anybody(request).name
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    app: Application = request.app.state.application
    try:
        request.app.state.limits.sign_in(request, email)
        if password != again:
            raise ValueError("The two new passwords are not the same. Please type them once more.")
        session = people.change_password(
            app.read, app.unit, Argon2(), email=email, current=current, new=password, now=app.now(), session=session_token(request) or "",
            length=app.settings.session_length,
        )
    except Refusal as too_many:
        return _page(request, email, status=429, mistake=too_many.detail)
    except ValueError as refusal:
        return _page(request, email, status=422, mistake=str(refusal))
    answer = RedirectResponse("/console/account?done=password", 303)
    set_cookie(request, answer, SESSION_COOKIE, session)
    return answer


def _page(request: Request, email: str, *, status: int = 200, mistake: str = "", done: str = "") -> Response:
    app: Application = request.app.state.application
    with app.read() as unit:
        account = people.by_email(unit, email)
    return page(
        request, "console/account.html", status=status, private=True, account=account, mistake=mistake, done=done,
        role_words=ROLE_WORDS, least=LEAST_CHARACTERS, hours=app.settings.session_hours, **signed_in(request),
    )
