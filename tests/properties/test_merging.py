"""Merging and undoing for leads that Hypothesis draws: undone is as before, nothing said is lost, and the order of facts is irrelevant."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.merged_facts import combine, give_back
from leads.merging import merge, undo
from leads.qualification import requalify, settle
from leads.records import Lead
from scoring.facts import FACTS, check_value
from scoring.playbook import load_playbook
from tests.properties.drawn_leads import value_of
from tests.unit.leads.fake_unit import FakeUnit

PLAYBOOK = load_playbook()
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
CHANNELS = st.sampled_from(["website", "call", "email", "form", "import"])


@st.composite
def stored_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Facts as a lead keeps them, with older versions."""
    def version(fact: str, minute: int) -> dict[str, Any]:
        return {
            "value": check_value(fact, draw(value_of(fact))), "confidence": 0.9, "quote": draw(st.sampled_from(["", "as I said"])),
            "channel": draw(CHANNELS), "at": (NOW - timedelta(minutes=minute)).isoformat(), "confirmed": draw(st.booleans()),
        }

    found = {}
    for fact in draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True, max_size=6)):
        minutes = sorted(draw(st.lists(st.integers(1, 500), min_size=1, max_size=3, unique=True)), reverse=True)
        *older, newest = [version(fact, minute) for minute in minutes]
        found[fact] = {**newest, "history": older}
    return found


def versions(stored: dict[str, Any]) -> list[dict[str, Any]]:
    return [*stored["history"], {key: part for key, part in stored.items() if key != "history"}]


@st.composite
def drawn_pairs(draw: st.DrawFn) -> tuple[FakeUnit, Lead, Lead]:
    """Two leads of one person, scored and routed."""
    unit, leads = FakeUnit(), []
    for number in range(2):
        contact = {"email": "ana@cedar.example"} | draw(st.fixed_dictionaries({}, optional={"name": st.just(f"Ana {number}"), "phone": st.just(f"555 010{number}")}))
        lead = Lead(
            id=f"lead{number}", source="form", created_at=NOW - timedelta(days=2 - number), updated_at=NOW, playbook={}, contact=contact,
            facts=draw(stored_facts()), status=draw(st.sampled_from(["open", "completed", "abandoned", "stopped"])),
            note=draw(st.none() | st.sampled_from(["asked twice", "call back"])),
        )  # fmt: skip
        unit.leads.add(lead)
        settle(unit, lead, requalify(lead, [], PLAYBOOK, now=NOW), PLAYBOOK, now=NOW, open=lead.status == "open")
        leads.append(lead)
    return unit, leads[0], leads[1]


def state(lead: Lead) -> dict[str, Any]:
    return {name: value for name, value in asdict(lead).items() if name not in ("version", "updated_at")}


@settings(deadline=None, max_examples=60)
@given(drawn_pairs(), st.booleans())
def test_a_merge_that_is_undone_leaves_both_leads_as_they_were(pair: tuple[FakeUnit, Lead, Lead], swap: bool) -> None:
    unit, kept, gone = pair if not swap else (pair[0], pair[2], pair[1])
    before = state(kept), state(gone)
    try:
        done = merge(unit, kept.id, gone.id, playbook=PLAYBOOK, by="dana", now=NOW + timedelta(hours=1))
    except ValueError:  # one of them is over: nothing was changed
        assert (state(kept), state(gone)) == before
        return
    _, stays = undo(unit, done.id, playbook=PLAYBOOK, by="dana", now=NOW + timedelta(days=3))
    assert stays == [] and (state(kept), state(gone)) == before


@settings(deadline=None)
@given(stored_facts(), stored_facts())
def test_every_version_of_a_fact_is_kept_and_a_confirmed_one_is_never_beaten_by_a_guess(kept: dict[str, Any], gone: dict[str, Any]) -> None:
    together = combine(kept, gone)
    for fact, stored in together.items():
        told = [version for lead in (kept, gone) if fact in lead for version in versions(lead[fact])]
        counting = [lead[fact] for lead in (kept, gone) if fact in lead]
        assert stored["confirmed"] == any(each["confirmed"] for each in counting)
        if fact != "timeline_date":
            assert all(version in versions(stored) for version in told)


@settings(deadline=None)
@given(stored_facts(), stored_facts(), st.randoms(use_true_random=False))
def test_the_order_of_facts_is_irrelevant(kept: dict[str, Any], gone: dict[str, Any], drawn: Any) -> None:
    def shuffled(facts: dict[str, Any]) -> dict[str, Any]:
        names = list(facts)
        drawn.shuffle(names)
        return {name: facts[name] for name in names}

    assert combine(shuffled(kept), shuffled(gone)) == combine(kept, gone)


@settings(deadline=None)
@given(stored_facts(), stored_facts(), stored_facts())
def test_what_was_learned_since_outlives_undoing_and_the_rest_is_as_before(before: dict[str, Any], gone: dict[str, Any], learned: dict[str, Any]) -> None:
    after = combine(before, gone)
    now = {**after, **{fact: {**stored, "at": (NOW + timedelta(days=1)).isoformat(), "history": versions(after[fact]) if fact in after else []}
                       for fact, stored in learned.items()}}  # fmt: skip
    back, newer = give_back(before, after, now)
    assert set(newer) == set(learned)
    assert {fact: back[fact] for fact in back if fact not in learned} == {fact: before[fact] for fact in before if fact not in learned}
    for fact in learned:
        assert back[fact]["value"] == now[fact]["value"] and all(version in versions(back[fact]) for version in versions(before[fact]) if fact in before) if fact in before else True
