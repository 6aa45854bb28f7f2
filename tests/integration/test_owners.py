"""Leads that arrive at the same moment: each gets one owner, shares are fair and caps hold, on SQLite and on PostgreSQL."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from leads import staff
from leads.abandonment import close_quiet
from leads.dialogue import recording
from leads.intake import add_lead
from leads.reading import ReadFact
from leads.records import Conversation, Lead
from scoring.playbook import Playbook, load_playbook, parse_playbook
from store import tables
from store.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # Everybody is at work, in the West too.
ARRIVALS, AT_ONCE = 50, 16
PLAYBOOK = load_playbook()
HOT: dict[str, Any] = {
    "org_type": "clinic_group", "use_case": "scheduling_reminders", "buying_role": "budget_holder", "budget_status": "approved", "timeline": "this_quarter",
}
A, B = "desk-a@example.com", "desk-b@example.com"


def with_caps(first: int, second: int) -> Playbook:
    """Return the default playbook with other caps for the two of the queue sales."""
    text = PLAYBOOK.source.text.replace("role: new business, most_open: 60}", f"role: new business, most_open: {first}}}", 1)
    return parse_playbook(text.replace("role: new business, most_open: 40,", f"role: new business, most_open: {second},", 1), "default.yml")


def arrive_at_once(engine: Engine, playbook: Playbook, facts: list[dict[str, Any]]) -> None:
    """Let leads arrive by as many threads at once as fit, each in a unit of its own."""
    begin = threading.Barrier(AT_ONCE)

    def arrive(number: int) -> None:
        if number < AT_ONCE:
            begin.wait(timeout=20)
        with SqlUnitOfWork(engine) as unit:
            contact = {"name": "Ana", "email": f"{uuid.uuid4().hex}@cedar.example"}
            add_lead(unit, source="form", contact=contact, facts=facts[number], reading=None, signals=[], playbook=playbook, now=NOW)
            unit.commit()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(arrive, range(len(facts))))


def stored(engine: Engine) -> list[tuple[str, str | None]]:
    """Return queue and owner of every stored lead."""
    with engine.connect() as connection:
        return [(row.queue, row.owner) for row in connection.execute(select(tables.leads.c.queue, tables.leads.c.owner))]


def test_fifty_leads_at_once_are_shared_exactly_by_weight(engine: Engine) -> None:
    arrive_at_once(engine, PLAYBOOK, [HOT] * ARRIVALS)
    assert Counter(stored(engine)) == {("sales", A): 30, ("sales", B): 20}
    with engine.connect() as connection:
        credits = connection.scalar(select(tables.rotations.c.credits).where(tables.rotations.c.queue == "sales"))
    assert credits == {"desk-a": 0, "desk-b": 0}, "after whole rounds nobody is owed a lead"


def test_fifty_leads_at_once_never_exceed_a_cap_and_the_rest_waits(engine: Engine) -> None:
    arrive_at_once(engine, with_caps(12, 9), [HOT] * ARRIVALS)
    assert Counter(stored(engine)) == {("sales", A): 12, ("sales", B): 9, ("sales", None): 29}


def test_a_cap_holds_over_all_queues_that_somebody_is_in(engine: Engine) -> None:
    facts = [HOT | ({"region": "CA"} if number % 2 else {"use_case": "revenue_cycle"} if number % 4 else {}) for number in range(ARRIVALS)]
    arrive_at_once(engine, with_caps(5, 4), facts)
    owners = Counter(owner for _, owner in stored(engine))
    assert (owners[A], owners[B]) == (5, 4), "they are in three queues together, and own no more than they may"
    assert len(stored(engine)) == ARRIVALS and {queue for queue, _ in stored(engine)} == {"sales", "sales-west", "sales-revenue"}


def test_shares_are_fair_in_each_queue_when_leads_of_several_arrive_at_once(engine: Engine) -> None:
    facts = [HOT | ({"region": "CA"} if number % 2 else {}) for number in range(ARRIVALS)]
    arrive_at_once(engine, PLAYBOOK, facts)
    by_queue = {queue: Counter(owner for found, owner in stored(engine) if found == queue) for queue in ("sales", "sales-west")}
    for queue, owners in by_queue.items():
        weights = PLAYBOOK.queues[queue]
        for member, weight in weights.items():
            assert abs(owners[PLAYBOOK.people[member].email] - 25 * weight / sum(weights.values())) <= weight


def test_many_who_place_leads_in_different_ways_do_not_wait_for_each_other_for_ever(engine: Engine) -> None:
    """One unit settles twelve quiet chats, while reps correct these very leads and others arrive."""
    quiet, later = [uuid.uuid4().hex for _ in range(12)], NOW + timedelta(hours=1)
    with SqlUnitOfWork(engine) as unit:
        for lead_id in quiet:
            unit.conversations.add(Conversation(
                id=lead_id, token_hash="a" * 64, channel="website", playbook="default", page={}, utm={}, visitor=None, consent_at=NOW,
                reference_date=None, opened_at=NOW, last_message_at=NOW, lead_id=lead_id,
            ))
            lead = Lead(id=lead_id, source="chat", created_at=NOW, updated_at=NOW, playbook={}, conversation_id=lead_id)
            unit.leads.add(lead)
            for fact, value in HOT.items():
                recording.store(lead, ReadFact(fact, value, 1.0, ""), channel="website", now=NOW)
        unit.commit()
    begin = threading.Barrier(1 + 6 + 6)

    def settle() -> None:
        begin.wait(timeout=20)
        with SqlUnitOfWork(engine) as unit:
            assert close_quiet(unit, playbook_of=lambda _: PLAYBOOK, quiet=timedelta(minutes=30), now=later) == len(quiet)
            unit.commit()

    def correct(number: int) -> None:
        begin.wait(timeout=20)
        for lead_id in (quiet[number], quiet[-1 - number], quiet[number]):
            with SqlUnitOfWork(engine) as unit:
                staff.correct_facts(unit, lead_id, {"region": "CA"}, playbook=PLAYBOOK, by="dana@meridian.example", now=later)
                unit.commit()

    def arrive(number: int) -> None:
        begin.wait(timeout=20)
        for _ in range(3):
            with SqlUnitOfWork(engine) as unit:
                add_lead(unit, source="form", contact={"name": "Ana"}, facts=HOT, reading=None, signals=[], playbook=PLAYBOOK, now=later)
                unit.commit()

    with ThreadPoolExecutor(13) as pool:
        running = [pool.submit(settle), *(pool.submit(correct, number) for number in range(6)), *(pool.submit(arrive, number) for number in range(6))]
        for future in running:
            future.result()
    assert len(stored(engine)) == 12 + 18 and all(owner for _, owner in stored(engine))


def test_an_arrival_that_fails_takes_no_turn(engine: Engine) -> None:
    for number in range(4):
        with SqlUnitOfWork(engine) as unit:
            add_lead(unit, source="form", contact={"name": "Ana"}, facts=HOT, reading=None, signals=[], playbook=PLAYBOOK, now=NOW)
            if number % 2:
                unit.commit()
    assert Counter(stored(engine)) == {("sales", A): 1, ("sales", B): 1}


def test_the_open_leads_of_an_owner_are_counted_by_an_index(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of a few rows whole, whatever indexes there are")
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "explain query plan select owner, count(*) from leads where owner in ('a', 'b') and stage in ('mql', 'sal') and id != 'x' group by owner"
        ).all()
    assert any("ix_leads_owner" in str(row) for row in plan), plan


def test_open_leads_are_those_of_an_owner_that_are_not_over(engine: Engine) -> None:
    kinds = [
        ("mql", "completed", A), ("sal", "handed_off", A), ("nurture", "abandoned", A), ("won", "completed", A), ("lost", "completed", A),
        ("disqualified", "completed", A), ("mql", "stopped", A), ("opportunity", "completed", B), ("mql", "completed", "other@example.com"), ("mql", "completed", None),
    ]
    made = [
        Lead(id=uuid.uuid4().hex, source="form", created_at=NOW, updated_at=NOW, playbook={}, stage=stage, status=status, owner=owner)
        for stage, status, owner in kinds
    ]
    with SqlUnitOfWork(engine) as unit:
        for lead in made:
            unit.leads.add(lead)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.leads.open_by_owner([A, B, "nobody@example.com"], but="") == {A: 3, B: 1}
        assert unit.leads.open_by_owner([A], but=made[0].id) == {A: 2}, "the lead that is placed does not count itself"
        assert unit.leads.open_by_owner([], but="") == {}


def test_credits_are_kept_for_each_queue_of_each_playbook(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        assert unit.rotations.take("default", "sales") == {}
        unit.rotations.keep("default", "sales", {"ana": 1, "ben": -1})
        unit.rotations.keep("default", "sales", {"ana": -2, "ben": 2})
        unit.rotations.keep("other", "sales", {"cy": 0})
        unit.commit()
    with SqlUnitOfWork(engine) as unit:
        assert unit.rotations.take("default", "sales") == {"ana": -2, "ben": 2}
        assert unit.rotations.take("other", "sales") == {"cy": 0} and unit.rotations.take("default", "west") == {}
