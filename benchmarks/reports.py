"""How fast the report pages answer, over HTTP's inside (no socket): `python -m benchmarks.reports [--leads 10000] [--database-url URL]`."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from datetime import timedelta
from types import SimpleNamespace

from fastapi.testclient import TestClient

from benchmarks.figures import percentile
from leads import access
from leads.demo_data.make import make
from store.database import migrate
from store.demo_rows import counts, put_in
from store.question_counts import count_questions
from web.app import create_app
from web.console_reports import REPORTS
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings


def fill(application: Application, leads: int) -> float:
    """Put demo leads into an empty database; return the seconds it took."""
    began, waiting = time.perf_counter(), []
    now = application.now()
    for number, (records, _) in enumerate(make(application.script, {}, leads=leads, seed=7, now=now)):
        waiting += records
        if number % 250 == 0:
            put_in(application.engine, waiting)
            waiting = []
    put_in(application.engine, waiting)
    count_questions(application.engine, quiet_before=now - timedelta(minutes=30), now=now)
    return time.perf_counter() - began


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description="Times each report page with demo leads.")
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--database-url", help="an empty database; default: an SQLite file that is thrown away")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.database_url or f"sqlite:///{folder}/reports.db"
        application = build(read_settings({"DEMO": "yes", "DATABASE_URL": url}, None))
        application.__dict__["redactor"] = SimpleNamespace()  # nobody chats here
        migrate(application.engine)
        if counts(application.engine) == (0, 0):
            print(f"{given.leads:,} leads put in within {fill(application, given.leads):.0f} s", file=sys.stderr)
        word, email = secrets.token_urlsafe(12), f"bench-{secrets.token_hex(3)}@leadtriage.example"
        with application.unit() as unit:
            access.add_user(unit, Argon2(), email=email, name="Bench", role="manager", password=word, now=application.now())
            unit.commit()
        with TestClient(create_app(application)) as client:
            page = client.get("/console/sign-in").text
            token = page.split('name="token" value="')[1].split('"')[0]
            client.post("/console/sign-in", data={"email": email, "password": word, "token": token})
            print("| page | median ms | p95 ms |\n|---|---|---|")
            for name in REPORTS:
                took = []
                for _ in range(given.times):
                    began = time.perf_counter()
                    answer = client.get(f"/console/reports/{name}")
                    took.append((time.perf_counter() - began) * 1000)
                    assert answer.status_code == 200, answer.text
                print(f"| {name} | {percentile(took, 50):.0f} | {percentile(took, 95):.0f} |")
        application.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
