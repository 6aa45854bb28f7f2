"""Putting the web process together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from prometheus_client import Counter, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leads.playbooks_in_use import keep_files
from store.database import migrate
from web import (
    account_page,
    accounts_page,
    audit_page,
    call_script,
    chat,
    console,
    decisions_api,
    health,
    inbox,
    keys_page,
    lead_page,
    merging,
    notices_page,
    packet_page,
    pages,
    people_page,
    problems,
    reports,
    single_sign_on,
    staff_api,
    welcome_page,
)
from web.chat import Turns
from web.dialogue_engine import DialogueEngine
from web.limits import Limits
from web.resume_links import ResumeLinks
from web.services import Services
from web.templating import STATIC_DIR, WIDGET_DIR
from wiring.build import Application, build

REQUESTS = Counter("leadtriage_requests_total", "Requests by route and status", ["route", "status"])
SECONDS = Histogram("leadtriage_request_seconds", "Time to answer by route", ["route"])


def create_app(application: Application | None = None) -> FastAPI:
    """Return the ASGI app over an application (built from the settings if none is given)."""
    application = application or build()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_prepare, application)
        yield
        await app.state.dialogue.close()

    app = FastAPI(title="LeadTriage", docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json", lifespan=lifespan)
    settings = application.settings
    app.state.application, app.state.settings = application, settings
    app.state.limits, app.state.turns = Limits(settings), Turns()
    app.state.dialogue = DialogueEngine(settings.rasa_url, timeout_seconds=settings.engine_timeout_seconds)
    app.state.resume_links = ResumeLinks(application.secret_key, base_url=settings.base_url)
    app.state.services = Services(application, app.state.dialogue)
    problems.install(app)
    console.install(app)
    app.add_middleware(
        CORSMiddleware, allow_origins=list(settings.allowed_origins), allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"], expose_headers=["Retry-After"],
    )
    app.add_middleware(Measured)
    for part in (account_page, accounts_page, keys_page, merging, notices_page, people_page, single_sign_on, welcome_page):
        app.include_router(part.router)
    for part in (chat, staff_api, decisions_api, health, console, inbox, packet_page, lead_page, audit_page, call_script, reports, pages):
        app.include_router(part.router)
    # Only files are compressed: short answers of the API would cost more than they save.
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC_DIR)), name="static")
    app.mount("/widget", GZipMiddleware(StaticFiles(directory=WIDGET_DIR), compresslevel=9), name="widget")
    return app


def _prepare(application: Application) -> None:
    """Open what every request needs, so that the first visitor does not wait for it; mistakes stop the start."""
    migrate(application.engine)
    application.playbooks.current()
    application.redactor  # noqa: B018 - loading it is the point
    with application.unit() as unit:
        keep_files(unit, application.playbook_files, at=application.now())
        unit.commit()


class Measured:
    """Counts and times every request; plain ASGI, since Starlette's decorated middleware costs more than what it measures."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note its status and time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(route, status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)
