"""Signing in by an OpenID Connect issuer: the way there and back. Without OIDC_ISSUER there is nothing here."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from leads import access, audit
from leads.single_sign_on import NotAdmitted, admit
from web.console import cookie_name, drop_cookie, enter, own_path, session_token, set_cookie, sign_in_page
from web.problems import Refusal
from wiring.build import Application
from wiring.identity_provider import Attempt, IdentityProvider, SignInFailed

router = APIRouter(prefix="/console/sign-in/oidc", include_in_schema=False)
ATTEMPT_COOKIE = "leadtriage_sign_on"
ATTEMPT_SECONDS = 600
BEGIN_AGAIN = "This sign-in did not begin in this browser, took too long, or was used already. Please begin again."


@router.get("")
def begin(request: Request, next: str = "/console") -> Response:
    """Go to the issuer. What the answer must fit is kept in a signed cookie of this browser."""
    app, provider = _parts(request)
    try:
        request.app.state.limits.sign_on(request)
        address, attempt = provider.begin(_redirect_uri(app))
    except Refusal as too_many:
        return sign_in_page(request, next, mistake=too_many.detail, status=429)
    except SignInFailed as failed:
        return sign_in_page(request, next, mistake=str(failed), status=502)
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    kept = _signed(app).dumps({**attempt.as_dict(), "next": own_path(next)})
    set_cookie(request, answer, ATTEMPT_COOKIE, str(kept), seconds=ATTEMPT_SECONDS)
    return answer


@router.get("/done")
def done(request: Request) -> Response:
    """Come back from the issuer: sign in, or say why not. Each try counts once."""
    app, provider = _parts(request)
    wanted = "/console"
    try:
        request.app.state.limits.sign_on(request)
        attempt, wanted = _attempt(request, app)
        identity = provider.finish(dict(request.query_params), attempt, _redirect_uri(app))
        with app.unit() as unit:
            settings = app.settings
            user = admit(
                unit, identity, domains=settings.oidc_allowed_domains, default_role=settings.oidc_default_role, now=app.now()
            )
            session = access.begin_session(
                unit, user, now=app.now(), length=settings.session_length, instead_of=session_token(request), how="by OIDC"
            )
            unit.commit()
    except Refusal as too_many:
        answer = sign_in_page(request, wanted, mistake=too_many.detail, status=429)
    except SignInFailed as failed:
        answer = sign_in_page(request, wanted, mistake=str(failed), status=401)
    except NotAdmitted as refusal:
        with app.unit() as unit:
            audit.note(unit, "sign_in_failed", by="unknown", now=app.now(), detail="by OIDC")
            unit.commit()
        answer = sign_in_page(request, wanted, mistake=str(refusal), status=403)
    else:
        answer = enter(request, session, wanted)
    drop_cookie(request, answer, ATTEMPT_COOKIE)
    return answer


def _attempt(request: Request, app: Application) -> tuple[Attempt, str]:
    """Return what this browser began, which is used up by it."""
    try:
        kept = _signed(app).loads(request.cookies.get(cookie_name(request, ATTEMPT_COOKIE), ""), max_age=ATTEMPT_SECONDS)
    except BadSignature:
        raise SignInFailed(BEGIN_AGAIN) from None
    wanted, attempt = own_path(kept.pop("next")), Attempt(**kept)
    if not secrets.compare_digest(request.query_params.get("state", "").encode(), attempt.state.encode()):
        raise SignInFailed(BEGIN_AGAIN)
    with app.unit() as unit:
        first = unit.staff.use_once(access.hash_secret(attempt.state), app.now())
        unit.commit()
    if not first:
        raise SignInFailed(BEGIN_AGAIN)
    return attempt, wanted




def _parts(request: Request) -> tuple[Application, IdentityProvider]:
    app: Application = request.app.state.application
    if app.identity_provider is None:
        raise Refusal(404, "There is nothing at this address.")
    return app, app.identity_provider


def _redirect_uri(app: Application) -> str:
    return f"{app.settings.base_url}/console/sign-in/oidc/done"


def _signed(app: Application) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app.secret_key, salt="sign in by OIDC")
