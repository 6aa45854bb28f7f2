"""The name of a product in use that no vocabulary lists."""

import pytest

from bot.values.product_name import read_product_name


@pytest.mark.parametrize(("asked", "text", "name"), [
    ("current_solution", "At present we rely upon a product called Brenworth, which we have outgrown.", "Brenworth"),
    ("budget_status", "It depends on whether we renew with Kolvex or not", "Kolvex"),
    ("timeline", "once the Ludmere contract is up", "Ludmere"),
    ("timeline", "we hope to be rid of Oxbarrow by then", "Oxbarrow"),
    ("current_solution", "we pay for RingaDing but nobody logs in", "RingaDing"),
    ("current_solution", "Pellworm", "Pellworm"),
    (None, "Today we use Tavish Health for reminders", "Tavish Health"),
    ("use_case", "Kolvex isn't cutting it for our therapists", "Kolvex"),
    (None, "denials are up, incumbent: Ludmere, nobody likes it", "Ludmere"),
    ("current_solution", "It runs through Tavish Care Cloud and a lot of custom work", "Tavish Care Cloud"),
    ("current_solution", "our group has Vidoo.me free version", "Vidoo.me"),
    ("current_solution", "not Kolvex, ours is Pellworm Desk", "Pellworm Desk"),
])  # fmt: skip
def test_a_name_is_read_where_products_in_use_are_named(asked: str, text: str, name: str) -> None:
    (found,) = read_product_name(text, asked=asked)
    assert found.value == name and text[found.start : found.end] == name and found.confidence > 0.7


@pytest.mark.parametrize(("asked", "text"), [
    ("current_solution", "Nurses call from a list"),
    ("current_solution", "Our staff does it on Fridays"),
    ("current_solution", "nothing"),
    ("org_type", "We are with Brightwater"),
    (None, "We Want To Be Rid Of Paper Forms"),
    ("timeline", "contract with them ends in May"),
])  # fmt: skip
def test_other_capitals_are_no_products(asked: str, text: str) -> None:
    assert read_product_name(text, asked=asked) == []


def test_a_lower_case_word_alone_is_asked_back() -> None:
    (found,) = read_product_name("pellworm", asked="current_solution")
    assert found.confidence < 0.6
