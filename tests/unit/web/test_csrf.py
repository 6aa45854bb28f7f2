"""Form tokens: made by the holder of the cookie, worth nothing to anybody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import csrf

secrets = st.text(min_size=1, max_size=80)


@given(secrets)
def test_a_form_of_the_same_cookie_is_taken(secret: str) -> None:
    assert csrf.is_signed(csrf.sign(secret), secret)


@given(secrets, secrets)
def test_a_form_of_another_cookie_is_refused(mine: str, theirs: str) -> None:
    assert csrf.is_signed(csrf.sign(theirs), mine) == (mine == theirs)


@given(secrets, st.text(max_size=80))
def test_a_made_up_token_is_refused_and_breaks_nothing(secret: str, token: str) -> None:
    assert csrf.is_signed(token, secret) == (token == csrf.sign(secret))


@given(secrets)
def test_the_token_does_not_show_the_cookie(secret: str) -> None:
    assert len(csrf.sign(secret)) == 64
    assert csrf.sign(secret) != secret


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_cookie_no_form_is_taken(secret: str | None) -> None:
    assert not csrf.is_signed(csrf.sign("something"), secret)
    with pytest.raises(ValueError, match="needs a session"):
        csrf.sign("")


def test_two_visitors_get_different_secrets() -> None:
    assert csrf.new_secret() != csrf.new_secret()
