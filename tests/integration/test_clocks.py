"""The clocks on a database: two workers at once, one that dies, many leads of which few are due. On SQLite and on PostgreSQL."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from leads import clock_steps, decisions
from leads.intake import add_lead
from leads.records import Lead, Notice
from scoring.playbook import load_playbook
from store import tables
from store.unit_of_work import SqlUnitOfWork
from worker.clocks import mail_notices, run_clocks

PLAYBOOK = load_playbook()
TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
WARM: dict[str, Any] = {
    "org_type": "clinic_group", "use_case": "scheduling_reminders", "buying_role": "evaluator", "budget_status": "approved", "timeline": "this_quarter",
}
ALL = ["reminded", "escalated", "reassigned"]


def after(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


def arrive(engine: Engine, count: int = 1, at: datetime = TEN) -> list[str]:
    made = []
    for _ in range(count):
        with SqlUnitOfWork(engine) as unit:
            contact = {"name": "Ana", "email": f"{uuid.uuid4().hex}@cedar.example"}
            made.append(add_lead(unit, source="form", contact=contact, facts=WARM, reading=None, signals=[], playbook=PLAYBOOK, now=at).id)
            unit.commit()
    return made


def run(engine: Engine, at: datetime) -> int:
    return run_clocks(lambda: SqlUnitOfWork(engine), playbook_of=lambda _: PLAYBOOK, now=at)


def steps(engine: Engine) -> Counter[tuple[str, str]]:
    table = tables.clock_steps.c
    with engine.connect() as connection:
        return Counter((row.lead_id, row.name) for row in connection.execute(select(table.lead_id, table.name)))


def notices(engine: Engine) -> Counter[tuple[str, str]]:
    table = tables.notices.c
    with engine.connect() as connection:
        return Counter((row.lead_id, row.kind) for row in connection.execute(select(table.lead_id, table.kind)))


def test_two_workers_at_once_take_each_step_once(engine: Engine) -> None:
    ids = arrive(engine, 6)
    for minutes, name, told in ((105, "reminded", 1), (150, "escalated", 1), (210, "reassigned", 2)):
        begin = threading.Barrier(4)

        def one(begin: threading.Barrier = begin, minutes: int = minutes) -> int:
            begin.wait(timeout=20)
            return run(engine, after(minutes))

        with ThreadPoolExecutor(4) as pool:
            assert sum(future.result() for future in [pool.submit(one) for _ in range(4)]) == len(ids)
        assert {lead_id: steps(engine)[lead_id, name] for lead_id in ids} == dict.fromkeys(ids, 1)
        assert {lead_id: notices(engine)[lead_id, name] for lead_id in ids} == dict.fromkeys(ids, told)


@pytest.mark.parametrize("where", ["note", "tell", "pass_on"])
def test_a_worker_that_dies_in_the_middle_of_a_step_leaves_nothing_of_it_and_the_next_one_does_it(
    engine: Engine, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead_id,) = arrive(engine)
    run(engine, after(150))

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(clock_steps.audit if where == "note" else clock_steps, where, die)
        with pytest.raises(SystemExit):
            run(engine, after(210))
    assert steps(engine)[lead_id, "reassigned"] == 0 and notices(engine)[lead_id, "reassigned"] == 0
    assert run(engine, after(211)) == 1
    assert steps(engine)[lead_id, "reassigned"] == 1 and notices(engine)[lead_id, "reassigned"] == 2


def test_a_person_who_answers_while_the_clock_strikes_is_not_taken_the_lead_from(engine: Engine) -> None:
    for _ in range(8):
        (lead_id,) = arrive(engine)
        run(engine, after(150))
        begin = threading.Barrier(2)

        def accept(lead_id: str = lead_id, begin: threading.Barrier = begin) -> str | None:
            begin.wait(timeout=20)
            with SqlUnitOfWork(engine) as unit:
                owner = decisions.accept(unit, lead_id, playbook=PLAYBOOK, by="ana@vendor.example", now=after(210)).owner
                unit.commit()
                return owner

        def strike(begin: threading.Barrier = begin) -> int:
            begin.wait(timeout=20)
            return run(engine, after(210))

        with ThreadPoolExecutor(2) as pool:
            accepted, struck = pool.submit(accept), pool.submit(strike)
            accepted.result(), struck.result()
        with SqlUnitOfWork(engine, read_only=True) as unit:
            lead = unit.leads.get(lead_id)
            assert lead is not None and (lead.owner, lead.respond_by) == ("ana@vendor.example", None)


@pytest.mark.parametrize("change", ["answered", "put off", "handed on"])
def test_what_a_person_does_has_the_clocks_look_again(engine: Engine, change: str) -> None:
    (lead_id,) = arrive(engine)
    run(engine, after(1))
    acts: dict[str, Callable[[SqlUnitOfWork], Any]] = {
        "answered": lambda unit: decisions.accept(unit, lead_id, playbook=PLAYBOOK, by="a@vendor.example", now=after(2)),
        "put off": lambda unit: decisions.snooze(
            unit, lead_id, until=date(2026, 12, 1), why="away", playbook=PLAYBOOK, by="a@vendor.example", now=after(2)
        ),
        "handed on": lambda unit: setattr(unit.leads.get(lead_id), "queue", "sales-west"),
    }
    with SqlUnitOfWork(engine) as unit:
        acts[change](unit)
        unit.commit()
        expected = [] if change == "answered" else [lead_id]
        assert list(unit.clocks.asking(after(2), limit=5)) == expected
    assert run(engine, after(400)) == {"answered": 0, "put off": 0, "handed on": 3}[change]


def test_a_minute_without_anything_to_do_reads_one_index_and_writes_nothing(engine: Engine) -> None:
    arrive(engine, 3)
    run(engine, after(1))
    ran: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *_: ran.append(statement))
    assert run(engine, after(2)) == 0
    assert [statement.split()[0] for statement in ran if not statement.startswith(("BEGIN", "PRAGMA"))] == ["SELECT"]
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            plan = connection.exec_driver_sql("explain query plan select id from leads where clock_at <= '2026' order by clock_at, id limit 100").all()
        assert "ix_leads_clock" in str(plan)


def test_a_lead_whose_clock_cannot_be_read_holds_up_no_other(engine: Engine) -> None:
    broken, sound = arrive(engine, 2)

    def playbook_of(lead: Lead) -> Any:
        if lead.id == broken:
            raise ValueError("its playbook is gone")
        return PLAYBOOK

    assert run_clocks(lambda: SqlUnitOfWork(engine), playbook_of=playbook_of, now=after(105)) == 1
    assert steps(engine) == {(sound, "reminded"): 1}
    assert run(engine, after(105 + 59)) == 1, "the sound one escalates; the broken one is not tried within the hour"
    assert run(engine, after(105 + 60)) == 2


def test_the_erasure_of_a_lead_takes_its_steps_and_notices_with_it(engine: Engine) -> None:
    (lead_id,) = arrive(engine)
    run(engine, after(210))
    with SqlUnitOfWork(engine) as unit:
        lead = unit.leads.get(lead_id)
        assert lead is not None
        unit.leads.remove(lead)
        unit.commit()
    assert not steps(engine) and not notices(engine)


class Tray:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, to: str, subject: str, text: str, *, key: str | None = None) -> None:
        time.sleep(0.01)
        self.sent.append(key or "")


def test_two_workers_at_once_mail_each_notice_once(engine: Engine) -> None:
    (lead_id,) = arrive(engine)
    with SqlUnitOfWork(engine) as unit:
        for number in range(12):
            unit.notices.add(Notice(
                id=uuid.uuid4().hex, to=f"p{number}@vendor.example", kind="reminded", words="A lead waits.", at=TEN, lead_id=lead_id, mail="waiting", mail_at=TEN,
            ))  # fmt: skip
        unit.commit()
    tray, begin = Tray(), threading.Barrier(3)

    def one() -> int:
        begin.wait(timeout=20)
        return mail_notices(lambda: SqlUnitOfWork(engine), tray, base_url="https://x.example", now=lambda: TEN)  # type: ignore[arg-type]

    with ThreadPoolExecutor(3) as pool:
        assert sum(future.result() for future in [pool.submit(one) for _ in range(3)]) == 12
    assert len(tray.sent) == len(set(tray.sent)) == 12
