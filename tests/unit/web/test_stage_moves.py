"""Stage moves as a table, over HTTP: from every stage, by every act, by every role; what is refused, and what is kept of what is not."""

from typing import Any

import pytest

from leads.rights import ROLES
from scoring.conditions import STAGES
from tests.unit.web.conftest import Office
from tests.unit.web.test_chat_api import problem
from tests.unit.web.test_staff_api import EMAIL, HOT, add, post

SALES = ("sales", "manager", "admin")
# act: (path, body, {from: to}, roles that may). The lead meets the rule for SQL, so who accepts it makes it one at once.
MOVES: dict[str, tuple[str, dict[str, Any], dict[str, str], tuple[str, ...]]] = {
    "accept": ("accept", {}, {"inquiry": "sql", "mql": "sql", "nurture": "sql"}, SALES),
    "qualify": ("qualify", {}, {"sal": "sql"}, SALES),
    "reject": ("reject", {"reason": "no_project"}, dict.fromkeys(("inquiry", "mql", "sal", "sql", "nurture"), "nurture"), SALES),
    "reject for good": ("reject", {"reason": "poor_segment"}, dict.fromkeys(("inquiry", "mql", "sal", "sql", "nurture"), "disqualified"), SALES),
    "nurture": ("nurture", {}, dict.fromkeys(("inquiry", "mql", "sal", "sql"), "nurture"), SALES),
    "opportunity": ("outcome", {"outcome": "opportunity"}, dict.fromkeys(("sal", "sql"), "opportunity"), SALES),
    "won": ("outcome", {"outcome": "won"}, {"opportunity": "won"}, SALES),
    "lost": ("outcome", {"outcome": "lost"}, {"opportunity": "lost"}, SALES),
    "snooze": ("snooze", {"until": "2026-12-01", "note": "asked to"}, {s: s for s in STAGES if s not in ("won", "lost", "disqualified")}, ("rep", *SALES)),
    "reassign": ("reassign", {"to": "accounts-b@example.com"}, {s: s for s in STAGES if s not in ("won", "lost", "disqualified")}, ("manager", "admin")),
}


def put(office: Office, lead_id: str, **changes: Any) -> None:
    """Set a lead as it stands."""
    with office.application.unit() as unit:
        lead = unit.leads.get(lead_id)
        for name, value in changes.items():
            setattr(lead, name, value)
        unit.commit()


def look(office: Office, lead_id: str) -> dict[str, Any]:
    found: dict[str, Any] = office.client.get(f"/api/leads/{lead_id}", headers=office.staff).json()
    return found


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("stage", STAGES)
def test_a_move_is_made_by_who_may_where_the_playbook_allows_it_and_else_refused_in_words(office: Office, act: str, stage: str) -> None:
    path, body, to, roles = MOVES[act]
    lead_id = add(office)["id"]
    for role in ROLES:
        name = f"{role}@meridian.example"
        put(office, lead_id, stage=stage, owner="desk-a@example.com", snoozed_until=None)
        before = look(office, lead_id)
        cookie = {"Cookie": f"leadtriage_session={office.session(name, role=role)}"}
        answer = office.client.post(f"/api/leads/{lead_id}/{path}", json=body, headers=cookie)
        if role not in roles:
            assert f"Your role is {role}." in problem(answer, 403)
            assert look(office, lead_id) == before
        elif stage not in to:
            sentence = problem(answer, 409)
            assert f"A lead in stage {stage} cannot be" in sentence or "is not possible yet" in sentence
            assert look(office, lead_id) == before
        else:
            assert answer.status_code == 200, answer.text
            assert answer.json()["stage"]["name"] == to[stage] and answer.json()["version"] == before["version"] + 1
            moved_by = [move["by"] for move in answer.json()["stage"]["history"][len(before["stage"]["history"]):]]
            assert moved_by[:1] == ([name] if to[stage] != stage else [])


def test_why_a_lead_was_moved_is_kept_in_its_history(office: Office) -> None:
    lead_id = add(office)["id"]
    post(office, f"/api/leads/{lead_id}/reject", {"reason": "other", "note": "sold the clinic"})
    last = look(office, lead_id)["stage"]["history"][-1]
    assert (last["from"], last["to"], last["rule"], last["by"], last["why"]) == ("mql", "nurture", "reject.other", "tests", "sold the clinic")


def test_who_saw_an_older_lead_is_told_who_acted_since_and_nothing_changes(office: Office) -> None:
    lead = add(office)
    dana = {"Cookie": f"leadtriage_session={office.session(EMAIL, role='sales')}"}
    seen = {"version": lead["version"]}
    assert office.client.post(f"/api/leads/{lead['id']}/accept", json=seen, headers=dana).status_code == 200
    for path, body in (("accept", {}), ("reject", {"reason": "no_project"}), ("nurture", {}), ("snooze", {"until": None}), ("outcome", {"outcome": "opportunity"}),
                       ("reassign", {"to": "desk-b@example.com"}), ("qualify", {})):  # fmt: skip
        sentence = problem(post(office, f"/api/leads/{lead['id']}/{path}", body | seen), 409)
        assert "Nothing was changed" in sentence and f"{EMAIL} moved it to sal." in sentence, path
    assert look(office, lead["id"])["route"]["owner"] == EMAIL
    assert f"{EMAIL} moved it to sal." in problem(post(office, f"/api/leads/{lead['id']}/accept"), 409)


