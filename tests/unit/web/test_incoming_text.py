"""What a visitor typed, made fit for reading."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.incoming_text import KEPT, LONGEST, UNSEEN, EmptyText, LongText, other_language, tidy


@pytest.mark.parametrize(("typed", "kept"), [
    ("  6 clinics\t in  OH ", "6 clinics in OH"), ("a<br>b", "ab"), ("<a href='x'>epic</a>", "epic"), ("one\r\ntwo", "one\ntwo"),
    ("a\n\n\n\n\nb", "a\n\nb"), ("<!-- hidden -->yes", "yes"), ("x\u200bx\u202ex", "xxx"), ("\u2764\ufe0f 24/7", "\u2764\ufe0f 24/7"),
    ("under 5 < 10 beds > 3", "under 5 < 10 beds > 3"), ("e\u0301cole", "\u00e9cole"), ("\U0001f469\u200d\u2695\ufe0f", "\U0001f469\u200d\u2695\ufe0f"),
])  # fmt: skip
def test_what_carries_meaning_is_kept_and_the_rest_is_not(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\x00\x01", "\u200b\u202e", "<p></p>", "\n\t\n"])
def test_nothing_to_read_is_said_to_be_nothing(typed: str) -> None:
    with pytest.raises(EmptyText):
        tidy(typed)


def test_the_limit_is_four_thousand_characters() -> None:
    assert len(tidy("y" * LONGEST)) == LONGEST == 4000
    with pytest.raises(LongText):
        tidy("y" * (LONGEST + 1))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=200) | st.text(alphabet="<>/ab!- \n\t\x00\u200b", max_size=60))
def test_tidying_gives_clean_text_and_once_is_enough(typed: str) -> None:
    try:
        text = tidy(typed)
    except EmptyText:
        return
    assert text == text.strip() and "  " not in text
    assert all(char in KEPT or unicodedata.category(char) not in UNSEEN for char in text)
    assert tidy(text) == text


@pytest.mark.parametrize(("typed", "language"), [
    ("Necesitamos una solución para los recordatorios de las citas de nuestros pacientes", "es"), ("Wir suchen eine Lösung für die Terminplanung unserer Praxis", "de"),
    ("我们医院想要预约系统", "zh"), ("нам нужна система записи пациентов", "ru"),
])  # fmt: skip
def test_a_text_in_another_language_is_told(typed: str, language: str) -> None:
    assert other_language(typed) == language


@pytest.mark.parametrize("typed", [
    "yes", "n/a", "epic, ecw, athena", "12 locs in TX, need scheduling asap", "prior auth backlog is killing us", "cfo n coo sign off",
    "no budget til q3", "hola", "Casa Blanca Pediatrics", "We use Gesundheit Manager today and it is slow", "La Clinica has 4 sites",
])  # fmt: skip
def test_short_and_clipped_english_is_english(typed: str) -> None:
    assert other_language(typed) is None
