"""Password hashing."""

import pytest
from argon2 import PasswordHasher

from wiring.passwords import Argon2


def test_only_the_password_matches_its_hash_and_no_two_hashes_are_alike() -> None:
    passwords = Argon2()
    hashed = passwords.hash("three green apples")
    assert passwords.matches(hashed, "three green apples") and not passwords.matches(hashed, "three green apple")
    assert hashed != passwords.hash("three green apples") and "apples" not in hashed and hashed.startswith("$argon2id$")


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$broken"])
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not Argon2().matches(stored, "anything")


def test_a_hash_of_cheaper_costs_is_outdated_and_one_of_today_is_not() -> None:
    passwords, cheap = Argon2(), PasswordHasher(time_cost=1, memory_cost=1024).hash("three green apples")
    assert passwords.is_outdated(cheap) and passwords.matches(cheap, "three green apples")
    assert not passwords.is_outdated(passwords.hash("three green apples"))
