"""People in Chromium, over the real app without Rasa: invited, joined, signed in, deactivated, signed out; axe on every page."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from leads import access
from store.database import migrate
from tests.e2e.served_app import served
from tests.e2e.widget_visitor import serious
from tests.unit.web.local_issuer import CLIENT_ID, CLIENT_SECRET, running_issuer
from web.app import create_app
from web.templating import STATIC_DIR
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings

pytestmark = pytest.mark.browser
ADA, WORD, OTHER = "ada@meridian.example", "four slow herons", "nine quiet badgers"
SIZES = [(1280, 800), (820, 1180), (390, 844)]


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[tuple[Application, str]]:
    """The real app on an empty database with an administrator and Dana, on a port that it knows as its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = build(read_settings({"DEMO": "yes", "PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/people.db", **settings}, None))
    application.__dict__["redactor"] = SimpleNamespace()  # nobody chats here
    migrate(application.engine)
    with application.unit() as unit:
        for email, name, role in ((ADA, "Ada Fox", "admin"), ("dana@meridian.example", "Dana Ortiz", "sales")):
            access.add_user(unit, Argon2(), email=email, name=name, role=role, password=WORD, now=application.now())
        unit.commit()
    with served(create_app(application), port=port) as address:
        yield application, address
    application.engine.dispose()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Application, str]]:
    with running(tmp_path) as started:
        yield started


def visit(browser: Browser, address: str, size: tuple[int, int] = SIZES[0]) -> tuple[BrowserContext, Page]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=address)
    context.set_default_timeout(15_000)
    return context, context.new_page()


def enter(page: Page, email: str, password: str = WORD) -> None:
    page.goto("/console/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_somebody_is_invited_joins_signs_in_and_is_signed_out_when_deactivated(browser: Browser, desk: tuple[Application, str]) -> None:
    _, address = desk
    admin, page = visit(browser, address)
    admin.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, ADA)
    page.get_by_role("link", name="People").click()
    page.get_by_label("E-mail").fill("rae@meridian.example")
    page.get_by_label("Role", exact=True).select_option("rep")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_label("Link", exact=True).input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("[data-copied]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link and serious(page) == []

    guest, hers = visit(browser, address, SIZES[2])
    hers.goto(link)
    expect(hers.get_by_role("heading", name="Welcome to LeadTriage")).to_be_visible()
    assert serious(hers) == []
    hers.get_by_label("Your name").fill("Rae Kim")
    hers.get_by_label("Password", exact=True).fill("password1234")
    hers.get_by_label("The password once more").fill("password1234")
    hers.get_by_role("button", name="Join").click()
    expect(hers.get_by_role("alert")).to_contain_text("tried first")
    hers.get_by_label("Password", exact=True).fill(OTHER)
    hers.get_by_label("The password once more").fill(OTHER)
    hers.get_by_role("button", name="Join").click()
    expect(hers.get_by_role("status")).to_contain_text("Your account is ready")
    enter(hers, "rae@meridian.example", OTHER)
    expect(hers.get_by_role("heading", name="Inbox")).to_be_visible()
    expect(hers.get_by_role("link", name="People")).to_have_count(0)

    page.goto("/console/people")
    row = page.get_by_role("row", name="Rae Kim")
    row.get_by_text("Change").click()
    row.get_by_role("button", name="Deactivate and sign out").click()
    expect(page.get_by_role("status")).to_contain_text("Rae Kim is deactivated and signed out everywhere.")
    hers.reload()
    expect(hers.get_by_role("heading", name="Sign in")).to_be_visible()
    enter(hers, "rae@meridian.example", OTHER)
    expect(hers.get_by_role("alert")).to_contain_text("don't go together")
    hers.goto(link)
    expect(hers.get_by_role("alert")).to_contain_text("does not work any more")
    guest.close()
    admin.close()


def test_somebody_signs_in_by_their_work_account_and_comes_to_where_they_wanted(browser: Browser, tmp_path: Path) -> None:
    with running_issuer() as issuer, running(tmp_path, OIDC_ISSUER=issuer.url, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=CLIENT_SECRET) as (_, address):
        context, page = visit(browser, address)
        page.goto("/console/account")
        page.get_by_role("link", name="Sign in with your work account").click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("dana@meridian.example")
        page.get_by_role("button", name="Sign out").click()
        issuer.claims = {"email": "stranger@else.example", "sub": "u-2"}
        page.get_by_role("link", name="Sign in with your work account").click()
        expect(page.get_by_role("alert")).to_contain_text("Nobody has invited stranger@else.example yet")
        assert serious(page) == []
        context.close()


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "tablet", "phone"])
def test_no_page_of_people_keeps_anybody_out_or_scrolls_sideways(browser: Browser, desk: tuple[Application, str], size: tuple[int, int]) -> None:
    _, address = desk
    context, page = visit(browser, address, size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    enter(page, ADA)
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
    page.goto("/console/keys")
    page.get_by_label("What it is for").fill("Data warehouse of the marketing department")
    page.get_by_label("See leads").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_label("Key", exact=True)).to_be_visible()
    for path in ("", "/console/people", "/console/keys", "/console/account", "/console/audit"):
        if path:
            page.goto(path)
        for summary in page.locator("summary").all():
            summary.click()
        assert serious(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert complaints == []
    context.close()


def test_the_script_of_these_pages_is_small() -> None:
    assert (STATIC_DIR / "copy.js").stat().st_size < 60 * 1024
