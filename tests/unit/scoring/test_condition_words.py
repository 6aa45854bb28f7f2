"""Conditions in words that can be read aloud."""

from typing import Any

import pytest

from scoring.condition_words import condition_words, sentence
from scoring.playbook import load_playbook

PLAYBOOK = load_playbook()


@pytest.mark.parametrize(("when", "words"), [
    ({}, "always"),
    ({"timeline": "now"}, "timing is within 30 days"),
    ({"budget_status": ["approved", "grant"]}, "budget is approved or covered by a grant"),
    ({"stakeholders": ["none", "it"]}, "others in the decision is none or IT"),
    ({"org_size": {"at_least": {"sites": 5, "beds": 1000}}}, "size is at least 5 sites or 1,000 beds"),
    ({"budget_amount": {"at_least": 25000, "at_most": 90000}}, "budget amount is at least $25,000 and at most $90,000"),
    ({"contract_end": {"beyond_days": 183}}, "end of the current contract is more than 183 days away"),
    ({"known": ["use_case", "org_size"]}, "need and size are known"),
    ({"unknown": "use_case"}, "need is not known"),
    ({"confirmed": ["use_case"]}, "need is confirmed"),
    ({"signals": ["pricing_request", "call_request"]}, "there is a pricing request or call request"),
    ({"flags": "no_money", "stage": ["mql", "nurture"], "fit": "high"}, "the flag no_money is raised, and the stage is mql or nurture, and fit is high"),
    ({"any": [{"timeline": "now"}, {"fit": ["low", "high"]}]}, "timing is within 30 days or (fit is low or high)"),
    ({"not": {"timeline": "now", "fit": "low"}}, "not (timing is within 30 days, and fit is low)"),
])  # fmt: skip
def test_a_condition_is_put_in_words(when: dict[str, Any], words: str) -> None:
    assert condition_words(when, PLAYBOOK) == words


@pytest.mark.parametrize(("text", "ended"), [("call them", "Call them."), ("Why?", "Why?"), ("Done.", "Done.")])
def test_a_sentence_begins_and_ends_as_one(text: str, ended: str) -> None:
    assert sentence(text) == ended
