"""What must be true of every lead and every playbook text, whatever the answers are."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.check import impossible_rules
from scoring.engine import Answer, Signal, assess, situation_of
from scoring.facts import CLOSED, FACTS, LISTS, SIGNALS, FactKind, check_value, merge
from scoring.next_question import next_question
from scoring.playbook import PlaybookError, load_playbook, parse_playbook
from scoring.points import WhenRule

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
SMALL = (Path(__file__).parents[1] / "bad_playbooks" / "_good.yml").read_text(encoding="utf-8")
# No deadline: the machine is shared, and a slow moment is no mistake of the code.
LIGHT = settings(deadline=None, max_examples=80)
FEW = settings(deadline=None, max_examples=30)
ORDERED = {fact: words.worst_to_best for fact, words in PLAYBOOK.data.facts.words.items() if words.worst_to_best}


def value_of(fact: str) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of one fact."""
    kind = FACTS[fact]
    if kind is FactKind.CLOSED:
        return st.sampled_from(CLOSED[fact])
    if kind is FactKind.LIST:
        return st.lists(st.sampled_from(LISTS[fact]), unique=True)
    if kind is FactKind.SIZE:
        units = st.sampled_from(("sites", "beds", "providers", "members", "employees"))
        return st.dictionaries(units, st.integers(1, 500_000), min_size=1)
    if kind is FactKind.AMOUNT:
        return st.integers(1, 900_000).map(lambda dollars: {"min": dollars, "max": None})
    if kind is FactKind.DATE:
        return st.dates(date(2025, 1, 1), date(2029, 12, 31)).map(date.isoformat)
    return st.sampled_from(("manual", "spreadsheets", "Weave", "OH"))


FACT_VALUES = st.fixed_dictionaries({}, optional={fact: value_of(fact) for fact in FACTS})
ANSWERS = FACT_VALUES.map(lambda facts: {fact: Answer(check_value(fact, value)) for fact, value in facts.items()})
AGES = st.tuples(st.sampled_from(SIGNALS), st.integers(-10, 400))
SIGNAL_LISTS = st.lists(AGES.map(lambda pair: Signal(pair[0], TODAY - timedelta(days=pair[1]))), max_size=6)


@LIGHT
@given(ANSWERS, SIGNAL_LISTS)
def test_scores_stay_within_0_and_100_and_add_up(answers: dict[str, Answer], signals: list[Signal]) -> None:
    for score in assess(answers, signals, PLAYBOOK, on=TODAY).scores.values():
        assert 0 <= score.lowest <= score.points <= score.highest <= 100
        assert score.points == sum(given.points for given in score.contributions)
        assert all(given.rule and given.source.startswith("default.yml:") for given in score.contributions)
        assert 0 <= score.coverage <= 1


