"""The pages over the fakes, and a browser on them that remembers the widget's events."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.fake_chat_api import FakeChat
from tests.e2e.fake_services import FakeServices, make_app
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
    config = uvicorn.Config(make_app(FakeServices(), chat), host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started, "the server of the fakes did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", chat
    server.should_exit = True
    thread.join(5)


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
