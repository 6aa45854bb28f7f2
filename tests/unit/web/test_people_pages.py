"""The pages of people, keys, invitations and one's own account: who may, what they do, what they refuse, what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from handoff.mail import MailFailed
from leads import access, audit, people
from leads.intake import add_lead
from leads.owners import who_can_own
from leads.records import User
from leads.rights import ROLES
from tests.unit.web.conftest import SERIOUS, Office
from tests.unit.web.test_console import as_role, sign_in, token_of
from wiring.passwords import Argon2

ADA, DANA, WORD, OTHER = "ada@meridian.example", "dana@meridian.example", "four slow herons", "nine quiet badgers"
PAGES = ("/console/people", "/console/keys")


class FakeMailer:
    """Keeps what is sent; can be out of order."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.broken = False

    def send(self, to: str, subject: str, text: str) -> None:
        if self.broken:
            raise MailFailed("The mail server did not take the mail.", permanent=False)
        self.sent.append((to, subject, text))


@pytest.fixture
def client(office: Office) -> TestClient:
    """Ada, who is the administrator, is signed in; Dana is in sales."""
    with office.application.unit() as unit:
        for email, name, role in ((ADA, "Ada Fox", "admin"), (DANA, "Dana Ortiz", "sales")):
            access.add_user(unit, Argon2(), email=email, name=name, role=role, password=WORD, now=office.clock[0])
        unit.commit()
    office.client.follow_redirects = False
    assert sign_in(office.client, email=ADA, password=WORD).status_code == 303
    return office.client


def user(office: Office, email: str) -> User:
    with office.application.read() as unit:
        return people.by_email(unit, email)


def send(client: TestClient, path: str, page: str = "/console/people", **form: Any) -> Response:
    """Send a form of a page as it is shown."""
    answer: Response = client.post(path, data={"token": token_of(client.get(page)), **form})
    return answer


