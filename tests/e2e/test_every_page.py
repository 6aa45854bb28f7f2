"""Every page of the console, for every role that may see it, with a half-year of demo data, in Chromium.

The pages are those of the app's routes: a new one without a line in PAGES or NO_PAGES fails the first test. PAGES_TO=folder writes a
picture of each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from leads import access, invitations, merging
from leads.call import script
from leads.demo_data.make import make
from leads.intake import add_lead
from leads.lead_view import view
from leads.rights import RIGHTS, ROLES
from store import tables
from store.database import migrate
from store.demo_rows import put_in
from store.question_counts import count_questions
from tests.e2e.served_app import served
from tests.e2e.widget_visitor import serious
from web import app as web_app
from web.app import create_app
from web.console_reports import REPORTS
from web.inbox import VIEWS
from web.templating import STATIC_DIR, WIDGET_DIR
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings
from worker.clocks import run_clocks

pytestmark = pytest.mark.browser
WORD = "four slow herons"
SIZES = {"desktop": (1280, 800), "tablet": (820, 1180)}
MOST_SCRIPT = 60 * 1024
# Who has the role; the sales person and the manager are of the playbook's team, so that leads are theirs.
PEOPLE = {
    "rep": ("rae@meridian.example", "Rae Kim"), "sales": ("desk-a@example.com", "Dana Ortiz"), "manager": ("sales-lead@example.com", "Mo Chen"),
    "ops": ("olu@meridian.example", "Olu Adeyemi"), "admin": ("ada@meridian.example", "Ada Fox"),
}  # fmt: skip
HOT = {
    "org_type": "clinic_group", "org_size": {"sites": 9}, "use_case": "patient_intake", "buying_role": "budget_holder", "budget_status": "approved",
    "timeline": "this_quarter", "handles_phi": "yes",
}  # fmt: skip
# By route: what a role must be allowed to see it (leads.rights; "" for everybody who is signed in), and the addresses to look at. What
# stands in braces is filled from the desk.
PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "/console": ("see_leads", ("/console", *(f"/console?view={view}" for view in VIEWS), "/console?q=nobody", "/console?view=all&stage=won")),
    "/console/leads/{lead_id}": (
        "see_leads", ("/console/leads/{chat}", "/console/leads/{open}", "/console/leads/{won}", "/console/leads/{double}", "/console/leads/{merged}"),
    ),
    "/console/leads/{lead_id}/print": ("take_out", ("/console/leads/{chat}/print",)),
    "/console/accounts": ("see_leads", ("/console/accounts", "/console/accounts?q=no-such-account")),
    "/console/accounts/{domain}": ("see_leads", ("/console/accounts/{domain}",)),
    "/console/notices": ("see_leads", ("/console/notices",)),
    "/console/call": ("call", ("/console/call", "/console/call?lead={open}", "/console/call?q=clinic")),
    "/console/call/{call_id}": ("call", ("/console/call/{call}",)),
    "/console/reports": ("see_reports", ("/console/reports",)),
    "/console/reports/{name}": ("see_reports", tuple(f"/console/reports/{name}" for name in REPORTS)),
    "/console/people": ("manage_people", ("/console/people",)),
    "/console/keys": ("manage_keys", ("/console/keys",)),
    "/console/audit": ("see_audit", ("/console/audit",)),
    "/console/account": ("", ("/console/account",)),
}
# For who is not signed in.
OUTSIDE = {"/console/sign-in": "/console/sign-in", "/console/welcome/{link}": "/console/welcome/{link}"}
NO_PAGES = {
    "/console/rows": "rows of the inbox, fetched by it", "/console/reports/{name}.csv": "a file", "/console/leads/{lead_id}/packet.json": "a file",
    "/console/leads/{lead_id}/packet.html": "a file, the same as print", "/console/call/{call_id}/view": "data of the call screen",
    "/console/sign-in/oidc": "leads to the issuer", "/console/sign-in/oidc/done": "comes back from it",
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where it runs; what stands in for the braces of the addresses: for everybody, and by role and size."""

    url: str
    names: Mapping[str, str]
    calls: Mapping[tuple[str, str], str]

    def address(self, path: str, role: str, size: str) -> str:
        """Fill the braces."""
        return path.format(**self.names, call=self.calls.get((role, size), ""))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The real app with demo data and what the demo does not have: a double, a merge, calls, notices, an invitation, a key."""
    folder = tmp_path_factory.mktemp("pages")
    application = build(read_settings({"DEMO": "yes", "DATABASE_URL": f"sqlite:///{folder}/pages.db"}, None))
    application.__dict__["redactor"] = SimpleNamespace()  # nobody chats here
    migrate(application.engine)
    names, calls = _fill(application)
    with served(create_app(application)) as address:
        yield Desk(address, names, calls)
    application.engine.dispose()


def _fill(application: Application) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    now, playbook = application.now(), application.playbooks.choose()
    for records, _ in make(application.script, {}, leads=250, seed=5, now=now):
        put_in(application.engine, records)
    count_questions(application.engine, quiet_before=now - timedelta(minutes=30), now=now)
    made = [access.new_user(Argon2(), email=email, name=name, role=role, password=WORD, now=now) for role, (email, name) in PEOPLE.items()]
    with application.unit() as unit:
        for user in made:
            access.keep_user(unit, user)
        _, token = invitations.invite(unit, email="newcomer@meridian.example", role="sales", by=PEOPLE["admin"][0], now=now)
        access.add_api_key(unit, name="Data warehouse", now=now)
        contact = {"name": "Priya Raman", "email": "priya@cactus.example", "company": "Cactus Clinics", "title": "COO"}
        same = [
            add_lead(unit, source=source, contact=contact, facts=HOT, reading=None, signals=[], playbook=playbook, now=now - timedelta(hours=age))
            for source, age in (("form", 50), ("event", 49), ("demo_request", 48))
        ]
        merging.merge(unit, same[0].id, same[1].id, by=PEOPLE["manager"][0], playbook=playbook, now=now)
        unit.commit()
    leads = tables.leads.c
    with application.engine.connect() as connection:
        chats = select(leads.id, leads.stage, leads.contact).where(leads.demo.is_(True), leads.conversation_id.is_not(None))
        named = [row for row in connection.execute(chats.order_by(leads.created_at.desc(), leads.id)) if row.contact.get("name")]
    chat, waits, won = (next(row.id for row in named if row.stage == stage) for stage in ("sql", "mql", "won"))
    to_call = iter([row.id for row in named if row.stage in ("mql", "sal", "nurture")][1:])
    with application.unit() as unit:
        calls = {
            (role, size): script.start(unit, by=PEOPLE[role][0], playbook=playbook, now=now, lead=unit.leads.get(next(to_call))).id
            for role in PEOPLE if role in RIGHTS["call"][1] for size in SIZES
        }  # fmt: skip
        unit.commit()
    run_clocks(application.unit, playbook_of=application.playbooks.of_lead, now=now)
    with application.unit(read_only=True) as unit:
        assert view(unit, same[2].id, playbook=playbook, scored_by=playbook, now=now).same, "the double is seen"
    link = application.invitation_links.make(token).rpartition("/")[2]
    names = {"chat": chat, "open": waits, "won": won, "double": same[2].id, "merged": same[1].id, "domain": "cactus.example", "link": link}
    return names, calls


def console_routes() -> set[str]:
    """The addresses below /console that answer a GET."""
    parts = [found for found in vars(web_app).values() if isinstance(getattr(found, "router", None), APIRouter)]
    routes = [route for part in parts for route in part.router.routes if isinstance(route, APIRoute)]
    return {route.path for route in routes if "GET" in (route.methods or ()) and route.path.startswith("/console")}


def test_every_page_of_the_app_is_looked_at_here() -> None:
    listed = set(PAGES) | set(OUTSIDE) | set(NO_PAGES)
    assert console_routes() == listed, "a new page needs a line in PAGES, OUTSIDE or NO_PAGES; one that is gone loses it"


class Look:
    """A browser window that goes through pages and notes what is wrong with them."""

    def __init__(self, browser: Browser, desk: Desk, role: str, size: str) -> None:
        self.role, self.size, self.wrong = role, size, list[str]()
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, base_url=desk.url, reduced_motion="reduce")
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda line: self.note(line.text) if line.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.number = 0

    def note(self, what: str) -> None:
        self.wrong.append(f"{self.role}, {self.size}, {urlsplit(self.page.url).path}: {what}")

    def sign_in(self) -> None:
        page = self.page
        page.goto("/console/sign-in")
        page.get_by_label("E-mail").fill(PEOPLE[self.role][0])
        page.get_by_label("Password").fill(WORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()

    def at(self, path: str, *, name: str) -> None:
        """Go to a page and look at it as it comes and with everything opened that opens."""
        page = self.page
        answer = page.goto(path)
        if answer is None or answer.status != 200:
            self.note(f"{path} answered {answer.status if answer else 'nothing'}")
            return
        expect(page.get_by_role("heading").first).to_be_visible()
        if page.locator("#call").count():
            expect(page.locator("#facts")).not_to_be_empty()
        self.shoot(name)
        self._check_width()
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        self._check_width()
        for complaint in serious(page):
            self.note(complaint)
        loaded = set(page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname).filter((path) => path.endsWith('js'))"))
        weight = sum(_file(path).stat().st_size for path in loaded)
        if weight > MOST_SCRIPT:
            self.note(f"loads {weight} bytes of scripts: {sorted(loaded)}")

    def _check_width(self) -> None:
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        if width > SIZES[self.size][0]:
            self.note(f"scrolls sideways: {width} px are wider than {SIZES[self.size][0]}")

    def shoot(self, name: str) -> None:
        self.number += 1
        if folder := os.environ.get("PAGES_TO"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{self.role}-{self.size}-{self.number:02}-{name}.png", full_page=True)


def _file(path: str) -> Path:
    folder, _, rest = path.lstrip("/").partition("/")
    return {"static": STATIC_DIR, "widget": WIDGET_DIR}[folder] / rest


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_open_to_everybody_fits_and_is_light(browser: Browser, desk: Desk, role: str, size: str) -> None:
    look = Look(browser, desk, role, size)
    look.sign_in()
    for route, (action, paths) in PAGES.items():
        allowed = not action or role in RIGHTS[action][1]
        for path in paths:
            if allowed:
                look.at(desk.address(path, role, size), name=route.removeprefix("/console").strip("/").replace("/", "-").translate(str.maketrans("", "", "{}")) or "inbox")
            elif "{call}" not in path:
                assert look.page.request.get(desk.address(path, role, size)).status == 403, (role, path)
    look.context.close()
    assert look.wrong == []


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_nobody_yet_is_open_to_everybody_fits_and_is_light(browser: Browser, desk: Desk, size: str) -> None:
    look = Look(browser, desk, "nobody", size)
    for path in OUTSIDE.values():
        look.at(desk.address(path, "", size), name=path.split("/")[2])
    look.context.close()
    assert look.wrong == []