def test_what_the_prospect_says_meanwhile_is_no_act_of_somebody_else(office: Office) -> None:
    talk = office.open()
    talk.choose("clinic_group")
    seen = talk.lead()["version"]
    talk.choose("patient_intake")
    assert post(office, f"/api/leads/{talk.lead()['id']}/accept", {"version": seen}).status_code == 200


def test_a_lead_is_confirmed_as_sql_only_once_the_rule_holds(office: Office) -> None:
    lead_id = add(office, facts={name: value for name, value in HOT.items() if name != "timeline"})["id"]
    put(office, lead_id, stage="sal")
    assert "'qualify' is not possible yet" in problem(post(office, f"/api/leads/{lead_id}/qualify"), 409)
    post(office, f"/api/leads/{lead_id}/facts", {"timeline": "now"})
    assert look(office, lead_id)["stage"]["name"] == "sql"


def test_a_lead_sent_back_to_nurture_has_no_clock_and_a_day_to_wake(office: Office) -> None:
    lead = post(office, f"/api/leads/{add(office)['id']}/nurture", {"note": "next year's budget"}).json()
    assert (lead["route"]["name"], lead["route"]["queue"], lead["route"]["respond_by"]) == ("nurture", "nurture", None)
    assert lead["nurture"]["wake_on"] > "2026-11-24" and lead["stage"]["history"][-1]["why"] == "next year's budget"


def test_a_lead_that_is_put_off_is_answered_after_that_day_opens(office: Office) -> None:
    lead = add(office)
    put_off = post(office, f"/api/leads/{lead['id']}/snooze", {"until": "2026-12-01", "note": "on holiday till then"}).json()
    # 8:30 in New York, plus the time of the route: 30 minutes for one with priority, 120 else.
    assert put_off["snoozed_until"] == "2026-12-01" and put_off["route"]["respond_by"] in ("2026-12-01T14:00:00+00:00", "2026-12-01T15:30:00+00:00")
    back = post(office, f"/api/leads/{lead['id']}/snooze", {"until": None}).json()
    assert back["snoozed_until"] is None and back["route"]["respond_by"] == lead["route"]["respond_by"]
    post(office, f"/api/leads/{lead['id']}/snooze", {"until": "2026-12-01", "note": "on holiday till then"})
    assert post(office, f"/api/leads/{lead['id']}/accept").json()["snoozed_until"] is None


@pytest.mark.parametrize(("body", "word"), [
    ({"until": "2026-11-24", "note": "x"}, "a day after 2026-11-24"), ({"until": "2028-01-01", "note": "x"}, "within a year"), ({"until": "2026-12-01"}, "why it can wait"),
    ({"until": "soon"}, "until"), ({}, "until"),
])  # fmt: skip
def test_a_lead_is_not_put_off_without_a_day_ahead_and_a_reason(office: Office, body: dict[str, Any], word: str) -> None:
    lead = add(office)
    assert word in problem(post(office, f"/api/leads/{lead['id']}/snooze", body), 422)
    assert look(office, lead["id"]) == lead


def test_sales_hand_on_their_own_leads_and_nobody_elses(office: Office) -> None:
    mine, others = add(office)["id"], add(office)["id"]
    dana = {"Cookie": f"leadtriage_session={office.session(EMAIL, role='sales')}"}
    assert office.client.post(f"/api/leads/{mine}/accept", headers=dana).status_code == 200
    answer = office.client.post(f"/api/leads/{mine}/reassign", json={"to": "Desk-B@example.com", "note": "my holiday"}, headers=dana)
    assert answer.json()["route"]["owner"] == "desk-b@example.com"
    assert "role manager or admin" in problem(office.client.post(f"/api/leads/{others}/reassign", json={"to": EMAIL}, headers=dana), 403)
    assert "role manager or admin" in problem(office.client.post(f"/api/leads/{mine}/reassign", json={"to": EMAIL}, headers=dana), 403)


def test_a_lead_is_given_only_to_somebody_who_can_own_it(office: Office) -> None:
    lead = add(office)
    office.session("olga@meridian.example", role="ops")
    for nobody in ("olga@meridian.example", "who@else.example", ""):
        sentence = problem(post(office, f"/api/leads/{lead['id']}/reassign", {"to": nobody}), 422)
        assert "desk-a@example.com" in sentence and "olga@meridian.example," not in sentence
    assert "already" in problem(post(office, f"/api/leads/{lead['id']}/reassign", {"to": lead["route"]["owner"]}), 409)
