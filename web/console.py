"""The staff console: sign in, the list of leads, one lead with its reasons, accept and reject. Works without scripts."""

from datetime import UTC, datetime
from typing import Annotated, Any, Protocol
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web import csrf
from web.phrases import REJECTION_REASONS, ROUTES, STAGES
from web.problems import Refusal
from web.templating import page

SESSION_COOKIE = "leadtriage_session"
SIGN_IN_COOKIE = "leadtriage_sign_in"
PAGE_SIZE = 50
MAX_NOTE_CHARACTERS = 1000

# Sales has taken these already, or they are over: there is nothing to accept.
ACCEPTED_STAGES = frozenset({"sal", "sql", "opportunity", "won", "lost"})
CLOSED_STAGES = frozenset({"won", "lost"})
DONE_SENTENCES = {"accepted": "Accepted: this lead is yours now.", "rejected": "Rejected, and the reason is kept."}
STALE_FORM = "This page was open too long, so nothing was changed. Please do it once more."

router = APIRouter(prefix="/console", include_in_schema=False)

Lead = dict[str, Any]


class ConsoleServices(Protocol):
    """What the console needs of the product. Every method may block, so endpoints are plain functions on a thread."""

    def sign_in(self, email: str, password: str) -> str | None:
        """A session token, or None for a wrong e-mail or password; ValueError with a sentence after too many tries."""

    def user_for(self, token: str) -> dict[str, Any] | None:
        """The signed-in person `{"email", "role", "name"}`, or None for an unknown or expired token."""

    def sign_out(self, token: str) -> None:
        """End a session; an unknown token is no error."""

    def list_leads(
        self,
        stage: str | None = None,
        route: str | None = None,
        owner: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = PAGE_SIZE,
    ) -> dict[str, Any]:
        """`{"items": [Lead], "next": cursor or None}`, newest first; ValueError with a sentence for a bad cursor."""

    def lead(self, lead_id: str, /) -> Lead | None:
        """One lead as the contract shows it, or None."""

    def accept(self, lead_id: str, /, by: str) -> Lead:
        """Sales takes the lead; ValueError with a sentence where its stage does not allow it."""

    def reject(self, lead_id: str, /, by: str, reason: str, note: str | None) -> Lead:
        """Sales gives the lead back with a reason; ValueError with a sentence where that is not allowed."""


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_form(request: Request, next: str = "/console") -> Response:
    """The sign-in form. Who is signed in already goes on."""
    if _user(request):
        return RedirectResponse(own_path(next), 303)
    return _sign_in_page(request, next)


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/console",
) -> Response:
    """Check e-mail and password and set the session cookie. A failure does not say which of the two was wrong."""
    if not csrf.is_signed(token, request.cookies.get(SIGN_IN_COOKIE)):
        return _sign_in_page(request, next, email, STALE_FORM, status=403)
    try:
        request.app.state.limits.sign_in(request, email.strip())
        session = _services(request).sign_in(email.strip(), password)
    except Refusal as too_many:
        return _sign_in_page(request, next, email, too_many.detail, status=429)
    except ValueError as refusal:
        return _sign_in_page(request, next, email, _sentence(refusal), status=429)
    if session is None:
        mistake = "That e-mail and password don't go together. Please check both."
        return _sign_in_page(request, next, email, mistake, status=401)
    answer = RedirectResponse(own_path(next), 303)
    answer.set_cookie(SESSION_COOKIE, session, httponly=True, samesite="lax", secure=_is_https(request))
    answer.delete_cookie(SIGN_IN_COOKIE, path="/console")
    return answer


