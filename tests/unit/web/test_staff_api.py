"""The staff API: who is let in, and that leads, scores and readings come out as the contract says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from leads import access
from leads.decisions import REJECTION_REASONS
from scoring.facts import SIGNALS
from tests.unit.web.conftest import DEMO, SERIOUS, Office
from tests.unit.web.fake_engine import parse
from tests.unit.web.test_chat_api import problem

HOT: dict[str, Any] = {
    "org_type": "clinic_group", "org_size": {"sites": 9}, "use_case": "patient_intake", "buying_role": "budget_holder",
    "budget_status": "approved", "timeline": "this_quarter", "handles_phi": "yes", "security_needs": ["baa"], "stakeholders": ["it"],
}
ROUTES_OF_STAFF = [
    ("POST", "/api/interpret"), ("POST", "/api/score"), ("GET", "/api/leads"), ("GET", "/api/leads/x"), ("POST", "/api/leads"),
    ("POST", "/api/signals"), ("POST", "/api/leads/x/accept"), ("POST", "/api/leads/x/reject"), ("POST", "/api/leads/x/outcome"),
    ("POST", "/api/leads/x/facts"), ("POST", "/api/leads/x/qualify"), ("POST", "/api/leads/x/nurture"), ("POST", "/api/leads/x/snooze"),
    ("POST", "/api/leads/x/reassign"), ("GET", "/api/leads/x/packet"),
    ("POST", "/api/leads/x/merge"), ("POST", "/api/merges/x/undo"),
]
EMAIL = "dana@meridian.example"


def add(office: Office, **changes: Any) -> dict[str, Any]:
    body = {"source": "form", "contact": {"name": "Ana Ruiz", "email": "ana@cedar.example"}, "facts": HOT, **changes}
    answer = office.client.post("/api/leads", json=body, headers=office.staff)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def post(office: Office, path: str, body: Any = None) -> Any:
    return office.client.post(path, json=body, headers=office.staff)


# -- who is let in -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), ROUTES_OF_STAFF)
@pytest.mark.parametrize("mode", [DEMO, SERIOUS], ids=["demo", "serious"])
def test_without_a_key_nobody_is_let_in_the_demo_included(make_office: Callable[..., Office], mode: dict[str, str], method: str, path: str) -> None:
    office = make_office(mode)
    for headers in ({}, {"Authorization": "Bearer lt_guessed"}, {"Authorization": "Basic abc"}, {"Cookie": "leadtriage_session=guessed"}):
        answer = office.client.request(method, path, headers=headers, json={})
        assert "API key" in problem(answer, 401)


def test_every_route_of_the_staff_api_is_guarded(office: Office) -> None:
    paths = office.client.get("/api/openapi.json").json()["paths"]
    guarded = {(method.upper(), path.replace("{lead_id}", "x").replace("{merge_id}", "x")) for path in paths for method in paths[path] if not path.startswith("/api/chat")}
    assert guarded - {("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")} == set(ROUTES_OF_STAFF)


def test_a_session_of_our_own_pages_may_change_things_and_one_of_another_site_may_not(office: Office) -> None:
    lead = add(office)
    cookie = {"Cookie": f"leadtriage_session={office.session(EMAIL, role='sales')}"}
    for site in ("cross-site", "same-site"):
        answer = office.client.post(f"/api/leads/{lead['id']}/accept", headers=cookie | {"Sec-Fetch-Site": site})
        assert "other sites" in problem(answer, 403)
    assert office.client.get(f"/api/leads/{lead['id']}", headers=cookie | {"Sec-Fetch-Site": "cross-site"}).json()["stage"]["name"] == "mql"
    answer = office.client.post(f"/api/leads/{lead['id']}/accept", headers=cookie | {"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200 and answer.json()["route"]["owner"] == EMAIL
    office.clock[0] += access.SESSION_LENGTH + timedelta(seconds=1)
    problem(office.client.get("/api/leads", headers=cookie), 401)


# -- scoring and reading ---------------------------------------------------------------------------------------------------------


def test_a_score_adds_up_says_why_and_stores_nothing(office: Office) -> None:
    before = office.everything_stored()
    answer = post(office, "/api/score", {"facts": HOT, "signals": [{"kind": "pricing_request", "at": "2026-11-20"}], "on": "2026-11-24"})
    body = answer.json()
    assert answer.status_code == 200
    assert {"scores", "flags", "stage", "route", "missing", "next_question", "playbook"} <= set(body)
    for score in body["scores"].values():
        assert score["points"] == sum(part["points"] for part in score["contributions"]) and 0 <= score["points"] <= 100
        assert score["band"] in ("low", "medium", "high")
    assert body["stage"] == "mql" and body["route"]["name"] == "direct_sales" and body["route"]["why"]
    assert body["next_question"] in body["missing"]
    assert office.everything_stored() == before


def test_a_signal_counts_less_the_older_it_is(office: Office) -> None:
    points = []
    for at in ("2026-11-24T08:00:00Z", "2026-09-01"):
        body = post(office, "/api/score", {"facts": {}, "signals": [{"kind": "pricing_page", "at": at}], "on": "2026-11-24"}).json()
        points.append(body["scores"]["intent"]["points"])
    assert points[0] > points[1]


def test_every_mistake_of_the_facts_is_told_in_one_answer(office: Office) -> None:
    sentence = problem(post(office, "/api/score", {"facts": {"org_type": "hospitl", "colour": "red", "org_size": {"sites": 0}}}), 422)
    assert "Did you mean 'hospital'?" in sentence and "colour" in sentence and "org_size" in sentence


def test_a_signal_of_an_unknown_kind_is_refused(office: Office) -> None:
    answer = post(office, "/api/score", {"facts": {}, "signals": [{"kind": "webinars", "at": "2026-11-20"}]})
    assert "Did you mean 'webinar'?" in problem(answer, 422)


def test_texts_are_read_and_nothing_is_stored(office: Office) -> None:
    office.engine.means["two dental offices"] = parse(org_type="specialty_group", org_size={"sites": 2})
    before = office.everything_stored()
    items = [{"id": "a", "text": "two dental offices"}, {"id": "b", "text": "mail me: dana@cedar.example", "asked": "email"}]
    answer = post(office, "/api/interpret", {"reference_date": "2026-06-02", "items": items})
    first, second = answer.json()["items"]
    assert first == {
        "id": "a", "act": "answer", "confidence": 0.95, "facts": {"org_type": "specialty_group", "org_size": {"sites": 2}}, "doubtful": {},
        "contact": {}, "redacted": "two dental offices",
    }
    assert second["contact"] == {"email": "dana@cedar.example"} and "dana@" not in second["redacted"]
    assert [item["metadata"]["today"] for item in office.engine.asked_to_read] == ["2026-06-02"] * 2
    assert "dana@" not in repr(office.engine.asked_to_read) and office.everything_stored() == before


def test_reading_while_the_engine_is_away_says_when_to_come_back(office: Office) -> None:
    office.engine.away = True
    answer = post(office, "/api/interpret", {"items": [{"id": "a", "text": "hi"}]})
    assert "few seconds" in problem(answer, 503) and "Retry-After" in answer.headers
    assert post(office, "/api/interpret", {"items": []}).json() == {"items": []}


# -- leads -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["form", "demo_request", "event", "referral", "email", "import"])
def test_a_lead_comes_in_from_every_source(office: Office, source: str) -> None:
    lead = add(office, source=source)
    assert lead["source"] == source and lead["route"]["name"] == "direct_sales" and lead["status"] == "handed_off"
    assert office.client.get(f"/api/leads/{lead['id']}", headers=office.staff).json() == lead


def test_the_text_of_a_lead_is_redacted_and_read(office: Office) -> None:
    office.engine.means["we are a hospital of [number]"] = parse()
    text = "our patient John Whitcomb, SSN 219-09-9999, waits too long for a referral"
    lead = add(office, source="email", facts={}, text=text)
    assert "219-09-9999" not in office.everything_stored() and "Whitcomb" not in office.everything_stored()
    assert "referral" in lead["note"] and "219-09-9999" not in repr(office.engine.asked_to_read)


def test_facts_in_the_text_of_a_lead_are_taken_and_given_ones_win(office: Office) -> None:
    office.engine.means["a big hospital, need it now"] = parse(org_type="hospital", timeline="now")
    lead = add(office, source="email", facts={"org_type": "health_system"}, text="a big hospital, need it now")
    assert {fact: stored["value"] for fact, stored in lead["facts"].items()} == {"org_type": "health_system", "timeline": "now"}


@pytest.mark.parametrize("body", [
    {"source": "carrier pigeon", "contact": {}}, {"source": "form"}, {"source": "form", "contact": {}, "facts": {"org_type": "circus"}},
    {"source": "form", "contact": {}, "colour": "red"}, {"source": "form", "contact": {}, "signals": [{"kind": "dance", "at": "2026-11-01"}]},
])  # fmt: skip
def test_a_lead_that_cannot_be_is_refused_and_not_stored(office: Office, body: dict[str, Any]) -> None:
    problem(post(office, "/api/leads", body), 422)
    assert office.client.get("/api/leads", headers=office.staff).json()["items"] == []


def test_leads_are_listed_newest_first_page_by_page(office: Office) -> None:
    added = []
    for number in range(5):
        office.clock[0] += timedelta(minutes=1)
        added.append(add(office, contact={"name": f"Lead {number}"})["id"])
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = office.client.get("/api/leads", params={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=office.staff).json()
        seen += [lead["id"] for lead in page["items"]]
        cursor = page["next"]
    assert seen == added[::-1] and cursor is None


def test_leads_are_found_by_stage_route_owner_and_words(office: Office) -> None:
    hot, cold = add(office), add(office, facts={"org_type": "other"}, contact={"name": "Bo 100%_Legal", "company": "Lex"})
    post(office, f"/api/leads/{hot['id']}/accept")

    def find(**how: str) -> list[str]:
        return [lead["id"] for lead in office.client.get("/api/leads", params=how, headers=office.staff).json()["items"]]

    assert find(stage="sql") == [hot["id"]] and find(owner="tests") == [hot["id"]] and find(route="disqualified") == [cold["id"]]
    assert find(q="ana@CEDAR") == [hot["id"]] and find(q="lex") == [cold["id"]] and find(q="100%_") == [cold["id"]]
    assert find(q="%") == [cold["id"]] and find(q="nobody") == [] and find(conversation="nothing") == []


def test_a_cursor_of_a_lead_that_is_gone_is_refused(office: Office) -> None:
    add(office)
    assert "newest leads" in problem(office.client.get("/api/leads?cursor=gone", headers=office.staff), 422)


@pytest.mark.parametrize("limit", [0, 201, "many"])
def test_a_page_is_of_sensible_size(office: Office, limit: Any) -> None:
    problem(office.client.get("/api/leads", params={"limit": limit}, headers=office.staff), 422)


# -- what people do with leads -----------------------------------------------------------------------------------------------------


def test_a_lead_goes_from_accepted_to_won(office: Office) -> None:
    path = f"/api/leads/{add(office)['id']}"
    assert post(office, f"{path}/accept").json()["stage"]["name"] == "sql"
    assert post(office, f"{path}/outcome", {"outcome": "opportunity"}).json()["stage"]["name"] == "opportunity"
    won = post(office, f"{path}/outcome", {"outcome": "won", "reason": "quick start", "amount": 41000, "at": "2026-12-03T12:00:00Z"}).json()
    assert won["stage"]["name"] == "won" and won["stage"]["since"] == "2026-12-03T12:00:00+00:00"
    assert "$41,000" in won["note"] and "quick start" in won["note"]
    assert [move["by"] for move in won["stage"]["history"]][-2:] == ["tests", "tests"]


@pytest.mark.parametrize("reason", REJECTION_REASONS)
def test_a_lead_is_rejected_with_each_reason(office: Office, reason: str) -> None:
    lead = post(office, f"/api/leads/{add(office)['id']}/reject", {"reason": reason, "note": "a few words"}).json()
    assert lead["stage"]["name"] == ("disqualified" if reason == "poor_segment" else "nurture")
    assert lead["route"]["respond_by"] is None and lead["note"] == "a few words"


def test_a_rejection_without_a_usable_reason_is_refused(office: Office) -> None:
    path = f"/api/leads/{add(office)['id']}/reject"
    for body in ({}, {"reason": "bored"}, {"reason": "other"}, {"reason": "other", "note": " "}):
        problem(post(office, path, body), 422)


def test_a_move_the_playbook_does_not_know_is_a_conflict(office: Office) -> None:
    path = f"/api/leads/{add(office)['id']}"
    assert "cannot be moved" in problem(post(office, f"{path}/outcome", {"outcome": "won"}), 409)
    post(office, f"{path}/accept")
    assert "accept" in problem(post(office, f"{path}/accept"), 409)


def test_a_rep_corrects_facts_and_takes_one_out(office: Office) -> None:
    lead = add(office)
    corrected = post(office, f"/api/leads/{lead['id']}/facts", {"org_size": {"sites": 2}, "handles_phi": None}).json()
    assert corrected["facts"]["org_size"]["value"] == {"sites": 2, } and "handles_phi" not in corrected["facts"]
    assert [old["value"] for old in corrected["facts"]["org_size"]["history"]] == [{"sites": 9}]
    assert corrected["scores"]["fit"]["points"] < lead["scores"]["fit"]["points"]
    sentence = problem(post(office, f"/api/leads/{lead['id']}/facts", {"timeline": "soonish"}), 422)
    assert "timeline" in sentence


@pytest.mark.parametrize(("path", "body"), [
    ("accept", None), ("reject", {"reason": "no_project"}), ("outcome", {"outcome": "won"}), ("facts", {}),
])  # fmt: skip
def test_a_lead_that_is_not_there_is_said_to_be_missing(office: Office, path: str, body: Any) -> None:
    assert "no lead" in problem(post(office, f"/api/leads/gone/{path}", body), 404)
    assert "no lead" in problem(office.client.get("/api/leads/gone", headers=office.staff), 404)


@pytest.mark.parametrize("kind", SIGNALS)
def test_every_kind_of_signal_is_kept_and_scored(office: Office, kind: str) -> None:
    lead = add(office, facts={"org_type": "payer"})
    answer = post(office, "/api/signals", {"kind": kind, "email": "ANA@cedar.example"})
    assert answer.status_code == 202 and answer.json() == {"lead_id": lead["id"]}
    scored = office.client.get(f"/api/leads/{lead['id']}", headers=office.staff).json()["scores"]["intent"]
    assert kind in [part["value"] for part in scored["contributions"]]


@pytest.mark.parametrize(("body", "status", "word"), [
    ({"kind": "webinar"}, 422, "whose signal"), ({"kind": "dance", "visitor": "v"}, 422, "kind"), ({"kind": "webinar", "lead_id": "gone"}, 404, "no lead"),
])  # fmt: skip
def test_a_signal_of_nobody_or_of_no_kind_is_refused(office: Office, body: dict[str, str], status: int, word: str) -> None:
    assert word in problem(post(office, "/api/signals", body), status)


def test_a_lead_of_a_webinar_comes_back_from_nurture_by_itself(office: Office) -> None:
    facts = {"org_type": "payer", "use_case": "member_engagement"}
    lead = add(office, source="event", facts=facts, signals=[{"kind": "webinar", "at": "2026-11-20"}])
    assert lead["route"]["name"] == "nurture" and lead["status"] == "completed"
    post(office, "/api/signals", {"kind": "meeting_request", "lead_id": lead["id"]})
    back = office.client.get(f"/api/leads/{lead['id']}", headers=office.staff).json()
    assert back["stage"]["name"] == "mql" and back["route"]["name"] != "nurture" and back["route"]["respond_by"]
    assert back["status"] == "handed_off"
