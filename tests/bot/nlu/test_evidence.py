"""Weighing hints into one value a fact: behaviour, not exact confidences."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.clauses import clauses, sentences
from bot.nlu.context import Context
from bot.nlu.evidence import WORTH_MENTIONING, Evidence, settle
from bot.nlu.questions import CHOICES, LISTS, NOTHING

TODAY = datetime.date(2026, 11, 24)
ALL = [*CHOICES, *LISTS, "org_size", "timeline_date"]


def hint(text: str, words: str, fact: str, value: Any, confidence: float = 0.9, kind: str = "word") -> Evidence:
    start = text.index(words)
    return Evidence(fact, value, start, start + len(words), confidence, kind)


def read(text: str, *hints: Evidence, act: str = "answer", asked: Any = None) -> dict:
    """Return the settled values by fact, lists of them for list facts."""
    parts = [part for part in [*sentences(text), *clauses(text)] if part.text != text]
    found: dict = {}
    for one in settle(text, act, hints, parts, Context(asked, TODAY)):
        found.setdefault(one.fact, []).append(one.value)
    return found


def sure(text: str, *hints: Evidence, asked: Any = None) -> float:
    (one,) = settle(text, "answer", hints, [], Context(asked, TODAY))
    return one.confidence


def test_a_word_and_the_meaning_that_agree_are_surer_than_either() -> None:
    text = "a small hospital"
    word, meaning = hint(text, "hospital", "org_type", "hospital", 0.9), hint(text, text, "org_type", "hospital", 0.8, "whole")
    assert sure(text, word, meaning) > max(sure(text, word), sure(text, meaning))


def test_two_values_that_claim_a_fact_leave_doubt() -> None:
    text = "hospital or clinic"
    one, other = hint(text, "hospital", "org_type", "hospital"), hint(text, "clinic", "org_type", "clinic_group", 0.88)
    assert sure(text, one, other, asked="org_type") < sure(text, one, asked="org_type") - 0.2


def test_a_negated_word_is_no_evidence_and_casts_doubt_on_the_meaning() -> None:
    text = "not a hospital"
    negated = hint(text, "hospital", "org_type", "hospital", 0.95, "negated")
    assert read(text, negated) == {}
    assert read(text, negated, hint(text, text, "org_type", "hospital", 0.8, "whole")) == {}
    both = hint(text, text, "org_type", "clinic_group", 0.7, "whole")
    assert read(text, negated, both) == {"org_type": ["clinic_group"]}


def test_the_shortest_words_are_the_quote() -> None:
    text = "well, we happen to be a hospital these days"
    found = settle(
        text, "answer", [hint(text, text, "org_type", "hospital", 0.95, "whole"), hint(text, "hospital", "org_type", "hospital", 0.85)], [],
        Context(None, TODAY),
    )
    assert text[found[0].start : found[0].end] == "hospital"


def test_a_word_in_a_question_is_no_evidence() -> None:
    text = "do you work with epic?"
    assert read(text, hint(text, "epic", "integrations", "epic"), act="faq") == {}
    assert read(text, hint(text, text, "org_type", "hospital", 0.9, "question")) == {}


def test_what_stands_beside_a_question_is_evidence() -> None:
    text = "we run 9 offices on nextgen. what does it cost?"
    assert read(text, hint(text, "nextgen", "integrations", "nextgen"), act="faq") == {"integrations": ["nextgen"]}
    assert read(text, hint(text, "cost", "budget_status", "approved"), act="faq") == {}


@pytest.mark.parametrize("act", ["out_of_scope", "emergency"])
def test_who_is_no_buyer_says_nothing_of_an_organization(act: str) -> None:
    text = "i am a patient of a hospital"
    hints = [hint(text, "hospital", "org_type", "hospital"), hint(text, "patient", "relationship", "patient", 0.9, "part")]
    assert read(text, *hints, act=act) == {"relationship": ["patient"]}


def test_not_knowing_says_nothing_except_about_patient_information() -> None:
    text = "not sure about that"
    unsure = hint(text, "not sure", "handles_phi", "unsure", 0.9, "whole")
    other = hint(text, "that", "org_type", "hospital", 0.9, "whole")
    assert read(text, unsure, other, act="dont_know", asked="handles_phi") == {"handles_phi": ["unsure"]}
    assert read(text, unsure, other, act="dont_know", asked="org_type") == {}


def test_several_values_of_a_list_are_all_kept() -> None:
    text = "need a baa, soc 2 and sso"
    hints = [hint(text, "sso", "security_needs", "sso"), hint(text, "baa", "security_needs", "baa"), hint(text, "soc 2", "security_needs", "soc2")]
    assert sorted(read(text, *hints)["security_needs"]) == ["baa", "soc2", "sso"]


def test_nothing_and_something_exclude_each_other() -> None:
    text = "nothing special, well sso"
    nothing, something = hint(text, "nothing special", "security_needs", NOTHING, 0.8, "part"), hint(text, "sso", "security_needs", "sso", 0.9)
    assert read(text, nothing, something) == {"security_needs": ["sso"]}
    assert read(text, nothing) == {"security_needs": [NOTHING]}
    weak = hint(text, "sso", "security_needs", "sso", 0.5, "part")
    assert read(text, nothing, weak) == {"security_needs": [NOTHING]}


def test_counts_of_different_units_are_kept_and_of_one_unit_the_surer() -> None:
    text = "4 sites, 30 docs, maybe 5 sites"
    hints = [
        hint(text, "4 sites", "org_size", {"sites": 4}, 0.95, "value"), hint(text, "30 docs", "org_size", {"providers": 30}, 0.9, "value"),
        hint(text, "5 sites", "org_size", {"sites": 5}, 0.6, "value"),
    ]
    assert read(text, *hints)["org_size"] == [{"sites": 4}, {"providers": 30}]


def test_without_a_project_there_is_no_day() -> None:
    text = "just looking, ask me by may 1"
    hints = [hint(text, "just looking", "timeline", "none", 0.9, "part"), hint(text, "may 1", "timeline_date", "2027-05-01", 0.9, "value")]
    assert read(text, *hints) == {"timeline": ["none"]}


def test_a_title_is_the_speakers_or_somebody_elses_by_the_question_that_is_open() -> None:
    text = "the cfo"
    hints = [hint(text, "cfo", "department", "finance"), hint(text, "cfo", "stakeholders", "finance")]
    assert read(text, *hints, asked="department") == {"department": ["finance"]}
    assert read(text, *hints, asked="stakeholders") == {"stakeholders": ["finance"]}


def test_in_a_correction_the_old_answer_is_no_evidence() -> None:
    text = "i said hospital, we are a health plan"
    hints = [hint(text, "hospital", "org_type", "hospital"), hint(text, "health plan", "org_type", "payer")]
    assert read(text, *hints, act="correct") == {"org_type": ["payer"]}


def test_in_a_correction_what_stands_behind_now_is_the_new_answer() -> None:
    text = "it was approved, now only requested"
    hints = [hint(text, "approved", "budget_status", "approved"), hint(text, "requested", "budget_status", "requested")]
    assert read(text, *hints, act="correct", asked="budget_status") == {"budget_status": ["requested"]}


def test_in_a_correction_that_only_looks_back_the_denied_half_is_no_evidence() -> None:
    text = "hitrust isn't something we require, i had confused it with soc 2"
    hints = [hint(text, "hitrust", "security_needs", "hitrust"), hint(text, "soc 2", "security_needs", "soc2")]
    assert read(text, *hints, act="correct", asked="security_needs") == {"security_needs": ["soc2"]}


def test_a_product_by_name_beats_what_the_sentence_seems_to_mean() -> None:
    text = "twilio glue"
    named, meant = hint(text, "twilio", "current_solution", "Twilio", 0.95), hint(text, text, "current_solution", "manual", 0.9, "whole")
    (found,) = settle(text, "answer", [named, meant], [], Context("current_solution", TODAY))
    assert found.value == "Twilio" and found.confidence > 0.9


def test_a_number_is_read_under_a_question_about_people_too() -> None:
    text = "actually 240 beds"
    assert read(text, hint(text, "240 beds", "org_size", {"beds": 240}, 0.9, "value"), asked="buying_role") == {"org_size": [{"beds": 240}]}


def test_what_is_volunteered_is_less_sure_than_an_answer_in_the_same_words() -> None:
    text = "we would use it for reminders"
    meant = hint(text, text, "use_case", "scheduling_reminders", 0.8, "whole")
    assert sure(text, meant) < 0.6 < sure(text, meant, asked="use_case")


def test_the_quote_is_not_a_clause_that_hardly_carries_the_value() -> None:
    text = "we want reminders, and lunch"
    whole, sure_part = hint(text, text, "use_case", "scheduling_reminders", 0.95, "whole"), hint(
        text, "we want reminders", "use_case", "scheduling_reminders", 0.94, "part")
    unsure_part = hint(text, "lunch", "use_case", "scheduling_reminders", 0.4, "part")
    (found,) = settle(text, "answer", [whole, sure_part, unsure_part], [], Context("use_case", TODAY))
    assert text[found.start : found.end] == "we want reminders"


HINTS = st.builds(
    lambda fact, number, place, confidence, kind: Evidence(
        fact, ({"sites": number + 1} if fact == "org_size" else "2027-01-01" if fact == "timeline_date"
               else (*LISTS[fact], NOTHING)[number % (len(LISTS[fact]) + 1)] if fact in LISTS else CHOICES[fact][number % len(CHOICES[fact])]),
        place, place + 3, confidence, kind,
    ),
    st.sampled_from(ALL), st.integers(0, 9), st.integers(0, 20), st.floats(0, 1), st.sampled_from(["word", "negated", "whole", "part", "question", "value"]),
).filter(lambda one: one.kind != "negated" or one.fact in CHOICES or one.fact in LISTS)  # fmt: skip


@given(st.lists(HINTS, max_size=10), st.sampled_from(["answer", "correct", "faq", "deny", "dont_know"]), st.sampled_from([None, *ALL]))
def test_each_fact_has_at_most_one_value_and_a_sensible_confidence(hints: list, act: str, asked: Any) -> None:
    text = "some words, and a few more."
    parts = clauses(text)
    settled = settle(text, act, hints, parts, Context(asked, TODAY))
    for fact in CHOICES:
        assert sum(one.fact == fact for one in settled) <= 1
    for one in settled:
        assert WORTH_MENTIONING <= one.confidence <= 1 and one.value in [known.value for known in hints if known.fact == one.fact]
        assert one.kind != "negated"
    for fact in LISTS:
        values = [one.value for one in settled if one.fact == fact]
        assert len(values) == len(set(values)) and (NOTHING not in values or values == [NOTHING])
    assert [one.start for one in settled] == sorted(one.start for one in settled)
