"""`python -m benchmarks.pages [PATH ...]`: how long pages and lists take with many leads, over the real web app in one process.

A path may hold LEAD and ACCOUNT, which stand for a lead and an account of the database. Figures of one process without a network; let
nothing else run meanwhile.
"""

from __future__ import annotations

import argparse
import random
import secrets
import tempfile
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from benchmarks.figures import percentile
from leads import access
from leads.intake import add_lead
from leads.records import Session, User
from scoring.facts import CLOSED, LISTS, SIGNALS
from store.database import migrate
from web.app import create_app
from wiring.build import Application, build
from wiring.settings import read_settings

PATHS = (
    "/api/leads", "/api/leads?q=contact 77", "/api/leads/LEAD", "/console?view=team", "/console?view=all", "/console?q=contact 77",
    "/console/leads/LEAD", "/console/accounts", "/console/accounts?q=clinic 7", "/console/accounts/ACCOUNT",
)  # fmt: skip
PEOPLE_OF_AN_ACCOUNT = 6
A_UNIT = 200


def main(arguments: list[str] | None = None) -> int:
    """Fill a database, ask for each page again and again, and print how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description="Measures pages with many leads in the database.")
    parser.add_argument("paths", nargs="*", default=PATHS, help=f"default: {', '.join(PATHS)}")
    parser.add_argument("--leads", type=int, default=10_000, help="leads in the database (default 10,000)")
    parser.add_argument("--times", type=int, default=100, help="requests of each page (default 100)")
    parser.add_argument("--database", type=Path, help="an SQLite file to fill, or to use again if it is there (default: thrown away)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        file = given.database or Path(folder) / "pages.db"
        app = build(read_settings({"DEMO": "yes", "DATABASE_URL": f"sqlite:///{file}"}, None))
        app.__dict__["redactor"] = None  # nobody chats here
        migrate(app.engine)
        fill(app, given.leads)
        print(f"{'page':44} {'p50 ms':>8} {'p95 ms':>8} {'KB':>7}   ({given.leads:,} leads, {given.times} requests of each)")
        for path, times, size in measure(app, given.paths, given.times):
            print(f"{path:44} {percentile(times, 50):8.1f} {percentile(times, 95):8.1f} {size / 1024:7.1f}", flush=True)
        app.engine.dispose()
    return 0


def fill(app: Application, count: int) -> None:
    """Add leads until there are so many, about six of each account, a tenth of them of somebody who wrote before."""
    drawn, playbook = random.Random(11), app.playbooks.choose()
    with app.unit(read_only=True) as unit:
        there = sum(unit.leads.work(today=app.now().date()).values())
    for begin in range(0, count if not there else 0, A_UNIT):
        with app.unit() as unit:
            for number in range(begin, min(begin + A_UNIT, count)):
                now = app.now() - timedelta(minutes=5 * (count - number))
                add_lead(unit, source="form", reading=None, playbook=playbook, now=now, **_drawn(drawn, number, now))
            unit.commit()
        print(f"\r{min(begin + A_UNIT, count):,} leads stored", end="", flush=True)
    print()


def _drawn(drawn: random.Random, number: int, now: datetime) -> dict[str, Any]:
    person = drawn.randrange(number) if number and drawn.random() < 0.1 else number
    clinic = person // PEOPLE_OF_AN_ACCOUNT
    email = f"contact{person}@clinic{clinic}.example"
    closed = {fact: values for fact, values in CLOSED.items() if fact != "relationship"}
    facts: dict[str, Any] = {fact: drawn.choice(values) for fact, values in closed.items() if drawn.random() < 0.6}
    facts |= {fact: drawn.sample(values, 2) for fact, values in LISTS.items() if drawn.random() < 0.4}
    signals = [(drawn.choice(SIGNALS), now - timedelta(days=drawn.randrange(40))) for _ in range(drawn.randrange(4))]
    contact = {"name": f"Contact {person}", "email": email, "company": f"Clinic {clinic}", "title": "Director of operations"}
    return {"contact": contact, "facts": facts, "signals": signals}


def measure(app: Application, paths: list[str], times: int) -> list[tuple[str, list[float], int]]:
    """Return each path with the milliseconds of every request and the size of the answer."""
    with app.unit(read_only=True) as unit:
        lead = unit.leads.search(stage=None, route=None, owner=None, text=None, conversation=None, after=None, limit=1)[0][0]
    account = (lead.contact["email"]).partition("@")[2]
    found = []
    with TestClient(create_app(app), base_url="http://127.0.0.1:8000", cookies={"leadtriage_session": _session(app)}) as client:
        for path in paths:
            address, took, size = path.replace("LEAD", lead.id).replace("ACCOUNT", account), [], 0
            for number in range(times + 3):
                began = time.perf_counter()
                answer = client.get(address)
                if number >= 3:  # the first ones compile templates and fill caches
                    took.append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{address}: expected 200, found {answer.status_code}. There are no figures.")
                size = len(answer.content)
            found.append((path, took, size))
    return found


def _session(app: Application) -> str:
    """A signed-in administrator, who may see every page."""
    token, now = secrets.token_urlsafe(16), app.now()
    email = f"{uuid.uuid4().hex}@measured.example"
    user = User(id=uuid.uuid4().hex, email=email, name="Measured", role="admin", password_hash="", created_at=now)
    with app.unit() as unit:
        unit.staff.add_user(user)
        unit.commit()
    with app.unit() as unit:
        session = Session(token_hash=access.hash_secret(token), user_id=user.id, created_at=now, expires_at=now + access.SESSION_LENGTH)
        unit.staff.add_session(session)
        unit.commit()
    return token


if __name__ == "__main__":
    raise SystemExit(main())
