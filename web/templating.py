"""Pages from templates: one environment, escaping on, and the headers every page carries."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web import phrases

_HERE = Path(__file__).parent
STATIC_DIR = _HERE / "static"
WIDGET_DIR = _HERE / "widget"

# Own scripts and styles only, nothing inline; nobody may put a page of ours in a frame.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def environment() -> Environment:
    """The Jinja2 environment: autoescape on, and a name that a template misspells is an error, not an empty text."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        named=phrases.name, moment=phrases.moment, short_moment=phrases.short_moment, who=phrases.who, company=phrases.company,
        waits=phrases.waits_for_sales, code=phrases.code,
    )  # fmt: skip
    made.tests.update(doubtful=phrases.is_doubtful)
    made.globals.update(
        fact_value=phrases.fact_value,
        due=phrases.due,
        stages=phrases.STAGES,
        routes=phrases.ROUTES,
        bands=phrases.BANDS,
    )
    return made


def page(request: Request, template: str, *, status: int = 200, private: bool = False, **context: Any) -> HTMLResponse:
    """One rendered page with its security headers.

    Args:
        private: the page shows a lead or a form token, so no cache may keep it.
        context: what the template shows; `demo` and `base_url` come from the settings.
    """
    settings = request.app.state.settings
    body = (
        environment()
        .get_template(template)
        .render({"demo": settings.demo, "base_url": settings.base_url.rstrip("/"), **context})
    )
    headers = {
        "Content-Security-Policy": PAGE_POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store" if private else "no-cache",
    }
    return HTMLResponse(body, status, headers)
