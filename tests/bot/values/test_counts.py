"""Sizes of organisations."""

from __future__ import annotations

import pytest

from bot.values import read_counts


def read(text: str, asked: str | None = "org_size") -> dict[str, int]:
    sizes: dict[str, int] = {}
    for found in read_counts(text, asked=asked):
        if found.confidence >= 0.6:
            sizes.update(found.value)
    return sizes


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("17 pediatric offices", {"sites": 17}),
        ("now we are in 13 places", {"sites": 13}),
        ("just the one spot by the river", {"sites": 1}),
        ("80 bed assisted living + 30 bed memory unit", {"beds": 110}),
        ("19 sites, 2,200 FTEs", {"sites": 19, "employees": 2200}),
        ("you have 60 providers, I said 16. Please mend it", {"providers": 16}),
        ("I gave 21 sites before, it's actually 23 with the new ones", {"sites": 23}),
        ("910 licensed beds in 8 facilities", {"beds": 910, "sites": 8}),
        ("nine dialysis centers", {"sites": 9}),
        ("9 family medicine clinics", {"sites": 9}),
        ("stand alone 240 bedder", {"beds": 240}),
        ("beds should read 85", {"beds": 85}),
        ("there's thirteen of us that see patients", {"providers": 13}),
        ("working out of 4 addresses", {"sites": 4}),
        ("31 ppl", {"employees": 31}),
        ("staff of 52", {"employees": 52}),
        ("75 workers here", {"employees": 75}),
        ("38 team members", {"employees": 38}),
        ("640 hospital employees", {"employees": 640}),
        ("~2,300 docs", {"providers": 2300}),
        ("150k lives", {"members": 150_000}),
        ("1.4 million members", {"members": 1_400_000}),
        ("we cover around 70,000 people", {"members": 70_000}),
        ("Forty-eight beds", {"beds": 48}),
        ("a 160-bed hospital", {"beds": 160}),
        ("surgery centers: 7 total", {"sites": 7}),
        ("beds: 96", {"beds": 96}),
        ("two dozen offices", {"sites": 24}),
        ("just one clinic", {"sites": 1}),
        ("solo practice", {"sites": 1}),
        ("15 physician practices", {"sites": 15}),
        ("a 4-doctor practice", {"providers": 4}),
        ("six nursing homes", {"sites": 6}),
        ("3 of our 16 clinics", {"sites": 16}),
        ("two hosps under a parent co", {"sites": 2}),
        ("from 5 to 9 locations", {"sites": 9}),
    ],
)
def test_a_number_with_its_noun_is_a_size(text: str, sizes: dict[str, int]) -> None:
    assert read(text) == sizes


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("typo, it's 30k lives, not 300k", {"members": 30_000}),
        ("not 7 sites, 9 sites", {"sites": 9}),
        ("fifteen locations. Hm, fourteen is correct actually", {"sites": 14}),
        ("20 clinics, sorry, 21", {"sites": 21}),
        ("it's 6 not 5 offices", {"sites": 6}),
    ],
)
def test_a_corrected_count_replaces_the_first(text: str, sizes: dict[str, int]) -> None:
    assert read(text) == sizes


@pytest.mark.parametrize(
    "text",
    [
        "we've got 8",
        "5 ORs",
        "4 FTEs",
        "250 a month",
        "17%",
        "three",
        "type 2 report",
        "3rd floor clinic",
        "hiring 6 nurses and 2 doctors",
        "lost 4 providers",
        "25 new members a month",
        "are you cheaper past 300 beds?",
        "do you work with 9 hospital systems?",
        "2 call centers",
        "11 board members",
        "$400 per bed",
        "4/30",
        "one of our clinics",
        "five counties",
    ],
)
def test_rates_staffing_questions_and_bare_numbers_are_no_size(text: str) -> None:
    assert read(text) == {}


def test_two_kinds_of_sites_add_up_but_are_confirmed_first() -> None:
    (found,) = read_counts("3 hospitals and 18 clinics", asked="org_size")
    assert found.value == {"sites": 21}
    assert found.confidence < 0.6


def test_people_are_employees_only_when_the_size_was_asked_for() -> None:
    assert read("26 people") == {"employees": 26}
    assert read("26 people", asked=None) == {}


@pytest.mark.parametrize("text", ["a demo for me and two colleagues", "three of us are on hold all morning", "the two hospitals we bought last year use it"])
def test_a_few_people_or_some_of_the_sites_are_no_size_unasked(text: str) -> None:
    assert read(text, asked="use_case") == {}
