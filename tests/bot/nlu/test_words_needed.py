"""Values that meaning alone must not claim."""

import pytest

from bot.nlu.words_needed import words_allow


@pytest.mark.parametrize("text", [
    "our cno is pushing for it", "its counsel and purchasing", "talks start in april, it would go in there", "they need it", "we do it by hand",
    "IT HAS TO WORK", "anything that touches it goes through their hands",
])
def test_the_pronoun_it_is_no_department(text: str) -> None:
    assert not words_allow("stakeholders", "it", text, is_named=False, is_asked=True)


@pytest.mark.parametrize("text", [
    "cfo and it", "it + finance", "it", "the IT director", "me, it, cfo", "i'm in it", "our it wants to look first", "it dept", "the ciso",
    "whoever runs our servers", "I.T.",
])
def test_the_department_it_is_one(text: str) -> None:
    assert words_allow("department", "it", text, is_named=False, is_asked=False)


def test_a_record_system_nobody_named_is_only_believed_as_an_answer() -> None:
    assert not words_allow("integrations", "nextgen", "we moved away in june", is_named=False, is_asked=False)
    assert words_allow("integrations", "nextgen", "nexgen", is_named=False, is_asked=True)
    assert words_allow("integrations", "nextgen", "on nextgen", is_named=True, is_asked=False)
    assert words_allow("integrations", "other", "something home grown", is_named=False, is_asked=False)


def test_other_values_need_no_word() -> None:
    assert words_allow("use_case", "telehealth", "see people without them driving in", is_named=False, is_asked=False)


@pytest.mark.parametrize(("value", "text", "is_allowed"), [
    ("finance", "our CIO and then the compliance officer", False), ("finance", "whoever holds the purse", True),
    ("clinical", "the treasurer and our lawyers", False), ("clinical", "two of the surgeons", True),
    ("legal", "the head nurse", False), ("legal", "someone from the general counsel's office", True),
    ("marketing", "our privacy officer", False), ("executive", "the owner's wife", True),
])  # fmt: skip
def test_nobody_has_a_say_of_whom_no_word_speaks(value: str, text: str, is_allowed: bool) -> None:
    assert words_allow("stakeholders", value, text, is_named=False, is_asked=True) is is_allowed


def test_a_postponement_says_nothing_of_the_money() -> None:
    assert not words_allow("budget_status", "planning_cycle", "we moved it to next spring", is_named=False, is_asked=False)
    assert words_allow("budget_status", "planning_cycle", "next spring, when budgets are made", is_named=False, is_asked=False)
    assert words_allow("budget_status", "planning_cycle", "next spring", is_named=False, is_asked=True)
