"""Calls as they are stored: found again, taken over, and written by one tab at a time, on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock

import pytest
from sqlalchemy import Engine

from leads.call import end, notes, script
from leads.call.context import Call, Finished, OtherTab, enter, find
from leads.intake import add_lead
from leads.reading import ReadFact, Reading
from scoring.playbook import load_playbook
from store.unit_of_work import SqlUnitOfWork

NOW, RAE, TAB = datetime(2026, 11, 24, 15, 0, tzinfo=UTC), "rae@meridian.example", "tab-number-one"
PLAYBOOK = load_playbook()
Unit = Callable[[], SqlUnitOfWork]


@pytest.fixture
def unit(engine: Engine) -> Unit:
    one_writer = Lock() if engine.dialect.name == "sqlite" else None
    return lambda: SqlUnitOfWork(engine, writers=one_writer)


def begin(unit: Unit, lead_id: str | None = None) -> str:
    with unit() as uow:
        lead = script.lead_to_call(uow, lead_id) if lead_id else None
        begun = script.start(uow, by=RAE, playbook=PLAYBOOK, now=NOW, lead=lead)
        uow.commit()
        call_id = begun.id
    with unit() as uow:
        script.take_over(find(uow, call_id, playbook_of=lambda _: PLAYBOOK, by=RAE, now=NOW, lock=True), TAB)
        uow.commit()
    return call_id


def step(unit: Unit, call_id: str, change: Callable[[Call], None], *, tab: str = TAB) -> None:
    with unit() as uow:
        change(enter(uow, call_id, playbook_of=lambda _: PLAYBOOK, by=RAE, tab=tab, now=NOW + timedelta(minutes=1)))
        uow.commit()


def test_a_call_is_there_after_a_crash_with_every_step_that_was_taken(unit: Unit) -> None:
    call_id = begin(unit)
    step(unit, call_id, lambda call: script.answer(call, "org_type", "clinic_group"))
    said = Reading("12 sites", "answer", doubtful={"use_case": ReadFact("use_case", "telehealth", 0.5, "video?")})

    def write(call: Call) -> None:
        kept = notes.keep_note(call, text=said.text, asked="use_case", contact={}, removed=("person_name",), key="note-0001")
        assert kept is not None
        notes.take(call, kept.id, notes.readings(said, {}, asked="use_case", faq={}), chosen=None, corrected={})

    step(unit, call_id, write)
    with unit() as uow:
        call = find(uow, call_id, playbook_of=lambda _: PLAYBOOK, by=RAE, now=NOW)
        assert call.lead is not None and call.lead.facts["org_type"]["value"] == "clinic_group"
        assert [one["name"] for one in call.state.waiting] == ["use_case"] and call.state.asked["org_type"] == 1
        assert [(note.sender, note.text) for note in uow.messages.of(call_id)] == [("rep", "12 sites")]
        assert [one.id for one in uow.conversations.unfinished_calls()] == [call_id]
        assert [one.id for one in uow.conversations.unfinished_calls(lead_id=call.lead.id)] == [call_id]
        assert uow.conversations.unfinished_calls(lead_id=uuid.uuid4().hex) == []


def test_of_two_answers_at_the_same_moment_none_is_lost(unit: Unit) -> None:
    with unit() as uow:
        lead_id = add_lead(uow, source="form", contact={"email": "ana@cedar.example"}, facts={}, reading=None, signals=[], playbook=PLAYBOOK, now=NOW).id
        uow.commit()
    call_id = begin(unit, lead_id)
    facts = {"org_type": "hospital", "use_case": "telehealth", "timeline": "now", "buying_role": "evaluator", "handles_phi": "yes", "department": "it"}
    gate = Barrier(len(facts))

    def one(name: str) -> None:
        gate.wait()
        step(unit, call_id, lambda call: script.answer(call, name, facts[name]))

    with ThreadPoolExecutor(len(facts)) as pool:
        list(pool.map(one, facts))
    with unit() as uow:
        lead = uow.leads.get(lead_id)
        assert lead is not None and {name: known["value"] for name, known in lead.facts.items()} == facts


def test_of_two_tabs_one_leads_and_of_two_ends_one_counts(unit: Unit) -> None:
    call_id = begin(unit)
    step(unit, call_id, lambda call: script.answer(call, "org_type", "clinic_group"))
    with pytest.raises(OtherTab):
        step(unit, call_id, lambda call: script.answer(call, "org_type", "payer"), tab="tab-number-two")
    gate = Barrier(2)

    def finish(_: int) -> str:
        gate.wait()
        try:
            step(unit, call_id, lambda call: end.wrap_up(call, outcome="reached", next_step="", follow_up_on=None, hand_off=True))
        except Finished:
            return "told"
        return "ended"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(finish, range(2))) == ["ended", "told"]
    with unit() as uow:
        call = find(uow, call_id, playbook_of=lambda _: PLAYBOOK, by=RAE, now=NOW)
        assert call.lead is not None and (call.lead.note or "").count("Call on") == 1 and call.lead.route is not None
        assert uow.conversations.unfinished_calls() == []
