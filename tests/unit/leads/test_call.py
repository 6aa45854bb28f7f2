"""A guided call over records in memory: questions, notes, conflicts, the account, and how it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from leads import audit
from leads.abandonment import close_quiet
from leads.call import end, notes, script
from leads.call.context import Call, CallRefused, Finished, OtherTab, enter, find
from leads.call.view import OLD_AFTER, view
from leads.conversations import NotFound
from leads.dialogue import recording
from leads.intake import add_lead
from leads.reading import ReadFact, Reading
from leads.records import Lead
from scoring.facts import InvalidFact
from tests.unit.leads.chatting import FAQ, HOT, NINE, PLAYBOOK, fact, reading
from tests.unit.leads.fake_unit import FakeUnit

RAE, TAB = "rae@meridian.example", "tab-number-one"


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def a_lead(unit: FakeUnit, contact: dict[str, str] | None = None, **facts: Any) -> Lead:
    return add_lead(
        unit, source="form", contact=contact or {"name": "Ana Ruiz", "email": "ana@cedar.example"}, facts=facts, reading=None, signals=[],
        playbook=PLAYBOOK, now=NINE,
    )


def begin(unit: FakeUnit, lead: Lead | None = None, company: str | None = None) -> Call:
    """A call that is led in our tab."""
    begun = script.start(unit, by=RAE, playbook=PLAYBOOK, now=NINE, lead=lead, company=company)
    call = find(unit, begun.id, playbook_of=lambda _: PLAYBOOK, by=RAE, now=NINE)
    script.take_over(call, TAB)
    return again(call)


def again(call: Call, **later: float) -> Call:
    """The same call at its next step."""
    return enter(call.uow, call.id, playbook_of=lambda _: PLAYBOOK, by=RAE, tab=TAB, now=call.now + timedelta(**later or {"seconds": 10}))


def write(call: Call, said: Reading, *, asked: str | None = None, chosen: list[str] | None = None, key: str = "note-0001") -> None:
    """Keep a note and take what was chosen of it."""
    kept = notes.keep_note(call, text=said.text, asked=asked, contact={}, removed=(), key=key)
    assert kept is not None
    notes.take(call, kept.id, notes.readings(said, {}, asked=asked, faq=FAQ), chosen=chosen, corrected={})


def shown_facts(call: Call) -> dict[str, dict[str, Any]]:
    return {one["fact"]: one for one in view(call)["facts"]}


def test_the_question_comes_in_the_words_of_a_call_with_why_and_what_to_listen_for(unit: FakeUnit) -> None:
    question = view(begin(unit))["question"]
    asked = PLAYBOOK.questions["org_type"]
    assert (question["name"], question["say"], question["why"], question["listen_for"]) == ("org_type", asked.rep, asked.why, asked.listen_for)
    assert [chip["label"] for chip in question["chips"]] == [reply.label for reply in asked.quick_replies]


def test_an_answer_is_confirmed_and_the_next_best_question_follows(unit: FakeUnit) -> None:
    call = begin(unit)
    script.answer(call, "org_type", "clinic_group")
    assert call.state.asking == "use_case" and call.lead is not None
    assert call.lead.facts["org_type"]["confirmed"] and call.lead.facts["org_type"]["channel"] == "call" and call.lead.source == "call"


def test_a_list_grows_while_its_question_stays_until_the_rep_goes_on(unit: FakeUnit) -> None:
    call = begin(unit)
    script.pick(call, "security_needs")
    script.answer(call, "security_needs", ["baa"], stay=True)
    script.answer(call, "security_needs", ["baa", "sso"], stay=True)
    assert call.state.asking == "security_needs" and shown_facts(call)["security_needs"]["value"] == ["baa", "sso"]
    script.answer(call, "security_needs", ["sso"], stay=True)
    assert shown_facts(call)["security_needs"]["value"] == ["sso"]
    script.leave(call, "skip")
    assert call.state.asking != "security_needs"


@pytest.mark.parametrize(("how", "kept"), [("skip", {}), ("dont_know", {"org_type": "dont_know"}), ("refused", {"org_type": "refused"})])
def test_a_question_that_was_left_does_not_come_back_by_itself(unit: FakeUnit, how: str, kept: dict[str, str]) -> None:
    call = begin(unit)
    script.leave(call, how)
    assert (call.lead.not_known if call.lead else {}) == kept
    seen = {call.state.asking}
    while call.state.asking is not None and len(seen) < 60:
        script.leave(call, "skip")
        seen.add(call.state.asking)
    assert "org_type" not in seen and call.state.asking is None


def test_a_question_that_was_left_can_be_picked_again(unit: FakeUnit) -> None:
    call = begin(unit)
    script.leave(call, "refused")
    script.pick(call, "org_type")
    assert call.state.asking == "org_type"
    script.answer(call, "org_type", "payer")
    assert call.lead is not None and call.lead.not_known == {}


def test_not_knowing_about_patient_information_is_an_answer(unit: FakeUnit) -> None:
    call = begin(unit)
    script.pick(call, "handles_phi")
    script.leave(call, "dont_know")
    assert shown_facts(call)["handles_phi"]["value"] == "unsure"


def test_after_the_facts_the_contact_is_asked_for(unit: FakeUnit) -> None:
    call = begin(unit)
    script.answer(call, "org_type", "clinic_group")
    for _ in range(60):
        if call.state.asking in (None, "name"):
            break
        script.leave(call, "skip")
    assert call.state.asking == "name"
    script.answer(call, "name", "Ana Ruiz")
    assert call.lead is not None and call.lead.contact["name"] == "Ana Ruiz" and call.state.asking == "email"


def test_consent_is_kept_with_its_day(unit: FakeUnit) -> None:
    call = begin(unit)
    script.keep_contact(call, {"consent": "no", "email": "ana@cedar.example"})
    assert call.lead is not None and call.lead.contact["consent"] == "refused in a call on 2026-11-24"
    script.keep_contact(call, {"consent": "yes"})
    assert call.lead.contact["consent"] == "given in a call on 2026-11-24"
    script.keep_contact(call, {"email": ""})
    assert "email" not in call.lead.contact


def test_facts_of_a_note_count_only_when_they_are_taken(unit: FakeUnit) -> None:
    call = begin(unit)
    said = reading(org_type="payer", timeline="now", doubtful={"use_case": "telehealth"})
    kept = notes.keep_note(call, text=said.text, asked=None, contact={}, removed=(), key="note-0001")
    assert kept is not None and call.lead is not None and call.lead.facts == {} and [m.sender for m in unit.messages.of(call.id)] == ["rep"]
    found = notes.readings(said, {}, asked=None, faq=FAQ)
    assert [(one.id, one.sure) for one in found] == [("fact:org_type", True), ("fact:timeline", True), ("maybe:use_case", False)]
    notes.take(call, kept.id, found, chosen=["fact:timeline"], corrected={})
    assert set(shown_facts(call)) == {"timeline"} and [one["name"] for one in call.state.waiting] == ["use_case"]


def test_a_note_is_taken_once(unit: FakeUnit) -> None:
    call = begin(unit)
    write(call, reading(integrations=["epic"]))
    assert notes.keep_note(call, text="their words", asked=None, contact={}, removed=(), key="note-0001") is None
    script.remove(call, "integrations")
    notes.take(call, unit.messages.of(call.id)[0].id, notes.readings(reading(integrations=["epic"]), {}, asked=None, faq={}), chosen=None, corrected={})
    assert shown_facts(call) == {}


def test_lists_of_several_notes_add_up_and_a_correction_replaces_them(unit: FakeUnit) -> None:
    call = begin(unit)
    write(call, reading(integrations=["epic"]), key="note-0001")
    write(call, reading(integrations=["salesforce"]), key="note-0002")
    assert shown_facts(call)["integrations"]["value"] == ["epic", "salesforce"]
    write(call, reading("correct", integrations=["athenahealth"]), key="note-0003")
    assert shown_facts(call)["integrations"]["value"] == ["athenahealth"]


def test_a_wrong_correction_is_refused_by_name(unit: FakeUnit) -> None:
    call = begin(unit)
    kept = notes.keep_note(call, text="x", asked=None, contact={}, removed=(), key="note-0001")
    assert kept is not None
    found = notes.readings(reading(org_type="payer"), {}, asked=None, faq={})
    with pytest.raises(InvalidFact, match="org_type: expected one of"):
        notes.take(call, kept.id, found, chosen=None, corrected={"fact:org_type": "payr"})


def test_a_note_may_say_that_they_do_not_know(unit: FakeUnit) -> None:
    call = begin(unit)
    write(call, reading("dont_know"), asked="org_type")
    assert call.lead is not None and call.lead.not_known == {"org_type": "dont_know"} and call.state.asking == "use_case"


def test_a_question_about_prices_is_a_signal_and_finds_its_answer(unit: FakeUnit) -> None:
    call = begin(unit)
    said = reading("faq", topic=("price", 0.8))
    write(call, said)
    assert call.lead is not None and [signal.kind for signal in unit.signals.of(call.lead.id)] == ["pricing_request"]
    topic = notes.faq_topic(said, FAQ)
    assert topic is not None and topic.id == "price"
    write(call, said, key="note-0002")
    assert len(unit.signals.kept) == 1


def test_what_the_chat_learned_is_shown_with_its_words_and_what_is_doubtful_or_old_is_to_be_confirmed(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    recording.store(lead, ReadFact("use_case", "telehealth", 0.6, "video maybe"), channel="website", now=NINE)
    recording.store(lead, ReadFact("org_type", "payer", 0.97, "a health plan"), channel="website", now=NINE - OLD_AFTER - timedelta(days=1))
    recording.store(lead, ReadFact("timeline", "now", 0.97, "right away"), channel="website", now=NINE)
    call = begin(unit, lead)
    shown = shown_facts(call)
    assert {name: one["confirm"] for name, one in shown.items()} == {"use_case": "doubtful", "org_type": "old", "timeline": None}
    assert (shown["org_type"]["quote"], shown["org_type"]["channel"]) == ("a health plan", "website")
    script.confirm(call, "org_type")
    assert shown_facts(call)["org_type"]["confirm"] is None and shown_facts(call)["org_type"]["quote"] == "a health plan"


def test_a_conflict_is_shown_and_both_values_are_kept(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    recording.store(lead, ReadFact("budget_status", "approved", 0.93, "the money is approved"), channel="website", now=NINE)
    call = begin(unit, lead)
    write(call, reading(budget_status="none"))
    shown = shown_facts(call)["budget_status"]
    assert shown["value"] == "none" and shown["conflict"]
    assert [(old["value"], old["quote"], old["channel"]) for old in shown["before"]] == [("approved", "the money is approved", "website")]
    script.answer(call, "budget_status", "approved")
    assert [old["value"] for old in lead.facts["budget_status"]["history"]] == ["approved", "none"]


def test_saying_the_same_again_leaves_no_history(unit: FakeUnit) -> None:
    call = begin(unit)
    for _ in range(3):
        script.answer(call, "org_type", "payer")
    assert call.lead is not None and call.lead.facts["org_type"]["history"] == []


def test_another_time_frame_takes_its_day_with_it(unit: FakeUnit) -> None:
    lead = a_lead(unit, timeline="now", timeline_date="2026-12-15")
    call = again(begin(unit, lead))
    write(call, reading(timeline="year"))
    assert "timeline_date" not in lead.facts


def test_the_map_shows_who_is_known_named_and_missing_at_the_account(unit: FakeUnit) -> None:
    a_lead(unit, {"name": "Tom Abara", "email": "tom@cedar.example"}, department="it", buying_role="evaluator")
    a_lead(unit, {"name": "Cy Stranger", "email": "cy@notcedar.example"}, department="legal")
    lead = a_lead(unit, department="operations", stakeholders=["finance"])
    shown = view(begin(unit, lead))["account"]
    states = {one["name"]: one["state"] for one in shown["departments"]}
    assert (states["IT"], states["Operations"], states["Finance"], states["Legal"]) == ("known", "known", "named", "missing")
    assert [person["name"] for person in shown["people"]] == ["Tom Abara"] and shown["domain"] == "cedar.example"


def test_free_mail_is_nobodys_account(unit: FakeUnit) -> None:
    a_lead(unit, {"name": "Ben", "email": "ben@gmail.com"}, department="it")
    lead = a_lead(unit, {"name": "Ana", "email": "ana@gmail.com"})
    shown = view(begin(unit, lead))["account"]
    assert shown["people"] == [] and shown["domain"] is None


def test_a_call_may_begin_with_an_account(unit: FakeUnit) -> None:
    a_lead(unit, {"name": "Tom Abara", "email": "tom@cedar.example"}, department="it")
    call = begin(unit, company="cedar.example")
    assert [person["name"] for person in view(call)["account"]["people"]] == ["Tom Abara"] and call.lead is None
    script.answer(call, "org_type", "hospital")
    assert call.lead is not None and call.lead.contact == {"company": "cedar.example"}


def test_scores_move_with_every_answer_and_the_page_says_what_would_change_them(unit: FakeUnit) -> None:
    call = begin(unit)
    before = view(call)
    for name in ("org_type", "use_case", "timeline", "buying_role"):
        script.answer(call, name, HOT[name])
    after = view(call)
    assert [score["points"] for score in before["scores"]] == [0, 0, 0] and after["scores"][0]["points"] > 50
    assert all(score["lowest"] <= score["points"] <= score["highest"] for score in after["scores"])
    assert {"fact": "budget_status", "if": "Budget: approved or covered by a grant", "then": "direct sales with priority"} in after["changes"]


def test_a_call_with_a_lead_goes_on_and_a_colleague_is_told(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    first = begin(unit, lead)
    assert script.start(unit, by=RAE, playbook=PLAYBOOK, now=NINE, lead=lead).id == first.id
    with pytest.raises(CallRefused, match="is on a call with this lead"):
        script.start(unit, by="ben@meridian.example", playbook=PLAYBOOK, now=NINE, lead=lead)
    much_later = NINE + timedelta(hours=2)
    assert script.start(unit, by="ben@meridian.example", playbook=PLAYBOOK, now=much_later, lead=lead).id != first.id


def test_the_trail_says_who_saw_and_who_called_a_lead(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    end.wrap_up(begin(unit, lead), outcome="no_answer", next_step="", follow_up_on=None, hand_off=False)
    entries, _ = audit.page(unit, lead_id=lead.id)
    assert [(entry.by, entry.action) for entry in entries][:2] == [(RAE, "call"), (RAE, "saw")]


def test_who_asked_to_be_left_alone_is_not_called(unit: FakeUnit) -> None:
    lead = a_lead(unit)
    lead.status = "stopped"
    with pytest.raises(CallRefused, match="asked to be left alone"):
        script.start(unit, by=RAE, playbook=PLAYBOOK, now=NINE, lead=lead)


def test_only_the_leading_tab_of_its_rep_may_write(unit: FakeUnit) -> None:
    call = begin(unit)
    with pytest.raises(OtherTab):
        enter(unit, call.id, playbook_of=lambda _: PLAYBOOK, by=RAE, tab="tab-number-two", now=NINE)
    with pytest.raises(NotFound):
        enter(unit, call.id, playbook_of=lambda _: PLAYBOOK, by="ben@meridian.example", tab=TAB, now=NINE)


def test_a_call_that_fell_quiet_goes_on_where_it_was(unit: FakeUnit) -> None:
    call = begin(unit)
    script.answer(call, "org_type", "clinic_group")
    close_quiet(unit, playbook_of=lambda _: PLAYBOOK, quiet=timedelta(minutes=30), now=NINE + timedelta(hours=1))
    assert call.lead is not None and call.lead.status == "abandoned"
    call = again(call, hours=2)
    script.answer(call, "use_case", "telehealth")
    assert call.lead is not None and call.lead.status == "open" and call.conversation.closed_at is None


def test_a_handed_over_lead_has_route_owner_and_clock_and_the_call_stands_in_its_note(unit: FakeUnit) -> None:
    call = begin(unit)
    for name, value in HOT.items():
        script.answer(call, name, value)
    script.keep_contact(call, {"name": "Ana Ruiz", "email": "ana@cedar.example"})
    end.wrap_up(call, outcome="reached", next_step="Send the BAA", follow_up_on=date(2026, 12, 1), hand_off=True)
    lead = call.lead
    assert lead is not None and (lead.status, lead.route, lead.stage) == ("handed_off", "direct_sales", "mql")
    assert lead.owner is not None and lead.respond_by is not None and call.conversation.outcome == "handed_off"
    assert lead.note == f"Call on 2026-11-24 by {RAE}: Talked. Next: Send the BAA. Follow up on 2026-12-01."
    with pytest.raises(Finished):
        again(call)


def test_a_lead_that_is_not_handed_over_stays_with_the_rep(unit: FakeUnit) -> None:
    call = begin(unit)
    script.answer(call, "org_type", "clinic_group")
    end.wrap_up(call, outcome="call_back", next_step="", follow_up_on=date(2026, 12, 1), hand_off=False)
    assert call.lead is not None and (call.lead.owner, call.lead.route, call.lead.status) == (RAE, None, "open")
    assert call.lead.snoozed_until == date(2026, 12, 1) and [event.kind for event in unit.leads.events(call.lead.id)] == ["called"]
    assert unit.conversations.unfinished_calls() == []


def test_whoever_asked_to_be_left_alone_on_the_phone_is(unit: FakeUnit) -> None:
    lead = a_lead(unit, **HOT)
    call = begin(unit, lead)
    end.wrap_up(call, outcome="do_not_contact", next_step="", follow_up_on=None, hand_off=False)
    assert (lead.status, lead.respond_by, call.conversation.outcome) == ("stopped", None, "stopped")


def test_a_caller_who_is_no_buyer_is_counted_and_not_kept(unit: FakeUnit) -> None:
    call = begin(unit)
    write(call, reading(relationship="patient"))
    assert call.lead is not None
    lead_id = call.lead.id
    end.wrap_up(call, outcome="wrong_person", next_step="knee pain", follow_up_on=None, hand_off=False)
    assert unit.leads.get(lead_id) is None and unit.messages.of(call.id) == [] and unit.tallies.total("patient") == 1
    assert call.conversation.outcome == "not_a_lead" and "knee" not in str(call.conversation.state)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"outcome": "reachd"}, "Did you mean 'reached'"), ({"follow_up_on": date(2026, 11, 1)}, "is over"),
        ({"outcome": "no_answer", "hand_off": True}, "nobody to hand over"), ({"next_step": "x" * 501}, "at most 500"),
    ],
)
def test_a_call_that_cannot_end_like_this_is_said_in_words(unit: FakeUnit, how: dict[str, Any], words: str) -> None:
    call = begin(unit)
    script.answer(call, "org_type", "payer")
    with pytest.raises(ValueError, match=words):
        end.wrap_up(call, **({"outcome": "reached", "next_step": "", "follow_up_on": None, "hand_off": False} | how))
    assert call.state.wrapped_up is None


def test_a_waiting_reading_is_dropped_without_a_trace_in_the_lead(unit: FakeUnit) -> None:
    call = begin(unit)
    write(call, reading(doubtful={"use_case": "telehealth"}))
    (waiting,) = call.state.waiting
    notes.settle_waiting(call, waiting["id"], accepted=False)
    assert call.state.waiting == [] and shown_facts(call) == {}
    assert fact("use_case", "telehealth").value == waiting["value"]
