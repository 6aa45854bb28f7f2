"""The worker as a process of its own, killed in the middle of its work and started again: everything once, nothing lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from leads.records import Lead
from scoring.playbook import DEFAULT_PLAYBOOK
from store import tables
from store.unit_of_work import SqlUnitOfWork
from tests.unit.handoff.mail_server import Postbox, serving
from wiring.settings import ROOT

SECONDS = 150  # A worker looks at its first jobs right after it has started.
A, B, LEAD = "desk-a@example.com", "desk-b@example.com", "sales-lead@example.com"
# Business at every hour of every day, so that the test means the same whenever it runs.
HOURS = (("days: [mon, tue, wed, thu, fri]", "days: [mon, tue, wed, thu, fri, sat, sun]"), ('opens: "08:30"', 'opens: "00:00"'),
         ('closes: "17:30"', 'closes: "23:59"'))


@pytest.fixture
def surroundings(engine: Engine, tmp_path: Path) -> dict[str, str]:
    text = DEFAULT_PLAYBOOK.read_text(encoding="utf-8")
    for old, new in HOURS:
        assert old in text
        text = text.replace(old, new, 1)
    start = text.index("  holidays: [")
    file = tmp_path / "default.yml"
    file.write_text(text[:start], encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "SMTP_URL")}
    own = {"DEMO": "no", "LEADTRIAGE_VAR": str(tmp_path / "var"), "PLAYBOOK": str(file), "MAIL_FROM": "leads@vendor.example",
           "DATABASE_URL": engine.url.set(drivername=engine.url.get_backend_name()).render_as_string(hide_password=False)}  # fmt: skip
    if engine.dialect.name == "postgresql" and os.environ.get("REDIS_URL_TEST"):
        own["REDIS_URL"] = os.environ["REDIS_URL_TEST"]
    return inherited | own


def keep(engine: Engine, count: int, *, overdue_minutes: int) -> list[str]:
    """Store leads whose answer is due; their owner is desk A."""
    now, ids = datetime.now(UTC), []
    with SqlUnitOfWork(engine) as unit:
        for number in range(count):
            lead = Lead(
                id=f"{overdue_minutes + 1000:04d}{number:028d}", source="form", created_at=now, updated_at=now, playbook={"name": "default"},
                status="completed", stage="mql", stage_since=now, route="direct_sales", queue="sales", owner=A, contact={"email": "ana@cedar.example"},
                respond_by=now - timedelta(minutes=overdue_minutes),
            )  # fmt: skip
            unit.leads.add(lead)
            ids.append(lead.id)
        unit.commit()
    return ids


@contextmanager
def worker(surroundings: dict[str, str], **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process; killed, not asked to stop, if it still runs at the end."""
    process = subprocess.Popen([sys.executable, "-m", "worker"], env=surroundings | settings, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_for(look: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + SECONDS
    while not look():
        assert time.monotonic() < until, f"not within {SECONDS} s: {what}"
        time.sleep(0.02)


def count(engine: Engine, table: Any, *conditions: Any) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def test_a_worker_that_is_killed_again_and_again_takes_each_step_of_each_lead_once(engine: Engine, surroundings: dict[str, str]) -> None:
    ids = keep(engine, 60, overdue_minutes=45)
    for least in (3, 20, 40):
        with worker(surroundings):
            wait_for(lambda least=least: count(engine, tables.clock_steps) >= least, f"{least} steps")
    with worker(surroundings), worker(surroundings):
        wait_for(lambda: count(engine, tables.clock_steps) == 2 * len(ids), "all steps")
        time.sleep(1)
    steps, notices, events = tables.clock_steps.c, tables.notices.c, tables.lead_events.c
    with engine.connect() as connection:
        taken = Counter(map(tuple, connection.execute(select(steps.lead_id, steps.name, steps.late))))
        told = Counter(map(tuple, connection.execute(select(notices.lead_id, notices.kind, notices.to))))
        happened = Counter(map(tuple, connection.execute(select(events.lead_id, events.kind))))
    assert taken == Counter({(lead_id, *step): 1 for lead_id in ids for step in (("reminded", True), ("escalated", False))})
    assert told == Counter({(lead_id, "escalated", LEAD): 1 for lead_id in ids})
    assert happened == Counter({(lead_id, kind): 1 for lead_id in ids for kind in ("reminded", "escalated")})


def test_a_worker_that_is_killed_over_a_mail_server_that_says_nothing_loses_no_mail_and_doubles_none(
    engine: Engine, surroundings: dict[str, str]
) -> None:
    keep(engine, 3, overdue_minutes=-5)
    keep(engine, 2, overdue_minutes=45)
    attempts, notices, postbox = tables.mail_attempts.c, tables.notices.c, Postbox()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{port}"}
        with worker(surroundings, **mail) as first:
            wait_for(lambda: count(engine, tables.mail_attempts, attempts.result == "sending"), "a mail that is under way")
            wait_for(lambda: count(engine, tables.notices) == 5, "the clocks go on while the mail server says nothing")
            assert first.poll() is None
    assert count(engine, tables.notices, notices.mail == "sent") == 0
    with engine.begin() as connection:  # five minutes go by
        connection.execute(update(tables.notices).where(notices.mail == "waiting").values(mail_at=datetime.now(UTC) - timedelta(seconds=1)))
    with serving(postbox, port=port), worker(surroundings, **mail), worker(surroundings, **mail):
        wait_for(lambda: count(engine, tables.notices, notices.mail == "sent") == 5, "all mails")
        time.sleep(1)
    keys = Counter(str(mail["Message-ID"]) for mail in postbox.mails)
    with engine.connect() as connection:
        kept = connection.scalars(select(notices.id)).all()
        why = connection.scalars(select(attempts.why).where(attempts.result == "failed")).all()
    assert keys == Counter(f"<{notice_id}@vendor.example>" for notice_id in kept)
    assert "the worker ended before the mail server answered" in why and count(engine, tables.mail_attempts, attempts.result == "sending") == 0
    assert Counter(str(mail["To"]) for mail in postbox.mails) == {A: 3, LEAD: 2}
    assert all("ana" not in mail.as_string().lower().replace("manager", "") and "cedar" not in mail.as_string() for mail in postbox.mails)
