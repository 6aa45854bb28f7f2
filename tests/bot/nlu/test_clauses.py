"""Cutting a message into the parts that say one thing each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import begins_to_ask, clauses, sentences
from bot.nlu.sentence_encoder import MOST_PARTS, parts_of

MESSAGES = st.text(alphabet=" ,.;:!?\n-abcdé/0123456789&", max_size=120)


@pytest.mark.parametrize(("text", "parts"), [
    ("we have 12 sites. budget is approved!", ["we have 12 sites.", "budget is approved!"]),
    ("price? also we run epic", ["price?", "also we run epic"]),
    ("first line\nsecond line", ["first line", "second line"]),
    ("around 3.5 million a year", ["around 3.5 million a year"]),
])  # fmt: skip
def test_sentences_end_where_a_person_ends_them(text: str, parts: list) -> None:
    assert [part.text for part in sentences(text)] == parts


@pytest.mark.parametrize(("text", "parts"), [
    ("nine offices on nextgen, need baa and sso", ["nine offices on nextgen", "need baa", "sso"]),
    ("no money yet but the cfo asked", ["no money yet", "the cfo asked"]),
    ("live in may - two sites", ["live in may", "two sites"]),
    ("andover and branding", ["andover", "branding"]),
])  # fmt: skip
def test_clauses_end_at_commas_and_joining_words(text: str, parts: list) -> None:
    assert [part.text for part in clauses(text)] == parts


def test_the_clauses_of_a_question_are_questions() -> None:
    parts = clauses("we use epic. do you work with hospitals, and clinics?")
    assert [part.is_question for part in parts] == [False, True, True]


def test_what_is_said_before_the_question_begins_is_told() -> None:
    parts = clauses("need it by the end of march, is that doable?")
    assert [part.is_question for part in parts] == [False, True]


@pytest.mark.parametrize(("text", "asks"), [
    ("so do u work with dentists", True), ("r u certified", True), ("pls what does it cost", True), ("we do dentistry", False),
    ("dental group", False), ("island hospital", False),
])  # fmt: skip
def test_a_question_without_its_mark_is_known_by_how_it_begins(text: str, asks: bool) -> None:
    assert begins_to_ask(text) is asks


@given(MESSAGES)
def test_every_part_stands_where_it_says(text: str) -> None:
    for part in [*sentences(text), *clauses(text), *parts_of(text)]:
        assert text[part.start : part.end] == part.text and part.text == part.text.strip() and part.text


@given(MESSAGES)
def test_sentences_keep_their_order_and_do_not_overlap(text: str) -> None:
    ends = 0
    for part in sentences(text):
        assert part.start >= ends
        ends = part.end


@given(MESSAGES)
def test_the_parts_of_a_message_are_few_and_none_is_the_message_itself(text: str) -> None:
    parts = parts_of(text)
    assert len(parts) <= MOST_PARTS and len({part.text for part in parts}) == len(parts)
    assert all(part.text != text.strip() for part in parts)
