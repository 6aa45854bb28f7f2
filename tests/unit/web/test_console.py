"""The staff console: who may see it, what its pages show, what they refuse."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st

from leads import access, audit
from leads.rights import RIGHTS, ROLES
from tests.unit.web.conftest import Office
from tests.unit.web.test_staff_api import HOT, add
from tests.unit.web.test_stage_moves import look, put
from web.console import own_path
from wiring.passwords import Argon2

EMAIL, PASSWORD, NAME = "dana@meridian.example", "four slow herons", "Dana Ortiz"
PRIYA = {"name": "Priya Raman", "email": "priya@cactus.example", "company": "Cactus Valley Clinics"}


@pytest.fixture
def client(office: Office) -> TestClient:
    with office.application.unit() as unit:
        access.add_user(unit, Argon2(), email=EMAIL, name=NAME, role="sales", password=PASSWORD, now=office.clock[0])
        unit.commit()
    office.client.follow_redirects = False
    return office.client


def token_of(page: Response) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


def sign_in(client: TestClient, password: str = PASSWORD, wanted: str = "/console", email: str = EMAIL) -> Response:
    token = token_of(client.get("/console/sign-in"))
    answer: Response = client.post("/console/sign-in", data={"email": email, "password": password, "token": token, "next": wanted})
    return answer


def as_role(office: Office, role: str) -> None:
    """Go on as a new person with a role."""
    office.client.cookies.set("leadtriage_session", office.session(f"{role}@meridian.example", role=role, name=role.capitalize()))


def act(office: Office, lead: dict[str, Any], act: str, **form: str) -> Response:
    """Send one of the forms of the lead page as it was shown."""
    form = {"token": token_of(office.client.get("/console?view=all")), "version": str(lead["version"]), **form}
    answer: Response = office.client.post(f"/console/leads/{lead['id']}/{act}", data=form)
    return answer


@pytest.mark.parametrize("path", ["/console", "/console?stage=mql&q=ana", "/console/leads/lead-1"])
def test_without_a_session_every_page_leads_to_the_sign_in_and_back(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert (target.path, parse_qs(target.query)["next"]) == ("/console/sign-in", [path])
    assert sign_in(client, wanted=path).headers["location"] == path


@pytest.mark.parametrize("action", ["accept", "reject", "snooze", "reassign"])
def test_without_a_session_nothing_is_decided(office: Office, client: TestClient, action: str) -> None:
    lead = add(office)
    answer = client.post(f"/console/leads/{lead['id']}/{action}", data={"reason": "no_project", "to": EMAIL, "until": "2026-12-01", "note": "x"})
    assert answer.headers["location"].endswith(f"next=%2Fconsole%2Fleads%2F{lead['id']}")
    assert look(office, lead["id"]) == lead


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient, make_office: Callable[..., Office]) -> None:
    cookie = sign_in(client).headers.get_list("set-cookie")[0]
    assert cookie.startswith("leadtriage_session=") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" not in cookie
    safe = make_office(BASE_URL="https://leads.example")
    with safe.application.unit() as unit:
        access.add_user(unit, Argon2(), email=EMAIL, name=NAME, role="sales", password=PASSWORD, now=safe.clock[0])
        unit.commit()
    browser = TestClient(safe.client.app, base_url="https://leads.example", follow_redirects=False)
    assert "Secure" in sign_in(browser).headers.get_list("set-cookie")[0]


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: TestClient) -> None:
    answer = sign_in(client, password="guess")
    assert answer.status_code == 401
    assert "Please check both." in answer.text
    assert EMAIL in answer.text and "guess" not in answer.text
    assert "leadtriage_session" not in client.cookies


def test_too_many_tries_are_told_to_wait(make_office: Callable[..., Office]) -> None:
    office = make_office({"DEMO": "no"}, SIGN_INS_A_MINUTE="2")
    answers = [sign_in(office.client, email="who@else.example") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429] and "Please wait a minute" in answers[2].text


def test_a_sign_in_form_of_another_visitor_is_refused(client: TestClient) -> None:
    stolen = token_of(client.get("/console/sign-in"))
    other = TestClient(client.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    answer = other.post("/console/sign-in", data={"email": EMAIL, "password": PASSWORD, "token": stolen})
    assert answer.status_code == 403 and "leadtriage_session" not in other.cookies


def test_signing_out_ends_the_session_but_only_from_our_own_form(client: TestClient) -> None:
    sign_in(client)
    client.post("/console/sign-out", data={"token": "0" * 64})
    assert client.get("/console").status_code == 200
    session = client.cookies["leadtriage_session"]
    client.post("/console/sign-out", data={"token": token_of(client.get("/console"))})
    client.cookies.set("leadtriage_session", session)
    assert client.get("/console").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/console\\@evil.example", "/consolex", "/console/\r\nX: y", "javascript:1"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(client: TestClient, target: str) -> None:
    assert sign_in(client, wanted=target).headers["location"] == "/console"


@given(st.text(max_size=60))
def test_whatever_is_asked_for_the_way_on_is_a_path_of_the_console(target: str) -> None:
    for wanted in (target, "/console/" + target, "/console?" + target):
        way = own_path(wanted)
        parts = urlsplit(way)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert parts.path == "/console" or parts.path.startswith("/console/")


# -- rights ---------------------------------------------------------------------------------------------------------------------

ACTS = {
    "accept": ("decide", {}), "reject": ("decide", {"reason": "no_project"}), "nurture": ("decide", {}), "outcome": ("tell_outcome", {"outcome": "opportunity"}),
    "snooze": ("snooze", {"until": "2026-12-01", "note": "asked to"}), "wake": ("snooze", {}), "reassign": ("reassign", {"to": "accounts-b@example.com"}),
}  # fmt: skip
BUTTONS = {"decide": "Reject this lead", "tell_outcome": "Keep the outcome", "snooze": "Put off until a day", "reassign": "Give to somebody else"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_the_buttons_of_its_rights_and_no_other_form_is_taken(office: Office, role: str) -> None:
    office.client.follow_redirects = False
    lead = add(office)
    as_role(office, role)
    for stage in ("mql", "sql"):
        put(office, lead["id"], stage=stage)
        shown = office.client.get(f"/console/leads/{lead['id']}").text
        for action, button in BUTTONS.items():
            assert (button in shown) == (role in RIGHTS[action][1] and (stage, action) != ("mql", "tell_outcome")), (stage, button)
    for name, (action, form) in ACTS.items():
        put(office, lead["id"], stage="sql" if name == "outcome" else "mql", owner="desk-a@example.com", snoozed_until=None)
        answer = act(office, look(office, lead["id"]), name, **form)
        if role in RIGHTS[action][1]:
            assert answer.status_code == 303 and answer.headers["location"].endswith(f"done={name}"), (name, answer.text)
        else:
            assert answer.status_code == 403 and f"Your role is {role}." in answer.text, name
            assert look(office, lead["id"])["route"]["owner"] == "desk-a@example.com"


# -- the inbox --------------------------------------------------------------------------------------------------------------------


def test_the_inbox_shows_who_how_long_and_how_strong(office: Office, client: TestClient) -> None:
    add(office, contact=PRIYA)
    sign_in(client)
    page = client.get("/console?view=team")
    for words in ("Priya Raman", "Cactus Valley Clinics", "left</span>", "Fit</span>", "MQL", "Direct sales"):
        assert words in page.text, words
    assert page.headers["Cache-Control"] == "no-store" and "Hand on" not in page.text


def test_who_works_on_leads_begins_with_their_own_and_who_leads_a_team_with_the_teams(office: Office, client: TestClient) -> None:
    add(office, contact=PRIYA)
    sign_in(client)
    page = client.get("/console").text
    assert "Priya Raman" not in page and "Nothing waits for you." in page
    as_role(office, "manager")
    assert "Priya Raman" in client.get("/console").text


def test_what_the_address_says_wrongly_counts_as_not_said(office: Office, client: TestClient) -> None:
    add(office, contact=PRIYA)
    as_role(office, "manager")
    for query in ("stage=hot&route=nowhere&band=huge&view=none", "page=0", "page=-3", "page=many", "page=99999999999"):
        assert "Priya Raman" in client.get(f"/console?{query}").text, query


def test_the_rows_of_an_open_page_are_sent_again_only_when_they_changed(office: Office, client: TestClient) -> None:
    lead = add(office, contact=PRIYA)
    sign_in(client)
    first = client.get("/console/rows?view=team")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert "Priya Raman" in first.text and "<html" not in first.text
    same = client.get("/console/rows?view=team", headers=tag)
    assert (same.status_code, same.content) == (304, b"")
    act(office, lead, "accept")
    later = client.get("/console/rows?view=team", headers=tag)
    assert later.status_code == 200 and NAME in later.text
    client.cookies.clear()
    assert client.get("/console/rows").status_code == 303


def test_a_manager_gives_several_leads_to_somebody_and_hears_which_stayed(office: Office, client: TestClient) -> None:
    first, second, third = add(office), add(office), add(office)
    as_role(office, "manager")
    put(office, third["id"], stage="won")
    put(office, second["id"], version=7)
    ticked = [f"{lead['id']}:{lead['version']}" for lead in (first, second, third)]
    form = {"token": token_of(client.get("/console")), "lead": ticked, "to": "accounts-b@example.com", "back": "view=team&stage=mql"}
    answer = client.post("/console/reassign", data=form)
    assert answer.headers["location"] == "/console?view=team&stage=mql&given=1&left=2"
    assert "1 lead handed on. 2 stayed as they were" in client.get(answer.headers["location"]).text
    assert [look(office, lead["id"])["route"]["owner"] == "accounts-b@example.com" for lead in (first, second, third)] == [True, False, False]
    assert "tick at least one lead" in client.post("/console/reassign", data={"token": form["token"], "to": EMAIL}).text
    assert client.post("/console/reassign", data=form | {"token": "f" * 64}).status_code == 403
    as_role(office, "sales")
    assert "role manager or admin" in client.post("/console/reassign", data=form).text


# -- the lead page ----------------------------------------------------------------------------------------------------------------


def test_a_lead_shows_each_point_with_its_reason_its_rule_and_its_source(office: Office, client: TestClient) -> None:
    lead = add(office, contact=PRIYA, facts={**HOT, "budget_amount": {"min": 60000, "max": 90000}}, signals=[{"kind": "pricing_page", "at": "2026-11-23"}])
    sign_in(client)
    page = client.get(f"/console/leads/{lead['id']}").text
    for score in lead["scores"].values():
        for part in score["contributions"]:
            assert part["rule"] in page and part["source"] in page and f"{part['points']:+d}" in page
    for words in ("Organization type is multi-site clinic group.", "Why Direct sales", "Why not another route", "$60,000–90,000 a year", "Signal: pricing page.",
                  "Came in by form.", "Learned by form", "Moved to mql"):  # fmt: skip
        assert words in page, words


def test_everything_that_happened_is_told_with_who_and_why_the_newest_first(office: Office, client: TestClient) -> None:
    lead = add(office, contact=PRIYA)
    sign_in(client)
    assert act(office, lead, "snooze", until="2026-12-01", note="back from leave then").status_code == 303
    office.clock[0] = office.clock[0].replace(hour=17)
    office.client.post(f"/api/leads/{lead['id']}/facts", json={"org_size": {"sites": 12}}, headers=office.staff)
    page = client.get(f"/console/leads/{lead['id']}").text
    timeline = page[page.index("Everything that happened"):]
    parts = ["Corrected: org_size.", "Snoozed: until 2026-12-01.", "back from leave then", "Came in by form."]
    assert [timeline.index(part) for part in parts] == sorted(timeline.index(part) for part in parts)
    assert "Before: 9 sites" in page and NAME in timeline


def test_a_lead_that_said_nothing_has_a_page_too(office: Office, client: TestClient) -> None:
    talk = office.open()
    talk.choose("clinic_group")
    lead_id = talk.lead()["id"]
    put(office, lead_id, facts={}, assessment={}, contact={})
    sign_in(client)
    answer = client.get(f"/console/leads/{lead_id}")
    assert answer.status_code == 200
    assert "Not named yet" in answer.text and "not scored yet" in answer.text


def test_others_of_the_same_organisation_are_named_and_those_of_a_free_mail_domain_are_not(office: Office, client: TestClient) -> None:
    first, _ = add(office, contact=PRIYA), add(office, contact={"name": "Tom Albrecht", "email": "tom@CACTUS.example", "title": "CIO"})
    free, _ = add(office, contact={"name": "Ann", "email": "ann@gmail.com"}), add(office, contact={"name": "Bob Gray", "email": "bob@gmail.com"})
    sign_in(client)
    page = client.get(f"/console/leads/{first['id']}").text
    assert "Others at cactus.example" in page and "Tom Albrecht" in page and "CIO" in page
    assert "Bob Gray" not in client.get(f"/console/leads/{free['id']}").text


def test_what_a_prospect_said_is_never_markup(office: Office, client: TestClient) -> None:
    nasty = "<script>alert(1)</script>"
    lead = add(office, contact={"name": nasty, "email": f"{nasty}@x.example", "company": nasty, "title": nasty})
    put(office, lead["id"], note=nasty, facts={"current_solution": {"value": nasty, "quote": nasty, "channel": "website", "confidence": 1.0, "confirmed": False,
        "at": "2026-11-24T15:00:00+00:00", "history": [{"value": nasty, "quote": nasty, "channel": "website", "at": "2026-11-24T15:00:00+00:00"}]}})  # fmt: skip
    as_role(office, "manager")
    assert "<script>alert" not in client.get(f"/console?q={nasty}").text + client.get(f"/console/leads/{lead['id']}").text
    answer = act(office, lead, "reject", reason="other", note=nasty)
    assert answer.status_code == 303 and "<script>alert" not in client.get(f"/console/leads/{lead['id']}").text


def test_a_missing_lead_is_a_page_with_a_way_back(office: Office, client: TestClient) -> None:
    sign_in(client)
    for answer in (client.get("/console/leads/nope"), act(office, {"id": "nope", "version": 0}, "accept"), act(office, add(office), "dance")):
        assert answer.status_code == 404
        assert 'href="/console"' in answer.text


def test_accepting_is_done_in_the_name_of_who_is_signed_in(office: Office, client: TestClient) -> None:
    lead = add(office)
    sign_in(client)
    answer = act(office, lead, "accept")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/leads/{lead['id']}?done=accept")
    assert look(office, lead["id"])["route"]["owner"] == EMAIL
    page = client.get(answer.headers["location"]).text
    assert "Accepted: this lead is yours now." in page and "Accept this lead" not in page


def test_rejecting_keeps_the_reason_and_the_note(office: Office, client: TestClient) -> None:
    lead = add(office)
    sign_in(client)
    assert act(office, lead, "reject", reason="no_budget_path", note=" frozen until July ").headers["location"].endswith("?done=reject")
    last = look(office, lead["id"])["stage"]["history"][-1]
    assert (last["rule"], last["by"], last["why"]) == ("reject.no_budget_path", EMAIL, "frozen until July")


@pytest.mark.parametrize(("name", "form", "sentence"), [
    ("reject", {"note": "the note stays"}, "Please choose why"), ("reject", {"reason": "bored", "note": "the note stays"}, "Please choose why"),
    ("reject", {"reason": "other"}, "Please say in the note why"), ("reject", {"reason": "other", "note": "n" * 1200}, "it has 1,200 now"),
    ("snooze", {"until": "soon", "note": "the note stays"}, "Please choose the day"), ("snooze", {"until": "2026-12-01"}, "why it can wait"),
    ("outcome", {"outcome": "maybe"}, "what became of this lead"), ("reassign", {"note": "the note stays"}, "Please choose who"),
])  # fmt: skip
def test_a_form_that_lacks_something_is_asked_for_again_with_what_was_typed(
    office: Office, client: TestClient, name: str, form: dict[str, str], sentence: str
) -> None:
    lead = add(office)
    as_role(office, "manager")
    answer = act(office, lead, name, **form)
    assert answer.status_code == 422
    assert sentence in answer.text and (name == "outcome" or form.get("note", "") in answer.text)
    assert look(office, lead["id"]) == lead


@pytest.mark.parametrize("name", ACTS)
def test_a_form_from_elsewhere_decides_nothing(office: Office, client: TestClient, name: str) -> None:
    lead = add(office)
    as_role(office, "admin")
    answer = act(office, lead, name, **{**ACTS[name][1], "token": "f" * 64})
    assert answer.status_code == 403
    assert "nothing was changed" in answer.text
    assert look(office, lead["id"]) == lead


def test_who_decides_on_a_page_that_is_old_by_now_is_told_who_was_faster(office: Office, client: TestClient) -> None:
    lead = add(office)
    as_role(office, "manager")
    act(office, lead, "accept")
    client.cookies.clear()
    sign_in(client)
    answer = act(office, lead, "reject", reason="no_project", note="we do not know them")
    assert answer.status_code == 409 and "manager@meridian.example moved it to sal." in answer.text and "we do not know them" in answer.text
    assert look(office, lead["id"])["stage"]["name"] == "sql"


def test_a_decision_the_stage_does_not_allow_is_explained(office: Office, client: TestClient) -> None:
    lead = add(office)
    put(office, lead["id"], stage="won")
    sign_in(client)
    answer = act(office, lead, "accept")
    assert answer.status_code == 409
    assert "A lead in stage won cannot be moved by &#39;accept&#39;" in answer.text
    assert "Accept this lead" not in answer.text and "Reject this lead" not in answer.text


def test_what_an_accepted_lead_lacks_for_sql_is_said(office: Office, client: TestClient) -> None:
    lead = add(office, facts={name: value for name, value in HOT.items() if name != "timeline"})
    sign_in(client)
    act(office, lead, "accept")
    page = client.get(f"/console/leads/{lead['id']}").text
    assert "Not an SQL yet:" in page and "Confirm as SQL" not in page


# -- the packet -------------------------------------------------------------------------------------------------------------------


def test_the_packet_holds_all_that_sales_needs_in_one_file_that_loads_nothing(office: Office, client: TestClient) -> None:
    talk = office.open(prefill={"name": "Priya Raman", "email": "priya@cactus.example"})
    talk.choose("clinic_group")
    lead = talk.lead()
    sign_in(client)
    file = client.get(f"/console/leads/{lead['id']}/packet.html")
    assert file.headers["Content-Disposition"] == f'attachment; filename="lead-{lead["id"]}.html"' and file.headers["Cache-Control"] == "no-store"
    for words in ("Priya Raman", "priya@cactus.example", "multi-site clinic group", "Next step", lead["next_step"], "Transcript", *(flag["reason"] for flag in lead["flags"])):
        assert words in file.text.replace("&#39;", "'"), words
    for line in lead["transcript"]:
        assert line["text"][:30].replace("'", "&#39;") in file.text
    assert not re.search(r"(src|href)=|url\(|@import|<script", file.text)
    printed = client.get(f"/console/leads/{lead['id']}/print")
    assert printed.status_code == 200 and "Content-Disposition" not in printed.headers and "'unsafe-inline'" not in printed.headers["Content-Security-Policy"]


def test_the_packet_as_json_is_the_same_for_people_and_programs(office: Office, client: TestClient) -> None:
    lead = add(office, contact=PRIYA)
    sign_in(client)
    mine = client.get(f"/console/leads/{lead['id']}/packet.json")
    theirs = client.get(f"/api/leads/{lead['id']}/packet", headers=office.staff)
    assert mine.json() == theirs.json() and mine.headers["Content-Disposition"].startswith("attachment")
    packet = theirs.json()
    assert set(packet) == {"format", "made_at", "lead", "contact", "account", "answers", "scores", "flags", "route", "stage", "next_step", "missing", "notes", "transcript"}
    assert packet["contact"]["name"] == "Priya Raman" and packet["next_step"] == lead["next_step"]
    assert {answer["fact"]: answer["value"] for answer in packet["answers"]} == {fact: stored["value"] for fact, stored in lead["facts"].items()}
    assert {name: score["points"] for name, score in packet["scores"].items()} == {name: score["points"] for name, score in lead["scores"].items()}


def test_who_may_not_take_leads_out_has_no_packet(office: Office, client: TestClient) -> None:
    lead = add(office)
    as_role(office, "ops")
    for path in ("packet.html", "packet.json", "print"):
        answer = client.get(f"/console/leads/{lead['id']}/{path}")
        assert answer.status_code == 403 and "take a lead out" in answer.text
    assert "packet.html" not in client.get(f"/console/leads/{lead['id']}").text
    client.cookies.clear()
    sign_in(client)
    assert client.get("/console/leads/gone/packet.html").status_code == 404
    assert "packet.html" in client.get(f"/console/leads/{lead['id']}").text


# -- the audit trail ---------------------------------------------------------------------------------------------------------------


def test_the_audit_trail_says_who_saw_and_changed_what(office: Office, client: TestClient) -> None:
    lead = add(office)
    sign_in(client)
    client.get(f"/console/leads/{lead['id']}")
    client.get(f"/console/leads/{lead['id']}/packet.json")
    act(office, lead, "reject", reason="no_project", note="words of somebody")
    client.get(f"/api/leads/{lead['id']}", headers=office.staff)
    client.get("/api/leads?q=secret-words", headers=office.staff)
    client.cookies.clear()
    as_role(office, "admin")
    page = client.get("/console/audit")
    rows = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr role.*?</tr>", page.text, re.S)]
    told = ["listed leads", f"tests saw the lead {lead['id']}", f"{EMAIL} rejected {lead['id']} no_project", f"{EMAIL} took the lead out as a file {lead['id']}",
            f"{EMAIL} saw the lead {lead['id']}", f"{EMAIL} signed in", f"tests added the lead {lead['id']}"]  # fmt: skip
    texts = [" ".join(row.split()) for row in rows[1:]]
    assert all(any(words in text for text in texts) for words in told), texts
    assert [next(n for n, text in enumerate(texts) if words in text) for words in told] == sorted(next(n for n, text in enumerate(texts) if words in text) for words in told)
    assert "words of somebody" not in page.text and "secret-words" not in page.text
    only = client.get("/console/audit", params={"by": EMAIL, "lead": lead["id"]}).text
    assert "rejected" in only and "signed in" not in only and "tests" not in re.sub(r"(?s).*<tbody", "", only)


@pytest.mark.parametrize("role", ROLES)
def test_only_an_administrator_looks_at_the_audit_trail(office: Office, client: TestClient, role: str) -> None:
    as_role(office, role)
    answer = client.get("/console/audit")
    assert answer.status_code == (200 if role == "admin" else 403)
    assert ('href="/console/audit"' in client.get("/console").text) == (role == "admin")


def test_the_audit_trail_goes_on_by_pages_and_what_the_address_says_wrongly_counts_as_not_said(office: Office, client: TestClient) -> None:
    as_role(office, "admin")
    with office.application.unit() as unit:
        for number in range(250):
            audit.note(unit, "saw", by=f"who-{number:03}", now=office.clock[0])
        unit.commit()
    seen: list[str] = []
    path = "/console/audit?before=many"
    while path:
        page = client.get(path).text
        seen += re.findall(r"who-\d{3}", page)
        older = re.search(r'href="(/console/audit\?[^"]*before[^"]*)"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"who-{number:03}" for number in reversed(range(250))]


def test_nothing_changes_or_removes_what_the_audit_trail_holds(office: Office) -> None:
    lead = add(office)
    with office.application.unit() as unit:
        found = unit.leads.get(lead["id"])
        assert found is not None
        unit.leads.remove(found)
        unit.commit()
    with office.application.unit(read_only=True) as unit:
        assert [entry.action for entry in audit.page(unit, lead_id=lead["id"])[0]] == ["add"]
    assert not any(hasattr(unit.audit, name) for name in ("remove", "delete", "erase", "update"))
