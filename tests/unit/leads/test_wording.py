"""Questions, guesses and recaps in the playbook's words."""

from typing import Any

import pytest

from leads.dialogue import wording
from scoring.facts import CLOSED, FACTS, LISTS, check_value
from tests.unit.leads.chatting import HOT, PLAYBOOK


@pytest.mark.parametrize(("fact", "value", "words"), [
    ("org_size", {"sites": 14, "beds": 1380}, "14 sites and 1,380 beds"),
    ("org_size", {"sites": 1}, "1 site"),
    ("budget_amount", {"min": 90000, "max": 90000}, "$90,000 a year"),
    ("budget_amount", {"min": 40000, "max": 60000}, "$40,000 to $60,000 a year"),
    ("budget_amount", {"min": None, "max": 50000}, "up to $50,000 a year"),
    ("budget_amount", {"min": 50000, "max": None}, "at least $50,000 a year"),
    ("integrations", ["epic", "salesforce"], "Epic and Salesforce"),
    ("stakeholders", [], "none"),
    ("current_solution", "Phreesia", "Phreesia"),
])  # fmt: skip
def test_values_are_said_as_a_person_would(fact: str, value: Any, words: str) -> None:
    assert wording.in_words(PLAYBOOK, fact, check_value(fact, value)) == words


@pytest.mark.parametrize("fact", [*CLOSED, *LISTS])
def test_every_value_has_words_that_are_not_its_code(fact: str) -> None:
    for value in CLOSED.get(fact) or LISTS[fact]:
        said = wording.in_words(PLAYBOOK, fact, [value] if fact in LISTS else value)
        assert said and "_" not in said


@pytest.mark.parametrize("asking", sorted(PLAYBOOK.questions))
def test_every_question_has_words_for_the_website_and_for_a_rep_and_says_why(asking: str) -> None:
    website, rep = wording.question(PLAYBOOK, asking, channel="website"), wording.question(PLAYBOOK, asking, channel="rep")
    assert website.text and rep.text and wording.why(PLAYBOOK, asking).text
    assert website.kind == "question" and wording.why(PLAYBOOK, asking).kind == "answer"


@pytest.mark.parametrize("asking", [fact for fact in PLAYBOOK.questions if fact in FACTS])
def test_choices_fit_a_phone_are_values_of_the_fact_and_leave_two_ways_out(asking: str) -> None:
    offered = [reply.value for reply in wording.choices(PLAYBOOK, asking, channel="website").quick_replies]
    assert offered[-2:] == ["dont_know", "skip"] and len(offered) <= wording.MOST_QUICK_REPLIES + 2
    for value in offered[:-2]:
        check_value(asking, value)
    assert len({reply.label for reply in wording.choices(PLAYBOOK, asking, channel="website").quick_replies}) == len(offered)


@pytest.mark.parametrize("asking", sorted(PLAYBOOK.questions))
def test_every_button_of_a_question_can_be_pressed(asking: str) -> None:
    for reply in PLAYBOOK.questions[asking].quick_replies:
        if asking in FACTS:
            assert check_value(asking, reply.value) == reply.value
        else:
            assert reply.value in ("yes", "no")


def test_a_guess_names_fact_and_value_and_a_change_is_worded_as_one() -> None:
    put = {"fact": "timeline", "value": "now", "confidence": 0.5, "quote": "asap"}
    reply = wording.guess(PLAYBOOK, put)
    assert (reply.response, reply.values) == ("utter_confirm", {"fact": "timing", "value": "within 30 days"})
    assert [button.value for button in reply.quick_replies] == ["yes", "no"]
    assert wording.guess(PLAYBOOK, put | {"changes": True}).response == "utter_confirm_change"


def test_a_recap_lists_facts_by_name() -> None:
    reply = wording.noted(PLAYBOOK, {"use_case": "telehealth", "integrations": ["epic"]})
    (said,) = reply.values.values()
    assert all(word in said for word in ("need", "telehealth", "systems to connect", "Epic"))


@pytest.mark.parametrize(("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_words_are_joined_as_in_a_sentence(words: list[str], sentence: str) -> None:
    assert wording.listing(words) == sentence


def test_everything_known_can_be_said() -> None:
    for fact, value in HOT.items():
        assert wording.in_words(PLAYBOOK, fact, check_value(fact, value))
