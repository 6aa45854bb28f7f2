"""The guided call over HTTP, with an engine that is told what notes mean."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response

from leads import access
from tests.unit.web.conftest import Office
from tests.unit.web.fake_engine import parse
from wiring.passwords import Argon2

REP, PASSWORD = "rep@meridian.example", "correct horse battery"
TAB, OTHER = "tab-number-one", "tab-number-two"


class Caller:
    """A signed-in person with the call script open in a tab."""

    def __init__(self, office: Office, *, role: str = "rep", email: str = REP) -> None:
        self.office, self.client, self.key = office, office.client, 0
        with office.application.unit() as unit:
            access.add_user(unit, Argon2(), email=email, name="Rae", role=role, password=PASSWORD, now=office.application.now())
            unit.commit()
        self.client.cookies.clear()
        form = {"email": email, "password": PASSWORD, "token": self._token(self.client.get("/console/sign-in")), "next": "/console/call"}
        self.signed_in = self.client.post("/console/sign-in", data=form, follow_redirects=False)
        self.id = ""

    def _token(self, page: Response) -> str:
        found = re.search(r'(?:name="token" value|data-token)="([0-9a-f]{64})"', page.text)
        assert found, page.text
        return found[1]

    def start(self, **form: str) -> Response:
        """Begin a call from the start page."""
        token = self._token(self.client.get("/console/call"))
        answer: Response = self.client.post("/console/call", data={"token": token, **form}, follow_redirects=False)
        if answer.status_code == 303:
            self.id = answer.headers["location"].rpartition("/")[2]
            self.page = self.client.get(answer.headers["location"])
            self.token = self._token(self.page)
            self.step("take-over")
        return answer

    def post(self, name: str, body: dict[str, Any], *, token: str | None = None) -> Response:
        headers = {"X-Form-Token": self.token if token is None else token}
        answer: Response = self.client.post(f"/console/call/{self.id}/{name}", json=body, headers=headers)
        return answer

    def step(self, name: str, /, *, tab: str = TAB, **body: Any) -> dict[str, Any]:
        """One step that is taken; return the whole answer."""
        answer = self.post(name, {"tab": tab, **body})
        assert answer.status_code == 200, answer.text
        self.view = answer.json()["view"]
        return dict(answer.json())

    def note(self, text: str, *, asked: str | None = None, **more: Any) -> dict[str, Any]:
        self.key += 1
        return self.step("notes", text=text, asked=asked, key=f"note-number-{self.key}", **more)

    def read(self, text: str, asked: str | None = None) -> dict[str, Any]:
        answer = self.post("read", {"text": text, "asked": asked})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def facts(self) -> dict[str, Any]:
        return {fact["fact"]: fact["value"] for fact in self.view["facts"]}


@pytest.fixture
def rae(office: Office) -> Caller:
    caller = Caller(office)
    assert caller.start().status_code == 303
    return caller


def test_the_screen_comes_with_its_question_and_keeps_scripts_of_others_out(rae: Caller) -> None:
    view = json.loads(re.search(r'id="view">(.*?)</script>', rae.page.text, re.S)[1])  # type: ignore[index]
    assert view["question"]["name"] == "org_type" and view["question"]["say"].startswith("Before we go further")
    assert "script-src 'self'" in rae.page.headers["Content-Security-Policy"] and rae.page.headers["Cache-Control"] == "no-store"


def test_a_blank_call_makes_no_lead_until_something_is_kept(rae: Caller) -> None:
    assert rae.view["lead"] is None
    rae.step("answer", name="org_type", value="clinic_group")
    assert rae.view["lead"]["id"] and rae.facts() == {"org_type": "clinic_group"}


def test_a_note_is_read_live_without_being_stored(rae: Caller) -> None:
    rae.office.engine.means["7 derm clinics, wants it in Jan"] = parse(org_type="specialty_group", timeline="this_quarter")
    shown = rae.read("7 derm clinics, wants it in Jan", "org_type")["readings"]
    assert [(one["id"], one["sure"]) for one in shown] == [("fact:org_type", True), ("fact:timeline", True)]
    assert "derm clinics" not in rae.office.everything_stored()


NOTES = {
    "multi-site, no-shows, cfo signs, ~12 locs": parse(
        org_type="clinic_group", use_case="scheduling_reminders", stakeholders=["finance"], org_size={"sites": 12}
    ),
    "epic + salesforce, baa a must": parse(integrations=["epic", "salesforce"], security_needs=["baa"]),
    "maybe approved?": parse(confidence=0.5, budget_status="approved"),
    "nobody else": parse(stakeholders=[]),
    "doesn't know": parse("dont_know"),
}


@pytest.mark.parametrize("text", NOTES)
@pytest.mark.parametrize("asked", [None, "org_type", "budget_status", "stakeholders"])
def test_notes_fill_the_same_facts_as_interpret_gives(rae: Caller, text: str, asked: str | None) -> None:
    rae.office.engine.means.update(NOTES)
    body = {"items": [{"id": "1", "text": text, "asked": asked}]}
    (expected,) = rae.client.post("/api/interpret", json=body, headers=rae.office.staff).json()["items"]
    shown = rae.read(text, asked)["readings"]
    assert {one["name"]: one["value"] for one in shown if one["kind"] == "fact" and one["sure"]} == expected["facts"]
    rae.note(text, asked=asked)
    assert rae.facts() == expected["facts"]
    assert {one["name"]: one["value"] for one in rae.view["waiting"]} == {name: one["value"] for name, one in expected["doubtful"].items()}


def test_only_what_was_ticked_counts_and_doubts_wait(rae: Caller) -> None:
    rae.office.engine.means["note"] = parse(org_type="payer", timeline="now")
    rae.note("note", take=["fact:timeline"])
    assert rae.facts() == {"timeline": "now"} and rae.view["waiting"] == []
    rae.office.engine.means["maybe"] = parse(confidence=0.5, use_case="telehealth")
    rae.note("maybe", take=[])
    (waiting,) = rae.view["waiting"]
    rae.step("waiting", id=waiting["id"], accepted=True)
    assert rae.facts()["use_case"] == "telehealth" and rae.view["waiting"] == []


def test_a_corrected_reading_counts_as_the_rep_put_it(rae: Caller) -> None:
    rae.office.engine.means["a hosp"] = parse(org_type="hospital")
    rae.note("a hosp", take=["fact:org_type"], corrected={"fact:org_type": "health_system"})
    assert rae.facts() == {"org_type": "health_system"}


def test_the_same_note_sent_twice_is_one_note(rae: Caller) -> None:
    rae.office.engine.means["epic"] = parse(integrations=["epic"])
    for _ in range(2):
        rae.step("notes", text="epic", asked=None, key="one-and-the-same")
    stored = rae.client.get(f"/api/leads/{rae.view['lead']['id']}", headers=rae.office.staff).json()
    assert len(stored["facts"]["integrations"]["history"]) == 0


def test_a_note_is_kept_while_the_engine_is_away_and_read_with_the_next_one(rae: Caller) -> None:
    rae.office.engine.means["7 sites"] = parse(org_size={"sites": 7})
    rae.office.engine.away = True
    answer = rae.note("7 sites")
    assert answer["away"] and rae.view["call"]["unread"] == 1 and "7 sites" in rae.office.everything_stored()
    rae.office.engine.away = False
    rae.note("thanks")
    assert rae.view["call"]["unread"] == 0
    assert [(one["name"], one["value"]) for one in rae.view["waiting"]] == [("org_size", {"sites": 7})]


def test_what_identifies_a_patient_is_never_stored(rae: Caller) -> None:
    rae.note("told me about patient John Whitcomb MRN 5520913")
    assert "Whitcomb" not in rae.office.everything_stored() and "5520913" not in rae.office.everything_stored()
    rae.step("wrap-up", outcome="reached", next_step="Ask about patient John Whitcomb MRN 5520913")
    assert "5520913" not in rae.office.everything_stored()


def test_the_second_tab_is_told_and_may_take_over(rae: Caller) -> None:
    refused = rae.post("answer", {"tab": OTHER, "name": "org_type", "value": "payer"})
    assert refused.status_code == 409 and "another tab" in refused.json()["detail"]
    rae.step("take-over", tab=OTHER)
    rae.step("answer", tab=OTHER, name="org_type", value="payer")
    assert rae.post("answer", {"tab": TAB, "name": "org_type", "value": "payer"}).status_code == 409


def test_a_reload_shows_everything_that_was_accepted(rae: Caller) -> None:
    rae.step("answer", name="org_type", value="hospital")
    page = rae.client.get(f"/console/call/{rae.id}")
    assert '"value": "hospital"' in page.text and "So far" not in page.text


@pytest.mark.parametrize(
    ("step", "body", "words"),
    [
        ("answer", {"name": "org_type", "value": "clinc"}, "org_type: expected one of"),
        ("answer", {"name": "budget", "value": 1}, "expected the name of a fact"),
        ("answer", {"name": "email", "value": "ana at clinic"}, "email: expected an address"),
        ("leave", {"how": "later"}, "how: expected one of skip, dont_know, refused"),
        ("pick", {"name": "wether"}, "has a question"),
        ("confirm", {"name": "region"}, "expected a fact that is known"),
        ("contact", {"fields": {"fax": "1"}}, "contact: expected one of"),
        ("wrap-up", {"outcome": "gone"}, "outcome: expected one of"),
        ("wrap-up", {"outcome": "reached", "follow_up_on": "2026-11-23"}, "is over"),
        ("wrap-up", {"outcome": "reached", "hand_off": True}, "nothing to hand over"),
        ("notes", {"text": "  ", "key": "12345678"}, "This note is empty"),
    ],
)
def test_bad_input_is_refused_in_a_sentence_and_nothing_is_kept(rae: Caller, step: str, body: dict[str, Any], words: str) -> None:
    answer = rae.post(step, {"tab": TAB, **body})
    assert answer.status_code == 422 and words in answer.json()["detail"]
    assert rae.client.get("/api/leads", headers=rae.office.staff).json()["items"] == []


def test_without_the_form_token_nothing_is_taken(rae: Caller) -> None:
    assert rae.post("answer", {"tab": TAB, "name": "org_type", "value": "payer"}, token="0" * 64).status_code == 403
    assert rae.client.post("/console/call", data={"token": "0" * 64}, follow_redirects=False).status_code == 403


def test_signed_out_a_step_says_so_and_the_page_leads_to_the_sign_in(rae: Caller) -> None:
    rae.client.cookies.clear()
    assert rae.post("leave", {"tab": TAB, "how": "skip"}).status_code == 401
    assert "sign-in" in rae.client.get(f"/console/call/{rae.id}", follow_redirects=False).headers["location"]


def test_a_call_belongs_to_its_rep(rae: Caller) -> None:
    ben = Caller(rae.office, email="ben@meridian.example")
    ben.id, ben.token = rae.id, ben._token(ben.client.get("/console/call"))
    assert ben.post("leave", {"tab": TAB, "how": "skip"}).status_code == 404
    assert ben.client.get(f"/console/call/{rae.id}").status_code == 404


def test_ops_lead_no_calls(office: Office) -> None:
    ops = Caller(office, role="ops", email="ops@meridian.example")
    assert ops.start().status_code == 403 and ops.id == ""


@pytest.mark.parametrize("role", ["rep", "sales", "manager", "admin"])
def test_these_roles_lead_calls(office: Office, role: str) -> None:
    assert Caller(office, role=role, email=f"{role}@meridian.example").start().status_code == 303


def test_a_call_with_a_lead_shows_what_the_chat_learned_and_goes_on_after_a_restart(office: Office) -> None:
    talk = office.open()
    office.engine.means["we are a hospital"] = parse(org_type="hospital")
    talk.say("we are a hospital")
    lead = talk.lead()["id"]
    rae = Caller(office)
    rae.start(lead=lead)
    (fact,) = rae.view["facts"]
    assert (fact["value"], fact["channel"], fact["confirmed"]) == ("hospital", "website", False)
    first = rae.id
    rae.start(lead=lead)
    assert rae.id == first


def test_sales_reads_the_notes_of_a_call_after_the_chat(office: Office) -> None:
    talk = office.open()
    talk.say("we look for reminders")
    lead = talk.lead()["id"]
    rae = Caller(office)
    rae.start(lead=lead)
    rae.note("wants a call back in May")
    transcript = rae.client.get(f"/api/leads/{lead}", headers=office.staff).json()["transcript"]
    assert [(line["from"], line["text"]) for line in transcript if line["from"] != "bot"] == [
        ("visitor", "we look for reminders"), ("rep", "wants a call back in May"),
    ]


def test_the_lead_page_and_the_bar_lead_to_the_call(office: Office) -> None:
    talk = office.open()
    talk.say("hello")
    rae = Caller(office)
    page = rae.client.get(f"/console/leads/{talk.lead()['id']}").text
    assert f'href="/console/call?lead={talk.lead()["id"]}"' in page and 'href="/console/call"' in page


def test_an_unknown_lead_is_said_in_words(office: Office) -> None:
    rae = Caller(office)
    assert rae.client.get("/console/call?lead=nobody").status_code == 404
    assert rae.start(lead="nobody").status_code == 404


def test_the_start_page_finds_leads_and_calls_that_go_on(rae: Caller) -> None:
    rae.step("contact", fields={"name": "Ana Ruiz", "company": "Cedar Hollow Clinics"})
    page = rae.client.get("/console/call?q=cedar").text
    assert f"/console/call?lead={rae.view['lead']['id']}" in page and "Go on with Ana Ruiz" in page


def test_the_conversation_of_a_call_takes_no_chat_messages(rae: Caller, make_office: Callable[..., Office]) -> None:
    answer = rae.client.post(f"/api/chat/conversations/{rae.id}/messages", json={"text": "hi"}, headers={"Authorization": "Bearer x"})
    assert answer.status_code in (401, 404)
