"""Users, sign-ins and keys."""

from datetime import timedelta
from typing import Any

import pytest

from leads import access
from leads.rights import RIGHTS, Actor, Forbidden
from tests.unit.leads.chatting import NINE
from tests.unit.leads.fake_unit import FakeUnit

ANA, WORD = "ana@meridian.example", "three green apples"


class SlowPasswords:
    """Counts its work, so that a test can see whether an unknown address is treated like a known one."""

    def __init__(self) -> None:
        self.compared: list[tuple[str, str]] = []

    def hash(self, password: str) -> str:
        return f"hashed {password[::-1]}"

    def matches(self, password_hash: str, password: str) -> bool:
        self.compared.append((password_hash, password))
        return password_hash == self.hash(password)

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith("hashed ")


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


@pytest.fixture
def passwords() -> SlowPasswords:
    return SlowPasswords()


def add(unit: FakeUnit, passwords: SlowPasswords, *, email: str = ANA, role: str = "sales", password: str = WORD) -> None:
    access.add_user(unit, passwords, email=email, name="Ana", role=role, password=password, now=NINE)


def sign_in(unit: FakeUnit, passwords: SlowPasswords, *, email: str, password: str) -> str | None:
    signed_in = access.sign_in(lambda: unit, lambda: unit, passwords, email=email, password=password, now=NINE)
    return signed_in[0] if signed_in else None


def test_a_right_password_signs_in_for_twelve_hours(unit: FakeUnit, passwords: SlowPasswords) -> None:
    add(unit, passwords)
    token = sign_in(unit, passwords, email=ANA.upper(), password=WORD)
    assert token
    hashed = access.hash_secret(token)
    user = unit.staff.session_user(hashed, NINE + access.SESSION_LENGTH - timedelta(seconds=1))
    assert user is not None and user.email == ANA
    assert unit.staff.session_user(hashed, NINE + access.SESSION_LENGTH) is None


def test_neither_passwords_nor_tokens_nor_keys_are_kept_themselves(unit: FakeUnit, passwords: SlowPasswords) -> None:
    add(unit, passwords)
    token = sign_in(unit, passwords, email=ANA, password=WORD)
    key = access.add_api_key(unit, name="crm", now=NINE)
    kept = repr([unit.staff.users_kept, unit.staff.sessions, unit.staff.keys])
    assert token and token not in kept and key not in kept and WORD not in kept
    assert unit.staff.api_key(access.hash_secret(key)) is not None


@pytest.mark.parametrize(("email", "password"), [(ANA, "wrong"), ("nobody@meridian.example", WORD), (ANA, "")])
def test_a_wrong_password_and_an_unknown_address_are_refused_at_the_same_cost(
    unit: FakeUnit, passwords: SlowPasswords, email: str, password: str
) -> None:
    add(unit, passwords)
    assert sign_in(unit, passwords, email=email, password=password) is None
    assert len(passwords.compared) == 1 and not unit.staff.sessions


@pytest.mark.parametrize(("role", "password", "email", "sentence"), [
    ("boss", WORD, "new@meridian.example", "role: expected one of rep"),
    ("sales", "short", "new@meridian.example", "at least 12 characters, found 5"),
    ("sales", WORD, ANA.upper(), "a user with this address already"),
])  # fmt: skip
def test_a_user_that_cannot_be_is_refused_with_a_sentence(
    unit: FakeUnit, passwords: SlowPasswords, role: str, password: str, email: str, sentence: str
) -> None:
    add(unit, passwords)
    with pytest.raises(ValueError, match=sentence):
        add(unit, passwords, email=email, role=role, password=password)
    assert len(unit.staff.users_kept) == 1


def test_every_role_can_be_given(unit: FakeUnit, passwords: SlowPasswords) -> None:
    for role in access.ROLES:
        add(unit, passwords, email=f"{role}@meridian.example", role=role)
    assert [user.role for user in unit.staff.users_kept] == list(access.ROLES)


def test_two_keys_are_never_the_same(unit: FakeUnit) -> None:
    keys = {access.add_api_key(unit, name="crm", now=NINE) for _ in range(20)}
    assert len(keys) == 20 and all(key.startswith("lt_") for key in keys)


def test_the_password_is_compared_while_no_unit_is_open(unit: FakeUnit) -> None:
    """Hashing takes a good part of a second; nobody may wait for it to write."""
    opened: list[str] = []

    class Watched(FakeUnit):
        def __enter__(self) -> "Watched":
            opened.append("open")
            return super().__enter__()

        def __exit__(self, *error: Any) -> None:
            opened.remove("open")
            super().__exit__(*error)

    class Watching(SlowPasswords):
        def matches(self, password_hash: str, password: str) -> bool:
            assert opened == []
            return super().matches(password_hash, password)

    watched, passwords = Watched(), Watching()
    add(watched, passwords)
    assert sign_in(watched, passwords, email=ANA, password=WORD) and len(passwords.compared) == 1


def test_a_key_does_what_its_scopes_name_and_nothing_else(unit: FakeUnit) -> None:
    key = access.add_api_key(unit, name="crm", now=NINE, scopes=["add_leads", "see_leads"])
    actor = access.who_has_key(lambda: unit, lambda: unit, key, NINE)
    assert actor and [action for action in RIGHTS if actor.may(action)] == ["see_leads", "add_leads"]
    with pytest.raises(Forbidden, match=r"This key may not accept, reject or qualify a lead.* It needs the scope decide"):
        actor.must_be_allowed("decide")
    with pytest.raises(ValueError, match=r"scope: expected some of read_texts, .* found 'everything'"):
        access.add_api_key(unit, name="crm", now=NINE, scopes=["see_leads", "everything"])
    assert access.who_has_key(lambda: unit, lambda: unit, "lt_guessed", NINE) is None


def test_a_refusal_names_the_roles_that_may() -> None:
    with pytest.raises(Forbidden, match=r"Your role is rep\. To tell what became of a lead one needs the role sales, manager or admin\."):
        Actor("rep@meridian.example", role="rep").must_be_allowed("tell_outcome")
    with pytest.raises(Forbidden, match=r"one needs the role admin\."):
        Actor("ops@meridian.example", role="ops").must_be_allowed("see_audit")


def test_nobody_has_rights_without_a_role_or_scopes() -> None:
    assert not any(Actor("nobody").may(action) or Actor("nobody", role="boss").may(action) for action in RIGHTS)
