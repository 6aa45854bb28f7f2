"""Users, sign-ins and keys."""

from datetime import timedelta

import pytest

from leads import access
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


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


@pytest.fixture
def passwords() -> SlowPasswords:
    return SlowPasswords()


def add(unit: FakeUnit, passwords: SlowPasswords, *, email: str = ANA, role: str = "sales", password: str = WORD) -> None:
    access.add_user(unit, passwords, email=email, name="Ana", role=role, password=password, now=NINE)


def test_a_right_password_signs_in_for_twelve_hours(unit: FakeUnit, passwords: SlowPasswords) -> None:
    add(unit, passwords)
    token = access.sign_in(unit, passwords, email=ANA.upper(), password=WORD, now=NINE)
    assert token
    hashed = access.hash_secret(token)
    user = unit.staff.session_user(hashed, NINE + access.SESSION_LENGTH - timedelta(seconds=1))
    assert user is not None and user.email == ANA
    assert unit.staff.session_user(hashed, NINE + access.SESSION_LENGTH) is None


def test_neither_passwords_nor_tokens_nor_keys_are_kept_themselves(unit: FakeUnit, passwords: SlowPasswords) -> None:
    add(unit, passwords)
    token = access.sign_in(unit, passwords, email=ANA, password=WORD, now=NINE)
    key = access.add_api_key(unit, name="crm", now=NINE)
    kept = repr([unit.staff.users, unit.staff.sessions, unit.staff.keys])
    assert token and token not in kept and key not in kept and WORD not in kept
    assert unit.staff.api_key(access.hash_secret(key)) is not None


@pytest.mark.parametrize(("email", "password"), [(ANA, "wrong"), ("nobody@meridian.example", WORD), (ANA, "")])
def test_a_wrong_password_and_an_unknown_address_are_refused_at_the_same_cost(
    unit: FakeUnit, passwords: SlowPasswords, email: str, password: str
) -> None:
    add(unit, passwords)
    assert access.sign_in(unit, passwords, email=email, password=password, now=NINE) is None
    assert len(passwords.compared) == 1 and not unit.staff.sessions


@pytest.mark.parametrize(("role", "password", "email", "sentence"), [
    ("boss", WORD, "new@meridian.example", "role: expected one of rep"),
    ("sales", "short", "new@meridian.example", "at least 10 characters, found 5"),
    ("sales", WORD, ANA.upper(), "a user with this address already"),
])  # fmt: skip
def test_a_user_that_cannot_be_is_refused_with_a_sentence(
    unit: FakeUnit, passwords: SlowPasswords, role: str, password: str, email: str, sentence: str
) -> None:
    add(unit, passwords)
    with pytest.raises(ValueError, match=sentence):
        add(unit, passwords, email=email, role=role, password=password)
    assert len(unit.staff.users) == 1


def test_every_role_can_be_given(unit: FakeUnit, passwords: SlowPasswords) -> None:
    for role in access.ROLES:
        add(unit, passwords, email=f"{role}@meridian.example", role=role)
    assert [user.role for user in unit.staff.users] == list(access.ROLES)


def test_two_keys_are_never_the_same(unit: FakeUnit) -> None:
    keys = {access.add_api_key(unit, name="crm", now=NINE) for _ in range(20)}
    assert len(keys) == 20 and all(key.startswith("lt_") for key in keys)
