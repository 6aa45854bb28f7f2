"""Notes of a call, read by the real Rasa: they fill the same facts as /api/interpret gives for the same words and question."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running.product import Product

pytestmark = pytest.mark.running
TAB = "tab-of-this-test"
NOTES = [
    (None, "6 derm locs, no-shows killing them, cfo signs off, wants live by march"),
    ("budget_status", "waiting on FY27 budget, ~60k/yr"),
    ("buying_role", "she compares vendors, coo decides"),
    ("integrations", "epic + salesforce, planning nothing new"),
    ("security_needs", "baa a must, soc2 report, infosec review takes 6 wks"),
    ("handles_phi", "yes - names + dob in reminders"),
    ("stakeholders", "IT + compliance need to be ok w/ it"),
    ("timeline", "not before Q3"),
    ("current_solution", "all on paper, phones"),
    ("org_size", "9 clinics / 70 providers"),
    ("budget_status", "doesn't know"),
]


@pytest.fixture
def signed_in(product: Product) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=product.url, timeout=60) as client:
        token = _token(client.get("/console/sign-in").text)
        form = {"email": product.login["email"], "password": product.login["password"], "token": token, "next": "/console/call"}
        assert client.post("/console/sign-in", data=form).status_code == 303
        yield client


@pytest.mark.parametrize(("asked", "text"), NOTES)
def test_a_note_fills_the_same_facts_as_interpret_gives(product: Product, signed_in: httpx.Client, asked: str | None, text: str) -> None:
    (expected,) = product.staff("POST", "/api/interpret", {"items": [{"id": "1", "text": text, "asked": asked}]})["items"]
    begun = signed_in.post("/console/call", data={"token": _token(signed_in.get("/console/call").text)}).headers["location"]
    headers = {"X-Form-Token": _token(signed_in.get(begun).text)}

    def step(name: str, **body: Any) -> Any:
        answer = signed_in.post(f"{begun}/{name}", json={"tab": TAB, **body}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()["view"]

    step("take-over")
    view = step("notes", text=text, asked=asked, key=uuid.uuid4().hex)
    assert {fact["fact"]: fact["value"] for fact in view["facts"]} == expected["facts"]
    assert {one["name"]: one["value"] for one in view["waiting"]} == {name: one["value"] for name, one in expected["doubtful"].items()}


def _token(page: str) -> str:
    found = re.search(r'(?:name="token" value|data-token)="([0-9a-f]{64})"', page)
    assert found, page[:2000]
    return found[1]
