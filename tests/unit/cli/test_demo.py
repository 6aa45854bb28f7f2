"""The demo's login and key: made once, readable by their owner only, and working."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo import prepare_demo
from leads import access
from leads.ports import UnitOfWork
from wiring.build import Application, build
from wiring.passwords import Argon2
from wiring.settings import read_settings


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    made = build(read_settings({"DEMO": "yes", "DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}, None))
    yield made
    made.engine.dispose()


def password_of(unit: UnitOfWork, email: str) -> str:
    user = unit.staff.user_by_email(email)
    assert user is not None
    return user.password_hash


def test_the_file_holds_what_works_and_only_its_owner_can_read_it(application: Application, tmp_path: Path) -> None:
    path = tmp_path / "deep/demo.json"
    login = prepare_demo(application, path)
    assert json.loads(path.read_text()) == {"url": "http://127.0.0.1:8000", "email": login.email, "password": login.password, "api_key": login.api_key}
    assert path.stat().st_mode & 0o077 == 0
    with application.unit() as unit:
        assert Argon2().matches(password_of(unit, login.email), login.password)
        assert unit.staff.api_key(access.hash_secret(login.api_key))


def test_the_next_start_uses_the_same_login(application: Application, tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    assert prepare_demo(application, path) == prepare_demo(application, path)


@pytest.mark.parametrize("content", ["", "{broken", '{"url": "x"}', "[]"])
def test_a_damaged_file_is_replaced_by_a_login_that_works(application: Application, tmp_path: Path, content: str) -> None:
    path = tmp_path / "demo.json"
    first = prepare_demo(application, path)
    path.write_text(content)
    path.chmod(0o644)
    second = prepare_demo(application, path)
    assert second.email != first.email and path.stat().st_mode & 0o077 == 0
    with application.unit() as unit:
        assert Argon2().matches(password_of(unit, second.email), second.password)


def test_a_file_of_another_database_is_not_trusted(application: Application, tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text(json.dumps({"url": "x", "email": "who@else.example", "password": "p", "api_key": "k"}))
    assert prepare_demo(application, path).email != "who@else.example"
