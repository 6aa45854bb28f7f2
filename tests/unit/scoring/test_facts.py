"""The catalogue of facts: what is taken, how it is stored, and what is said when it does not fit."""

from typing import Any

import pytest

from scoring.facts import CLOSED, FACTS, LISTS, FactKind, InvalidFact, check_value, merge


@pytest.mark.parametrize(
    ("fact", "given", "stored"),
    [
        ("org_type", " Hospital ", "hospital"),
        ("handles_phi", True, "yes"),
        ("stakeholders", ["legal", "it", "it"], ["it", "legal"]),
        ("security_needs", [], []),
        ("org_size", {"beds": 120.0, "sites": 3}, {"sites": 3, "beds": 120}),
        ("budget_amount", {"max": 50000}, {"min": None, "max": 50000.0}),
        ("timeline_date", "2027-03-31", "2027-03-31"),
        ("region", "oh", "OH"),
        ("region", "Ohio", "Ohio"),
        ("current_solution", "  Weave   Pro ", "Weave Pro"),
        ("current_solution", "Manual", "manual"),
    ],
)
def test_a_value_is_stored_in_one_form(fact: str, given: Any, stored: Any) -> None:
    assert check_value(fact, given) == stored


@pytest.mark.parametrize(
    ("fact", "given", "says"),
    [
        ("orgtype", "hospital", "orgtype: expected the name of a fact, found 'orgtype'. Did you mean 'org_type'?"),
        ("buying_role", "boss", "found 'boss'"),
        ("buying_role", "budgetholder", "Did you mean 'budget_holder'?"),
        ("stakeholders", "it", "expected a list"),
        ("stakeholders", ["it", "janitor"], "found 'janitor'"),
        ("org_size", {"chairs": 4}, "found 'chairs'"),
        ("org_size", {"sites": 0}, "whole count above 0"),
        ("org_size", {"sites": True}, "whole count above 0"),
        ("org_size", {}, "expected counts by unit"),
        ("budget_amount", {"min": 90, "max": 10}, "Swap them"),
        ("budget_amount", {"min": None, "max": None}, "at least one"),
        ("budget_amount", {"min": -5}, "US dollars a year"),
        ("budget_amount", {"min": float("nan")}, "US dollars a year"),
        ("contract_end", "31 March", "Write e.g. 2027-03-31"),
        ("region", "x" * 200, "1 to 120 characters"),
        ("region", "", "1 to 120 characters"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_sentence(fact: str, given: Any, says: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        check_value(fact, given)
    assert says in str(refused.value)
    assert refused.value.fact == fact
    assert str(refused.value).startswith(f"{fact}: expected")


def test_a_long_value_is_not_repeated_in_full() -> None:
    with pytest.raises(InvalidFact) as refused:
        check_value("department", "z" * 500)
    assert "z" * 50 not in str(refused.value)


def test_lists_add_up_and_a_correction_replaces_them() -> None:
    assert merge("stakeholders", ["legal"], ["it"], correction=False) == ["it", "legal"]
    assert merge("stakeholders", ["legal"], ["it"], correction=True) == ["it"]
    assert merge("stakeholders", ["legal"], [], correction=False) == ["legal"]
    assert merge("stakeholders", ["legal"], [], correction=True) == []


def test_sizes_merge_by_unit_even_when_corrected() -> None:
    assert merge("org_size", {"sites": 3, "beds": 90}, {"sites": 4}, correction=True) == {"sites": 4, "beds": 90}


def test_other_facts_are_replaced_and_a_first_value_is_taken() -> None:
    assert merge("timeline", "year", "now", correction=False) == "now"
    assert merge("stakeholders", None, ["it"], correction=False) == ["it"]


def test_every_fact_has_a_kind_and_every_closed_fact_its_values() -> None:
    assert {fact for fact, kind in FACTS.items() if kind is FactKind.CLOSED} == set(CLOSED)
    assert {fact for fact, kind in FACTS.items() if kind is FactKind.LIST} == set(LISTS)
    assert len(FACTS) == 24