@LIGHT
@given(ANSWERS, SIGNAL_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_answers_and_signals_is_irrelevant(
    answers: dict[str, Answer], signals: list[Signal], random: Any
) -> None:
    facts, others = list(answers), list(signals)
    random.shuffle(facts)
    random.shuffle(others)
    shuffled = {fact: answers[fact] for fact in facts}
    assert assess(answers, signals, PLAYBOOK, on=TODAY).scores == assess(shuffled, others, PLAYBOOK, on=TODAY).scores
    first, second = assess(answers, signals, PLAYBOOK, on=TODAY), assess(shuffled, others, PLAYBOOK, on=TODAY)
    assert (first.stage, first.route, first.priority, first.flags) == (
        second.stage,
        second.route,
        second.priority,
        second.flags,
    )


@LIGHT
@given(ANSWERS, SIGNAL_LISTS)
def test_every_lead_gets_exactly_one_route_with_reasons(answers: dict[str, Answer], signals: list[Signal]) -> None:
    found = assess(answers, signals, PLAYBOOK, on=TODAY)
    assert found.route in PLAYBOOK.routes and found.queue and found.why[0] and found.next_step
    assert {found.route, *found.why_not} == set(PLAYBOOK.routes) and found.route not in found.why_not
    assert found.stage in ("inquiry", "mql", "nurture", "disqualified")
    assert (found.stage == "disqualified") == (found.route == "disqualified") or found.route == "partner_review"
    assert not (found.route == "direct_sales" and found.stage != "mql")


@LIGHT
@given(ANSWERS, SIGNAL_LISTS)
def test_the_short_way_decides_as_the_long_way_does(answers: dict[str, Answer], signals: list[Signal]) -> None:
    found = assess(answers, signals, PLAYBOOK, on=TODAY)
    stage, routing = PLAYBOOK.compiled.judge(situation_of(answers, signals, PLAYBOOK, on=TODAY))
    assert (stage.block.id, routing.block.id) == (found.stage_rule, found.route_rule)


@pytest.mark.parametrize("fact", sorted(ORDERED))
@FEW
@given(answers=ANSWERS, signals=SIGNAL_LISTS, data=st.data())
def test_a_better_answer_never_lowers_a_score(
    fact: str, answers: dict[str, Answer], signals: list[Signal], data: Any
) -> None:
    order = ORDERED[fact]
    worse = data.draw(st.integers(0, len(order) - 2))
    better = data.draw(st.integers(worse + 1, len(order) - 1))
    before = assess({**answers, fact: Answer(order[worse])}, signals, PLAYBOOK, on=TODAY)
    after = assess({**answers, fact: Answer(order[better])}, signals, PLAYBOOK, on=TODAY)
    for name, score in after.scores.items():
        assert score.points >= before.scores[name].points


@LIGHT
@given(ANSWERS, SIGNAL_LISTS, st.data())
def test_an_answer_stays_within_the_range_that_was_announced(
    answers: dict[str, Answer], signals: list[Signal], data: Any
) -> None:
    unknown = sorted(set(FACTS) - set(answers))
    before = assess(answers, signals, PLAYBOOK, on=TODAY)
    for fact in unknown[:3]:
        value = check_value(fact, data.draw(value_of(fact)))
        after = assess({**answers, fact: Answer(value)}, signals, PLAYBOOK, on=TODAY)
        for name, score in after.scores.items():
            assert before.scores[name].lowest <= score.points <= before.scores[name].highest


@LIGHT
@given(ANSWERS, SIGNAL_LISTS)
def test_the_next_question_is_open_and_has_words(answers: dict[str, Answer], signals: list[Signal]) -> None:
    fact = next_question(answers, PLAYBOOK, on=TODAY, signals=signals)
    assert fact is None or (fact not in answers and PLAYBOOK.questions[fact].ask)
    assert fact == next_question(answers, PLAYBOOK, on=TODAY, signals=signals)


@LIGHT
@given(st.sampled_from(sorted(FACTS)).flatmap(lambda fact: st.tuples(st.just(fact), value_of(fact), value_of(fact))))
def test_checking_twice_and_merging_keep_the_form(drawn: tuple[str, Any, Any]) -> None:
    fact, one, two = drawn
    first, second = check_value(fact, one), check_value(fact, two)
    assert check_value(fact, first) == first
    for correction in (True, False):
        merged = merge(fact, first, second, correction=correction)
        assert check_value(fact, merged) == merged
        assert merge(fact, merged, second, correction=correction) == merged


TOKENS = [found.span() for found in re.finditer(r"[\w.]+|\[[^\[\]]*\]|\{[^{}]*\}", SMALL)]
SPLINTERS = st.sampled_from(("", "[]", "{}", "null", "7", "true", "[a, {b: 1}]", "{x: [1]}", "\n")) | st.sampled_from(
    [SMALL[begin:end] for begin, end in TOKENS]
)


@LIGHT
@given(st.sampled_from(TOKENS), SPLINTERS)
def test_a_broken_playbook_is_refused_with_positions_and_never_crashes(spot: tuple[int, int], splinter: str) -> None:
    text = SMALL[: spot[0]] + splinter + SMALL[spot[1] :]
    try:
        playbook = parse_playbook(text, "broken.yml")
    except PlaybookError as error:
        assert error.problems
        assert all(1 <= problem.line <= text.count("\n") + 1 and problem.message for problem in error.problems)
    else:
        assert assess({"org_type": Answer("hospital")}, [], playbook, on=TODAY).route in playbook.routes
        assert all(problem.file == "broken.yml" for problem in impossible_rules(playbook))


def test_the_default_playbook_uses_every_kind_of_point_rule() -> None:
    kinds = {
        type(rule).__name__ for score in PLAYBOOK.compiled.scores for _, _, _, rules in score.groups for rule in rules
    }
    assert kinds == {"TableRule", "TierRule", WhenRule.__name__, "SignalRule"}
