"""What holds for any text and any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.values import Found, read_contract_end, read_counts, read_money, read_timeline
from bot.values.moments import bucket_of
from bot.values.numerals import read_number
from bot.values.words import split_words, word_list

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
ASKED = st.sampled_from([None, "timeline", "budget_status", "org_size", "contract_end", "confirm"])
PIECES = st.sampled_from(
    word_list(
        "by before b4 after in within w/in the end of mid early next this last first three 3 40k - to and or not from "
        "between march may q3 h1 fy28 2027 4/30 06-30-2027 week weeks months year 's , . ? $ $85k million half a "
        "quarter couple dozen sites beds clinics of us people per month site over under more than summer "
        "friday christmas asap now live want budget approved 29 feb 31 twenty-one"
    )
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join))


def read_all(text: str, today: date, asked: str | None) -> list[Found]:
    return [
        *read_timeline(text, today, asked=asked),
        *read_contract_end(text, today, asked=asked),
        *read_money(text, asked=asked, sites=3),
        *read_counts(text, asked=asked),
    ]


@given(TEXTS, DAYS, ASKED)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_without_failing_and_inside_its_bounds(text: str, today: date, asked: str | None) -> None:
    for found in read_all(text, today, asked):
        assert 0 <= found.start < found.end <= len(text)
        assert 0 < found.confidence <= 1


@given(TEXTS, DAYS)
@settings(max_examples=200, deadline=None)
def test_bucket_and_date_agree_and_the_date_is_not_past(text: str, today: date) -> None:
    for found in read_timeline(text, today, asked="timeline"):
        value = found.value
        assert value["from"] <= value["to"]
        if value["timeline_date"]:
            day = date.fromisoformat(value["timeline_date"])
            assert value["timeline"] == bucket_of(day, today)
            assert day >= today


@given(
    DAYS,
    st.integers(0, 1500),
    st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%B %d, %Y", "%d %b %Y", "by %b %d %Y", "%m-%d-%Y"]),
)
def test_a_written_date_is_read_back(today: date, ahead: int, form: str) -> None:
    day = today + timedelta(days=ahead)
    (found,) = read_timeline(day.strftime(form), today, asked="timeline")
    assert found.value["timeline_date"] == day.isoformat()
    assert found.value["timeline"] == bucket_of(day, today)


@given(DAYS, st.integers(1, 700))
def test_days_ahead_fall_into_the_bucket_of_their_number(today: date, days: int) -> None:
    (found,) = read_timeline(f"in {days} days", today, asked="timeline")
    assert found.value["timeline"] == bucket_of(today + timedelta(days=days), today)
    assert found.value["timeline_date"] is None


@given(st.integers(1_000, 9_000_000), st.sampled_from(["${:,}", "{:,} dollars", "USD {:,}", "{:,} a year"]))
def test_a_written_amount_is_read_back(amount: int, form: str) -> None:
    (found,) = read_money(form.format(amount), asked="budget_status")
    assert found.value == {"min": amount, "max": amount}


@given(st.integers(2, 400), st.sampled_from(["clinics", "beds", "providers", "employees"]))
def test_a_written_count_is_read_back(count: int, noun: str) -> None:
    (found,) = read_counts(f"{count} {noun}", asked="org_size")
    assert list(found.value.values()) == [count]


def in_words(number: int) -> str:
    units = word_list(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    )
    tens = word_list("- - twenty thirty forty fifty sixty seventy eighty ninety")
    if number < 20:
        return units[number]
    if number < 100:
        return tens[number // 10] + (f"-{units[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{units[number // 100]} hundred" + (f" and {in_words(number % 100)}" if number % 100 else "")
    return f"{in_words(number // 1000)} thousand" + (f" {in_words(number % 1000)}" if number % 1000 else "")


@given(st.integers(1, 999_999))
def test_number_words_are_read_back(number: int) -> None:
    words = split_words(in_words(number))
    read = read_number(words, 0)
    assert read is not None
    assert (read.value, read.end) == (number, len(words.at))


@pytest.mark.parametrize(
    "piece",
    [
        "1 day from ",
        "in ",
        "mid of ",
        "june to ",
        "one hundred and ",
        "4/",
        "$",
        "not ",
        "40k - ",
        "next ",
        "first ",
        "clinics, ",
    ],
)
def test_repetition_does_not_blow_up(piece: str) -> None:
    text = (piece * 4000)[:4000]
    read_all(text, date(2026, 11, 24), "timeline")
    read_all(text, date(2026, 11, 24), "budget_status")
