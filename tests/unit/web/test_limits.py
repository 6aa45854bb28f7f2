"""Limits: each counts for itself, each is a setting, and the demo does not limit its own machine."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.web.conftest import DEMO, SERIOUS, Office
from web.limits import Limits, address
from web.problems import Refusal
from wiring.settings import read_settings


def request_from(host: str | None) -> Any:
    return SimpleNamespace(client=SimpleNamespace(host=host) if host else None)


def limits(base: dict[str, str] = SERIOUS, **changes: str) -> Limits:
    return Limits(read_settings({**base, **changes}, None))


CLINIC = request_from("203.0.113.9")


def test_each_conversation_is_counted_for_itself() -> None:
    counted = limits(MESSAGES_A_MINUTE="2")
    for _ in range(2):
        counted.message(CLINIC, "one")
    with pytest.raises(Refusal) as refused:
        counted.message(CLINIC, "one")
    assert refused.value.status == 429 and refused.value.retry_after
    counted.message(CLINIC, "another")


def test_conversations_are_counted_by_address() -> None:
    counted = limits(CONVERSATIONS_AN_HOUR="1")
    counted.conversation(CLINIC)
    with pytest.raises(Refusal):
        counted.conversation(CLINIC)
    counted.conversation(request_from("203.0.113.10"))


def test_sign_ins_are_counted_by_login_and_address_whatever_its_letters() -> None:
    counted = limits(SIGN_INS_A_MINUTE="1")
    counted.sign_in(CLINIC, "Ana@meridian.example")
    with pytest.raises(Refusal):
        counted.sign_in(CLINIC, "ana@MERIDIAN.example")
    counted.sign_in(CLINIC, "ben@meridian.example")
    counted.sign_in(request_from("203.0.113.10"), "ana@meridian.example")


def test_zero_means_no_limit() -> None:
    counted = limits(MESSAGES_A_MINUTE="0")
    for _ in range(200):
        counted.message(CLINIC, "one")


def test_the_demo_limits_others_but_not_its_own_machine() -> None:
    counted = limits(DEMO, MESSAGES_A_MINUTE="1")
    for _ in range(5):
        counted.message(request_from("127.0.0.1"), "one")
    counted.message(CLINIC, "two")
    with pytest.raises(Refusal):
        counted.message(CLINIC, "two")


def test_a_hospital_behind_one_address_is_not_shut_out() -> None:
    counted = limits()
    for number in range(300):
        counted.conversation(CLINIC)
        counted.message(CLINIC, f"conversation {number}")


def test_a_request_without_an_address_has_one_all_the_same() -> None:
    assert address(request_from(None)) == "unknown" and address(CLINIC) == "203.0.113.9"


def test_the_console_counts_tries_to_sign_in(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, SIGN_INS_A_MINUTE="2")
    statuses = []
    for _ in range(3):
        page = office.client.get("/console/sign-in").text
        found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
        assert found
        form = {"email": "ana@meridian.example", "password": "a guess", "token": found[1]}
        statuses.append(office.client.post("/console/sign-in", data=form).status_code)
    assert statuses == [401, 401, 429]


def test_the_contact_form_is_limited_like_the_chat(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, CONVERSATIONS_AN_HOUR="1")
    form = {"email": "cy@orthowest.example", "text": "six ortho clinics with open slots", "consent": "yes"}
    assert office.client.post("/contact", data=form, follow_redirects=False).status_code == 303
    assert office.client.post("/contact", data=form).status_code == 429
