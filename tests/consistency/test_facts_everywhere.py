"""One catalogue of facts: the dialogue, the reader, the playbook, the vocabularies and the training data all mean the same."""

import ast
from typing import Any

import pytest
from ruamel.yaml import YAML

from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.not_buyers import NOT_BUYERS
from leads.dialogue.turn import WORTH_A_NOTICE
from scoring import facts
from scoring.facts import CLOSED, FACTS, LISTS, SIGNALS, FactKind
from scoring.playbook import load_playbook
from wiring.settings import ROOT

PLAYBOOK = load_playbook()
# The reader knows fewer values of these: times are read by code, a buyer is anyone who says nothing else, and a system's name is
# a word of the text.
READ_BY_CODE = {"timeline": ("none",), "relationship": tuple(v for v in CLOSED["relationship"] if v != "buyer")}
FROM_BUTTONS_ALONE = {"start", "that_is_all"}
VOCABULARIES = sorted((ROOT / "data/vocabularies").glob("*.yml"))


def load(path: str) -> Any:
    return YAML(typ="safe").load(ROOT / path)


def constant(path: str, name: str) -> Any:
    """A constant of a module of the other environment, read without importing it (it needs Rasa)."""
    values: dict[str, Any] = {}
    for node in ast.parse((ROOT / path).read_text()).body:
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and node.value is not None:  # type: ignore[union-attr]
            code = compile(ast.Expression(node.value), path, "eval")  # type: ignore[union-attr,arg-type]
            values[target.id] = eval(code, {}, values)  # the file is our own
    return values[name]


QUESTIONS = "bot/nlu/questions.py"


def test_every_fact_has_an_entity_and_a_slot_and_stands_in_the_form() -> None:
    entities, slots = load("domain/entities.yml")["entities"], load("domain/slots.yml")["slots"]
    form = load("domain/form.yml")["forms"]["qualification_form"]["required_slots"]
    assert set(entities) == {*FACTS, "signal"}
    assert set(slots) == {*FACTS, *CONTACT_FIELDS, "confirm", "turn"}
    assert set(form) == {*FACTS, *CONTACT_FIELDS, "confirm"}
    assert all(not slot["influence_conversation"] for slot in slots.values()), "what is asked next is decided by scoring"


@pytest.mark.parametrize("fact", CLOSED)
def test_the_reader_knows_the_values_of_a_closed_fact(fact: str) -> None:
    assert constant(QUESTIONS, "CHOICES")[fact] == READ_BY_CODE.get(fact, CLOSED[fact])


def test_the_reader_knows_the_lists_and_every_question() -> None:
    assert constant(QUESTIONS, "LISTS") == LISTS
    assert set(constant(QUESTIONS, "CHOICES")) - set(CLOSED) == {"current_solution"}
    known = set(constant(QUESTIONS, "QUESTIONS"))
    assert {*PLAYBOOK.questions, "confirm"} <= known
    assert known <= {*FACTS, *CONTACT_FIELDS, "confirm"}


def test_contact_fields_are_the_same_on_both_sides() -> None:
    assert set(facts.CONTACT_FIELDS) == CONTACT_FIELDS == set(constant("bot/nlu/context.py", "CONTACT_FIELDS"))
    assert set(PLAYBOOK.contact_fields) <= CONTACT_FIELDS


def test_every_question_of_the_playbook_is_a_fact_or_a_contact_field() -> None:
    assert set(PLAYBOOK.questions) <= {*FACTS, *CONTACT_FIELDS}


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_has_a_name_in_the_playbook_and_every_value_words(fact: str) -> None:
    assert fact in PLAYBOOK.data.facts.words
    for value in (*CLOSED.get(fact, ()), *LISTS.get(fact, ())):
        assert PLAYBOOK.label(fact, value) and "_" not in PLAYBOOK.label(fact, value)


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_a_vocabulary_names_values_of_the_catalogue(path: Any) -> None:
    content = YAML(typ="safe").load(path)
    fact = content["fact"]
    assert path.stem.startswith(fact) or path.stem == "signals"
    if fact == "signal":
        assert set(content["values"]) <= set(SIGNALS)
    elif FACTS[fact] is FactKind.TEXT:
        assert all(isinstance(value, str) and value for value in content["values"])
    else:
        assert set(content["values"]) <= set(facts.allowed_values(fact))
    for strengths in content["values"].values():
        assert set(strengths) <= {"strong", "asked"}
        assert all(isinstance(term, str) for terms in strengths.values() for term in terms or []), "a bare no or 1 is not text: quote it"


def test_every_act_has_a_rule_and_every_rule_an_act() -> None:
    intents = load("domain/intents.yml")["intents"]
    rules = load("data/rules/qualification.yml")["rules"]
    ruled = [step["intent"] for rule in rules for step in rule["steps"] if "intent" in step]
    assert sorted(ruled) == sorted(intents)


def test_every_act_is_taught_except_those_of_buttons() -> None:
    taught = set()
    for path in (ROOT / "data/nlu").glob("*.yml"):
        taught |= {block["intent"] for block in YAML(typ="safe").load(path)["nlu"]}
    assert taught == set(load("domain/intents.yml")["intents"]) - FROM_BUTTONS_ALONE


def test_who_is_no_buyer_is_the_same_in_the_dialogue_and_in_the_playbook() -> None:
    (flag,) = [rule for rule in PLAYBOOK.data.flags.rules if rule.id == "not_a_buyer"]
    assert set(flag.when["relationship"]) == set(NOT_BUYERS) == set(CLOSED["relationship"]) - {"buyer", "partner"}


def test_what_is_worth_a_notice_is_something_that_redaction_takes_out() -> None:
    text = (ROOT / "privacy/redaction.py").read_text()
    assert all(f'"{kind}"' in text for kind in WORTH_A_NOTICE)


def test_faq_topics_name_known_signals() -> None:
    assert {topic.get("signal") for topic in load("data/faq.yml")["topics"]} <= {None, *SIGNALS}
