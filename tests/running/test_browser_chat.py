"""The chat on the real landing page in Chromium, phone and desktop, through the four real processes."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.widget_visitor import choose_from_menu, field, open_recap
from tests.running.browser_visitor import Visitor, open_context
from tests.running.product import Product

PEOPLE = {
    "desktop": {"name": "Marguerite Sorel", "email": "marguerite@cedarhillclinics.example", "company": "Cedar Hill Clinics"},
    "phone": {"name": "Hector Amaya", "email": "hector@amayaortho.example", "company": "Amaya Orthopedics"},
}
OTHER = {"desktop": "phone", "phone": "desktop"}
BACK_MILLISECONDS = 90_000

pytestmark = [pytest.mark.running, pytest.mark.browser, pytest.mark.parametrize("size", ["desktop", "phone"])]


def test_a_visitor_talks_until_the_goodbye_with_a_question_and_a_reload_on_the_way(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size))
    page, person = visitor.page, PEOPLE[size]
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    visitor.assert_accessible()
    if size == "desktop":
        visitor.shoot("landing-desktop")
    visitor.start()
    visitor.assert_accessible()
    visitor.press("Clinic group" if size == "desktop" else "Specialty practice")
    visitor.type("Too many no-shows, and our front desk calls every patient by hand")
    asked = visitor.heard.last.text_content()
    visitor.type("how long does it take to go live?")
    expect(visitor.heard.nth(-2)).to_contain_text("weeks")
    expect(visitor.heard.last).to_have_text(str(asked))
    visitor.shoot(f"chat-{size}")
    visitor.assert_accessible()
    page.reload()
    expect(page.get_by_text("Too many no-shows")).to_be_visible()
    expect(visitor.heard.last).to_have_text(str(asked))
    visitor.answer(
        {"org_size": "9 sites and 40 providers", "stakeholders": "our CFO and IT", "phone": "no thanks", **person},
        {"timeline": "Within three months", "budget_status": "Approved", "handles_phi": "Yes", "buying_role": "I give final approval",
         "security_needs": "BAA", "department": "Operations", "integrations": "athenahealth", "current_solution": "Spreadsheets",
         "use_case": "Scheduling and reminders"},
    )
    expect(page.get_by_text("All done.")).to_be_visible()
    visitor.assert_accessible()
    sheet = open_recap(page)
    for told in (*person.values(), "Approved", "Scheduling and reminders"):
        expect(sheet).to_contain_text(told)
    visitor.assert_accessible()
    if size == "phone":
        visitor.shoot("chat-recap-phone")
    state = visitor.state()
    assert state["outcome"] == "handed_off"
    (lead,) = product.staff("GET", f"/api/leads?conversation={state['id']}")["items"]
    assert lead["status"] == "handed_off" and (lead["stage"]["name"], lead["route"]["name"]) == ("mql", "direct_sales")
    assert person.items() <= lead["contact"].items()
    assert lead["facts"]["use_case"]["value"] == "scheduling_reminders" and lead["facts"]["budget_status"]["value"] == "approved"
    visitor.leave()


def test_an_answer_is_corrected_in_words_and_in_the_recap(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size))
    page = visitor.page
    visitor.start()
    visitor.press("Clinic group")
    visitor.type("no-shows, and we have 9 clinics")
    visitor.type("actually it's 12 clinics")
    expect(visitor.heard.nth(-2)).to_contain_text("12 sites")
    open_recap(page).get_by_role("button", name="Change Organization type").click()
    expect(visitor.heard.last).to_contain_text("kind of organization")
    visitor.press("Health system")
    expect(page.get_by_text("Got it, I've changed that: health system")).to_be_visible()
    expect(open_recap(page)).to_contain_text("Health system")
    expect(page.get_by_role("dialog", name="What you told me")).to_contain_text("12 sites")
    (lead,) = product.staff("GET", f"/api/leads?conversation={visitor.state()['id']}")["items"]
    facts = {fact: stored["value"] for fact, stored in lead["facts"].items()}
    assert facts["org_type"] == "health_system" and facts["org_size"] == {"sites": 12}
    visitor.leave()


def test_what_a_visitor_will_not_say_is_skipped_and_stop_ends_the_chat(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size))
    page = visitor.page
    visitor.start()
    visitor.press("Hospital")
    visitor.press("Telehealth")
    refused = visitor.state()["asking"]
    visitor.type("I'd rather not say")
    state = visitor.state()
    assert state["asking"] not in (None, refused)
    (lead,) = product.staff("GET", f"/api/leads?conversation={state['id']}")["items"]
    assert lead["not_known"] == {refused: "refused"} and refused not in lead["facts"]
    visitor.type("stop")
    expect(page.get_by_text("This chat has ended.")).to_be_visible()
    expect(field(page)).to_be_hidden()
    visitor.assert_accessible()
    page.get_by_role("button", name="Start a new chat").click()
    expect(page.get_by_role("button", name="Clinic group")).to_be_visible()
    expect(visitor.said).to_have_count(0)
    visitor.leave()


def test_someone_in_danger_gets_the_numbers_at_once_and_nothing_is_kept(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size))
    page = visitor.page
    visitor.start()
    visitor.type("my chest hurts and I can't breathe")
    expect(visitor.heard.last).to_contain_text("911")
    expect(page.get_by_text("Nothing you wrote here was kept.")).to_be_visible()
    visitor.assert_accessible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)
    expect(visitor.heard.last).to_contain_text("911")  # also after the server was asked what it knows
    assert product.staff("GET", f"/api/leads?conversation={visitor.state()['id']}")["items"] == []
    page.reload()
    expect(page.get_by_text("Nothing you wrote here was kept.")).to_be_visible()
    expect(visitor.said).to_have_count(0)
    visitor.type("we run 9 clinics and want fewer no-shows")
    expect(page.get_by_text("Nothing you wrote here was kept.")).to_be_hidden()
    visitor.leave()


def test_what_is_typed_without_a_line_is_sent_once_when_it_is_back(product: Product, browser: Browser, size: str) -> None:
    context = open_context(browser, product, size)
    visitor = Visitor(context)
    page = visitor.page
    visitor.start()
    context.set_offline(True)
    field(page).fill("we run 9 clinics")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is lost")
    visitor.assert_accessible()
    if size == "phone":
        visitor.shoot("chat-offline-phone")
    context.set_offline(False)
    expect(page.get_by_role("button", name="Scheduling and reminders")).to_be_visible()
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    page.reload()
    expect(visitor.said).to_have_text(["we run 9 clinics"])
    visitor.troubles = [line for line in visitor.troubles if "net::ERR_" not in line]
    visitor.leave()


def test_two_tabs_show_one_conversation(product: Product, browser: Browser, size: str) -> None:
    context = open_context(browser, product, size)
    first = Visitor(context)
    first.start()
    first.press("Clinic group")
    second = Visitor(context)
    second.page.get_by_role("button", name="Open chat").click()
    second.press("Scheduling and reminders")
    for tab in (first, second):
        expect(tab.said).to_have_text(["Clinic group", "Scheduling and reminders"])
        expect(tab.heard).to_have_count(4)
    choose_from_menu(first.page, "Start over").get_by_role("button", name="Start over").click()
    expect(second.said).to_have_count(0)
    expect(second.page.get_by_role("button", name="Clinic group")).to_be_visible()
    second.type("stop")
    expect(first.page.get_by_text("This chat has ended.")).to_be_visible()
    assert first.state() == second.state()
    assert second.troubles == []
    first.leave()


def test_the_chat_goes_on_on_another_device_by_its_link(product: Product, browser: Browser, size: str) -> None:
    first = Visitor(open_context(browser, product, size))
    first.start()
    first.press("Hospital")
    sheet = choose_from_menu(first.page, "Continue on another device")
    link = sheet.get_by_label("Link to this chat").input_value()
    first.assert_accessible()
    if size == "phone":
        first.shoot("chat-link-phone")
    first.page.keyboard.press("Escape")
    second = Visitor(open_context(browser, product, OTHER[size]), link)
    expect(second.said).to_have_text(["Hospital"])
    assert second.page.url == f"{product.url}/", "the token stays in the address"
    second.press("Referrals")
    first.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(first.said).to_have_text(["Hospital", "Referrals"])
    assert first.state() == second.state()
    first.leave()
    second.leave()
    late = Visitor(open_context(browser, product, size), link[:-3] + "xyz")
    expect(late.page.get_by_role("alert")).to_contain_text("This link has expired.")
    expect(late.page.get_by_role("button", name="Start chat")).to_be_visible()
    late.assert_accessible()
    late.page.context.close()


def test_a_message_typed_while_the_server_restarts_is_answered_once(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size))
    page = visitor.page
    visitor.start()
    os.kill(product.children()["web"], signal.SIGKILL)
    field(page).fill("we run 9 clinics")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not sent yet")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("We can't reach the chat right now. Nothing is lost")
    expect(page.get_by_role("button", name="Scheduling and reminders")).to_be_visible(timeout=BACK_MILLISECONDS)
    expect(page.get_by_role("alert")).to_be_empty()
    shown = visitor.heard.all_text_contents()
    page.reload()
    expect(visitor.said).to_have_text(["we run 9 clinics"])
    expect(visitor.heard).to_have_text(shown)
    visitor.troubles = [line for line in visitor.troubles if "net::ERR_" not in line]
    visitor.leave()


def test_without_scripts_the_link_leads_to_a_form_that_makes_a_lead(product: Product, browser: Browser, size: str) -> None:
    visitor = Visitor(open_context(browser, product, size, scripts=False))
    page, email = visitor.page, f"noscript.{size}@birchclinics.example"
    page.get_by_role("link", name="Write to us").click()
    page.get_by_label("What are you looking for?").fill("We run 9 clinics and want fewer no-shows")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    (lead,) = product.staff("GET", f"/api/leads?q={email}")["items"]
    assert lead["source"] == "form" and lead["facts"]["org_size"]["value"] == {"sites": 9}
    visitor.leave()
