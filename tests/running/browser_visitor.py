"""A visitor at the real pages in Chromium: presses what a person sees, types in the widget's field, and notes what goes wrong.

LEADTRIAGE_SCREENSHOTS=1 writes docs/screenshots/*.png.
"""

from __future__ import annotations

import os
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.e2e.widget_visitor import DESKTOP, PHONE, bubbles, field, serious
from tests.running.product import Product
from wiring.settings import ROOT

SIZES: dict[str, ViewportSize] = {"desktop": DESKTOP, "phone": PHONE}
SCREENSHOTS = ROOT / "docs/screenshots"
LONGEST_TALK = 25


def open_context(browser: Browser, product: Product, size: str, *, scripts: bool = True) -> BrowserContext:
    """A fresh browser of somebody who likes less motion. A phone is touched and small."""
    context = browser.new_context(
        viewport=SIZES[size], base_url=product.url, has_touch=size == "phone", is_mobile=size == "phone", reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    context.set_default_timeout(15_000)
    return context


class Visitor:
    """One tab. `troubles` are errors of the page's own scripts and requests that failed: none, on a good visit."""

    def __init__(self, context: BrowserContext, path: str = "/") -> None:
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(error.stack or str(error)))
        self.page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        self.page.on("response", lambda answer: self.troubles.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        self.page.goto(path)

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong."""
        self.page.context.close()
        assert self.troubles == [], self.troubles

    # -- in the widget -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the chat and agree."""
        self.page.get_by_role("button", name="Open chat").click()
        expect(self.page.get_by_text("By starting you agree")).to_be_visible()
        self.page.get_by_role("button", name="Start chat").click()
        expect(self.page.get_by_role("button", name="Clinic group")).to_be_visible()

    def press(self, label: str) -> None:
        """Press a quick reply and wait for what the bot says."""
        before = self.heard.count()
        self.page.get_by_role("button", name=label, exact=True).click()
        expect(self.said.last).to_have_text(label)
        self._wait(before)

    def type(self, text: str) -> None:
        """Type, send and wait for what the bot says."""
        before = self.heard.count()
        field(self.page).fill(text)
        self.page.get_by_role("button", name="Send").click()
        self._wait(before)

    @property
    def said(self) -> Any:
        """The visitor's bubbles."""
        return bubbles(self.page, "visitor")

    @property
    def heard(self) -> Any:
        """The bot's bubbles."""
        return bubbles(self.page, "bot")

    def _wait(self, before: int) -> None:
        expect(self.page.locator("lead-chat .typing")).to_be_hidden()
        assert self.heard.count() > before

    def state(self) -> dict[str, Any]:
        """Where the conversation stands, asked as the widget does after a reload."""
        state: dict[str, Any] = self.page.evaluate(
            """async () => {
              const [kept] = Object.values(sessionStorage).map((value) => { try { return JSON.parse(value) } catch { return null } })
                .filter((value) => value?.token);
              const answer = await fetch(`/api/chat/conversations/${kept.id}`, { headers: { Authorization: `Bearer ${kept.token}` } });
              return { id: kept.id, ...(await answer.json()).state };
            }"""
        )
        return state

    def answer(self, texts: dict[str, str], buttons: dict[str, str]) -> None:
        """Answer whatever is asked until it is over."""
        for _ in range(LONGEST_TALK):
            state = self.state()
            if state["finished"]:
                return
            asking = state["asking"]
            self.press(buttons[asking]) if asking in buttons else self.type(texts[asking])
        raise AssertionError(f"not over after {LONGEST_TALK} answers: {self.state()}")

    # -- looking -----------------------------------------------------------------------------------------------------

    def shoot(self, name: str) -> None:
        """Write a screenshot for the documents, when asked to."""
        if os.environ.get("LEADTRIAGE_SCREENSHOTS"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def assert_accessible(self) -> None:
        """Axe finds nothing serious, in light and in dark, and nothing scrolls sideways."""
        assert serious(self.page) == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
        if self.page.locator("lead-chat").count():
            self.page.evaluate("document.querySelector('lead-chat').setAttribute('theme', 'dark')")
            in_the_dark = serious(self.page)
            self.page.evaluate("document.querySelector('lead-chat').removeAttribute('theme')")
            assert in_the_dark == []
