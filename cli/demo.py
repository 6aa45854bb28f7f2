"""Demo mode: a login and a key, written where only their owner can read them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from leads import access
from store.database import migrate
from wiring.build import Application
from wiring.passwords import Argon2
from wiring.settings import VAR

DEMO_FILE = VAR / "demo.json"
DEMO_EMAIL = "demo@leadtriage.example"


@dataclass(frozen=True)
class DemoLogin:
    """How to get into the demo."""

    url: str
    email: str
    password: str
    api_key: str


def prepare_demo(application: Application, path: Path = DEMO_FILE) -> DemoLogin:
    """Make the tables, a demo login and a key, and write them to var/demo.json; an earlier one is used again."""
    migrate(application.engine)
    known = _read(path)
    password, now = secrets.token_urlsafe(12), application.now()
    # Made before the unit: hashing takes a while, and nobody should wait for it to write.
    newcomer = access.new_user(Argon2(), email=DEMO_EMAIL, name="Demo", role="admin", password=password, now=now)
    with application.unit() as unit:
        if known and unit.staff.user_by_email(known.email) and unit.staff.api_key(access.hash_secret(known.api_key)):
            login = DemoLogin(application.settings.base_url, known.email, known.password, known.api_key)
        else:
            if unit.staff.user_by_email(DEMO_EMAIL) is not None:
                newcomer.email = f"demo-{secrets.token_hex(3)}@leadtriage.example"
            access.keep_user(unit, newcomer)
            login = DemoLogin(application.settings.base_url, newcomer.email, password, access.add_api_key(unit, name="demo", now=now))
        unit.commit()
    _write(path, login)
    return login


def demo_login() -> DemoLogin | None:
    """Return how to get into the demo that was started last, if there was one."""
    return _read(DEMO_FILE)


def _read(path: Path) -> DemoLogin | None:
    try:
        return DemoLogin(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: Path, login: DemoLogin) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(login.__dict__, file)
    path.chmod(0o600)
