"""What of a parse is taken, what is put as a guess, and what is left out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.reading import TAKE_ANSWER, TAKE_VOLUNTEERED, WORTH_CONFIRMING, read
from scoring.facts import FACTS

TEXT = "we are a hospital with epic and salesforce, 300 beds, 4 sites"


def entity(fact: str, value: Any, confidence: float = 0.95, start: int = 0, end: int = 6) -> dict[str, Any]:
    return {"entity": fact, "value": value, "confidence_entity": confidence, "start": start, "end": end}


def parsed(*entities: dict[str, Any], act: str = "answer", **more: Any) -> dict[str, Any]:
    return {"intent": {"name": act, "confidence": 0.9}, "entities": list(entities), **more}


def test_a_sure_fact_is_taken_with_its_words() -> None:
    reading = read(parsed(entity("org_type", "hospital", 0.95, 9, 17)), text=TEXT, asked=None)
    assert reading.taken["org_type"].quote == "hospital" and not reading.doubtful
    assert (reading.act, reading.confidence) == ("answer", 0.9)


def test_the_answer_to_the_open_question_is_taken_at_less_than_what_was_volunteered() -> None:
    between = (TAKE_ANSWER + TAKE_VOLUNTEERED) / 2
    hint = parsed(entity("org_type", "hospital", between))
    assert "org_type" in read(hint, text=TEXT, asked="org_type").taken
    assert "org_type" in read(hint, text=TEXT, asked="use_case").doubtful


@pytest.mark.parametrize(("fact", "value", "asked"), [
    ("budget_amount", {"min": 4e4, "max": 4e4}, "budget_status"), ("timeline_date", "2027-04-01", "timeline"),
])  # fmt: skip
def test_an_amount_answers_the_budget_question_and_a_day_the_question_of_timing(fact: str, value: Any, asked: str) -> None:
    assert fact in read(parsed(entity(fact, value, TAKE_ANSWER)), text=TEXT, asked=asked).taken


def test_what_is_read_too_unsurely_is_not_even_asked_about() -> None:
    reading = read(parsed(entity("org_type", "hospital", WORTH_CONFIRMING - 0.01)), text=TEXT, asked="org_type")
    assert not reading.taken and not reading.doubtful


def test_several_values_of_a_list_and_several_counts_are_one_fact_each() -> None:
    reading = read(
        parsed(
            entity("integrations", "salesforce", 0.9, 32, 42), entity("integrations", "epic", 0.8, 23, 27),
            entity("org_size", {"beds": 300}, 0.9, 44, 52), entity("org_size", {"sites": 4}, 0.85, 54, 61),
        ),
        text=TEXT, asked=None,
    )  # fmt: skip
    assert reading.taken["integrations"].value == ["epic", "salesforce"]
    assert reading.taken["integrations"].confidence == 0.8, "as sure as its weakest part"
    assert reading.taken["org_size"].value == {"sites": 4, "beds": 300}
    assert "epic" in reading.taken["integrations"].quote and "salesforce" in reading.taken["integrations"].quote


def test_known_to_be_none_is_an_empty_list() -> None:
    assert read(parsed(entity("stakeholders", "[]")), text="just me", asked="stakeholders").taken["stakeholders"].value == []


def test_a_slip_of_the_reader_does_not_stop_a_conversation() -> None:
    reading = read(
        parsed(entity("org_type", "circus"), entity("colour", "red"), entity("org_size", {"sites": -1}), entity("timeline_date", "soon")),
        text=TEXT, asked=None,
    )
    assert not reading.taken and not reading.doubtful


def test_signals_topic_and_contact_are_passed_on() -> None:
    reading = read(
        parsed(entity("signal", "pricing_request"), act="faq", faq={"topic": "price", "confidence": 0.7}), text=TEXT, asked=None, contact=["email"]
    )
    assert (reading.signals, reading.topic, reading.contact) == (("pricing_request",), ("price", 0.7), ("email",))


def test_an_empty_parse_is_an_answer_without_facts() -> None:
    reading = read({}, text="?", asked=None)
    assert reading.act == "answer" and not reading.taken and reading.topic is None


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 500), st.text(max_size=12), st.sampled_from(["hospital", "now", "[]", "epic", "yes"]),
    st.lists(st.sampled_from(["epic", "it", "?"]), max_size=3), st.dictionaries(st.sampled_from(["sites", "min", "max"]), st.integers(-3, 90)),
)
ENTITIES = st.builds(
    entity, st.sampled_from([*FACTS, "unknown"]), VALUES, st.floats(0, 1), st.integers(0, 80), st.integers(0, 80)
)


@given(st.lists(ENTITIES, max_size=8), st.sampled_from([None, *FACTS]))
def test_whatever_is_read_is_sorted_once_and_has_words(entities: list[dict[str, Any]], asked: str | None) -> None:
    reading = read(parsed(*entities), text=TEXT, asked=asked)
    for found in (*reading.taken.values(), *reading.doubtful.values()):
        assert found.fact in FACTS and found.quote and 0 <= found.confidence <= 1
    assert all(found.confidence >= TAKE_ANSWER for found in reading.taken.values())


@pytest.mark.parametrize(("text", "likeness", "act"), [
    ("asdf qwer", 0.23, "answer"), ("hitrust ok", 0.52, "faq"), ("asdf?", 0.2, "faq"), ("do you keep the recordings forever", 0.2, "faq"),
])
def test_letters_that_are_near_no_topic_ask_nothing(text: str, likeness: float, act: str) -> None:
    parsed = {"intent": {"name": "faq", "confidence": 0.9}, "entities": [], "faq": {"topic": "security", "confidence": likeness}}
    assert read(parsed, text=text, asked="use_case").act == act
