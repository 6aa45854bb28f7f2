"""Leads as outside programs see them: every key of the contract, and totals that add up."""

import json
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from leads.presenting import account_of, moment, present
from leads.records import Lead
from tests.unit.leads.chatting import HOT, NINE, Chat

KEYS = {
    "id", "source", "status", "created_at", "contact", "account", "facts", "not_known", "scores", "flags", "stage", "route", "missing",
    "next_step", "playbook", "transcript",
}


@pytest.fixture
def chat() -> Chat:
    chat = Chat()
    chat.say(org_type="clinic_group", text="we run eleven offices")
    chat.say("refuse")
    chat.answer(HOT, {"name": "Ana Ruiz", "email": "ana@cedarhollow.example", "company": "Cedar Hollow"})
    return chat


def test_a_lead_has_every_key_of_the_contract_and_is_plain_json(chat: Chat) -> None:
    lead = present(chat.unit, chat.lead)
    assert set(lead) >= KEYS
    assert json.loads(json.dumps(lead)) == lead


def test_the_points_of_each_score_add_up_to_its_total(chat: Chat) -> None:
    scores = present(chat.unit, chat.lead)["scores"]
    assert set(scores) == {"fit", "intent", "readiness"}
    for score in scores.values():
        assert score["points"] == sum(part["points"] for part in score["contributions"])
        assert 0 <= score["lowest"] <= score["points"] <= score["highest"] <= 100 and 0 <= score["coverage"] <= 1
        assert all(isinstance(part["points"], int) and part["source"].startswith("default.yml:") for part in score["contributions"])


def test_a_contribution_names_the_words_it_rests_on(chat: Chat) -> None:
    fit = present(chat.unit, chat.lead)["scores"]["fit"]
    (part,) = [part for part in fit["contributions"] if part["fact"] == "org_type"]
    assert part["quote"] == "org_type in their words" and part["value"] == "clinic_group"


def test_the_route_says_why_and_why_not_the_others(chat: Chat) -> None:
    route = present(chat.unit, chat.lead)["route"]
    assert route["name"] == "direct_sales" and route["why"] and route["respond_by"].endswith("+00:00")
    assert set(route["why_not"]) == {"account_based", "partner_review", "nurture", "disqualified"}
    assert all(reasons for reasons in route["why_not"].values())


def test_the_moves_of_a_lead_are_told_in_order(chat: Chat) -> None:
    history = present(chat.unit, chat.lead)["stage"]["history"]
    assert history[0]["from"] is None and history[-1]["to"] == "mql"
    assert all(first["to"] == second["from"] for first, second in pairwise(history))


def test_an_open_lead_has_no_route_yet_and_so_no_reasons() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    route = present(chat.unit, chat.lead)["route"]
    assert route["name"] is None and route["why"] == [] and route["why_not"] == {} and route["priority"] is False


def test_a_list_of_leads_leaves_the_transcript_out(chat: Chat) -> None:
    assert present(chat.unit, chat.lead, whole=False)["transcript"] == []
    told = present(chat.unit, chat.lead)["transcript"]
    assert told[0] == {"from": "visitor", "text": "we run eleven offices", "at": moment(NINE + timedelta(minutes=1))}


@pytest.mark.parametrize(("email", "domain"), [
    ("ana@CedarHollow.example", "cedarhollow.example"), ("ana.ruiz@gmail.com", None), ("ana@Outlook.com", None), ("", None),
])  # fmt: skip
def test_the_domain_of_an_account_is_an_employers(email: str, domain: str | None) -> None:
    lead = Lead(id="1", source="chat", created_at=NINE, updated_at=NINE, playbook={}, contact={"email": email, "company": "Cedar"})
    assert account_of(lead) == {"name": "Cedar", "domain": domain, "org_type": None, "region": None}


def test_times_are_told_in_utc_to_the_second() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert moment(datetime(2026, 11, 24, 9, 30, 1, 250, tzinfo=eastern)) == "2026-11-24T14:30:01+00:00"
    assert moment(datetime(2026, 11, 24, tzinfo=UTC)) == "2026-11-24T00:00:00+00:00" and moment(None) is None
