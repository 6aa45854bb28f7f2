"""A visitor's hands and eyes on the widget, and what axe says of it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Locator, Page, ViewportSize, expect

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
LANDSCAPE: ViewportSize = {"width": 844, "height": 390}


def start(page: Page) -> None:
    """Open the chat and agree."""
    page.get_by_role("button", name="Open chat").click()
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()


def field(page: Page) -> Locator:
    return page.get_by_label("Your message")


def say(page: Page, text: str) -> None:
    """Type and send."""
    field(page).fill(text)
    field(page).press("Enter")


def bubbles(page: Page, side: str) -> Locator:
    """What the bot or the visitor said, as shown."""
    return page.locator(f"lead-chat .row.{side} p")


def finish(page: Page) -> None:
    """Answer everything from the first question to the goodbye."""
    page.get_by_role("button", name="Clinic group").click()
    page.get_by_role("button", name="Fewer no-shows").click()
    expect(page.get_by_text("Roughly how big")).to_be_visible()
    for text, next_words in (
        ("9 sites", "When would you"),
        ("by April", "Where can our team"),
        ("cy@clinic.example", "All done"),
    ):
        say(page, text)
        expect(page.get_by_text(next_words)).to_be_visible()


def choose_from_menu(page: Page, name: str) -> Locator:
    """Open the menu and one of its entries; return the sheet that it shows."""
    page.get_by_role("button", name="More").click()
    page.get_by_role("dialog", name="More").get_by_role("button", name=name).click()
    sheet = page.get_by_role("dialog", name=name)
    expect(sheet).to_be_visible()
    return sheet


def open_recap(page: Page) -> Locator:
    """Press the button in the header; return the sheet."""
    page.locator("lead-chat header").get_by_role("button", name="What you told me").click()
    sheet = page.get_by_role("dialog", name="What you told me")
    expect(sheet.get_by_role("listitem").or_(sheet.get_by_text("Nothing yet.")).first).to_be_visible()
    return sheet


def heard(page: Page, name: str) -> list[Any]:
    """The details of the events of one name that the page heard."""
    return [event["detail"] for event in page.evaluate("window.heard") if event["name"] == name]


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[node['html'] for node in v['nodes']]}" for v in found if v["impact"] in ("serious", "critical")
    ]
