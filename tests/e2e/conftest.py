"""The pages over the fakes, and a browser on them that remembers the widget's events."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.fake_services import FakeServices, make_app
from tests.e2e.served_app import served
from tests.e2e.widget_visitor import DESKTOP

RECORD_EVENTS = """
window.heard = [];
for (const name of ["open", "close", "message", "finished", "error"])
  addEventListener("lead-chat:" + name, (event) => window.heard.push({name, detail: event.detail}));
"""


@pytest.fixture(scope="session")
def site() -> Iterator[tuple[str, FakeChat]]:
    """The address of the pages over the fakes, and the fake chat behind it."""
    chat = FakeChat()
    with served(make_app(FakeServices(), chat)) as address:
        yield address, chat


@pytest.fixture
def chat(site: tuple[str, FakeChat]) -> FakeChat:
    site[1].reset()
    return site[1]


@pytest.fixture
def context(browser: Browser, site: tuple[str, FakeChat]) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP, base_url=site[0])
    context.set_default_timeout(5000)
    context.add_init_script(RECORD_EVENTS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, chat: FakeChat) -> Page:
    page = context.new_page()
    page.goto("/host")
    return page
