"""Who calls the staff API, and whether they may: each endpoint names its action of leads.rights."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from leads import access
from leads.rights import RIGHTS, Actor
from web.console import session_token
from web.problems import Refusal
from wiring.build import Application


async def caller(request: Request) -> Actor:
    """Return who calls: a signed-in person, or a program with a key.

    Raises:
        Refusal: neither (401), or a request of another site with somebody's session (403).
    """
    app: Application = request.app.state.application
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        program = await run_in_threadpool(access.who_has_key, app.read, app.write_soon, key, app.now())
        if program:
            return program
    session = session_token(request)
    if session:
        # A cookie travels with any request a page makes; only our own pages may change things with it.
        if request.method != "GET" and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Refusal(403, "Requests from other sites are not taken with a session; use an API key.")
        user = await run_in_threadpool(request.app.state.services.user_for, session)
        if user:
            return Actor(str(user["email"]), role=str(user["role"]))
    raise Refusal(401, "Sign in, or send an API key as Authorization: Bearer KEY. `leadtriage apikey add` makes one.")


def may(action: str) -> Callable[[Request], Awaitable[Actor]]:
    """Return a dependency that lets in who may do an action; anybody else is refused with what is needed (401 or 403)."""
    assert action in RIGHTS, action  # a misspelt action must not wait for its first request

    async def allowed(request: Request) -> Actor:
        actor = await caller(request)
        actor.must_be_allowed(action)
        return actor

    return allowed


def no_lead() -> Refusal:
    """The answer to an id that no lead has."""
    return Refusal(404, "There is no lead with this id.")
