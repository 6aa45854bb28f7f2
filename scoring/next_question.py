"""Choose the next question by what its answer can still change, weighed by how likely that is and what it costs.

Website: the facts named first come first, patient information early, then the question whose answer would move route,
stage or priority most for its friction; it stops when nothing left matters. Rep: the same, then what a call adds, and
doubtful answers are confirmed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from scoring.conditions import Situation
from scoring.engine import Answer, Signal, situation_of
from scoring.facts import CLOSED, FACTS, LISTS, FactKind
from scoring.playbook import Playbook

type Purpose = Literal["website", "rep"]
DOUBTFUL_BELOW = 0.6  # Confidence under which a rep confirms an answer; the reader uses the same limit.
ROUTE_WORTH, STAGE_WORTH, PRIORITY_WORTH = 100, 40, 40  # In hundredths: how much a change of each is worth knowing.
RECORD_WORTH, BASIC_WORTH = 6, 20  # What a hole in the record costs sales even where it changes no decision.


def next_question(
    answers: Mapping[str, Answer],
    playbook: Playbook,
    *,
    on: date,
    not_known: Mapping[str, str] | None = None,
    asked: Mapping[str, int] | None = None,
    signals: Sequence[Signal] = (),
    purpose: Purpose = "website",
    contact: Collection[str] | None = None,
) -> str | None:
    """Return the fact to ask next, or None when enough is known or patience is used up.

    Args:
        answers: what is known; see assess.
        not_known: facts refused or not known, never asked again on the website; a rep asks "dont_know" ones at the end.
        asked: how often each fact was asked so far; a fact asked `ask_at_most` times is left alone.
        contact: contact fields already held. When given, contact questions follow the facts; None leaves them out.
    """
    not_known, asked = not_known or {}, asked or {}
    situation = situation_of(answers, signals, playbook, on=on)
    fact = _next_fact(situation, answers, playbook, not_known, asked, purpose)
    if fact is not None or contact is None:
        return fact
    return next_contact_question(
        playbook, contact, route=_decision(situation, playbook)[0], asked=asked, not_known=not_known
    )


def next_contact_question(
    playbook: Playbook,
    held: Collection[str],
    *,
    route: str,
    asked: Mapping[str, int] | None = None,
    not_known: Mapping[str, str] | None = None,
) -> str | None:
    """Return the contact field to ask next for a lead on `route`, or None; a field is asked at most twice."""
    if route not in playbook.interview.contact_for:
        return None
    asked, not_known = asked or {}, not_known or {}
    for name in playbook.contact_fields:
        if name not in held and name not in not_known and asked.get(name, 0) < 2:
            return name
    return None


def estimate_remaining(
    answers: Mapping[str, Answer],
    playbook: Playbook,
    *,
    on: date,
    not_known: Mapping[str, str] | None = None,
    asked: Mapping[str, int] | None = None,
    signals: Sequence[Signal] = (),
    purpose: Purpose = "website",
    contact: Collection[str] | None = None,
) -> int:
    """Return about how many questions are left if the route stays as it is now: 0 means next_question gives None."""
    not_known, asked = not_known or {}, asked or {}
    situation = situation_of(answers, signals, playbook, on=on)
    route = _decision(situation, playbook)[0]
    left = 0
    if _next_fact(situation, answers, playbook, not_known, asked, purpose) is not None:
        wanted = _wanted(situation, playbook)
        open_facts = [fact for fact in _open(answers, playbook, not_known, asked, purpose) if fact in wanted]
        left = max(1, min(len(open_facts), playbook.interview.patience - _count(playbook, asked)))
    if contact is not None and route in playbook.interview.contact_for:
        left += sum(
            name not in contact and name not in not_known and asked.get(name, 0) < 2 for name in playbook.contact_fields
        )
    return left


def _next_fact(
    situation: Situation,
    answers: Mapping[str, Answer],
    playbook: Playbook,
    not_known: Mapping[str, str],
    asked: Mapping[str, int],
    purpose: Purpose,
) -> str | None:
    interview = playbook.interview
    open_facts = _open(answers, playbook, not_known, asked, purpose)
    so_far = _count(playbook, asked)
    if so_far >= interview.patience and purpose == "website":
        return None
    settled = _decision(situation, playbook)[3]
    wanted = _wanted(situation, playbook)
    for fact in interview.first:
        if fact in open_facts and fact in wanted:
            return fact
    if interview.early in open_facts and interview.early in wanted and so_far >= interview.early_within - 1:
        return interview.early
    best = None if settled else _best(situation, open_facts, wanted, playbook)
    if best is not None or purpose == "website":
        return best
    return _for_the_rep(answers, open_facts, playbook, not_known, asked)


def _count(playbook: Playbook, asked: Mapping[str, int]) -> int:
    return sum(times for fact, times in asked.items() if fact in FACTS)


def _open(
    answers: Mapping[str, Answer],
    playbook: Playbook,
    not_known: Mapping[str, str],
    asked: Mapping[str, int],
    purpose: Purpose,
) -> list[str]:
    at_most = playbook.interview.ask_at_most
    return [
        fact
        for fact, question in playbook.data.questions.facts.items()
        if fact not in answers
        and fact not in not_known
        and asked.get(fact, 0) < at_most
        and (question.asked_by == "both" or purpose == "rep")
    ]


def _decision(situation: Situation, playbook: Playbook) -> tuple[str, str, bool, bool]:
    """Return route, stage, priority and whether the routing rule settles the interview."""
    fresh = Situation(situation.values, situation.ages, situation.on, situation.confirmed)
    stage, routing = playbook.compiled.judge(fresh)
    return routing.block.route, stage.block.stage, routing.block.priority, routing.block.settles


def _wanted(situation: Situation, playbook: Playbook) -> frozenset[str]:
    """Return the facts worth asking for their own sake on the route as it is now."""
    interview = playbook.interview
    route, _, _, settled = _decision(situation, playbook)
    if settled:
        return frozenset()
    if route in interview.only_first_for:
        return frozenset(interview.first)
    if route in interview.whole_record_for:
        return frozenset((*interview.basics, *interview.record))
    return frozenset(interview.basics)


def _best(situation: Situation, open_facts: Sequence[str], wanted: Collection[str], playbook: Playbook) -> str | None:
    """Return the open fact with the most worth for its friction; None when no fact is wanted or can change enough."""
    interview = playbook.interview
    best, best_worth = None, 0.0
    now = _decision(situation, playbook)
    for fact in open_facts:
        change = _expected_change(situation, fact, now, playbook)
        if fact not in wanted and change < interview.enough:
            continue
        own = BASIC_WORTH if fact in interview.basics else RECORD_WORTH if fact in wanted else 0
        worth = (change + own) / playbook.questions[fact].friction
        if worth > best_worth:
            best, best_worth = fact, worth
    return best


def _expected_change(situation: Situation, fact: str, now: tuple[str, str, bool, bool], playbook: Playbook) -> float:
    """Return 0-180: the worth of the changes an answer could bring, each weighed by how likely the answer is."""
    total = change = 0.0
    values = dict(situation.values)
    for value, weight in possible_answers(fact, playbook):
        values[fact] = value
        route, stage, priority, _ = _decision(
            Situation(values, situation.ages, situation.on, situation.confirmed), playbook
        )
        worth = (
            ROUTE_WORTH * (route != now[0]) + STAGE_WORTH * (stage != now[1]) + PRIORITY_WORTH * (priority != now[2])
        )
        change += weight * worth
        total += weight
    return change / total if total else 0.0


def possible_answers(fact: str, playbook: Playbook) -> list[tuple[Any, int]]:
    """Return answers that stand for all a fact can be, each with its weight (even where the playbook says none)."""
    words = playbook.data.facts.words.get(fact)
    likely = words.likely if words else {}
    kind = FACTS[fact]
    if kind is FactKind.CLOSED:
        return [(value, likely.get(value, 0 if likely else 1)) for value in CLOSED[fact]]
    if kind is FactKind.LIST:
        return [([], 1), *(([value], likely.get(value, 1)) for value in LISTS[fact])]
    if kind is FactKind.SIZE:
        return [({"sites": 1}, 1), ({"sites": 3}, 1), ({"sites": 12, "beds": 1500, "members": 200_000}, 1)]
    return []


def _for_the_rep(
    answers: Mapping[str, Answer],
    open_facts: Sequence[str],
    playbook: Playbook,
    not_known: Mapping[str, str],
    asked: Mapping[str, int],
) -> str | None:
    """After what changes the decision: what a call adds, then doubtful answers, then what the prospect did not know."""
    questions = playbook.data.questions.facts
    if open_facts:
        return min(open_facts, key=lambda fact: (questions[fact].friction, list(questions).index(fact)))
    at_most = playbook.interview.ask_at_most
    for fact in questions:
        answer = answers.get(fact)
        doubtful = answer is not None and not answer.confirmed and answer.confidence < DOUBTFUL_BELOW
        if (doubtful or (not_known.get(fact) == "dont_know" and answer is None)) and asked.get(fact, 0) < at_most:
            return fact
    return None
