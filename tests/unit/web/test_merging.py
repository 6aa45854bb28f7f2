"""Merging and undoing over HTTP: the staff API, the forms of the lead page, and the pages of accounts."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.unit.web.conftest import Office
from tests.unit.web.test_chat_api import problem
from tests.unit.web.test_console import add, as_role, token_of

ANA = {"name": "Ana Ruiz", "email": "ana@cedar.example", "company": "Cedar Clinics"}
COLD = {"org_type": "clinic_group", "budget_status": "none"}


@pytest.fixture
def client(office: Office) -> TestClient:
    return office.client


def pair(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return add(office, contact=ANA, facts=COLD), add(office, contact=ANA | {"email": "ANA@cedar.example", "phone": "555 0100"})


def post(office: Office, path: str, body: Any = None) -> Any:
    return office.client.post(path, json=body, headers=office.staff)


def look(office: Office, lead_id: str) -> Any:
    return office.client.get(f"/api/leads/{lead_id}", headers=office.staff).json()


def test_two_leads_are_merged_and_taken_apart_by_the_api(office: Office) -> None:
    kept, gone = pair(office)
    answer = post(office, f"/api/leads/{kept['id']}/merge", {"from": gone["id"], "version": 0, "from_version": 0})
    assert answer.status_code == 200, answer.text
    merged = answer.json()
    assert merged["leads"][0]["merged_from"] == [gone["id"]] and merged["merge"]["undo_until"].startswith("2026-12-24")
    assert look(office, gone["id"])["id"] == kept["id"]
    assert "merged into" in problem(post(office, f"/api/leads/{gone['id']}/accept"), 409)
    listed = office.client.get("/api/leads", headers=office.staff).json()["items"]
    assert [item["id"] for item in listed] == [kept["id"]] and listed[0]["contact"]["phone"] == "555 0100"
    undone = post(office, f"/api/merges/{merged['merge']['id']}/undo").json()
    assert [lead["id"] for lead in undone["leads"]] == [kept["id"], gone["id"]] and undone["stays"] == []
    assert look(office, kept["id"])["facts"] == kept["facts"] and look(office, gone["id"])["route"] == gone["route"]
    assert "has undone this merge already" in problem(post(office, f"/api/merges/{merged['merge']['id']}/undo"), 409)


def test_what_cannot_be_merged_is_refused_in_words(office: Office) -> None:
    kept, gone = pair(office)
    assert "another lead" in problem(post(office, f"/api/leads/{kept['id']}/merge", {"from": kept["id"]}), 422)
    assert "no lead" in problem(post(office, f"/api/leads/{kept['id']}/merge", {"from": "nobody"}), 404)
    assert "no merge" in problem(post(office, "/api/merges/nothing/undo"), 404)
    post(office, f"/api/leads/{gone['id']}/accept")
    assert "changed since you looked" in problem(post(office, f"/api/leads/{kept['id']}/merge", {"from": gone["id"], "from_version": 0}), 409)
    assert "further along" in problem(post(office, f"/api/leads/{kept['id']}/merge", {"from": gone["id"]}), 409)


def test_a_merge_by_the_page_leads_to_the_lead_that_stays_and_is_undone_there(office: Office, client: TestClient) -> None:
    kept, gone = pair(office)
    as_role(office, "sales")
    page = client.get(f"/console/leads/{kept['id']}").text
    assert "Same person as" in page and gone["id"] in page
    form = {"other": gone["id"], "version": "0", "other_version": "0", "stays": "other"}
    assert client.post(f"/console/leads/{kept['id']}/merge", data=form | {"token": "forged"}, follow_redirects=False).status_code == 403
    assert look(office, kept["id"])["id"] == kept["id"]
    answer = client.post(f"/console/leads/{kept['id']}/merge", data=form | {"token": token_of(page_of(client))}, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == f"/console/leads/{gone['id']}?done=merge"
    answer = client.get(f"/console/leads/{kept['id']}", follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == f"/console/leads/{gone['id']}?done=was_merged"
    page = client.get(answer.headers["location"]).text
    assert "exactly as they were before" in page
    merge_id = page.partition("/console/merges/")[2].partition("/")[0]
    assert client.post(f"/console/merges/{merge_id}/undo", data={"token": "forged"}, follow_redirects=False).status_code == 403
    answer = client.post(f"/console/merges/{merge_id}/undo", data={"token": token_of(page_of(client))}, follow_redirects=False)
    assert answer.headers["location"] == f"/console/leads/{gone['id']}?done=unmerge" and look(office, kept["id"])["id"] == kept["id"]


def page_of(client: TestClient) -> Any:
    return client.get("/console")


def test_a_rep_sees_that_it_is_the_same_person_and_may_not_merge(office: Office, client: TestClient) -> None:
    kept, gone = pair(office)
    as_role(office, "rep")
    page = client.get(f"/console/leads/{kept['id']}").text
    assert "Same person as" in page and "Merge the two" not in page
    answer = client.post(f"/console/leads/{kept['id']}/merge", data={"other": gone["id"], "token": token_of(page_of(client))}, follow_redirects=False)
    assert answer.status_code == 403 and look(office, gone["id"])["id"] == gone["id"]


def test_the_inbox_says_who_wrote_before_and_leads_to_the_account(office: Office, client: TestClient) -> None:
    kept, gone = pair(office)
    as_role(office, "ops")
    page = client.get("/console?view=all").text
    assert page.count("Same person as") == 2 and "/console/accounts/cedar.example" in page
    assert f'href="/console/leads/{kept["id"]}"' in page and f'href="/console/leads/{gone["id"]}"' in page


def test_an_account_shows_its_people_who_decides_and_where_they_disagree(office: Office, client: TestClient) -> None:
    add(office, contact=ANA, facts={"department": "operations", "buying_role": "budget_holder", "budget_status": "approved", "stakeholders": ["legal"]})
    add(office, contact={"name": "Tom Albrecht", "email": "tom@mail.cedar.example"}, facts={"department": "it", "budget_status": "none"})
    add(office, contact={"name": "Bob Gray", "email": "bob@gmail.com"})
    assert client.get("/console/accounts", follow_redirects=False).status_code == 303
    as_role(office, "ops")
    page = client.get("/console/accounts").text
    assert "cedar.example" in page and "Cedar Clinics" in page and "gmail.com</a>" not in page
    assert "No account has" in client.get("/console/accounts?q=nowhere").text and client.get("/console/accounts?after=nonsense").status_code == 200
    page = client.get("/console/accounts/mail.cedar.example").text
    assert "they disagree" in page and "Tom Albrecht" in page and "Bob Gray" not in page
    assert "1 of 5 known" in page and "2 of 9 known" in page and "named, nobody met" in page
    assert client.get("/console/accounts/gmail.com").status_code == 404
