"""The staff console over a pipeline in memory: who may see it, what it shows, what it refuses."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st

from tests.e2e.fake_services import EMAIL, PASSWORD, FakeServices, make_app, make_lead, sparse_lead
from web.console import own_path

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture
def services() -> FakeServices:
    return FakeServices(make_lead(1), make_lead(2, contact={"name": "Tom Albrecht"}), sparse_lead(3), page_size=2)


@pytest.fixture
def client(services: FakeServices) -> TestClient:
    return TestClient(make_app(services), base_url=ADDRESS, follow_redirects=False)


def token_of(page: Response) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def sign_in(client: TestClient, password: str = PASSWORD, wanted: str = "/console") -> Response:
    token = token_of(client.get("/console/sign-in"))
    form = {"email": EMAIL, "password": password, "token": token, "next": wanted}
    answer: Response = client.post("/console/sign-in", data=form)
    return answer


@pytest.mark.parametrize("path", ["/console", "/console?stage=mql&q=ana", "/console/leads/lead-1"])
def test_without_a_session_every_page_leads_to_the_sign_in_and_back(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    assert (target.path, parse_qs(target.query)["next"]) == ("/console/sign-in", [path])
    assert sign_in(client, wanted=path).headers["location"] == path


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_without_a_session_nothing_is_decided(client: TestClient, services: FakeServices, action: str) -> None:
    answer = client.post(f"/console/leads/lead-1/{action}", data={"reason": "no_project"})
    assert answer.headers["location"].endswith("next=%2Fconsole%2Fleads%2Flead-1")
    assert services.decisions == []


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    cookie = sign_in(client).headers.get_list("set-cookie")[0]
    assert cookie.startswith("leadtriage_session=") and "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert "Secure" not in cookie
    safe = TestClient(
        make_app(FakeServices(), base_url="https://leads.example"),
        base_url="https://leads.example",
        follow_redirects=False,
    )
    assert "Secure" in sign_in(safe).headers.get_list("set-cookie")[0]


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client: TestClient) -> None:
    answer = sign_in(client, password="guess")
    assert answer.status_code == 401
    assert "Please check both." in answer.text
    assert EMAIL in answer.text and "guess" not in answer.text
    assert "leadtriage_session" not in client.cookies


def test_too_many_tries_are_answered_with_the_sentence_of_the_service(
    client: TestClient, services: FakeServices
) -> None:
    services.locked = True
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Please wait ten minutes." in answer.text


def test_a_sign_in_form_of_another_visitor_is_refused(client: TestClient, services: FakeServices) -> None:
    stolen = token_of(client.get("/console/sign-in"))
    other = TestClient(make_app(services), base_url=ADDRESS, follow_redirects=False)
    answer = other.post("/console/sign-in", data={"email": EMAIL, "password": PASSWORD, "token": stolen})
    assert answer.status_code == 403
    assert services.sessions == {}


def test_signing_out_ends_the_session_but_only_from_our_own_form(client: TestClient, services: FakeServices) -> None:
    sign_in(client)
    client.post("/console/sign-out", data={"token": "0" * 64})
    assert len(services.sessions) == 1
    client.post("/console/sign-out", data={"token": token_of(client.get("/console"))})
    assert services.sessions == {}
    assert client.get("/console").status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/console\\@evil.example",
        "/consolex",
        "/console/\r\nX: y",
        "javascript:1",
    ],
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


def test_the_list_shows_who_where_and_how_strong(client: TestClient) -> None:
    sign_in(client)
    page = client.get("/console")
    assert "Priya Raman" in page.text and "Cactus Valley Clinics" in page.text and "Tom Albrecht" in page.text
    assert re.search(r"Fit</span> <b>82</b>", page.text)
    assert page.headers["Cache-Control"] == "no-store"


def test_the_list_is_filtered_by_the_address_and_pages_keep_the_filter(
    client: TestClient, services: FakeServices
) -> None:
    sign_in(client)
    for number in range(4, 7):
        services.leads[f"lead-{number}"] = make_lead(number, contact={"name": f"Lead {number}"})
    page = client.get("/console", params={"stage": "mql", "q": "Lead"})
    assert "Lead 4" in page.text and "Lead 6" not in page.text and "Tom Albrecht" not in page.text
    older = re.search(r'href="(/console\?[^"]*cursor[^"]*)"', page.text)
    assert older
    second = client.get(older[1].replace("&amp;", "&"))
    assert "Lead 6" in second.text and "Lead 4" not in second.text and "Newest leads" in second.text


def test_an_unknown_stage_in_the_address_shows_all_and_a_bad_cursor_says_so(client: TestClient) -> None:
    sign_in(client)
    assert "Priya Raman" in client.get("/console?stage=hot&route=nowhere").text
    answer = client.get("/console?cursor=x")
    assert answer.status_code == 422
    assert "Please start at the newest leads." in answer.text


def test_a_lead_shows_each_point_with_its_rule_its_words_and_its_source(client: TestClient) -> None:
    sign_in(client)
    page = client.get("/console/leads/lead-1").text
    for words in ("fit.org_size", "+20", "14 locations", "default.yml:61", "intent.cap", "-2", "Why Direct sales", "Fewer than 25 sites.",
                  "doubtful, 55 %", "confirmed", "stage.mql.core_segment_with_need", "did not know", "would not say", "$60,000–90,000 a year"):  # fmt: skip
        assert words in page, words


def test_a_lead_that_said_nothing_has_a_page_too(client: TestClient) -> None:
    sign_in(client)
    answer = client.get("/console/leads/lead-3")
    assert answer.status_code == 200
    assert "Not named yet" in answer.text and "not scored yet" in answer.text


def test_what_a_prospect_said_is_never_markup(client: TestClient, services: FakeServices) -> None:
    nasty = "<script>alert(1)</script>"
    lead = make_lead(
        8,
        contact={"name": nasty, "email": f"{nasty}@x.example"},
        next_step=nasty,
        transcript=[{"from": "visitor", "text": nasty}],
    )
    lead["facts"]["current_solution"] = {"value": nasty, "quote": nasty, "channel": "website"}
    lead["flags"] = [{"id": nasty, "reason": nasty, "quote": nasty}]
    services.leads = {"lead-8": lead}
    sign_in(client)
    assert "<script>alert" not in client.get("/console").text + client.get("/console/leads/lead-8").text


def test_a_missing_lead_is_a_page_with_a_way_back(client: TestClient) -> None:
    sign_in(client)
    for answer in (
        client.get("/console/leads/nope"),
        client.post("/console/leads/nope/accept", data={"token": token_of(client.get("/console"))}),
    ):
        assert answer.status_code == 404
        assert 'href="/console"' in answer.text


def test_accepting_is_done_in_the_name_of_who_is_signed_in(client: TestClient, services: FakeServices) -> None:
    sign_in(client)
    answer = client.post("/console/leads/lead-1/accept", data={"token": token_of(client.get("/console/leads/lead-1"))})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/leads/lead-1?done=accepted")
    assert services.decisions == [("accept", "lead-1", EMAIL)]
    page = client.get(answer.headers["location"]).text
    assert "Accepted: this lead is yours now." in page and "Accept this lead" not in page


def test_rejecting_keeps_the_reason_and_the_note(client: TestClient, services: FakeServices) -> None:
    sign_in(client)
    form = {
        "token": token_of(client.get("/console/leads/lead-1")),
        "reason": "no_budget_path",
        "note": " frozen until July ",
    }
    assert client.post("/console/leads/lead-1/reject", data=form).headers["location"].endswith("?done=rejected")
    assert services.decisions == [("reject", "lead-1", EMAIL, "no_budget_path", "frozen until July")]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"note": "the note stays"}, "Please choose why"),
        ({"reason": "bored", "note": "the note stays"}, "Please choose why"),
        ({"reason": "other"}, "Please say in the note why"),
        ({"reason": "other", "note": "n" * 1200}, "it has 1,200 now"),
    ],
)
def test_a_rejection_without_a_usable_reason_is_asked_for_again(
    client: TestClient, services: FakeServices, form: dict[str, str], sentence: str
) -> None:
    sign_in(client)
    answer = client.post(
        "/console/leads/lead-1/reject", data=form | {"token": token_of(client.get("/console/leads/lead-1"))}
    )
    assert answer.status_code == 422
    assert sentence in answer.text and form.get("note", "") in answer.text
    assert services.decisions == []


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_form_from_elsewhere_decides_nothing(client: TestClient, services: FakeServices, action: str) -> None:
    sign_in(client)
    answer = client.post(
        f"/console/leads/lead-1/{action}", data={"token": "f" * 64, "reason": "no_project", "note": "kept note"}
    )
    assert answer.status_code == 403
    assert "nothing was changed" in answer.text
    assert services.decisions == []


def test_a_decision_the_stage_does_not_allow_is_explained(client: TestClient, services: FakeServices) -> None:
    sign_in(client)
    token = token_of(client.get("/console/leads/lead-1"))
    services.leads["lead-1"]["stage"]["name"] = "won"
    answer = client.post("/console/leads/lead-1/accept", data={"token": token})
    assert answer.status_code == 409
    assert "This lead is won" in answer.text
    assert "Accept this lead" not in answer.text and "Reject this lead" not in answer.text
