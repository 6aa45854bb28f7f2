"""The table of rights over HTTP: every role and every action, by session and by key, in the API and in the console."""

from collections.abc import Callable
from typing import Any

import pytest

from leads import access
from leads.rights import RIGHTS, ROLES
from tests.unit.web.conftest import Office
from tests.unit.web.test_chat_api import problem

# One call of each endpoint of the staff API, with the action it needs. The lead is not there: who may, gets as far as being told so.
CALLS: list[tuple[str, str, str, Any]] = [
    ("read_texts", "POST", "/api/interpret", {"items": []}),
    ("read_texts", "POST", "/api/score", {"facts": {}}),
    ("see_leads", "GET", "/api/leads", None),
    ("see_leads", "GET", "/api/leads/gone", None),
    ("take_out", "GET", "/api/leads/gone/packet", None),
    ("add_leads", "POST", "/api/leads", {"source": "form", "contact": {}}),
    ("add_leads", "POST", "/api/signals", {"kind": "webinar", "visitor": "v"}),
    ("decide", "POST", "/api/leads/gone/accept", {}),
    ("decide", "POST", "/api/leads/gone/reject", {"reason": "no_project"}),
    ("decide", "POST", "/api/leads/gone/qualify", {}),
    ("decide", "POST", "/api/leads/gone/nurture", {}),
    ("snooze", "POST", "/api/leads/gone/snooze", {"until": "2026-12-01", "note": "asked to"}),
    ("reassign", "POST", "/api/leads/gone/reassign", {"to": "desk-a@example.com"}),
    ("tell_outcome", "POST", "/api/leads/gone/outcome", {"outcome": "won"}),
    ("correct_facts", "POST", "/api/leads/gone/facts", {}),
    ("merge", "POST", "/api/leads/gone/merge", {"from": "other"}),
    ("merge", "POST", "/api/merges/gone/undo", None),
    ("call", "POST", "/api/chat/conversations", {"page": {"url": "https://x.example"}, "consent": True, "channel": "rep"}),
]  # fmt: skip
LET_IN = (200, 201, 202, 404)


@pytest.fixture
def desk(office: Office) -> Callable[[str], dict[str, str]]:
    """Headers of a new person with a role."""
    return lambda role: {"Cookie": f"leadtriage_session={office.session(f'{role}@meridian.example', role=role)}"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_by_the_api_what_the_table_says_and_is_told_what_is_needed_for_the_rest(
    office: Office, desk: Callable[[str], dict[str, str]], role: str
) -> None:
    headers = desk(role)
    for action, method, path, body in CALLS:
        answer = office.client.request(method, path, json=body, headers=headers)
        if role in RIGHTS[action][1] or (action == "reassign" and role in RIGHTS["hand_on"][1]):
            assert answer.status_code in LET_IN, (action, path, answer.text)
        else:
            sentence = problem(answer, 403)
            assert sentence.startswith(f"Your role is {role}. To {RIGHTS[action][0]} one needs the role "), (action, path)


@pytest.mark.parametrize("scope", RIGHTS)
def test_a_key_with_one_scope_may_do_that_and_nothing_else(office: Office, scope: str) -> None:
    with office.application.unit() as unit:
        key = access.add_api_key(unit, name="narrow", now=office.clock[0], scopes=[scope])
        unit.commit()
    for action, method, path, body in CALLS:
        answer = office.client.request(method, path, json=body, headers={"Authorization": f"Bearer {key}"})
        if action == scope or (action, scope) == ("reassign", "hand_on"):
            assert answer.status_code in LET_IN, (action, path, answer.text)
        else:
            assert f"scope {action}" in problem(answer, 403), (action, path)


def test_every_endpoint_of_the_staff_api_is_in_the_table_above(office: Office) -> None:
    paths = office.client.get("/api/openapi.json").json()["paths"]
    found = {(method.upper(), path.replace("{lead_id}", "gone").replace("{merge_id}", "gone")) for path in paths for method in paths[path] if path.startswith("/api/")}
    assert {(method, path) for _, method, path, _ in CALLS if "/chat/" not in path} == {each for each in found if "/chat/" not in each[1]}
