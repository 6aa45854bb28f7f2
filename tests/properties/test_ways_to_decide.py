"""The engine decides alike on every way it has: with reasons, without them, and looking ahead."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine import Answer, assess, situation_of
from scoring.facts import FACTS, check_value
from scoring.lookahead import Lookahead
from scoring.next_question import estimate_remaining, next_question
from scoring.playbook import Playbook, load_playbook, parse_playbook
from tests.properties.drawn_leads import TODAY, DrawnLead, leads, value_of

PLAYBOOKS = [load_playbook(), load_playbook(Path(__file__).parents[1] / "playbooks" / "every_kind.yml")]
LIGHT = settings(deadline=None, max_examples=100)
each_playbook = pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: str(playbook.name))


@each_playbook
@LIGHT
@given(lead=leads())
def test_points_are_the_same_with_and_without_reasons(playbook: Playbook, lead: DrawnLead) -> None:
    situation = situation_of(lead.answers, lead.signals, playbook, on=TODAY)
    for score in playbook.compiled.scores:
        tally = score.tally(situation)
        assert tally.points == score.points(situation) == sum(entry.points for entry in tally.entries)
        assert 0 <= tally.lowest <= tally.points <= tally.highest <= 100 and 0 <= tally.coverage <= 1


@each_playbook
@LIGHT
@given(lead=leads(), data=st.data())
def test_looking_ahead_decides_as_scoring_the_lead_with_the_answer(playbook: Playbook, lead: DrawnLead, data: Any) -> None:
    unknown = sorted(set(FACTS) - set(lead.answers))
    look = Lookahead(situation_of(lead.answers, lead.signals, playbook, on=TODAY), playbook.compiled)
    for fact in unknown[:6]:
        value = check_value(fact, data.draw(value_of(fact)))
        then = assess({**lead.answers, fact: Answer(value)}, lead.signals, playbook, on=TODAY)
        ahead = look.with_answer(fact, value)
        assert (ahead.route, ahead.stage, ahead.priority) == (then.route, then.stage, then.priority)
    now = assess(lead.answers, lead.signals, playbook, on=TODAY)
    assert (look.now.route, look.now.stage, look.now.priority) == (now.route, now.stage, now.priority)


@each_playbook
@LIGHT
@given(lead=leads(), asked=st.dictionaries(st.sampled_from(sorted(FACTS)), st.integers(1, 4), max_size=8), by_rep=st.booleans())
def test_nothing_is_left_to_ask_exactly_when_no_question_comes(playbook: Playbook, lead: DrawnLead, asked: dict[str, int], by_rep: bool) -> None:
    purpose = "rep" if by_rep else "website"
    fact = next_question(lead.answers, playbook, on=TODAY, asked=asked, signals=lead.signals, purpose=purpose)
    left = estimate_remaining(lead.answers, playbook, on=TODAY, asked=asked, signals=lead.signals, purpose=purpose)
    assert (fact is None) == (left == 0)


def test_a_word_for_nothing_counts_as_any_other_word_of_a_fact_with_one_value() -> None:
    """Once points and reasons disagreed here: `none` was taken for an empty list."""
    lead = {"current_solution": Answer("none"), "timeline": Answer("now")}
    score = assess(lead, [], PLAYBOOKS[0], on=TODAY).scores["intent"]
    assert [(given.rule, given.points) for given in score.contributions] == [("intent.current_solution", 6), ("intent.timeline", 35)]


def test_an_unknown_size_or_text_never_makes_a_condition_hold() -> None:
    """Once a limit of 0 and an empty name did."""
    text = PLAYBOOKS[1].source.text
    odd = text.replace("sites: 20, beds: 400}", "sites: 0, beds: 400}").replace('[WEAVE, "Luma Health"]', '["", "Luma Health"]')
    assert odd != text
    flags = {flag.id for flag in assess({}, [], parse_playbook(odd), on=TODAY).flags}
    assert not flags & {"large", "uses_weave"}
