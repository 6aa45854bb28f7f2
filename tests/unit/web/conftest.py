"""One installation for each test: the real web app over an SQLite file, with a dialogue engine that is told what texts mean."""

from __future__ import annotations

import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from leads import access
from leads.records import Session, User
from privacy.redaction import Redactor
from store.database import migrate
from tests.unit.web.fake_engine import FakeEngine
from web.app import create_app
from web.services import Services
from wiring.build import Application, build
from wiring.settings import read_settings

DEMO = {"DEMO": "yes"}
SERIOUS = {"DEMO": "no"}
PAGE = {"page": {"url": "https://meridian.example/"}, "consent": True}


@dataclass
class Office:
    """A running web app with everything a test looks at."""

    application: Application
    engine: FakeEngine
    client: TestClient
    key: str
    clock: list[datetime] = field(default_factory=lambda: [datetime(2026, 11, 24, 15, 0, tzinfo=UTC)])

    @property
    def staff(self) -> dict[str, str]:
        """Headers of a program with a key."""
        return {"Authorization": f"Bearer {self.key}"}

    def session(self, email: str, *, role: str, name: str = "") -> str:
        """The session of a new person."""
        with self.application.unit() as unit:
            user = User(id=uuid.uuid4().hex, email=email, name=name, role=role, password_hash="", created_at=self.clock[0])
            unit.staff.add_user(user)
            unit.commit()
        with self.application.unit() as unit:
            token = secrets.token_urlsafe(16)
            ends = self.clock[0] + access.SESSION_LENGTH
            unit.staff.add_session(Session(token_hash=access.hash_secret(token), user_id=user.id, created_at=self.clock[0], expires_at=ends))
            unit.commit()
        return token

    def open(self, **more: Any) -> Talk:
        """Open a conversation."""
        answer = self.client.post("/api/chat/conversations", json={**PAGE, **more})
        assert answer.status_code == 201, answer.text
        return Talk(self, answer.json())

    def everything_stored(self) -> str:
        """Every row of every table, as text."""
        with self.application.engine.connect() as connection:
            tables = [row[0] for row in connection.exec_driver_sql("select name from sqlite_master where type = 'table'")]
            return "\n".join(repr(connection.exec_driver_sql(f"select * from {table}").all()) for table in tables if table != "playbooks")


class Talk:
    """One conversation over the public API."""

    def __init__(self, office: Office, opened: dict[str, Any]) -> None:
        self._office, self.id, self.token, self.state = office, opened["conversation_id"], opened["token"], opened["state"]
        self.messages: list[dict[str, Any]] = opened["messages"]

    def post(self, body: dict[str, Any], *, key: str | None = None, token: str | None = None) -> Response:
        """Send one message, whatever comes of it."""
        headers = {"Authorization": f"Bearer {token or self.token}"} | ({"Idempotency-Key": key} if key else {})
        answer: Response = self._office.client.post(f"/api/chat/conversations/{self.id}/messages", json=body, headers=headers)
        return answer

    def say(self, text: str, **how: Any) -> dict[str, Any]:
        """Send one text that is answered."""
        return self._taken(self.post({"text": text}, **how))

    def choose(self, value: Any, **how: Any) -> dict[str, Any]:
        """Press a button."""
        return self._taken(self.post({"quick_reply": value}, **how))

    def _taken(self, answer: Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        self.messages, self.state = content["messages"], content["state"]
        return content

    def shown(self) -> dict[str, Any]:
        """The conversation as a page would resume it."""
        answer = self._office.client.get(f"/api/chat/conversations/{self.id}", headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def lead(self) -> dict[str, Any]:
        """The lead behind it, by the staff API."""
        found = self._office.client.get("/api/leads", params={"conversation": self.id}, headers=self._office.staff).json()["items"]
        assert len(found) == 1
        return dict(found[0])


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture(scope="session")
def loaded() -> dict[str, Any]:
    """What is read-only and dear to load."""
    ready = build(read_settings(DEMO, None))
    return {"playbook_files": ready.playbook_files, "faq": ready.faq}


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once; each test gets a copy."""
    path = tmp_path_factory.mktemp("web") / "fresh.db"
    application = build(read_settings(DEMO | {"DATABASE_URL": f"sqlite:///{path}"}, None))
    migrate(application.engine)
    application.engine.dispose()
    return path


@pytest.fixture
def make_office(tmp_path: Path, fresh_database: Path, redactor: Redactor, loaded: dict[str, Any]) -> Iterator[Callable[..., Office]]:
    """Make an office from settings: `make_office(MESSAGES_A_MINUTE="3")`."""
    made: list[Office] = []

    def make(base: dict[str, str] = DEMO, **changes: str) -> Office:
        path = tmp_path / f"office{len(made)}.db"
        shutil.copy(fresh_database, path)
        application = build(read_settings({**base, "DATABASE_URL": f"sqlite:///{path}", **changes}, None))
        application.__dict__.update(redactor=redactor, **({} if "PLAYBOOK" in changes else loaded))
        app = create_app(application)
        engine = FakeEngine(application, f"models/{application.settings.rasa_model.name}")
        app.state.dialogue, app.state.services = engine, Services(application, engine)  # type: ignore[arg-type]
        with application.unit() as unit:
            key = access.add_api_key(unit, name="tests", now=datetime(2026, 11, 1, tzinfo=UTC))
            # Used a moment ago, so that not every test's first call notes that it was used.
            unit.staff.api_keys()[0].last_used_at = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
            unit.commit()
        office = Office(application, engine, TestClient(app, base_url="http://127.0.0.1:8000"), key)
        application.now = lambda: office.clock[0]  # type: ignore[method-assign]
        office.client.__enter__()
        made.append(office)
        return office

    yield make
    for office in made:
        office.client.__exit__(None, None, None)
        office.application.engine.dispose()


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    return make_office()
