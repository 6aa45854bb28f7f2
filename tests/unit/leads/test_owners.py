"""Who owns a lead: one owner by turn when it is routed, kept within a queue, and none where nobody can take it."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from leads import decisions, staff
from leads.abandonment import close_quiet
from leads.intake import add_lead, add_signal
from leads.presenting import present
from leads.records import Lead, User
from scoring.playbook import Playbook, parse_playbook
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK, Chat
from tests.unit.leads.fake_unit import FakeUnit

COLD = {"org_type": "clinic_group", "use_case": "patient_intake", "timeline": "none", "budget_status": "none"}
ANA = {"name": "Ana Ruiz", "email": "ana@cedar.example", "company": "Cedar Clinics", "phone": "555 0100", "consent": "yes"}
EMAILS = {person.email: name for name, person in PLAYBOOK.people.items()}


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def arrive(unit: FakeUnit, playbook: Playbook = PLAYBOOK, **facts: Any) -> Lead:
    contact = {"name": "Ana Ruiz", "email": f"ana{len(unit.leads.kept)}@cedar.example"}  # somebody else each time
    return add_lead(unit, source="form", contact=contact, facts=facts, reading=None, signals=[], playbook=playbook, now=NINE)


def changed(old: str, new: str) -> Playbook:
    assert old in PLAYBOOK.source.text
    return parse_playbook(PLAYBOOK.source.text.replace(old, new, 1), "default.yml")


def test_leads_go_in_turn_by_weight_to_the_members_of_their_queue(unit: FakeUnit) -> None:
    owners = Counter(EMAILS[str(arrive(unit, **HOT).owner)] for _ in range(10))
    assert owners == {"desk-a": 6, "desk-b": 4}


@pytest.mark.parametrize(("facts", "queue"), [
    (HOT | {"region": "OR"}, "sales-west"), (HOT | {"use_case": "revenue_cycle"}, "sales-revenue"), (HOT, "sales"),
    ({"org_type": "payer", "budget_status": "requested", "timeline": "year", "buying_role": "recommender"}, "health-plans"),
    ({"relationship": "partner"}, "partners"), (COLD, "nurture"), ({"org_type": "other"}, "closed"),
])  # fmt: skip
def test_the_queue_goes_by_region_product_line_and_segment_and_the_owner_is_of_the_queue(unit: FakeUnit, facts: dict[str, Any], queue: str) -> None:
    lead = arrive(unit, **facts)
    members = [PLAYBOOK.people[member].email for member in PLAYBOOK.queues.get(queue, {})]
    assert lead.queue == queue and (lead.owner in members if members else lead.owner is None)
    assert present(unit, lead)["route"] | {"queue": queue, "owner": lead.owner} == present(unit, lead)["route"]


def test_a_lead_keeps_its_owner_while_it_stays_in_its_queue(unit: FakeUnit) -> None:
    lead = arrive(unit, **HOT)
    owner = lead.owner
    for facts in ({"org_size": {"sites": 3}}, {"department": "it"}):
        staff.correct_facts(unit, lead.id, facts, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    assert lead.owner == owner and unit.rotations.taken == ["sales"]


def test_a_lead_that_belongs_in_another_queue_gets_an_owner_there_and_keeps_its_clock(unit: FakeUnit) -> None:
    lead = arrive(unit, **HOT)
    due = lead.respond_by
    later = NINE + timedelta(minutes=10)
    staff.correct_facts(unit, lead.id, {"use_case": "revenue_cycle"}, playbook=PLAYBOOK, by="dana@meridian.example", now=later)
    assert (lead.queue, lead.owner, lead.respond_by) == ("sales-revenue", "desk-revenue@example.com", due)


def test_nobody_gets_more_open_leads_than_they_may_own_and_the_rest_waits_in_the_queue(unit: FakeUnit) -> None:
    small = changed("role: new business, most_open: 60}", "role: new business, most_open: 2}")
    small = parse_playbook(small.source.text.replace("role: new business, most_open: 40", "role: new business, most_open: 1", 1), "default.yml")
    leads = [arrive(unit, small, **HOT) for _ in range(5)]
    assert [lead.owner and EMAILS[lead.owner] for lead in leads] == ["desk-a", "desk-b", "desk-a", None, None]
    assert {lead.queue for lead in leads} == {"sales"}
    leads[0].stage = "won"
    add_signal(unit, kind="call_request", at=NINE, playbook=small, now=NINE, lead_id=leads[3].id)
    assert leads[3].owner == "desk-a@example.com", "once somebody is free, the lead that waited finds an owner"


def test_a_lead_that_sales_gave_back_is_of_who_keeps_in_touch_and_has_a_track(unit: FakeUnit) -> None:
    lead = arrive(unit, **HOT)
    decisions.reject(unit, lead.id, reason="no_project", note=None, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    assert (lead.queue, lead.owner) == ("nurture", "nurture@example.com")
    assert present(unit, lead)["nurture"]["track"] == "deciders"


def test_who_accepts_a_lead_owns_it_and_no_turn_takes_it_away(unit: FakeUnit) -> None:
    lead = arrive(unit, **HOT)
    decisions.accept(unit, lead.id, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    staff.correct_facts(unit, lead.id, {"use_case": "revenue_cycle"}, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    assert (lead.queue, lead.owner) == ("sales", "dana@meridian.example")


def test_scoring_again_does_not_put_off_the_day_a_lead_is_woken(unit: FakeUnit) -> None:
    lead = arrive(unit, **COLD)
    wake_on = present(unit, lead)["nurture"]["wake_on"]
    add_signal(unit, kind="blog_page", at=NINE, playbook=PLAYBOOK, now=NINE + timedelta(days=40), lead_id=lead.id)
    assert present(unit, lead)["nurture"]["wake_on"] == wake_on
    staff.correct_facts(unit, lead.id, {"contract_end": "2027-09-30"}, playbook=PLAYBOOK, by="dana@meridian.example", now=NINE)
    assert present(unit, lead)["nurture"] | {"track": "renewal", "wake_on": "2027-07-01"} == present(unit, lead)["nurture"]


def test_a_chat_that_is_over_has_one_owner(chat: Chat) -> None:
    chat.answer(HOT, ANA)
    assert chat.lead.owner in EMAILS and chat.unit.rotations.taken == [chat.lead.queue]


def test_who_asked_for_a_person_but_is_not_ready_takes_one_turn_of_sales_and_none_of_nurture(chat: Chat) -> None:
    chat.say("human", contact=ANA)
    chat.answer(HOT | COLD | {"buying_role": "user"}, ANA)
    assert set(chat.unit.rotations.taken) == {"sales"} and chat.lead.owner in EMAILS and chat.lead.route == "nurture"


def test_who_said_stop_is_nobodys_work(chat: Chat) -> None:
    chat.say(org_type="hospital", contact=ANA)
    chat.say("stop")
    assert chat.lead.route is not None and chat.lead.owner is None and chat.unit.rotations.taken == []


def test_a_chat_that_fell_quiet_has_an_owner_too(chat: Chat) -> None:
    chat.say(org_type="clinic_group", budget_status="approved", contact=ANA)
    later = chat.now + timedelta(hours=1)
    assert close_quiet(chat.unit, playbook_of=lambda conversation: PLAYBOOK, quiet=timedelta(minutes=30), now=later) == 1
    assert chat.lead.status == "abandoned" and chat.lead.owner in EMAILS


def test_who_owns_an_earlier_lead_of_a_person_gets_their_next_one_and_pays_for_it_as_a_turn(unit: FakeUnit) -> None:
    again = {"name": "Ana Ruiz", "email": " Ana@Cedar.example"}
    owners = []
    for number in range(10):
        contact = again if number in (0, 4, 7) else {"email": f"somebody{number}@cedar.example"}
        lead = add_lead(unit, source="form", contact=contact, facts=HOT, reading=None, signals=[], playbook=PLAYBOOK, now=NINE)
        owners.append(EMAILS[str(lead.owner)])
    assert owners[0] == owners[4] == owners[7]
    assert Counter(owners) == {"desk-a": 6, "desk-b": 4}


def test_a_person_is_not_given_to_an_owner_who_is_away_or_of_another_queue(unit: FakeUnit) -> None:
    first = arrive(unit, **HOT)
    first.owner = "partners@example.com"
    same = add_lead(unit, source="form", contact=first.contact, facts=HOT, reading=None, signals=[], playbook=PLAYBOOK, now=NINE)
    assert EMAILS[str(same.owner)] in PLAYBOOK.queues["sales"]


def test_who_was_deactivated_gets_no_leads_although_the_playbook_still_names_them(unit: FakeUnit) -> None:
    member = "desk-a"
    gone = User(id="1", email=PLAYBOOK.people[member].email.upper(), name="A", role="sales", password_hash="", created_at=NINE, deactivated_at=NINE)
    unit.staff.add_user(gone)
    owners = Counter(EMAILS[str(arrive(unit, **HOT).owner)] for _ in range(6))
    assert owners == {"desk-b": 6}
    gone.deactivated_at = None
    assert {EMAILS[str(arrive(unit, **HOT).owner)] for _ in range(6)} == {"desk-a", "desk-b"}
