"""The page of people, for administrators: who may sign in, in which role; invitations; links for forgotten passwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from handoff.mail import MailFailed
from leads import invitations, people
from leads.ports import UnitOfWork
from leads.records import Invitation
from leads.rights import RIGHTS, ROLES
from web.console import STALE_FORM, from_own_form, person, refused, signed_in
from web.phrases import ROLE_WORDS
from web.templating import page
from wiring.build import Application

router = APIRouter(prefix="/console/people", include_in_schema=False)
DONE = {
    "role": "{who} has another role now. It counts from the next click on.",
    "deactivated": "{who} is deactivated and signed out everywhere.",
    "reactivated": "{who} may sign in again, with the password and role from before.",
    "withdrawn": "The link is withdrawn. Whoever opens it is told so.",
}
Act = Callable[[UnitOfWork, str], Any]


@router.get("", response_class=HTMLResponse)
def list_people(request: Request, done: str = "", who: str = "") -> Response:
    """Everybody who may or might sign in."""
    person(request, "manage_people")
    return _page(request, done=done, who=who[:32])


@router.post("/invite", response_class=HTMLResponse)
def invite(
    request: Request, email: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
) -> Response:
    """Invite somebody; their link is shown this once, and mailed where mail is set up."""
    def act(unit: UnitOfWork, by: str) -> tuple[Invitation, str]:
        return invitations.invite(unit, email=email, role=role, by=by, now=_app(request).now())

    return _make_link(request, token, act, typed={"email": email[:320], "role": role})


@router.post("/links/{invitation_id}/again", response_class=HTMLResponse)
def new_link(request: Request, invitation_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Make an invitation's link anew; the earlier one ends."""
    def act(unit: UnitOfWork, by: str) -> tuple[Invitation, str]:
        return invitations.again(unit, invitation_id, by=by, now=_app(request).now())

    return _make_link(request, token, act)


@router.post("/links/{invitation_id}/withdraw")
def withdraw(request: Request, invitation_id: str, token: Annotated[str, Form()] = "") -> Response:
    """End a link that was not used."""
    return _change(request, token, "withdrawn", lambda unit, by: invitations.withdraw(unit, invitation_id, by=by, now=_app(request).now()))


@router.post("/{user_id}/reset", response_class=HTMLResponse)
def reset(request: Request, user_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Make a link for a new password."""
    def act(unit: UnitOfWork, by: str) -> tuple[Invitation, str]:
        return invitations.reset(unit, user_id, by=by, now=_app(request).now())

    return _make_link(request, token, act)


@router.post("/{user_id}/role")
def change_role(request: Request, user_id: str, role: Annotated[str, Form()] = "", token: Annotated[str, Form()] = "") -> Response:
    """Give somebody another role."""
    def act(unit: UnitOfWork, by: str) -> None:
        people.change_role(unit, user_id, role, by=by, now=_app(request).now())

    return _change(request, token, "role", act, who=user_id)


@router.post("/{user_id}/deactivate")
def deactivate(request: Request, user_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Let somebody in no more."""
    def act(unit: UnitOfWork, by: str) -> None:
        people.deactivate(unit, user_id, by=by, now=_app(request).now())

    return _change(request, token, "deactivated", act, who=user_id)


@router.post("/{user_id}/reactivate")
def reactivate(request: Request, user_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Let somebody in again."""
    def act(unit: UnitOfWork, by: str) -> None:
        people.reactivate(unit, user_id, by=by, now=_app(request).now())

    return _change(request, token, "reactivated", act, who=user_id)


def _change(request: Request, token: str, done: str, act: Act, *, who: str = "") -> Response:
    """Do one thing in a unit of its own and show the list; what cannot be done is said above it."""
    actor = person(request, "manage_people")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    try:
        with _app(request).unit() as unit:
            act(unit, actor.name)
            unit.commit()
    except ValueError as refusal:
        return _page(request, status=409, mistake=str(refusal))
    return RedirectResponse("/console/people?" + urlencode({"done": done, **({"who": who} if who else {})}), 303)


def _make_link(
    request: Request, token: str, act: Callable[[UnitOfWork, str], tuple[Invitation, str]], *, typed: dict[str, str] | None = None
) -> Response:
    actor = person(request, "manage_people")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    app = _app(request)
    try:
        with app.unit() as unit:
            invitation, secret = act(unit, actor.name)
            unit.commit()
    except ValueError as refusal:
        return _page(request, status=422, mistake=str(refusal), typed=typed)
    link = app.invitation_links.make(secret)
    return _page(request, made=invitation, link=link, mailed=_mail_link(app, invitation, link))


def _mail_link(app: Application, invitation: Invitation, link: str) -> str:
    """Send a link to whom it is for, after it was kept; return what came of it: sent, "" without mail, or why not."""
    if app.mailer is None:
        return ""
    subject, text = invitations.letter(invitation, link)
    try:
        app.mailer.send(invitation.email, subject, text)
    except MailFailed as error:
        return str(error)
    return "sent"


def _page(
    request: Request, *, status: int = 200, done: str = "", who: str = "", mistake: str = "", made: Invitation | None = None,
    link: str = "", mailed: str = "", typed: dict[str, str] | None = None,
) -> Response:
    app = _app(request)
    with app.read() as unit:
        users, links = unit.staff.users(), unit.staff.invitations()
        owned = unit.leads.open_by_owner([user.email for user in users], but="")
    named = next((user for user in users if user.id == who), None)
    words = DONE.get(done, "").format(who=(named.name or named.email) if named else "That person") if named or done == "withdrawn" else ""
    rights = [(words_of, [role in allowed for role in ROLES]) for words_of, allowed in RIGHTS.values()]
    return page(
        request, "console/people.html", status=status, private=True, people=sorted(users, key=lambda user: user.deactivated_at is not None),
        links=links, owned=owned, done=words, named=named if done == "deactivated" else None, mistake=mistake, made=made, link=link,
        mailed=mailed, typed=typed or {"email": "", "role": "sales"}, roles=ROLES, role_words=ROLE_WORDS, rights=rights,
        **signed_in(request),
    )


def _app(request: Request) -> Application:
    app: Application = request.app.state.application
    return app
