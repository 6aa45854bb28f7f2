"""Choose the next question by what its answer can still change, weighed by how likely that is and what it costs.

Website: the facts named first come first, patient information early, then the question whose answer would move route,
stage or priority most for its friction; it stops when nothing left matters. Rep: the same, then what a call adds, and
doubtful answers are confirmed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal

from scoring.engine import Answer, Signal, situation_of
from scoring.facts import FACTS
from scoring.lookahead import Decision, Lookahead
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
    look = Lookahead(situation_of(answers, signals, playbook, on=on), playbook.compiled)
    fact = _next_fact(look, answers, playbook, not_known, asked, purpose)
    if fact is not None or contact is None:
        return fact
    return next_contact_question(playbook, contact, route=look.now.route, asked=asked, not_known=not_known)


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
    look = Lookahead(situation_of(answers, signals, playbook, on=on), playbook.compiled)
    wanted = _wanted(look.now, playbook)
    left = sum(fact in wanted for fact in _open(answers, playbook, not_known, asked, purpose))
    patience = playbook.interview.patience - _count(asked)
    if purpose == "website" and patience <= 0:
        left = 0
    elif left:  # A wanted fact is always worth asking, so this saves working out which.
        left = max(1, min(left, patience))
    else:
        left = int(_next_fact(look, answers, playbook, not_known, asked, purpose) is not None)
    if contact is not None and look.now.route in playbook.interview.contact_for:
        left += sum(
            name not in contact and name not in not_known and asked.get(name, 0) < 2 for name in playbook.contact_fields
        )
    return left


def _next_fact(
    look: Lookahead,
    answers: Mapping[str, Answer],
    playbook: Playbook,
    not_known: Mapping[str, str],
    asked: Mapping[str, int],
    purpose: Purpose,
) -> str | None:
    interview = playbook.interview
    open_facts = _open(answers, playbook, not_known, asked, purpose)
    so_far = _count(asked)
    if so_far >= interview.patience and purpose == "website":
        return None
    wanted = _wanted(look.now, playbook)
    for fact in interview.first:
        if fact in open_facts and fact in wanted:
            return fact
    if interview.early in open_facts and interview.early in wanted and so_far >= interview.early_within - 1:
        return interview.early
    best = None if look.now.settles else _best(look, open_facts, wanted, playbook)
    if best is not None or purpose == "website":
        return best
    return _for_the_rep(answers, open_facts, playbook, not_known, asked)


def _count(asked: Mapping[str, int]) -> int:
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


def _wanted(now: Decision, playbook: Playbook) -> frozenset[str]:
    """Return the facts worth asking for their own sake on the route as it is now."""
    interview = playbook.interview
    if now.settles:
        return frozenset()
    if now.route in interview.only_first_for:
        return frozenset(interview.first)
    if now.route in interview.whole_record_for:
        return frozenset((*interview.basics, *interview.record))
    return frozenset(interview.basics)


def _best(look: Lookahead, open_facts: Sequence[str], wanted: Collection[str], playbook: Playbook) -> str | None:
    """Return the open fact with the most worth for its friction; None when no fact is wanted or can change enough."""
    interview = playbook.interview
    best, best_worth = None, 0.0
    for fact in open_facts:
        change = _expected_change(look, fact, playbook)
        if fact not in wanted and change < interview.enough:
            continue
        own = BASIC_WORTH if fact in interview.basics else RECORD_WORTH if fact in wanted else 0
        worth = (change + own) / playbook.questions[fact].friction
        if worth > best_worth:
            best, best_worth = fact, worth
    return best


def _expected_change(look: Lookahead, fact: str, playbook: Playbook) -> float:
    """Return 0-180: the worth of the changes an answer could bring, each weighed by how likely the answer is."""
    total = change = 0.0
    now = look.now
    for value, weight in playbook.compiled.possible[fact]:
        total += weight
        then = look.with_answer(fact, value)
        if then is not now:
            worth = (
                ROUTE_WORTH * (then.route != now.route)
                + STAGE_WORTH * (then.stage != now.stage)
                + PRIORITY_WORTH * (then.priority != now.priority)
            )
            change += weight * worth
    return change / total if total else 0.0


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
