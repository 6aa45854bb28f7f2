"""What a password must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.password_rules import LEAST_CHARACTERS, check_password

ANA = "ana.ruiz@meridian.example"


@pytest.mark.parametrize("password", [
    "four slow herons", "correct horse battery", "three green apples", "Tr0ub4dor&3-lake", "vG7#pQ2!mZx9", "an otter reads late", "пять синих птиц летят",
])  # fmt: skip
def test_long_passwords_that_nobody_guesses_are_taken_whatever_they_are_made_of(password: str) -> None:
    check_password(password, email=ANA)


@pytest.mark.parametrize("password", [
    "password1234", "Password2026!", "P@ssw0rd12345", "passwordpassword", "welcome12345", "Welcome2026!!", "qwertyuiop12", "qwertyuiopas", "123456789012",
    "aaaaaaaaaaaa", "abababababab", "abcdefghijkl", "lkjihgfedcba", "1q2w3e4r5t6y", "leadtriage2026", "LeadTriage!!!!", "iloveyou1234", "administrator1",
    "letmeinletmein", "changeme2026", "correcthorsebatterystaple", "summer2026!!", "................", "1qaz2wsx3edc",
])  # fmt: skip
def test_what_is_tried_first_is_refused_with_what_to_take_instead(password: str) -> None:
    with pytest.raises(ValueError, match=r"tried first\. Take e\.g\. four words") as refused:
        check_password(password, email=ANA)
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", [ANA, ANA.upper(), f"x{ANA}1", "ana.ruiz2026!", "AnaRuizAnaRuiz", "meridian.example1"])
def test_the_own_address_is_no_password(password: str) -> None:
    with pytest.raises(ValueError, match="it is your e-mail address"):
        check_password(password, email=ANA)


@pytest.mark.parametrize(("password", "found"), [("", 0), ("short", 5), ("eleven char", 11), ("x" * 201, 201)])
def test_a_password_has_twelve_to_two_hundred_characters(password: str, found: int) -> None:
    with pytest.raises(ValueError, match=f"characters, found {found}"):
        check_password(password, email=ANA)


@given(st.text(max_size=260))
def test_whatever_is_typed_is_taken_or_refused_in_a_sentence_without_it(password: str) -> None:
    try:
        check_password(password, email=ANA)
    except ValueError as refusal:
        assert str(refusal).startswith("password: ")
        assert len(password) < LEAST_CHARACTERS or password not in str(refusal)
    else:
        assert len(password) >= LEAST_CHARACTERS