def link_in(answer: Response) -> str:
    found = re.search(r'id="link" value="http://127\.0\.0\.1:8000(/console/welcome/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def visitor(client: TestClient) -> TestClient:
    return TestClient(client.app, base_url="http://127.0.0.1:8000", follow_redirects=False)


def told(office: Office) -> list[tuple[str, str, str]]:
    with office.application.read() as unit:
        return [(entry.action, entry.by, entry.detail) for entry in audit.page(unit)[0]]


@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_see_people_and_keys(office: Office, client: TestClient, role: str) -> None:
    client.cookies.clear()
    as_role(office, role)
    for path in PAGES:
        assert client.get(path).status_code == (200 if role == "admin" else 403)
    assert ('href="/console/people"' in client.get("/console").text) == (role == "admin")
    assert client.get("/console/account").status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/console/account"])
def test_without_a_session_these_pages_lead_to_the_sign_in(client: TestClient, path: str) -> None:
    assert visitor(client).get(path).headers["location"].startswith("/console/sign-in?next=")


FORMS = [
    ("/console/people/invite", {"email": "new@meridian.example", "role": "admin"}), ("/console/people/USER/role", {"role": "admin"}),
    ("/console/people/USER/deactivate", {}), ("/console/people/USER/reactivate", {}), ("/console/people/USER/reset", {}),
    ("/console/people/links/LINK/again", {}), ("/console/people/links/LINK/withdraw", {}),
    ("/console/keys", {"name": "mine", "scope": "see_leads"}), ("/console/keys/KEY/revoke", {}),
]  # fmt: skip


def address(office: Office, path: str) -> str:
    with office.application.read() as unit:
        links, keys = unit.staff.invitations(), unit.staff.api_keys()
    return path.replace("USER", user(office, DANA).id).replace("LINK", links[0].id if links else "none").replace("KEY", keys[0].id)


def everything(office: Office) -> str:
    with office.application.engine.connect() as connection:
        tables = ("users", "invitations", "api_keys")
        return repr([connection.exec_driver_sql(f"select * from {table} order by id").all() for table in tables])


@pytest.mark.parametrize(("path", "form"), FORMS, ids=lambda value: value if isinstance(value, str) else "")
def test_no_form_is_taken_from_elsewhere_nor_from_somebody_without_the_right(office: Office, client: TestClient, path: str, form: dict[str, str]) -> None:
    send(client, "/console/people/invite", email="rae@meridian.example", role="rep")
    path, before = address(office, path), everything(office)
    answer = client.post(path, data={**form, "token": "f" * 64})
    assert answer.status_code == 403 and "nothing was changed" in answer.text and everything(office) == before
    client.cookies.clear()
    as_role(office, "manager")
    before = everything(office)
    answer = client.post(path, data={**form, "token": token_of(client.get("/console"))})
    assert answer.status_code == 403 and "one needs the role admin" in answer.text and everything(office) == before


def test_an_invitation_is_shown_once_taken_up_without_a_login_and_dead_afterwards(office: Office, client: TestClient) -> None:
    shown = send(client, "/console/people/invite", email="Rae@meridian.example", role="rep")
    link = link_in(shown)
    assert shown.headers["Cache-Control"] == "no-store" and "pass this link on yourself" in shown.text
    listed = client.get("/console/people").text
    assert link not in listed and link.rpartition("/")[2] not in office.everything_stored() and "rae@meridian.example" in listed
    rae = visitor(client)
    page = rae.get(link)
    assert page.status_code == 200 and "rae@meridian.example" in page.text and page.headers["Referrer-Policy"] == "no-referrer"
    form = {"token": token_of(page), "name": "Rae Kim", "password": OTHER, "again": OTHER}
    done = rae.post(link, data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/console/sign-in?ready=new")
    assert "Your account is ready" in rae.get(done.headers["location"]).text
    assert sign_in(rae, email="rae@meridian.example", password=OTHER).status_code == 303 and rae.get("/console").status_code == 200
    assert rae.get("/console/people").status_code == 403
    for dead in (visitor(client).get(link), rae.post(link, data={**form, "token": token_of(rae.get("/console"))})):
        assert dead.status_code in (403, 410) and "does not work any more" in dead.text
    assert ("joined", "rae@meridian.example", f"as rep, invited by {ADA}") in told(office) and ("invite", ADA, "rae@meridian.example as rep") in told(office)
    assert WORD not in office.everything_stored() and OTHER not in office.everything_stored()


@pytest.mark.parametrize(("form", "sentence"), [
    ({"name": "", "password": OTHER, "again": OTHER}, "Please tell your name"), ({"name": "Rae", "password": OTHER, "again": WORD}, "are not the same"),
    ({"name": "Rae", "password": "password1234", "again": "password1234"}, "tried first"), ({"name": "Rae", "password": "short", "again": "short"}, "at least 12"),
])  # fmt: skip
def test_a_welcome_form_that_lacks_something_is_asked_for_again(client: TestClient, form: dict[str, str], sentence: str) -> None:
    link = link_in(send(client, "/console/people/invite", email="rae@meridian.example", role="rep"))
    rae = visitor(client)
    answer = rae.post(link, data={"token": token_of(rae.get(link)), **form})
    assert answer.status_code == 422 and sentence in answer.text and form["name"] in answer.text and f'value="{form["password"]}"' not in answer.text
    assert rae.get(link).status_code == 200


def test_a_link_that_we_did_not_make_or_a_form_from_elsewhere_opens_nothing(office: Office, client: TestClient) -> None:
    link = link_in(send(client, "/console/people/invite", email="rae@meridian.example", role="rep"))
    rae = visitor(client)
    for wrong in (link[:-1], link + "x", "/console/welcome/guess", "/console/welcome/" + link.rpartition("/")[2].partition(".")[0]):
        assert rae.get(wrong).status_code == 410
    answer = rae.post(link, data={"token": "f" * 64, "name": "Rae", "password": OTHER, "again": OTHER})
    assert answer.status_code == 403 and rae.get(link).status_code == 200


def test_a_new_link_ends_the_old_one_and_a_withdrawn_one_is_over(office: Office, client: TestClient) -> None:
    first = link_in(send(client, "/console/people/invite", email="rae@meridian.example", role="rep"))
    second = link_in(send(client, address(office, "/console/people/links/LINK/again")))
    assert first != second and visitor(client).get(first).status_code == 410 and visitor(client).get(second).status_code == 200
    path = address(office, "/console/people/links/LINK/withdraw")
    assert send(client, path).headers["location"] == "/console/people?done=withdrawn"
    assert visitor(client).get(second).status_code == 410
    assert send(client, path).status_code == 409 and "The link is withdrawn" in client.get("/console/people?done=withdrawn").text


def test_the_link_is_mailed_where_mail_is_set_up_and_a_failure_is_told(office: Office, client: TestClient) -> None:
    mailer = FakeMailer()
    office.application.__dict__["mailer"] = mailer
    shown = send(client, "/console/people/invite", email="rae@meridian.example", role="rep")
    to, subject, text = mailer.sent[0]
    assert to == "rae@meridian.example" and "invited" in subject and link_in(shown) in text and "works once, until 01 Dec 2026" in text
    assert "Sent to rae@meridian.example" in shown.text
    mailer.broken = True
    shown = send(client, "/console/people/invite", email="tom@meridian.example", role="rep")
    assert shown.status_code == 200 and "The mail did not go out" in shown.text and link_in(shown)


@pytest.mark.parametrize(("email", "sentence"), [(DANA, "can sign in already"), ("nobody", "is no e-mail address"), ("<b>@x.example", "is no e-mail address")])
def test_an_invitation_that_cannot_be_is_refused_with_what_was_typed(client: TestClient, email: str, sentence: str) -> None:
    answer = send(client, "/console/people/invite", email=email, role="rep")
    assert answer.status_code == 422 and sentence in answer.text and "<b>" not in answer.text.partition("<main")[2].partition("Role")[0]


def test_another_role_counts_from_the_next_click_on(office: Office, client: TestClient) -> None:
    dana = visitor(client)
    sign_in(dana, email=DANA, password=WORD)
    assert dana.get("/console/people").status_code == 403
    answer = send(client, address(office, "/console/people/USER/role"), role="admin")
    assert "another role now" in client.get(answer.headers["location"]).text
    assert dana.get("/console/people").status_code == 200
    assert send(client, address(office, "/console/people/USER/role"), role="boss").status_code == 409
    assert ("role", ADA, f"{DANA} from sales to admin") in told(office)


def test_who_is_deactivated_is_out_at_once_and_their_leads_are_named(office: Office, client: TestClient) -> None:
    dana = visitor(client)
    sign_in(dana, email=DANA, password=WORD)
    with office.application.unit() as unit:
        lead = add_lead(
            unit, source="form", contact={"name": "Priya"}, facts={"org_type": "clinic_group"}, reading=None, signals=[],
            playbook=office.application.playbooks.choose(), now=office.clock[0],
        )
        lead.owner = DANA
        unit.commit()
    answer = send(client, address(office, "/console/people/USER/deactivate"))
    page = client.get(answer.headers["location"]).text
    assert "deactivated and signed out everywhere" in page and "1 open lead</a>" in page and f"owner={DANA.replace('@', '%40')}" in page
    assert dana.get("/console").headers["location"].startswith("/console/sign-in")
    refused = sign_in(dana, email=DANA, password=WORD)
    assert refused.status_code == 401 and "Please check both." in refused.text
    with office.application.read() as unit:
        assert DANA not in who_can_own(unit, office.application.playbooks.current())
    assert send(client, address(office, "/console/people/USER/deactivate")).status_code == 409
    send(client, address(office, "/console/people/USER/reactivate"))
    assert sign_in(dana, email=DANA, password=WORD).status_code == 303


def test_the_only_administrator_cannot_lock_everybody_out(office: Office, client: TestClient) -> None:
    ada = user(office, ADA).id
    for path, form in ((f"/console/people/{ada}/role", {"role": "ops"}), (f"/console/people/{ada}/deactivate", {})):
        answer = send(client, path, **form)
        assert answer.status_code == 409 and "only administrator left" in answer.text
    assert user(office, ADA).role == "admin" and client.get("/console/people").status_code == 200


def test_a_forgotten_password_is_set_anew_and_ends_what_was_open(office: Office, client: TestClient) -> None:
    dana = visitor(client)
    sign_in(dana, email=DANA, password=WORD)
    link = link_in(send(client, address(office, "/console/people/USER/reset")))
    page = visitor(client)
    form = {"token": token_of(page.get(link)), "password": OTHER, "again": OTHER}
    assert page.post(link, data=form).headers["location"] == "/console/sign-in?ready=password"
    assert dana.get("/console").status_code == 303
    assert sign_in(dana, email=DANA, password=WORD).status_code == 401 and sign_in(dana, email=DANA, password=OTHER).status_code == 303


def test_the_own_password_is_changed_and_other_sign_ins_end(client: TestClient) -> None:
    elsewhere = visitor(client)
    sign_in(elsewhere, email=ADA, password=WORD)
    before = client.cookies["leadtriage_session"]
    wrong = send(client, "/console/account/password", "/console/account", current="a guess", password=OTHER, again=OTHER)
    assert wrong.status_code == 422 and "current password is not right" in wrong.text
    stale = client.post("/console/account/password", data={"token": "f" * 64, "current": WORD, "password": OTHER, "again": OTHER})
    assert stale.status_code == 403
    answer = send(client, "/console/account/password", "/console/account", current=WORD, password=OTHER, again=OTHER)
    assert answer.headers["location"] == "/console/account?done=password" and client.cookies["leadtriage_session"] != before
    assert "Your password is changed" in client.get("/console/account?done=password").text
    assert elsewhere.get("/console").status_code == 303


def test_guessing_the_current_password_is_limited(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, SIGN_INS_A_MINUTE="2")
    as_role(office, "sales")
    statuses = [send(office.client, "/console/account/password", "/console/account", current="g", password=OTHER, again="x").status_code for _ in range(3)]
    assert statuses == [422, 422, 429]


def test_a_key_is_shown_once_does_what_was_ticked_and_is_revoked(office: Office, client: TestClient) -> None:
    shown = send(client, "/console/keys", "/console/keys", name=" Data  lake ", scope=["see_leads"])
    found = re.search(r'id="key" value="(lt_[^"]+)"', shown.text)
    assert found and shown.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {found[1]}"}
    program = visitor(client)
    assert program.get("/api/leads", headers=headers).status_code == 200
    assert program.post("/api/score", json={"facts": {}}, headers=headers).status_code == 403
    page = client.get("/console/keys").text
    assert found[1] not in page and "Data lake" in page and f"by {ADA}" in page
    with office.application.read() as unit:
        kept = next(key for key in unit.staff.api_keys() if key.name == "Data lake")
    assert kept.last_used_at == office.clock[0]
    assert send(client, f"/console/keys/{kept.id}/revoke", "/console/keys").headers["location"] == "/console/keys?done=revoked"
    assert program.get("/api/leads", headers=headers).status_code == 401
    assert send(client, f"/console/keys/{kept.id}/revoke", "/console/keys").status_code == 409
    assert [entry for entry in told(office) if entry[0].startswith("key_")] == [("key_revoked", ADA, "Data lake"), ("key_made", ADA, "Data lake: see_leads")]


@pytest.mark.parametrize(("form", "sentence"), [({"name": " ", "scope": ["see_leads"]}, "what the key is for"), ({"name": "CRM"}, "at least one thing"), ({"name": "CRM", "scope": ["see_audit"]}, "at least one thing")])
def test_a_key_that_may_nothing_or_too_much_is_not_made(office: Office, client: TestClient, form: dict[str, Any], sentence: str) -> None:
    before = everything(office)
    answer = send(client, "/console/keys", "/console/keys", **form)
    assert answer.status_code == 422 and sentence in answer.text and everything(office) == before


def test_with_https_the_cookies_can_be_set_by_this_host_alone(make_office: Callable[..., Office]) -> None:
    office = make_office(BASE_URL="https://leads.example")
    with office.application.unit() as unit:
        access.add_user(unit, Argon2(), email=DANA, name="Dana", role="sales", password=WORD, now=office.clock[0])
        unit.commit()
    browser = TestClient(office.client.app, base_url="https://leads.example", follow_redirects=False)
    form = browser.get("/console/sign-in")
    cookies = [*form.headers.get_list("set-cookie"), *sign_in(browser, email=DANA, password=WORD).headers.get_list("set-cookie")]
    for cookie in cookies:
        assert cookie.startswith("__Host-leadtriage_") and "HttpOnly" in cookie and "Secure" in cookie and "Path=/;" in cookie and "Domain" not in cookie
    assert browser.get("/console").status_code == 200
    assert browser.post("/console/sign-out", data={"token": token_of(browser.get("/console"))}).status_code == 303
    assert browser.get("/console").status_code == 303


def test_a_sign_in_ends_when_nobody_does_anything_although_the_open_inbox_refreshes_itself(make_office: Callable[..., Office]) -> None:
    from datetime import timedelta

    office = make_office(SESSION_IDLE_MINUTES="30", SESSION_HOURS="2")
    office.client.follow_redirects = False
    as_role(office, "sales")
    for _ in range(5):
        office.clock[0] += timedelta(minutes=20)
        assert office.client.get("/console").status_code == 200
    for _ in range(2):
        office.clock[0] += timedelta(minutes=9)
        assert office.client.get("/console/rows", headers={"Sec-Fetch-Dest": "empty"}).status_code == 200
    office.clock[0] += timedelta(minutes=13)
    assert office.client.get("/console").status_code == 303


def test_one_login_and_one_address_are_limited_as_a_whole_too(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, SIGN_INS_A_MINUTE="1")
    statuses = [sign_in(office.client, email=f"who{number}@else.example", password="guess").status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]
