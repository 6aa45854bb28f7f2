"""The real web app over an SQLite file, with a person who may call and an engine that is told what notes mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from leads import access
from leads.dialogue import recording
from leads.intake import add_lead
from leads.reading import ReadFact
from store.database import migrate
from tests.e2e.served_app import served
from tests.unit.web.fake_engine import FakeEngine, parse
from web.app import create_app
from web.services import Services
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings

EMAIL, PASSWORD = "rae@meridian.example", "correct horse battery"
SHORTHAND = "12 derm clinics, no-shows, wants go-live in Jan, cfo signs"
NOTES: dict[str, dict[str, Any]] = {
    SHORTHAND: parse(
        org_type="specialty_group", org_size={"sites": 12}, use_case="scheduling_reminders", timeline="this_quarter", stakeholders=["finance"]
    ),
    "prob. approved?": parse(confidence=0.5, budget_status="approved"),
    "asks what it costs": parse("faq", faq="price"),
}


@dataclass
class CallOffice:
    """Where it runs, and what stands behind it."""

    url: str
    application: Application
    engine: FakeEngine

    def add_lead(self) -> str:
        """A lead of the chat with a doubtful answer, and a colleague of hers at the same place; return its id."""
        with self.application.unit() as unit:
            now, playbook = self.application.now(), self.application.playbooks.choose()
            add_lead(
                unit, source="form", contact={"name": "Tom Abara", "email": "tom@cedarhollow.example", "title": "IT director"},
                facts={"department": "it", "buying_role": "evaluator"}, reading=None, signals=[], playbook=playbook, now=now,
            )
            lead = add_lead(
                unit, source="demo_request", contact={"name": "Ana Ruiz", "email": "ana@cedarhollow.example", "company": "Cedar Hollow Clinics"},
                facts={"department": "operations"}, reading=None, signals=[], playbook=playbook, now=now,
            )
            for fact, value, sure, quote in (
                ("org_type", "clinic_group", 0.97, "we run nine outpatient clinics"), ("use_case", "scheduling_reminders", 0.62, "the phones never stop"),
                ("budget_status", "approved", 0.93, "the money is approved"), ("stakeholders", ["finance"], 0.9, "our CFO will want a say"),
            ):
                recording.store(lead, ReadFact(fact, value, sure, quote), channel="website", now=now)
            unit.commit()
            return lead.id


@contextmanager
def running(folder: Path) -> Iterator[CallOffice]:
    """The app, listening on a free port of this machine."""
    application = build(read_settings({"DEMO": "yes", "DATABASE_URL": f"sqlite:///{folder}/calls.db"}, None))
    migrate(application.engine)
    with application.unit() as unit:
        access.add_user(unit, Argon2(), email=EMAIL, name="Rae Kim", role="rep", password=PASSWORD, now=application.now())
        unit.commit()
    app = create_app(application)
    engine = FakeEngine(application, "models/none.tar.gz")
    engine.means.update(NOTES)
    app.state.dialogue, app.state.services = engine, Services(application, engine)  # type: ignore[arg-type]
    with served(app) as address:
        yield CallOffice(address, application, engine)
    application.engine.dispose()


def sign_in(page: Page) -> None:
    """Sign in and come to the start of a call."""
    page.goto("/console/sign-in?next=/console/call")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Start a call")).to_be_visible()
