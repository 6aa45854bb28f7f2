"""The notices of the console: the bell, the list, reading them, and that nobody sees those of others."""

from datetime import timedelta

import pytest

from leads.intake import add_lead
from leads.records import Lead
from tests.unit.leads.chatting import HOT
from tests.unit.web.conftest import Office
from web.csrf import sign
from worker.clocks import run_clocks

MO = "mo@vendor.example"


@pytest.fixture
def lead(office: Office) -> Lead:
    """A lead that was escalated to the managers."""
    office.session(MO, role="manager", name="Mo")
    with office.application.unit() as unit:
        contact = {"name": "Ana <b>Ruiz</b>", "email": "ana@cedar.example", "company": "Cedar"}
        made = add_lead(
            unit, source="form", contact=contact, facts=HOT | {"buying_role": "evaluator"}, reading=None, signals=[],
            playbook=office.application.playbooks.choose(), now=office.clock[0],
        )  # fmt: skip
        unit.commit()
    for minutes in (105, 150):
        run_clocks(office.application.unit, playbook_of=office.application.playbooks.of_lead, now=office.clock[0] + timedelta(minutes=minutes))
    return made


def enter(office: Office, email: str, role: str) -> str:
    """Sign somebody in and return the token of their forms."""
    session = office.session(email, role=role)
    office.client.cookies.set("leadtriage_session", session)
    return sign(session)


def manager(office: Office) -> str:
    """Sign the manager in again, who has notices already."""
    with office.application.unit() as unit:
        user = unit.staff.user_by_email(MO)
        assert user is not None
        user.email = "was-" + MO
        unit.commit()
    return enter(office, MO, "manager")


def test_the_bell_counts_what_is_unread_on_every_page_and_tells_the_open_inbox(office: Office, lead: Lead) -> None:
    manager(office)
    for address in ("/console", "/console/notices", "/console/account"):
        assert 'aria-label="Notices, 1 unread"' in office.client.get(address).text, address
    rows = office.client.get("/console/rows")
    again = office.client.get("/console/rows", headers={"If-None-Match": rows.headers["ETag"]})
    assert (again.status_code, rows.headers["X-Unread"], again.headers["X-Unread"]) == (304, "1", "1")


def test_the_list_says_what_happened_and_leads_to_the_lead_which_is_never_markup(office: Office, lead: Lead) -> None:
    manager(office)
    page = office.client.get("/console/notices").text
    assert f'href="/console/leads/{lead.id}"' in page and "Nobody has answered a lead of Sales desk A" in page
    assert "Ana &lt;b&gt;Ruiz&lt;/b&gt;" in page and "<b>Ruiz" not in page


@pytest.mark.parametrize("one", [True, False])
def test_a_notice_is_read_by_its_button_or_with_all_others(office: Office, lead: Lead, one: bool) -> None:
    token = manager(office)
    with office.application.unit(read_only=True) as unit:
        (notice,) = unit.notices.of(MO, limit=5)
    answer = office.client.post("/console/notices/read", data={"token": token, "notice": notice.id if one else ""})
    assert answer.status_code == 200 and 'aria-label="Notices"' in answer.text and "Mark as read" not in answer.text


def test_looking_at_the_lead_reads_its_notices(office: Office, lead: Lead) -> None:
    manager(office)
    office.client.get(f"/console/leads/{lead.id}")
    assert 'aria-label="Notices"' in office.client.get("/console").text


def test_a_form_from_elsewhere_reads_nothing_and_nobody_reads_those_of_others(office: Office, lead: Lead) -> None:
    manager(office)
    assert office.client.post("/console/notices/read", data={"token": "a" * 64}).status_code == 403
    other = enter(office, "ray@vendor.example", "rep")
    assert "Nothing to tell you" in office.client.get("/console/notices").text
    with office.application.unit(read_only=True) as unit:
        (notice,) = unit.notices.of(MO, limit=5)
    office.client.post("/console/notices/read", data={"token": other, "notice": notice.id})
    office.client.post("/console/notices/read", data={"token": other})
    with office.application.unit(read_only=True) as unit:
        assert unit.notices.unread(MO) == 1


def test_the_inbox_shows_what_was_escalated_to_me_until_somebody_answers(office: Office, lead: Lead) -> None:
    manager(office)
    assert 'Escalated to me <span class="count late">1</span>' in office.client.get("/console").text
    assert f"row-{lead.id}" in office.client.get("/console?view=escalated").text
    office.client.post(f"/api/leads/{lead.id}/accept", headers=office.staff)
    assert "Nothing was escalated to you" in office.client.get("/console?view=escalated").text
    assert "Escalated to me" not in office.client.get("/console").text


def test_the_page_of_the_lead_tells_what_the_clocks_did(office: Office, lead: Lead) -> None:
    manager(office)
    page = office.client.get(f"/console/leads/{lead.id}").text
    assert "Reminded: desk-a@example.com, 15 min left, by 12:00 pm." in page and "Escalated: to sales-lead@example.com, 30 min overdue" in page
