"""People, invitations and keys in the store, on SQLite and PostgreSQL; two administrators and two clicks at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from leads import access, invitations, people
from leads.people import NotPossible
from leads.records import Session, User
from store.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


class Plain:
    """Hashing that costs nothing."""

    def hash(self, password: str) -> str:
        return f"hashed {password}"

    def matches(self, password_hash: str, password: str) -> bool:
        return password_hash == self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        return False


def add(engine: Engine, email: str, role: str = "sales", **more: Any) -> User:
    user = User(id=uuid.uuid4().hex, email=email, name=email.partition("@")[0], role=role, password_hash="h", created_at=NOW, **more)
    with SqlUnitOfWork(engine) as unit:
        unit.staff.add_user(user)
        unit.commit()
    return user


def both_at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all of them together; return what came of each, a refusal among it."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return act()
        except NotPossible as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(run, act) for act in acts]]


def test_two_administrators_who_demote_each_other_at_once_leave_one(engine: Engine) -> None:
    for number in range(5):
        one, two = add(engine, f"one{number}@x.example", "admin"), add(engine, f"two{number}@x.example", "admin")

        def demote(who: User, by: User) -> None:
            with SqlUnitOfWork(engine) as unit:
                people.change_role(unit, who.id, "ops", by=by.email, now=NOW)
                unit.commit()

        came = both_at_once(lambda one=one, two=two: demote(one, two), lambda one=one, two=two: demote(two, one))  # type: ignore[misc]
        assert sorted(type(each) for each in came if each) == [NotPossible]
        with SqlUnitOfWork(engine) as unit:
            left = unit.staff.admins()
            assert len(left) == 1
            left[0].role = "ops"
            unit.commit()


def test_a_link_that_is_used_twice_at_once_makes_one_person(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        _, secret = invitations.invite(unit, email="rae@x.example", role="rep", by="ada", now=NOW)
        unit.commit()

    def take_up() -> User:
        return invitations.take_up(
            lambda: SqlUnitOfWork(engine, read_only=True), lambda: SqlUnitOfWork(engine), Plain(), token=secret, name="Rae",
            password="four slow herons", now=NOW,
        )

    came = both_at_once(take_up, take_up, take_up)
    assert len([each for each in came if isinstance(each, User)]) == 1 and len([each for each in came if isinstance(each, NotPossible)]) == 2


def test_what_may_be_used_once_is_used_once_also_at_once_and_forgotten_after_a_day(engine: Engine) -> None:
    def use(at: datetime = NOW) -> bool:
        with SqlUnitOfWork(engine) as unit:
            first = unit.staff.use_once("d" * 64, at)
            unit.commit()
            return first

    assert sorted(both_at_once(use, use, use)) == [False, False, True]
    assert not use(NOW + timedelta(hours=23)) and use(NOW + timedelta(hours=25))


def test_people_are_found_by_the_subject_of_an_issuer_and_one_subject_is_one_person(engine: Engine) -> None:
    dana = add(engine, "dana@x.example", issuer="https://login.example", subject="u-1")
    add(engine, "tom@x.example")
    add(engine, "rae@x.example")  # no subject at all may be shared
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.staff.user_by_subject("https://login.example", "u-1")
        assert found and found.id == dana.id
        assert unit.staff.user_by_subject("https://other.example", "u-1") is None
    with pytest.raises(IntegrityError):
        add(engine, "other@x.example", issuer="https://login.example", subject="u-1")


def test_deactivating_ends_the_sessions_of_that_person_alone(engine: Engine) -> None:
    add(engine, "ada@x.example", "admin")
    dana, tom = add(engine, "dana@x.example"), add(engine, "tom@x.example")
    with SqlUnitOfWork(engine) as unit:
        tokens = {user.email: access.begin_session(unit, user, now=NOW) for user in (dana, tom)}
        unit.commit()
    with SqlUnitOfWork(engine) as unit:
        people.deactivate(unit, dana.id, by="ada", now=NOW)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        hashed = {email: access.hash_secret(token) for email, token in tokens.items()}
        assert unit.staff.session(hashed["dana@x.example"]) is None
        still = unit.staff.session_user(hashed["tom@x.example"], NOW)
        assert still and still.email == "tom@x.example"
        kept = unit.staff.user(dana.id)
        assert kept and kept.deactivated_at == NOW


def test_a_session_of_somebody_deactivated_would_open_nothing(engine: Engine) -> None:
    gone = add(engine, "gone@x.example", deactivated_at=NOW)
    with SqlUnitOfWork(engine) as unit:
        unit.staff.add_session(Session(token_hash="t" * 64, user_id=gone.id, created_at=NOW, expires_at=NOW + timedelta(hours=1)))
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.staff.session_user("t" * 64, NOW) is None


def test_one_session_goes_on_where_the_others_of_a_person_end(engine: Engine) -> None:
    dana = add(engine, "dana@x.example")
    with SqlUnitOfWork(engine) as unit:
        tokens = [access.hash_secret(access.begin_session(unit, dana, now=NOW)) for _ in range(3)]
        unit.commit()
    with SqlUnitOfWork(engine) as unit:
        unit.staff.remove_sessions(dana.id, but=tokens[1])
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [unit.staff.session(token) is not None for token in tokens] == [False, True, False]


def test_there_is_one_open_link_for_an_address_whatever_its_letters(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        first, _ = invitations.invite(unit, email="Rae@x.example", role="rep", by="ada", now=NOW)
        unit.commit()
    with SqlUnitOfWork(engine) as unit:
        second, secret = invitations.invite(unit, email="rae@X.example", role="sales", by="ada", now=NOW + timedelta(hours=1))
        invitations.invite(unit, email="tom@x.example", role="rep", by="ada", now=NOW)
        unit.commit()
    with SqlUnitOfWork(engine) as unit:
        assert [each.email for each in unit.staff.invitations()] == ["rae@x.example", "tom@x.example"]
        found = unit.staff.invitation_by_token(access.hash_secret(secret))
        assert found and found.id == second.id and found.role == "sales" and unit.staff.invitation_by_email("RAE@x.example") is found
        assert not unit.staff.remove_invitation(first.id) and unit.staff.remove_invitation(second.id) and not unit.staff.remove_invitation(second.id)


def test_keys_remember_who_made_them_and_when_they_were_used_and_revoked(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        key = access.add_api_key(unit, name="crm", now=NOW, scopes=["see_leads"], by="ada")
        access.add_api_key(unit, name="later", now=NOW + timedelta(hours=1), scopes=["see_leads"])
        unit.commit()
    later = NOW + timedelta(days=1)
    assert access.who_has_key(lambda: SqlUnitOfWork(engine, read_only=True), lambda: SqlUnitOfWork(engine), key, later)
    with SqlUnitOfWork(engine) as unit:
        newest, oldest = unit.staff.api_keys()
        assert (newest.name, newest.last_used_at, oldest.name, oldest.made_by, oldest.last_used_at) == ("later", None, "crm", "ada", later)
        access.revoke_api_key(unit, oldest.id, by="ada", now=later)
        unit.commit()
    assert access.who_has_key(lambda: SqlUnitOfWork(engine, read_only=True), lambda: SqlUnitOfWork(engine), key, later) is None
