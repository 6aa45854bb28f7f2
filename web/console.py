"""The staff console: signing in and out, and who may see which page. The pages are in inbox.py, lead_page.py and audit_page.py."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads.rights import Actor, Forbidden
from web import csrf
from web.problems import Refusal
from web.services import Services
from web.templating import page

SESSION_COOKIE = "leadtriage_session"
SIGN_IN_COOKIE = "leadtriage_sign_in"
READY = {
    "new": "Your account is ready. Sign in with the password you have just set.",
    "password": "Your new password is set. Sign in with it.",
}
STALE_FORM = "This page was open too long, so nothing was changed. Please do it once more."

router = APIRouter(prefix="/console", include_in_schema=False)


class Instead(Exception):
    """Another answer than the page that was asked for: the sign-in, or a refusal in words."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def install(app: FastAPI) -> None:
    """Let pages be answered by something else."""

    @app.exception_handler(Instead)
    def instead(request: Request, other: Instead) -> Response:
        return other.answer


def person(request: Request, action: str) -> Actor:
    """Return who is signed in and may do an action of leads.rights.

    Raises:
        Instead: nobody is signed in (the sign-in page, and back), or the role does not allow it (403 in words).
    """
    actor = anybody(request)
    try:
        actor.must_be_allowed(action)
    except Forbidden as refusal:
        raise Instead(refused(request, str(refusal))) from None
    return actor


def anybody(request: Request) -> Actor:
    """Return who is signed in, whatever they may do.

    Raises:
        Instead: nobody is.
    """
    user = _user(request)
    if user is None:
        raise Instead(_to_sign_in(request))
    return Actor(str(user["email"]), role=str(user["role"]))


def refused(request: Request, sentence: str, *, status: int = 403) -> Response:
    """A page that says why something was not done."""
    return page(request, "console/refused.html", status=status, private=True, sentence=sentence, **signed_in(request))


def from_own_form(request: Request, token: str) -> bool:
    """Whether a form was sent from a page of ours in this session."""
    return csrf.is_signed(token, session_token(request))


def session_token(request: Request) -> str | None:
    """The token of the session that a request comes with."""
    return request.cookies.get(cookie_name(request, SESSION_COOKIE))


def cookie_name(request: Request, name: str) -> str:
    """What a cookie is called: with https it says that no other host, path or unencrypted page can have set it."""
    return f"__Host-{name}" if _is_https(request) else name


def set_cookie(request: Request, answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that scripts and other sites' requests have no part in; it lives as long as the browser, or so many seconds."""
    name, secure = cookie_name(request, name), _is_https(request)
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")


def drop_cookie(request: Request, answer: Response, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(cookie_name(request, name), httponly=True, samesite="lax", secure=_is_https(request), path="/")


def signed_in(request: Request) -> dict[str, Any]:
    """What every page of somebody who is signed in shows: who, the token of its forms, and what they may."""
    user = _user(request) or {"email": "", "role": "", "name": ""}
    actor = Actor(str(user["email"]), role=str(user["role"]))
    return {
        "user": user, "token": csrf.sign(session_token(request) or ""), "may": actor.may, "now": request.app.state.application.now(),
        "unread": _services(request).unread(actor.name) if actor.name else 0,
    }


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_form(request: Request, next: str = "/console", ready: str = "") -> Response:
    """The sign-in form. Who is signed in already goes on, unless they have just got an account or password."""
    if _user(request) and ready not in READY:
        return RedirectResponse(own_path(next), 303)
    return sign_in_page(request, next, ready=READY.get(ready, ""))


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/console",
) -> Response:
    """Check e-mail and password and set the session cookie. A failure does not say which of the two was wrong."""
    if not is_signed_by_visitor(request, token):
        return sign_in_page(request, next, email, STALE_FORM, status=403)
    try:
        request.app.state.limits.sign_in(request, email.strip())
        session = _services(request).sign_in(email.strip(), password, instead_of=session_token(request))
    except Refusal as too_many:
        return sign_in_page(request, next, email, too_many.detail, status=429)
    except ValueError as refusal:
        return sign_in_page(request, next, email, _sentence(refusal), status=429)
    if session is None:
        mistake = "That e-mail and password don't go together. Please check both."
        return sign_in_page(request, next, email, mistake, status=401)
    return enter(request, session, next)


@router.post("/sign-out")
def sign_out(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """End the session. Without a valid form token nothing happens: another site may not sign people out."""
    session = session_token(request)
    if not csrf.is_signed(token, session) or session is None:
        return RedirectResponse("/console", 303)
    _services(request).sign_out(session)
    answer = RedirectResponse("/console/sign-in", 303)
    drop_cookie(request, answer, SESSION_COOKIE)
    return answer


def enter(request: Request, session: str, wanted: str) -> Response:
    """Go on as somebody who has just signed in."""
    answer = RedirectResponse(own_path(wanted), 303)
    set_cookie(request, answer, SESSION_COOKIE, session)
    drop_cookie(request, answer, SIGN_IN_COOKIE)
    return answer


def is_signed_by_visitor(request: Request, token: str) -> bool:
    """Whether a form was sent from a page of ours by a visitor who is not signed in."""
    return csrf.is_signed(token, request.cookies.get(cookie_name(request, SIGN_IN_COOKIE)))


def visitor_page(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page with a form for who is not signed in, and the cookie that proves where it comes from."""
    name = cookie_name(request, SIGN_IN_COOKIE)
    secret = request.cookies.get(name) or csrf.new_secret()
    answer = page(request, template, status=status, private=True, token=csrf.sign(secret), **context)
    set_cookie(request, answer, SIGN_IN_COOKIE, secret)
    return answer


def own_path(target: str) -> str:
    """Where to go after signing in: a path of the console, whatever the address asked for.

    >>> own_path("/console/leads/7"), own_path("//evil.example"), own_path("/console\\\\@evil.example")
    ('/console/leads/7', '/console', '/console')
    """
    starts_right = target == "/console" or target.startswith(("/console/", "/console?"))
    return target if starts_right and target.isprintable() and "\\" not in target and "//" not in target else "/console"


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _user(request: Request) -> dict[str, Any] | None:
    if not hasattr(request.state, "user"):
        session = session_token(request)
        # What a page fetches to keep itself up to date does not mean that somebody is there.
        acts = request.method != "GET" or request.headers.get("Sec-Fetch-Dest") != "empty"
        request.state.user = _services(request).user_for(session, acts=acts) if session else None
    user: dict[str, Any] | None = request.state.user
    return user


def _is_https(request: Request) -> bool:
    return str(request.app.state.settings.base_url).startswith("https:")


def _sentence(refusal: ValueError) -> str:
    return str(refusal.args[0]) if refusal.args else "That is not possible now."


def _to_sign_in(request: Request) -> Response:
    # After a form was sent, going back to its own address would be a GET of a page that takes only POST.
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = back if request.method == "GET" else request.url.path.rpartition("/")[0]
    return RedirectResponse("/console/sign-in?" + urlencode({"next": own_path(wanted)}), 303)


def sign_in_page(request: Request, wanted: str, email: str = "", mistake: str = "", status: int = 200, ready: str = "") -> Response:
    """The sign-in page, with what went wrong or what is ready now."""
    sign_on, wanted = request.app.state.application.identity_provider, own_path(wanted)
    return visitor_page(
        request, "console/sign_in.html", status=status, email=email, next=wanted, mistake=mistake, ready=ready,
        sign_on=sign_on.name if sign_on else "", sign_on_path="/console/sign-in/oidc?" + urlencode({"next": wanted}),
    )