@router.post("/sign-out")
def sign_out(request: Request, token: Annotated[str, Form()] = "") -> Response:
    """End the session. Without a valid form token nothing happens: another site may not sign people out."""
    session = request.cookies.get(SESSION_COOKIE)
    if not csrf.is_signed(token, session) or session is None:
        return RedirectResponse("/console", 303)
    _services(request).sign_out(session)
    answer = RedirectResponse("/console/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("", response_class=HTMLResponse)
def leads(
    request: Request,
    stage: str = "",
    route: str = "",
    q: str = "",
    cursor: str = "",
) -> Response:
    """The list of leads, filtered by the address. An unknown stage or route counts as none chosen."""
    user = _user(request)
    if user is None:
        return _to_sign_in(request)
    chosen = {
        "stage": stage if stage in STAGES else "",
        "route": route if route in ROUTES else "",
        "q": q.strip()[:200],
    }
    found: dict[str, Any] = {"items": [], "next": None}
    mistake = ""
    try:
        found = _services(request).list_leads(
            **{key: value or None for key, value in chosen.items()}, cursor=cursor or None, limit=PAGE_SIZE
        )
    except ValueError as refusal:
        mistake = _sentence(refusal)
    kept = {key: value for key, value in chosen.items() if value}
    more = "/console?" + urlencode({**kept, "cursor": found["next"]}) if found["next"] else ""
    return page(
        request,
        "console/leads.html",
        status=422 if mistake else 200,
        private=True,
        leads=found["items"],
        chosen=chosen,
        more=more,
        first="/console?" + urlencode(kept) if cursor else "",
        mistake=mistake,
        now=datetime.now(UTC),
        **_signed_in(request, user),
    )


@router.get("/leads/{lead_id}", response_class=HTMLResponse)
def lead(request: Request, lead_id: str, done: str = "") -> Response:
    """One lead: who, how it scored and why, what was said, and the forms to accept or reject it."""
    user = _user(request)
    if user is None:
        return _to_sign_in(request)
    return _lead_page(request, user, lead_id, notice=DONE_SENTENCES.get(done, ""))


@router.post("/leads/{lead_id}/accept", response_class=HTMLResponse)
def accept(request: Request, lead_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Sales takes the lead."""
    user = _user(request)
    if user is None:
        return _to_sign_in(request)
    if not csrf.is_signed(token, request.cookies.get(SESSION_COOKIE)):
        return _lead_page(request, user, lead_id, mistake=STALE_FORM, status=403)
    if _services(request).lead(lead_id) is None:
        return _missing(request, user)
    try:
        _services(request).accept(lead_id, by=user["email"])
    except ValueError as refusal:
        return _lead_page(request, user, lead_id, mistake=_sentence(refusal), status=409)
    return RedirectResponse(f"{request.url.path.removesuffix('/accept')}?done=accepted", 303)


@router.post("/leads/{lead_id}/reject", response_class=HTMLResponse)
def reject(
    request: Request,
    lead_id: str,
    reason: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
) -> Response:
    """Sales gives the lead back with one of the five reasons; `other` needs a note."""
    user = _user(request)
    if user is None:
        return _to_sign_in(request)
    typed = {"reason": reason, "note": note.strip()}
    if not csrf.is_signed(token, request.cookies.get(SESSION_COOKIE)):
        return _lead_page(request, user, lead_id, typed=typed, mistake=STALE_FORM, status=403)
    if _services(request).lead(lead_id) is None:
        return _missing(request, user)
    mistake = rejection_mistake(reason, typed["note"])
    if mistake:
        return _lead_page(request, user, lead_id, typed=typed, mistake=mistake, status=422)
    try:
        _services(request).reject(lead_id, by=user["email"], reason=reason, note=typed["note"] or None)
    except ValueError as refusal:
        return _lead_page(request, user, lead_id, typed=typed, mistake=_sentence(refusal), status=409)
    return RedirectResponse(f"{request.url.path.removesuffix('/reject')}?done=rejected", 303)


def rejection_mistake(reason: str, note: str) -> str:
    """What is missing from a rejection, as a sentence; empty when it can be stored."""
    if reason not in REJECTION_REASONS:
        return "Please choose why this lead is not for sales."
    if reason == "other" and not note:
        return "Please say in the note why; “other” alone teaches the scoring nothing."
    if len(note) > MAX_NOTE_CHARACTERS:
        return f"Please shorten the note to {MAX_NOTE_CHARACTERS:,} characters; it has {len(note):,} now."
    return ""


def own_path(target: str) -> str:
    """Where to go after signing in: a path of the console, whatever the address asked for.

    >>> own_path("/console/leads/7"), own_path("//evil.example"), own_path("/console\\\\@evil.example")
    ('/console/leads/7', '/console', '/console')
    """
    starts_right = target == "/console" or target.startswith(("/console/", "/console?"))
    return target if starts_right and target.isprintable() and "\\" not in target and "//" not in target else "/console"


def _services(request: Request) -> ConsoleServices:
    services: ConsoleServices = request.app.state.services
    return services


def _user(request: Request) -> dict[str, Any] | None:
    session = request.cookies.get(SESSION_COOKIE)
    return _services(request).user_for(session) if session else None


def _signed_in(request: Request, user: dict[str, Any]) -> dict[str, Any]:
    return {"user": user, "token": csrf.sign(request.cookies[SESSION_COOKIE])}


def _is_https(request: Request) -> bool:
    return str(request.app.state.settings.base_url).startswith("https:")


def _sentence(refusal: ValueError) -> str:
    return str(refusal.args[0]) if refusal.args else "That is not possible now."


def _to_sign_in(request: Request) -> Response:
    # After a form was sent, going back to its own address would be a GET of a page that takes only POST.
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = back if request.method == "GET" else back.removesuffix("/accept").removesuffix("/reject")
    return RedirectResponse("/console/sign-in?" + urlencode({"next": own_path(wanted)}), 303)


def _sign_in_page(request: Request, wanted: str, email: str = "", mistake: str = "", status: int = 200) -> Response:
    secret = request.cookies.get(SIGN_IN_COOKIE) or csrf.new_secret()
    context = {"email": email, "next": own_path(wanted), "mistake": mistake, "token": csrf.sign(secret)}
    answer = page(request, "console/sign_in.html", status=status, private=True, **context)
    answer.set_cookie(SIGN_IN_COOKIE, secret, httponly=True, samesite="lax", secure=_is_https(request), path="/console")
    return answer


def _lead_page(
    request: Request,
    user: dict[str, Any],
    lead_id: str,
    *,
    typed: dict[str, str] | None = None,
    notice: str = "",
    mistake: str = "",
    status: int = 200,
) -> Response:
    found = _services(request).lead(lead_id)
    if found is None:
        return _missing(request, user)
    stage = (found.get("stage") or {}).get("name")
    return page(
        request,
        "console/lead.html",
        status=status,
        private=True,
        lead=found,
        typed=typed or {"reason": "", "note": ""},
        notice=notice,
        mistake=mistake,
        reasons=REJECTION_REASONS,
        may_accept=stage not in ACCEPTED_STAGES,
        may_reject=stage not in CLOSED_STAGES,
        now=datetime.now(UTC),
        **_signed_in(request, user),
    )


def _missing(request: Request, user: dict[str, Any]) -> Response:
    return page(request, "console/missing.html", status=404, private=True, **_signed_in(request, user))
