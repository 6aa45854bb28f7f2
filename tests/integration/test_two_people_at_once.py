"""Two people act on one lead at the same moment: one wins, the other is told, on SQLite and on PostgreSQL."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from leads import decisions, staff
from leads.intake import add_lead
from leads.records import Lead
from scoring.stages import IllegalMove
from store.unit_of_work import SqlUnitOfWork
from tests.integration.test_owners import HOT, NOW, PLAYBOOK

ANA, BEN = "ana@meridian.example", "ben@meridian.example"
ROUNDS = 10


def a_lead(engine: Engine) -> str:
    with SqlUnitOfWork(engine) as unit:
        contact = {"name": "Priya", "email": f"{uuid.uuid4().hex}@cedar.example"}
        lead = add_lead(unit, source="form", contact=contact, facts=HOT, reading=None, signals=[], playbook=PLAYBOOK, now=NOW)
        unit.commit()
        return lead.id


def act(engine: Engine, begin: threading.Barrier, action: Callable[..., Lead], lead_id: str, by: str, **how: Any) -> str:
    """Look at the lead as its page does, then act together with the other; return what one is told, "" for done."""
    with SqlUnitOfWork(engine, read_only=True) as unit:
        seen = staff.get(unit, lead_id).version
    begin.wait(timeout=20)
    try:
        with SqlUnitOfWork(engine) as unit:
            staff.get(unit, lead_id)  # what is in hand already must not be taken for what stands
            action(unit, lead_id, playbook=PLAYBOOK, by=by, now=NOW + timedelta(hours=1), seen=seen, **how)
            unit.commit()
        return ""
    except (decisions.ChangedMeanwhile, IllegalMove) as refusal:
        return str(refusal)


@pytest.mark.parametrize("second", ["accept", "reject", "nurture"])
def test_one_of_two_wins_and_the_other_is_told_who_did(engine: Engine, second: str) -> None:
    other: dict[str, tuple[Callable[..., Lead], dict[str, Any]]] = {
        "accept": (decisions.accept, {}), "reject": (decisions.reject, {"reason": "no_project", "note": None}),
        "nurture": (decisions.back_to_nurture, {"why": None}),
    }
    action, how = other[second]
    for _ in range(ROUNDS):
        lead_id, begin = a_lead(engine), threading.Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(act, engine, begin, decisions.accept, lead_id, ANA)
            told = {BEN: pool.submit(act, engine, begin, action, lead_id, BEN, **how).result(), ANA: first.result()}
        assert sorted(map(bool, told.values())) == [False, True], told
        winner, loser = sorted(told, key=lambda who: bool(told[who]))
        assert f"{winner} moved it to" in told[loser] and "Nothing was changed" in told[loser]
        with SqlUnitOfWork(engine, read_only=True) as unit:
            moves = [move.by for move in unit.leads.stage_changes(lead_id) if move.by != "rules"]
            audited = [entry.by for entry in unit.audit.entries(by=None, lead_id=lead_id, before=None, limit=10)]
            assert moves == [winner] == [by for by in audited if by in (ANA, BEN)]
            assert staff.get(unit, lead_id).version == 1


def test_a_correction_and_an_acceptance_at_once_are_both_kept(engine: Engine) -> None:
    for _ in range(ROUNDS):
        lead_id, begin = a_lead(engine), threading.Barrier(2)

        def correct(lead_id: str = lead_id, begin: threading.Barrier = begin) -> None:
            begin.wait(timeout=20)
            with SqlUnitOfWork(engine) as unit:
                staff.get(unit, lead_id)
                staff.correct_facts(unit, lead_id, {"region": "NY"}, playbook=PLAYBOOK, by=BEN, now=NOW)
                unit.commit()

        with ThreadPoolExecutor(2) as pool:
            corrected = pool.submit(correct)
            told = pool.submit(act, engine, begin, decisions.accept, lead_id, ANA).result()
            corrected.result()
        with SqlUnitOfWork(engine, read_only=True) as unit:
            lead = staff.get(unit, lead_id)
            assert lead.facts["region"]["value"] == "NY" and (lead.owner == ANA or "Nothing was changed" in told)
