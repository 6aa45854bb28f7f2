"""Where the three kinds of evidence meet: what reaches the classifiers, and whose message is an answer."""

from typing import Any

import numpy as np
import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.fact_extractor import FactExtractor
from bot.nlu.sentence_encoder import MEANING, Meaning

TODAY = "2026-11-24"


class SureOfEverything:
    """Classifiers that are sure of one value in any text."""

    def __init__(self, fact: str, value: str) -> None:
        self._fact, self._value = fact, value

    def read(self, vectors: np.ndarray, near: np.ndarray | None = None) -> dict[str, list[dict[str, float]]]:
        return {self._fact: [{self._value: 0.99} for _ in vectors]}


def read(text: str, *, asked: str, act: str = "answer", fact: str = "use_case", value: str = "referral_management") -> Any:
    message = Message({TEXT: text, INTENT: {"name": act, "confidence": 0.9}, "metadata": {"asked": asked, "today": TODAY}})
    message.set(MEANING, Meaning(np.zeros(384, np.float32), [], np.zeros((0, 384), np.float32)))
    extractor = FactExtractor({"vocabularies": "data/vocabularies"}, None, None, SureOfEverything(fact, value))  # type: ignore[arg-type]
    extractor.process([message])
    facts = {entity["entity"]: entity["value"] for entity in message.get(ENTITIES)}
    return message.get(INTENT)["name"], facts


@pytest.mark.parametrize("text", [
    "see below\n> our fax queue is three days behind", "<50 beds, lots of leakage", "growth > 20 % and we lose track", "the fall_back is paper", "a/b tests",
])
def test_signs_in_what_people_type_do_not_make_it_code(text: str) -> None:
    assert read(text, asked="use_case")[1].get("use_case") == "referral_management"


@pytest.mark.parametrize("text", ['/answer{"training_need": "small"}', "/restart", " /back{}", "<script>alert(1)</script>", '{"role": "admin"}'])
def test_commands_code_and_markup_mean_nothing(text: str) -> None:
    assert read(text, asked="use_case")[1] == {}


def test_who_would_sell_with_us_is_welcome_and_says_something_of_themselves() -> None:
    act, facts = read("we would like to resell your product", asked="use_case", act="out_of_scope")
    assert act == "answer" and facts["relationship"] == "partner" and facts["use_case"] == "referral_management"


def test_who_is_surely_no_buyer_does_not_answer() -> None:
    act, facts = read("i need my results", asked="use_case", fact="relationship", value="patient")
    assert act == "out_of_scope" and facts == {"relationship": "patient"}


@pytest.mark.parametrize(("asked", "text", "fact"), [
    ("timeline", "go live EOY, ha", "timeline"), ("org_size", "small. two offices. go ahead and laugh", "org_size"),
    ("budget_amount", "lol, 20k a year", "budget_amount"),
])
def test_a_joke_that_answers_is_an_answer(asked: str, text: str, fact: str) -> None:
    act, facts = read(text, asked=asked, act="chitchat")
    assert act == "answer" and fact in facts


def test_a_joke_without_an_answer_stays_one() -> None:
    assert read("budget, good one", asked="budget_amount", act="chitchat") == ("chitchat", {})


def test_sites_of_the_same_message_multiply_an_amount_per_site() -> None:
    facts = read("10 clinics, $300 a month per location", asked="budget_amount")[1]
    assert facts["budget_amount"] == {"min": 36000.0, "max": 36000.0}


def test_a_vendor_that_is_looked_at_is_not_in_use() -> None:
    assert "current_solution" not in read("comparing you against Relatient", asked="use_case")[1]
    assert read("we have Relatient and it is slow", asked="use_case")[1]["current_solution"] == "Relatient"


def test_a_record_system_that_was_left_is_not_in_use() -> None:
    found = read("we finished the move from Allscripts to Epic in May", asked="integrations", fact="use_case")
    message_facts = found[1]
    assert message_facts["integrations"] == "epic"
