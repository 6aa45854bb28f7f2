"""Leads from a form, an event or an import, and signals of what people did."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leads import decisions
from leads.conversations import NotFound
from leads.intake import SOURCES, add_lead, add_signal
from leads.records import Lead
from scoring.facts import SIGNALS
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK, Chat, reading
from tests.unit.leads.fake_unit import FakeUnit

WEBINAR_GUEST = {"org_type": "payer", "use_case": "member_engagement"}


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def a_lead(unit: FakeUnit, source: str = "event", **how: Any) -> Lead:
    defaults: dict[str, Any] = {"contact": {"email": "Kim@plan.example"}, "facts": WEBINAR_GUEST, "reading": None, "signals": []}
    return add_lead(unit, source=source, playbook=PLAYBOOK, now=NINE, **{**defaults, **how})


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_is_kept_and_the_lead_is_scored_and_routed(unit: FakeUnit, source: str) -> None:
    lead = a_lead(unit, source)
    assert lead.source == source and lead.route in PLAYBOOK.routes and lead.assessment["scores"]["fit"]["points"] > 0
    assert lead.facts["org_type"]["channel"] in ("form", "email", "import")
    assert lead.playbook == {"name": PLAYBOOK.name, "version": PLAYBOOK.version, "digest": PLAYBOOK.digest}


def test_a_strong_lead_from_a_form_is_handed_off_with_a_clock(unit: FakeUnit) -> None:
    lead = a_lead(unit, "demo_request", facts=HOT, signals=[("meeting_request", NINE)])
    assert (lead.status, lead.route, lead.stage) == ("handed_off", "direct_sales", "mql") and lead.respond_by is not None


def test_given_facts_win_over_what_a_text_says_and_the_text_is_kept(unit: FakeUnit) -> None:
    said = reading(org_type="hospital", timeline="now", text="we are live in a month", signals=("pricing_request",))
    lead = a_lead(unit, "email", reading=said)
    assert lead.facts["org_type"]["value"] == "payer" and lead.facts["timeline"]["value"] == "now"
    assert [old["value"] for old in lead.facts["org_type"]["history"]] == ["hospital"]
    assert lead.note == "we are live in a month" and [signal.kind for signal in unit.signals.of(lead.id)] == ["pricing_request"]


def test_a_guest_of_a_webinar_is_nurtured_and_comes_back_by_a_stronger_signal(unit: FakeUnit) -> None:
    lead = a_lead(unit, signals=[("webinar", NINE)])
    assert (lead.stage, lead.route) == ("nurture", "nurture")
    add_signal(unit, kind="blog_page", at=NINE + timedelta(days=1), playbook=PLAYBOOK, now=NINE + timedelta(days=1), email="kim@PLAN.example")
    assert lead.stage == "nurture"
    later = NINE + timedelta(days=2)
    assert add_signal(unit, kind="meeting_request", at=later, playbook=PLAYBOOK, now=later, email="kim@plan.example") is lead
    assert lead.stage == "mql" and lead.route != "nurture" and lead.status == "handed_off"
    assert lead.respond_by is not None and lead.respond_by > later
    assert unit.leads.moves[-1].stage_from == "nurture"


def test_a_rejected_lead_sleeps_through_a_page_view_and_wakes_when_it_asks_for_us(unit: FakeUnit) -> None:
    lead = a_lead(unit, "demo_request", facts=HOT)
    decisions.reject(unit, lead.id, reason="no_project", note=None, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    later = NINE + timedelta(days=9)
    for kind in ("blog_page", "solution_page", "webinar", "guide_download"):
        add_signal(unit, kind=kind, at=later, playbook=PLAYBOOK, now=later, lead_id=lead.id)
    assert (lead.stage, lead.route, lead.respond_by) == ("nurture", "nurture", None)
    add_signal(unit, kind="call_request", at=later, playbook=PLAYBOOK, now=later, lead_id=lead.id)
    assert (lead.stage, lead.route) == ("mql", "direct_sales") and lead.respond_by is not None


def test_a_lead_of_a_poor_segment_stays_out_whatever_it_does(unit: FakeUnit) -> None:
    lead = a_lead(unit, facts=HOT)
    decisions.reject(unit, lead.id, reason="poor_segment", note=None, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    add_signal(unit, kind="call_request", at=NINE, playbook=PLAYBOOK, now=NINE, lead_id=lead.id)
    assert (lead.stage, lead.route) == ("disqualified", "disqualified")


def test_a_signal_does_not_move_what_sales_has_taken(unit: FakeUnit) -> None:
    lead = a_lead(unit, facts=HOT)
    decisions.accept(unit, lead.id, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    add_signal(unit, kind="pricing_request", at=NINE, playbook=PLAYBOOK, now=NINE, lead_id=lead.id)
    assert lead.stage == "sql" and lead.respond_by is None


def test_a_signal_during_a_chat_is_kept_for_its_next_turn(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(org_type="hospital")
    before = chat.lead.assessment
    add_signal(unit, kind="pricing_page", at=NINE, playbook=PLAYBOOK, now=NINE, lead_id=chat.lead.id)
    assert chat.lead.assessment == before
    chat.say("chitchat")
    assert chat.lead.assessment["scores"]["intent"]["points"] > before["scores"]["intent"]["points"]


def test_a_signal_of_the_past_is_weaker_than_one_of_today(unit: FakeUnit) -> None:
    fresh = a_lead(unit, signals=[("pricing_page", NINE)])
    old = a_lead(unit, signals=[("pricing_page", NINE - timedelta(weeks=9))])
    assert fresh.assessment["scores"]["intent"]["points"] > old.assessment["scores"]["intent"]["points"]


def test_a_signal_of_nobody_known_is_kept_without_a_lead(unit: FakeUnit) -> None:
    assert add_signal(unit, kind="webinar", at=NINE, playbook=PLAYBOOK, now=NINE, email="who@else.example") is None
    assert unit.signals.kept[0].email == "who@else.example" and unit.signals.kept[0].lead_id is None


def test_a_signal_that_came_before_its_lead_counts_once_the_lead_is_there(unit: FakeUnit) -> None:
    add_signal(unit, kind="meeting_request", at=NINE, playbook=PLAYBOOK, now=NINE, email="kim@PLAN.example")
    lead = a_lead(unit)
    assert [signal.kind for signal in unit.signals.of(lead.id)] == ["meeting_request"] and lead.stage == "mql"


def test_the_newest_lead_of_a_person_gets_the_signal(unit: FakeUnit) -> None:
    a_lead(unit)
    newest = a_lead(unit)
    newest.created_at += timedelta(days=1)
    assert add_signal(unit, kind="webinar", at=NINE, playbook=PLAYBOOK, now=NINE, email="kim@plan.example") is newest


def test_an_unknown_kind_is_refused_with_the_known_ones(unit: FakeUnit) -> None:
    with pytest.raises(ValueError, match=r"found 'pricing_pages'\. Did you mean 'pricing_page'\?") as refused:
        add_signal(unit, kind="pricing_pages", at=NINE, playbook=PLAYBOOK, now=NINE)
    assert all(kind in str(refused.value) for kind in SIGNALS) and not unit.signals.kept


def test_a_signal_for_a_lead_that_is_not_there_is_refused(unit: FakeUnit) -> None:
    with pytest.raises(NotFound):
        add_signal(unit, kind="webinar", at=NINE, playbook=PLAYBOOK, now=NINE, lead_id="gone")
    assert not unit.signals.kept


def test_a_lead_is_scored_on_its_reference_date(unit: FakeUnit) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    lead = a_lead(unit, signals=[("pricing_page", at)], reference_date=date(2026, 6, 2))
    same = a_lead(unit, signals=[("pricing_page", NINE)])
    assert lead.assessment["scores"]["intent"] == same.assessment["scores"]["intent"]
