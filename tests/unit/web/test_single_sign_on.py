"""Signing in by OpenID Connect against an issuer on this machine: who is let in, and what is not believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc import jwk

from leads import access, invitations, people
from leads.records import User
from tests.unit.web.conftest import SERIOUS, Office
from tests.unit.web.local_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running_issuer
from wiring.passwords import Argon2

EMAIL = "dana@meridian.example"
NOT_VERIFIED = "could not be verified, so nobody was signed in"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with running_issuer() as made:
        yield made


@pytest.fixture
def make(make_office: Callable[..., Office], issuer: Issuer) -> Callable[..., Office]:
    """An office with Dana in it that trusts the issuer."""
    def made(**more: str) -> Office:
        office = make_office(SERIOUS, OIDC_ISSUER=issuer.url, OIDC_CLIENT_ID=CLIENT_ID, OIDC_CLIENT_SECRET=CLIENT_SECRET, **more)
        office.client.follow_redirects = False
        with office.application.unit() as unit:
            access.add_user(unit, Argon2(), email=EMAIL, name="Dana", role="sales", password="four slow herons", now=office.clock[0])
            unit.commit()
        return office

    return made


@pytest.fixture
def office(make: Callable[..., Office]) -> Office:
    return make()


def to_issuer(client: TestClient, wanted: str = "/console") -> str:
    """Press the button; return the address of ours that the issuer sends the browser back to."""
    answer = client.get("/console/sign-in/oidc", params={"next": wanted})
    assert answer.status_code == 303, answer.text
    back = httpx.get(answer.headers["location"])
    assert back.status_code == 302
    location = urlsplit(back.headers["location"])
    assert location.path == "/console/sign-in/oidc/done"
    return f"{location.path}?{location.query}"


def come_back(office: Office, wanted: str = "/console") -> Response:
    answer: Response = office.client.get(to_issuer(office.client, wanted))
    return answer


def user(office: Office, email: str = EMAIL) -> User | None:
    with office.application.read() as unit:
        return unit.staff.user_by_email(email)


def is_in(office: Office) -> bool:
    return bool(office.client.get("/console/account").status_code == 200)


def test_who_is_known_signs_in_comes_to_where_they_wanted_and_is_known_by_the_subject_from_then_on(office: Office, issuer: Issuer) -> None:
    answer = come_back(office, "/console/leads/7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/leads/7")
    cookies = answer.headers.get_list("set-cookie")
    assert any(cookie.startswith("leadtriage_session=") and "HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)
    assert is_in(office)
    known = user(office)
    assert known and (known.issuer, known.subject, known.last_sign_in_at) == (issuer.url, "u-1", office.clock[0])
    office.client.cookies.clear()
    issuer.claims = {"email": "dana.ortiz@meridian.example"}  # she married; she is the same to the issuer
    assert come_back(office).headers["location"] == "/console" and is_in(office)
    with office.application.read() as unit:
        assert len(unit.staff.users()) == 1


def test_the_secrets_of_a_try_stay_out_of_addresses_and_pages(office: Office) -> None:
    answer = office.client.get("/console/sign-in/oidc")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256" and len(asked["state"]) > 40 and len(asked["nonce"]) > 40
    assert CLIENT_SECRET not in answer.headers["location"] and "verifier" not in answer.headers["location"]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/console\\@evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_afterwards(office: Office, wanted: str) -> None:
    assert come_back(office, wanted).headers["location"] == "/console"


@pytest.mark.parametrize(("lie", "why"), [
    ({"aud": "another program"}, "wrong audience"), ({"aud": [CLIENT_ID, "another program"]}, "several audiences and no azp"),
    ({"iss": "https://login.elsewhere.example"}, "wrong issuer"), ({"exp": int(time.time()) - 3600}, "expired"), ({"exp": None}, "no expiry"),
    ({"iat": int(time.time()) + 3600}, "made in the future"), ({"nonce": "of another try"}, "wrong nonce"), ({"nonce": None}, "no nonce"),
    ({"sub": None}, "nobody"), ({"azp": "another program"}, "for another party"), ({"sub": ""}, "empty subject"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_a_token_that_is_not_for_us_now_signs_nobody_in(office: Office, issuer: Issuer, lie: dict[str, Any], why: str) -> None:
    issuer.claims = lie
    answer = come_back(office)
    assert answer.status_code == 401 and NOT_VERIFIED in answer.text and "Traceback" not in answer.text, why
    assert not is_in(office)


def test_a_token_with_a_wrong_signature_signs_nobody_in(office: Office, issuer: Issuer) -> None:
    issuer.sign_with = jwk.RSAKey.generate_key(2048, {"kid": "one"})
    answer = come_back(office)
    assert answer.status_code == 401 and NOT_VERIFIED in answer.text and not is_in(office)


def test_a_token_signed_with_our_own_secret_signs_nobody_in(office: Office, issuer: Issuer) -> None:
    """The classic confusion of algorithms: HS256 with something that is no secret."""
    issuer.algorithm, issuer.sign_with = "HS256", jwk.OctKey.import_key(CLIENT_SECRET * 3)
    assert come_back(office).status_code == 401 and not is_in(office)


def test_keys_that_the_issuer_has_changed_are_fetched_again(office: Office, issuer: Issuer) -> None:
    come_back(office)
    office.client.cookies.clear()
    issuer.key = jwk.RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert come_back(office).status_code == 303 and is_in(office)
    assert issuer.asked.count("/.well-known/openid-configuration") == 1 and issuer.asked.count("/keys") == 2


def test_an_answer_is_taken_once_and_only_in_the_browser_that_began(office: Office) -> None:
    cookie = None
    back = to_issuer(office.client)
    cookie = office.client.cookies["leadtriage_sign_on"]
    other = TestClient(office.client.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert other.get(back).status_code == 401 and "leadtriage_session" not in other.cookies
    assert office.client.get(back).status_code == 303 and "leadtriage_sign_on" not in office.client.cookies
    office.client.cookies.clear()
    office.client.cookies.set("leadtriage_sign_on", cookie)  # somebody kept the cookie and the address
    again = office.client.get(back)
    assert again.status_code == 401 and "was used already" in again.text and "leadtriage_session" not in office.client.cookies


def test_the_state_of_another_try_is_refused(office: Office) -> None:
    first = to_issuer(office.client)
    to_issuer(office.client)
    assert office.client.get(first).status_code == 401 and not is_in(office)
    forged = TestClient(office.client.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    forged.cookies.set("leadtriage_sign_on", "e30.forged.signature")
    assert forged.get(first).status_code == 401


def test_an_answer_that_names_another_issuer_is_refused(office: Office, issuer: Issuer) -> None:
    back = to_issuer(office.client).replace("iss=http", "iss=https")
    answer = office.client.get(back)
    assert answer.status_code == 401 and "another sign-in service" in answer.text and "/token" not in issuer.asked


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "false"}, {"email": ""}])
def test_an_address_that_nobody_verified_signs_nobody_in(office: Office, issuer: Issuer, claims: dict[str, Any]) -> None:
    issuer.claims = claims
    answer = come_back(office)
    assert answer.status_code == 403 and "Verify it there" in answer.text and not is_in(office)
    known = user(office)
    assert known and known.subject is None


def test_addresses_that_come_by_userinfo_count_if_they_are_of_the_same_person(office: Office, issuer: Issuer) -> None:
    issuer.claims = {"email": None, "email_verified": None, "name": None}
    issuer.userinfo = {"sub": "somebody else", "email": EMAIL, "email_verified": True}
    assert come_back(office).status_code == 401
    issuer.userinfo["sub"] = "u-1"
    assert come_back(office).status_code == 303 and is_in(office)


def test_only_allowed_domains_come_in(make: Callable[..., Office], issuer: Issuer) -> None:
    office = make(OIDC_ALLOWED_DOMAINS="meridian.example, vendor.example", OIDC_DEFAULT_ROLE="ops")
    for email in ("dana@evil.example", "dana@notmeridian.example", "dana@meridian.example.evil.example"):
        issuer.claims = {"email": email}
        answer = come_back(office)
        assert answer.status_code == 403 and "Use your work account" in answer.text and user(office, email) is None
    issuer.claims = {"email": "New@Vendor.example", "sub": "u-2", "name": "Nia Wells"}
    assert come_back(office).status_code == 303
    newcomer = user(office, "new@vendor.example")
    assert newcomer and (newcomer.role, newcomer.name, newcomer.password_hash) == ("ops", "Nia Wells", "")


def test_who_was_not_invited_is_told_so(office: Office, issuer: Issuer) -> None:
    issuer.claims = {"email": "stranger@meridian.example"}
    answer = come_back(office)
    assert answer.status_code == 403 and "Nobody has invited stranger@meridian.example yet" in answer.text
    assert user(office, "stranger@meridian.example") is None and not is_in(office)


def test_an_invitation_is_taken_up_by_signing_in(office: Office, issuer: Issuer) -> None:
    with office.application.unit() as unit:
        _, secret = invitations.invite(unit, email="Rae@meridian.example", role="rep", by="ada@meridian.example", now=office.clock[0])
        unit.commit()
    issuer.claims = {"email": "rae@meridian.example", "sub": "u-9", "name": "Rae Kim"}
    assert come_back(office).status_code == 303
    rae = user(office, "rae@meridian.example")
    assert rae and (rae.role, rae.name, rae.subject) == ("rep", "Rae Kim", "u-9")
    assert office.client.get("/console/welcome/" + office.application.invitation_links.make(secret).rpartition("/")[2]).status_code == 410


def test_who_is_deactivated_does_not_come_in_by_subject_or_address(office: Office, issuer: Issuer) -> None:
    with office.application.unit() as unit:
        access.add_user(unit, Argon2(), email="ada@meridian.example", name="Ada", role="admin", password="four slow herons", now=office.clock[0])
        unit.commit()

    def deactivate() -> None:
        with office.application.unit() as unit:
            people.deactivate(unit, people.by_email(unit, EMAIL).id, by="ada", now=office.clock[0])
            unit.commit()

    deactivate()
    answer = come_back(office)
    assert answer.status_code == 403 and "deactivated" in answer.text and not is_in(office)
    with office.application.unit() as unit:
        people.reactivate(unit, people.by_email(unit, EMAIL).id, by="ada", now=office.clock[0])
        unit.commit()
    assert come_back(office).status_code == 303 and is_in(office)
    deactivate()
    assert not is_in(office)  # at once, with the session still in the browser
    assert come_back(office).status_code == 403


def test_another_person_who_got_the_address_does_not_get_the_account(office: Office, issuer: Issuer) -> None:
    come_back(office)
    office.client.cookies.clear()
    issuer.claims = {"sub": "u-2"}
    answer = come_back(office)
    assert answer.status_code == 403 and "belongs to another account" in answer.text and not is_in(office)


@pytest.mark.parametrize(("error", "words"), [("access_denied", "You stopped the sign-in"), ("server_error", "could not sign you in"), ("<script>", "could not sign you in")])
def test_what_the_issuer_refuses_is_told_in_words(office: Office, issuer: Issuer, error: str, words: str) -> None:
    issuer.refuses = error
    answer = come_back(office)
    assert answer.status_code == 401 and words in answer.text and error not in answer.text and "Password" in answer.text


def test_an_issuer_that_is_away_or_is_another_one_is_told_in_words(office: Office, issuer: Issuer) -> None:
    issuer.discovery = {"issuer": "https://login.elsewhere.example"}
    answer = office.client.get("/console/sign-in/oidc")
    assert answer.status_code == 502 and NOT_VERIFIED in answer.text
    issuer.discovery = {"token_endpoint": "http://login.elsewhere.example/token"}
    assert office.client.get("/console/sign-in/oidc").status_code == 502
    office.application.identity_provider.issuer = "http://127.0.0.1:1"  # type: ignore[union-attr]
    answer = office.client.get("/console/sign-in/oidc")
    assert answer.status_code == 502 and "does not answer" in answer.text


def test_a_code_that_the_issuer_does_not_take_is_told_in_words(office: Office) -> None:
    back = to_issuer(office.client).replace("code=", "code=x")
    answer = office.client.get(back)
    assert answer.status_code == 401 and "did not accept this sign-in" in answer.text


def test_without_an_issuer_there_is_no_button_and_nothing_is_called(make_office: Callable[..., Office], issuer: Issuer) -> None:
    office = make_office(SERIOUS)
    assert "/console/sign-in/oidc" not in office.client.get("/console/sign-in").text
    for path in ("/console/sign-in/oidc", "/console/sign-in/oidc/done?code=1&state=2"):
        assert office.client.get(path).status_code == 404
    assert issuer.asked == []


def test_the_sign_in_page_calls_nobody_before_the_button_is_pressed(make: Callable[..., Office], issuer: Issuer) -> None:
    office = make(OIDC_BUTTON="Sign in with Meridian ID")
    page = office.client.get("/console/sign-in?next=/console/leads/7").text
    assert "Sign in with Meridian ID" in page and 'href="/console/sign-in/oidc?next=%2Fconsole%2Fleads%2F7"' in page
    assert issuer.asked == []
