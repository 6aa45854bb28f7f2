"""What the public pages need of the product, in memory: forms are kept in a list, the chat is a fake one."""

from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from tests.e2e.fake_chat_api import FakeChat, add_host_page, chat_router
from web import pages
from web.templating import STATIC_DIR, WIDGET_DIR


class FakeServices:
    """Remembers the contact forms."""

    def __init__(self) -> None:
        self.forms: list[dict[str, Any]] = []

    def contact_form(self, fields: dict[str, Any]) -> None:
        self.forms.append(fields)


def make_app(
    services: FakeServices, chat: FakeChat | None = None, *, base_url: str = "http://127.0.0.1:8000", demo: bool = True
) -> FastAPI:
    """The real public pages and widget over fake services and a fake chat."""
    app = FastAPI()
    app.state.services = services
    app.state.limits = SimpleNamespace(conversation=lambda request: None)
    app.state.settings = SimpleNamespace(demo=demo, base_url=base_url)
    app.include_router(pages.router)
    app.include_router(chat_router(chat or FakeChat()))
    add_host_page(app)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    app.mount("/widget", StaticFiles(directory=WIDGET_DIR))
    return app
