"""Two leads of one person, merged by hand and taken apart again, over records in memory."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from leads import decisions, staff
from leads.dialogue import recording
from leads.duplicates import others_of
from leads.intake import add_lead, add_signal
from leads.merging import UNDO_FOR, CannotUndo, merge, undo, what_stays
from leads.presenting import present
from leads.reading import ReadFact
from leads.records import Conversation, Lead, Merge
from scoring.stages import IllegalMove
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK
from tests.unit.leads.fake_unit import FakeUnit

DANA = "dana@meridian.example"
COLD = {"org_type": "clinic_group", "use_case": "patient_intake", "timeline": "none", "budget_status": "none"}
LATER = NINE + timedelta(days=2)


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def arrive(unit: FakeUnit, facts: dict[str, Any], *, at: datetime = NINE, source: str = "form", **contact: str) -> Lead:
    contact = {"email": "ana@cedar.example"} | contact
    return add_lead(unit, source=source, contact=contact, facts=facts, reading=None, signals=[], playbook=PLAYBOOK, now=at)


def put_together(unit: FakeUnit, kept: Lead, gone: Lead, *, at: datetime = LATER, **how: Any) -> Merge:
    return merge(unit, kept.id, gone.id, playbook=PLAYBOOK, by=DANA, now=at, **how)


def take_apart(unit: FakeUnit, done: Merge, *, at: datetime = LATER) -> list[str]:
    return undo(unit, done.id, playbook=PLAYBOOK, by=DANA, now=at)[1]


def state(lead: Lead) -> dict[str, Any]:
    """All of a lead but the count of acts and the time of the last one."""
    return {name: value for name, value in asdict(lead).items() if name not in ("version", "updated_at")}


def test_two_enquiries_of_one_person_stay_two_leads_and_know_of_each_other(unit: FakeUnit) -> None:
    first, second = arrive(unit, COLD, name="Ana Ruiz"), arrive(unit, HOT, at=LATER, email=" Ana@Cedar.example ")
    plus, device = arrive(unit, HOT, email="ana+demo@cedar.example"), arrive(unit, HOT, email="", phone="555 0100", name="Ana Ruiz")
    found = others_of(unit, [first, second, plus, device])
    assert [same.id for same in found[first.id]] == [second.id] and [same.id for same in found[second.id]] == [first.id]
    assert found[plus.id] == [] and device.id not in found
    assert len(unit.leads.kept) == 4


def test_the_newest_confirmed_version_of_a_fact_counts_and_the_others_stand_in_its_history_with_their_channel(unit: FakeUnit) -> None:
    old, new = arrive(unit, {"budget_status": "approved", "integrations": ["epic"]}), arrive(unit, {"integrations": ["nextgen"]}, at=LATER, source="import")
    recording.store(new, ReadFact("budget_status", "none", 0.8, "no money"), channel="website", now=LATER)
    put_together(unit, new, old)
    budget = new.facts["budget_status"]
    assert budget["value"] == "approved" and budget["channel"] == "form"
    assert [(version["value"], version["channel"], version["quote"]) for version in budget["history"]] == [("none", "website", "no money")]
    assert new.facts["integrations"]["value"] == ["epic", "nextgen"]
    assert [version["value"] for version in new.facts["integrations"]["history"]] == [["epic"], ["nextgen"]]


def test_the_day_of_a_timeline_goes_with_the_timeline_that_counts(unit: FakeUnit) -> None:
    old, new = arrive(unit, {"timeline": "this_quarter", "timeline_date": "2026-12-15"}), arrive(unit, {"timeline": "year"}, at=LATER)
    put_together(unit, new, old)
    assert new.facts["timeline"]["value"] == "year" and "timeline_date" not in new.facts


def test_the_lead_that_stays_keeps_its_contact_and_gets_what_it_lacks_and_is_scored_on_both(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, COLD, name="Ana Ruiz"), arrive(unit, HOT, at=LATER, name="A. Ruiz", phone="555 0100", company="Cedar")
    gone.note, before = "asked twice", kept.assessment["scores"]["intent"]["points"]
    put_together(unit, kept, gone)
    assert kept.contact == {"email": "ana@cedar.example", "name": "Ana Ruiz", "phone": "555 0100", "company": "Cedar"}
    assert kept.assessment["scores"]["intent"]["points"] > before and kept.stage == "mql" and kept.note == "asked twice"


def test_talks_signals_moves_and_acts_of_both_are_shown_with_the_one_that_stays(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, COLD), arrive(unit, HOT, at=LATER)
    talk = Conversation(id="t", token_hash="", channel="website", playbook="default", page={}, utm={}, visitor=None, consent_at=None, reference_date=None,
                        opened_at=NINE, last_message_at=NINE, lead_id=gone.id)  # fmt: skip
    unit.conversations.add(talk)
    add_signal(unit, kind="webinar", at=NINE, playbook=PLAYBOOK, now=LATER, lead_id=gone.id)
    done = put_together(unit, kept, gone)
    assert talk.lead_id == kept.id and len(unit.signals.of(kept.id)) == 1
    assert present(unit, kept)["merged_from"] == [gone.id]
    take_apart(unit, done)
    assert talk.lead_id == gone.id and [signal.kind for signal in unit.signals.of(gone.id)] == ["webinar"] and not unit.signals.of(kept.id)


def test_a_merged_lead_is_in_no_list_is_nobodys_work_and_its_id_leads_to_the_one_that_stays(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, HOT), arrive(unit, HOT, at=LATER)
    put_together(unit, kept, gone)
    assert staff.get(unit, gone.id) is kept and (gone.respond_by, gone.owner, gone.queue) == (None, None, None)
    assert [lead.id for lead in unit.leads.search(stage=None, route=None, owner=None, text=None, conversation=None, after=None, limit=9)[0]] == [kept.id]
    assert add_signal(unit, kind="webinar", at=LATER, playbook=PLAYBOOK, now=LATER, lead_id=gone.id) is kept
    assert add_signal(unit, kind="webinar", at=LATER, playbook=PLAYBOOK, now=LATER, email="ana@cedar.example") is kept
    with pytest.raises(IllegalMove, match=f"merged into {kept.id}"):
        decisions.accept(unit, gone.id, playbook=PLAYBOOK, by=DANA, now=LATER)


def test_the_clock_that_runs_out_first_goes_on(unit: FakeUnit) -> None:
    early, late = arrive(unit, HOT), arrive(unit, HOT, at=NINE + timedelta(hours=1))
    promised = early.respond_by
    put_together(unit, late, early, at=NINE + timedelta(hours=2))
    assert promised is not None and late.respond_by == promised


def test_a_lead_that_a_person_took_stays_and_one_whose_work_is_over_takes_in_no_open_one(unit: FakeUnit) -> None:
    taken, new = arrive(unit, HOT), arrive(unit, HOT, at=LATER)
    decisions.accept(unit, taken.id, playbook=PLAYBOOK, by=DANA, now=LATER)
    with pytest.raises(IllegalMove, match=r"further along: (sal|sql), accepted by dana"):
        put_together(unit, new, taken)
    taken.stage = "won"
    with pytest.raises(IllegalMove, match="its work is over"):
        put_together(unit, taken, new)
    assert put_together(unit, new, taken).kept_id == new.id
    with pytest.raises(ValueError, match="another lead"):
        put_together(unit, new, new)


def test_whoever_looked_before_somebody_acted_is_told(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, HOT), arrive(unit, HOT, at=LATER)
    seen = gone.version
    staff.correct_facts(unit, gone.id, {"region": "NY"}, playbook=PLAYBOOK, by="ben@meridian.example", now=LATER)
    with pytest.raises(decisions.ChangedMeanwhile, match=r"ben@meridian.example changed it"):
        put_together(unit, kept, gone, seen=kept.version, seen_other=seen)
    assert gone.merged_into is None and not unit.merges.kept


def test_undoing_gives_both_back_as_they_were(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, COLD, name="Ana Ruiz"), arrive(unit, HOT, at=NINE + timedelta(hours=1), phone="555 0100")
    before = state(kept), state(gone)
    done = put_together(unit, kept, gone)
    assert state(kept) != before[0] and what_stays(done, kept) == []
    assert take_apart(unit, done) == []
    assert (state(kept), state(gone)) == before
    assert [event.kind for event in unit.leads.events(kept.id)] == ["merged", "unmerged"] == [event.kind for event in unit.leads.events(gone.id)]
    assert [(entry.action, entry.by) for entry in unit.audit.kept] == [("merge", DANA), ("unmerge", DANA)]


def test_what_happened_since_stays_with_the_lead_that_stayed_and_is_said_before(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, {"org_type": "clinic_group"}), arrive(unit, HOT, at=NINE + timedelta(hours=1))
    alone = state(gone)
    done = put_together(unit, kept, gone)
    staff.correct_facts(unit, kept.id, {"budget_status": "requested", "region": "NY"}, playbook=PLAYBOOK, by=DANA, now=LATER + timedelta(hours=1))
    decisions.accept(unit, kept.id, playbook=PLAYBOOK, by=DANA, now=LATER + timedelta(hours=2))
    said = what_stays(done, kept)
    assert said == ["Learned or corrected since: budget status, region.", f"It was moved or handed on since: stage {kept.stage}, owner {DANA}."]
    assert take_apart(unit, done, at=LATER + timedelta(days=1)) == said
    assert state(gone) == alone
    assert {fact: stored["value"] for fact, stored in kept.facts.items()} == {"org_type": "clinic_group", "budget_status": "requested", "region": "NY"}
    assert kept.owner == DANA and kept.stage in ("sal", "sql") and "use_case" in kept.assessment["missing"]


def test_a_merge_is_undone_once_within_thirty_days_and_the_last_one_first(unit: FakeUnit) -> None:
    kept, gone, third = arrive(unit, HOT), arrive(unit, HOT, at=LATER), arrive(unit, COLD, at=LATER)
    first = put_together(unit, kept, gone)
    second = put_together(unit, kept, third)
    with pytest.raises(CannotUndo, match=r"merged into this one later. Undo that merge first"):
        take_apart(unit, first)
    with pytest.raises(CannotUndo, match="for 30 days"):
        take_apart(unit, second, at=LATER + UNDO_FOR + timedelta(seconds=1))
    take_apart(unit, second, at=LATER + UNDO_FOR)
    take_apart(unit, first)
    with pytest.raises(CannotUndo, match=r"dana@meridian.example has undone this merge already"):
        take_apart(unit, first)


def test_a_lead_that_was_merged_on_is_still_found_by_the_first_id(unit: FakeUnit) -> None:
    first, second, third = arrive(unit, HOT), arrive(unit, HOT, at=LATER), arrive(unit, HOT, at=LATER)
    once = put_together(unit, second, first)
    put_together(unit, third, second)
    assert staff.get(unit, first.id) is third
    with pytest.raises(CannotUndo, match=f"merged into {third.id} since"):
        take_apart(unit, once)


def test_who_said_stop_last_is_left_alone(unit: FakeUnit) -> None:
    kept, gone = arrive(unit, HOT), arrive(unit, HOT, at=LATER)
    gone.status = "stopped"
    done = put_together(unit, kept, gone)
    assert kept.status == "stopped" and kept.respond_by is None
    take_apart(unit, done)
    assert kept.status == "handed_off" and kept.respond_by is not None
