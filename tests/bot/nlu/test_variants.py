"""What tuning hears of our examples: slips, other questions, two in one message; labels stay true."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.held_out import is_held_out
from bot.nlu.questions import ANY, COMMON_QUESTIONS
from bot.tuning.variants import Variant, taught_examples, variants_of

HOSPITAL = Variant("we are a small hospital", "org_type", "answer", {"org_type": "hospital"})
PAYER = Variant("we are a health plan", "org_type", "answer", {"org_type": "payer"})
REMINDERS = Variant("patients forget their visits", "use_case", "answer", {"use_case": "scheduling_reminders"})
BAA = Variant("it needs a baa first", None, "answer", {"security_needs": ["baa"]})
SSO = Variant("it needs okta too", None, "answer", {"security_needs": ["sso"]})
PRICE = Variant("how much is it a month", None, "faq", {})


def heard(*examples: Variant, times: int = 200) -> list:
    random = np.random.default_rng(2)
    return [variant for _ in range(times) for variant in variants_of(list(examples) * 7, random)]


def test_held_out_examples_are_never_seen() -> None:
    examples = taught_examples(Path(__file__).resolve().parents[3] / "data/nlu")
    assert len(examples) > 5000 and not any(is_held_out(example.text) for example in examples)


def test_two_in_one_message_state_the_facts_of_both() -> None:
    joined = [variant for variant in heard(HOSPITAL, REMINDERS, PRICE) if variant.spans]
    both = {tuple(sorted(variant.facts.items())) for variant in joined if len(variant.facts) == 2}
    assert both == {(("org_type", "hospital"), ("use_case", "scheduling_reminders"))}
    assert {variant.act for variant in joined} == {"answer", "faq"}, "a question behind a statement makes it a question"
    assert all(variant.act == "faq" or variant.spans[1][2] for variant in joined)


def test_spans_stand_where_the_parts_are() -> None:
    for variant in heard(HOSPITAL, REMINDERS, PRICE):
        for start, end, facts in variant.spans:
            if facts == HOSPITAL.facts and variant.text[start:end] != HOSPITAL.text:
                assert abs(end - start - len(HOSPITAL.text)) <= 1, "one slip at most"


def test_two_values_of_one_fact_are_not_joined_but_lists_add_up() -> None:
    assert not any("hospital" in variant.text and "plan" in variant.text for variant in heard(HOSPITAL, PAYER, PRICE))
    lists = [sorted(variant.facts["security_needs"]) for variant in heard(BAA, SSO, PRICE) if variant.spans and variant.act == "answer"]
    assert ["baa", "sso"] in lists


@pytest.mark.parametrize("act", ["stop", "emergency"])
def test_what_holds_anywhere_is_heard_under_any_question(act: str) -> None:
    asked = {variant.asked for variant in heard(Variant("leave me alone now", None, act, {}), HOSPITAL, PRICE) if variant.act == act}
    assert asked == {None, *COMMON_QUESTIONS}


def test_a_short_answer_stays_under_its_question() -> None:
    asked = {v.asked for v in heard(Variant("not yet", "it_review", "answer", {"it_review": "not_started"}), HOSPITAL, PRICE) if v.facts == {"it_review": "not_started"} and not v.spans}
    assert asked == {"it_review"}


def test_texts_for_any_question_are_heard_under_several() -> None:
    asked = [v.asked for v in heard(Variant("rather not say", ANY, "refuse", {}), HOSPITAL, PRICE, times=1) if v.act == "refuse"]
    assert ANY not in asked and None in asked and len(set(asked)) > 2
