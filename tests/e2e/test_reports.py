"""The reports in Chromium with demo data: axe on every page, nothing wider than the screen, by keyboard from one report to the next."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from leads.demo_data.make import make
from store.demo_rows import put_in
from store.question_counts import count_questions
from tests.e2e.test_sales_desk import desk, enter
from tests.e2e.widget_visitor import serious
from web.console_reports import REPORTS
from wiring.build import Application

__all__ = ["desk"]
pytestmark = pytest.mark.browser


def fill(application: Application) -> None:
    now = application.now()
    for records, _ in make(application.script, {}, leads=250, seed=5, now=now):
        put_in(application.engine, records)
    count_questions(application.engine, quiet_before=now - timedelta(minutes=30), now=now)


def test_a_manager_reads_every_report_at_each_size_and_axe_finds_nothing(browser: Browser, desk: tuple[Application, str]) -> None:
    application, address = desk
    fill(application)
    for size in ((1280, 800), (820, 1180), (390, 844)):
        context, page = enter(browser, address, "mo@meridian.example", size)
        page.get_by_role("link", name="Reports").click()
        for words in REPORTS.values():
            page.get_by_role("navigation", name="Reports").get_by_role("link", name=words).click()
            expect(page.get_by_role("navigation", name="Reports").get_by_role("link", name=words)).to_have_attribute("aria-current", "page")
            expect(page.get_by_role("img").first).to_be_visible()
            assert serious(page) == [], (words, size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (words, size)
        context.close()


def test_days_are_chosen_by_the_keyboard_and_a_mistake_is_said(browser: Browser, desk: tuple[Application, str]) -> None:
    application, address = desk
    fill(application)
    context, page = enter(browser, address, "mo@meridian.example")
    page.goto("/console/reports/rejections")
    page.get_by_role("link", name="Last 30 days").press("Enter")
    expect(page.get_by_role("link", name="Last 30 days")).to_have_attribute("aria-current", "true")
    page.goto("/console/reports/rejections?from=2026-11-20&to=2026-11-01")
    expect(page.get_by_role("alert")).to_contain_text("Please swap them.")
    assert serious(page) == []
    page.get_by_label("From").fill("2026-10-01")
    page.get_by_label("To").fill("2026-11-20")
    page.get_by_label("To").press("Enter")
    expect(page.get_by_text("1 October 2026 to 20 November 2026")).to_be_visible()
    with page.expect_download() as waiting:
        page.locator("#reasons").get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "rejections-reasons_2026-10-01_2026-11-20.csv"
    context.close()
