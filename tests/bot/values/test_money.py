"""Budgets in the ways people write them."""

from __future__ import annotations

import pytest

from bot.values import read_money

BUDGETS = [
    ("$72k", 72_000, 72_000),
    ("36k/yr", 36_000, 36_000),
    ("a quarter million", 250_000, 250_000),
    ("half a mil", 500_000, 500_000),
    ("2.4 million dollars", 2_400_000, 2_400_000),
    ("three and a half million, capital", 3_500_000, 3_500_000),
    ("two million and a half", 2_500_000, 2_500_000),
    ("three hundred and five thousand", 305_000, 305_000),
    ("twelve hundred dollars a month", 14_400, 14_400),
    ("anywhere between one hundred ten thousand and one hundred thirty thousand", 110_000, 130_000),
    ("call it sixty-five to seventy thousand", 65_000, 70_000),
    ("30-35k", 30_000, 35_000),
    ("from 20k to 25k", 20_000, 25_000),
    ("$1,500 to $2,000 a month", 18_000, 24_000),
    ("under 70k", None, 70_000),
    ("up to ninety thousand", None, 90_000),
    ("can't go over 15k", None, 15_000),
    ("65k max", None, 65_000),
    ("at least 12k", 12_000, None),
    ("north of 300k", 300_000, None),
    ("80k+", 80_000, None),
    ("over 2k but under 9k", 2_000, 9_000),
    ("3k monthly", 36_000, 36_000),
    ("$1,900 a month at most", None, 22_800),
    ("we paid 27k a year for it and I won't go above that", None, 27_000),
    ("the old one cost 14 grand a year, so the same again", 14_000, 14_000),
    ("6k a quarter", 24_000, 24_000),
    ("90k over three years", 30_000, 30_000),
    ("64,000", 64_000, 64_000),
    ("75000", 75_000, 75_000),
    ("USD 18,500", 18_500, 18_500),
    ("12 MUSD", 12_000_000, 12_000_000),
    ("not 30k, 45k", 45_000, 45_000),
    ("20k not 200k", 20_000, 20_000),
]


@pytest.mark.parametrize(("text", "low", "high"), BUDGETS)
def test_an_amount_answers_the_budget_question(text: str, low: float | None, high: float | None) -> None:
    (found,) = read_money(text, asked="budget_status")
    assert found.value == {"min": low, "max": high}
    assert found.confidence >= 0.6


@pytest.mark.parametrize(
    "text",
    [
        "150k lives",
        "35k members",
        "payers denied 1.5M worth",
        "54 days in AR",
        "31%",
        "450 employees",
        "60k euros",
        "£25,000",
        "¥900000",
        "2028",
        "fy29",
        "11",
        "call 503-555-0142",
        "would we be over 30k a year with you?",
        "I saw a price of 3k a month",
        "we pay Artera 40k a year",
        "$12 per provider per month",
        "no-shows cost us 250k a year",
        "my copay was $45",
        "$250 per site per month",
    ],
)
def test_losses_bills_counts_prices_and_other_currencies_are_no_budget(text: str) -> None:
    assert [found for found in read_money(text, asked="budget_status") if found.confidence >= 0.6] == []


def test_an_amount_per_site_needs_the_number_of_sites() -> None:
    text = "$250 per site per month"
    assert read_money(text, asked="budget_status", sites=8)[0].value == {"min": 24_000, "max": 24_000}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("95k got signed off", 95_000),
        ("grant of $140,000", 140_000),
        ("we have 20k to spend", 20_000),
        ("budget 55k", 55_000),
    ],
)
def test_volunteered_money_needs_a_mark_and_a_word_of_a_budget(text: str, amount: float) -> None:
    (found,) = read_money(text, asked=None)
    assert found.value == {"min": amount, "max": amount}


@pytest.mark.parametrize("text", ["95k", "$95,000 was stolen", "we see 40000 visits and budget is tight", "$35 copay"])
def test_volunteered_money_without_a_budget_is_left_alone(text: str) -> None:
    assert read_money(text, asked=None) == []


def test_a_vague_amount_is_put_to_the_person_before_it_counts() -> None:
    (found,) = read_money("low six figures", asked="budget_status")
    assert found.confidence < 0.6
    assert found.value["min"] == 100_000
