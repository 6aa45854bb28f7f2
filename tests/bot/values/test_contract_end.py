"""The end of the incumbent's contract."""

from __future__ import annotations

from datetime import date

import pytest

from bot.values import read_contract_end

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("our contract with NexHealth is up in april", "2027-04-30"),
        ("it renews 5/15", "2027-05-15"),
        ("agreement runs through the end of 2027", "2027-12-31"),
        ("the license expires 2027-02-10", "2027-02-10"),
    ],
)
def test_a_contract_and_its_end_are_read_unasked(text: str, day: str) -> None:
    (found,) = read_contract_end(text, TODAY, asked=None)
    assert found.value == day


def test_any_moment_answers_the_question_for_the_contract_end() -> None:
    assert read_contract_end("june", TODAY, asked="contract_end")[0].value == "2027-06-30"


def test_a_span_gives_a_doubtful_day() -> None:
    (found,) = read_contract_end("about 10 months left on the contract, it ends in 10 months", TODAY, asked=None)
    assert found.confidence < 0.6


@pytest.mark.parametrize("text", ["go live in april", "contract length?", "when does a contract with you end, in june?", "min term"])
def test_other_moments_and_questions_are_no_contract_end(text: str) -> None:
    assert read_contract_end(text, TODAY, asked=None) == []
