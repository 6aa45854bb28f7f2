"""Every response the dialogue gives has words, and every response with words is given (tests/properties fill in their values)."""

import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from leads.dialogue.not_buyers import NOT_BUYERS
from scoring.facts import CLOSED
from wiring.settings import ROOT

CODE = [*(ROOT / "leads").rglob("*.py"), *(ROOT / "actions").glob("*.py")]
SETTINGS = [ROOT / "config.yml", ROOT / "data/rules/qualification.yml"]
# Names that the code puts together, with what may stand in the gap.
PUT_TOGETHER = {"utter_are_you_{who}": NOT_BUYERS, "utter_not_a_{asking}": ("email", "phone")}


def responses() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((ROOT / "domain/responses").glob("*.yml")):
        for name, variations in YAML(typ="safe").load(path)["responses"].items():
            assert name not in found, f"{name} stands in two files"
            found[name] = variations
    return found


def given() -> set[str]:
    """Names of responses in the code and in Rasa's settings."""
    names = set()
    for path in [*CODE, *SETTINGS]:
        for name in re.findall(r"utter_[a-z_]+(?:\{[a-z]+\})?", path.read_text()):
            if name in PUT_TOGETHER:
                names |= {name[: name.index("{")] + part for part in PUT_TOGETHER[name]}
            elif name != "utter_message":
                names.add(name)
    return names


def test_every_response_that_is_given_has_words() -> None:
    assert given() - set(responses()) == set()


def test_every_response_with_words_is_given() -> None:
    assert set(responses()) - given() == set()


def test_names_that_are_put_together_are_found_in_the_code() -> None:
    text = "".join(path.read_text() for path in CODE)
    assert all(name in text for name in PUT_TOGETHER)
    assert set(NOT_BUYERS) <= set(CLOSED["relationship"])


@pytest.mark.parametrize("name", sorted(responses()))
def test_a_response_has_one_plain_variation_for_the_website(name: str) -> None:
    variations = responses()[name]
    assert any("channel" not in variation for variation in variations)
    assert all(variation["text"].strip() and variation.get("channel") in (None, "rep") for variation in variations)
