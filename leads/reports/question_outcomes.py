"""How each question of one ended conversation went; worked out once, from what is stored of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from leads.dialogue.contact import CONTACT_FIELDS, REFUSED
from leads.dialogue.state import DialogueState

Outcome = Literal["answered", "skipped", "abandoned", "passed_over"]
Ended = Literal["finished", "stopped", "quiet", "gone"]
IN_A_CHAT = frozenset({"website", "call"})  # channels that a chat stores facts under
_CONFIRM = "confirm:"


@dataclass(frozen=True)
class Talk:
    """What is stored of a conversation, as far as its questions go.

    Attributes:
        open_before: the question that was open before the last message of the visitor; None if there was none.
        facts, not_known, contact: of its lead; None: the lead is gone.
    """

    state: Mapping[str, Any]
    outcome: str | None
    opened_at: datetime
    last_message_at: datetime
    open_before: str | None
    facts: Mapping[str, Mapping[str, Any]] | None
    not_known: Mapping[str, str]
    contact: Mapping[str, str]


@dataclass(frozen=True)
class QuestionOutcome:
    """How a question went: how often it was put, what became of it, and whether its answer was replaced later in the talk."""

    question: str
    outcome: Outcome
    times: int
    corrected: bool


def ended(talk: Talk) -> Ended:
    """Return how a conversation ended: gone means that its lead was erased, so nothing can be said of it."""
    if talk.facts is None:
        return "gone"
    if talk.outcome == "stopped":
        return "stopped"
    return "finished" if DialogueState.of(dict(talk.state)).finished else "quiet"


def question_outcomes(talk: Talk) -> list[QuestionOutcome]:
    """Return one outcome for each question that was put; [] where the lead is gone.

    Every question that was shown is exactly one of: answered; skipped (refused or not known); abandoned (it was open when the
    visitor fell quiet or stopped the chat); passed over (the talk went on or ended without an answer to it).
    """
    how = ended(talk)
    if talk.facts is None:
        return []
    state = DialogueState.of(dict(talk.state))
    left_at = _left_at(state, talk.open_before, how)
    return [
        QuestionOutcome(question, _outcome(question, talk, state, left_at), times, _is_corrected(question, talk))
        for question, times in _shown(state).items()
    ]


def _shown(state: DialogueState) -> Mapping[str, int]:
    """How often each question was put; putting a guess to be confirmed is putting the question of its fact."""
    shown: dict[str, int] = {}
    for key, times in state.asked.items():
        question = key.removeprefix(_CONFIRM)
        if question != "relationship":  # no question of the interview: it tells buyers from others
            shown[question] = shown.get(question, 0) + times
    return shown


def _left_at(state: DialogueState, open_before: str | None, how: Ended) -> str | None:
    if how == "stopped":
        return open_before if open_before != "confirm" else None
    if how == "quiet":
        return str(state.confirming["fact"]) if state.asking == "confirm" and state.confirming else state.asking
    return None


def _outcome(question: str, talk: Talk, state: DialogueState, left_at: str | None) -> Outcome:
    if question in CONTACT_FIELDS:
        given = talk.contact.get(question, "")
        if question in state.contact_refused or given.startswith(REFUSED):
            return "skipped"
        answered = bool(given)
    else:
        answered = bool(_versions(question, talk))
        if not answered and question in talk.not_known:
            return "skipped"
    if answered:
        return "answered"
    return "abandoned" if question == left_at else "passed_over"


def _is_corrected(question: str, talk: Talk) -> bool:
    versions = list(_versions(question, talk))
    return any(_replaces(new, old) for old, new in pairwise(versions))


def _versions(question: str, talk: Talk) -> Sequence[Any]:
    """The values of a fact that were given in this talk, in order; what staff set later is not an answer to its question."""
    return [
        version["value"]
        for version in _all_versions((talk.facts or {}).get(question))
        if version["channel"] in IN_A_CHAT and datetime.fromisoformat(version["at"]) <= talk.last_message_at
    ]


def _all_versions(stored: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    if stored:
        yield from stored["history"]
        yield stored


def _replaces(new: Any, old: Any) -> bool:
    """Does a value replace another one? A longer list or one more count only adds to it.

    >>> _replaces(["baa", "soc2"], ["baa"]), _replaces(["soc2"], ["baa"]), _replaces({"sites": 9, "beds": 200}, {"sites": 9})
    (False, True, False)
    """
    if isinstance(new, list) and isinstance(old, list):
        return not set(old) <= set(new)
    if isinstance(new, dict) and isinstance(old, dict):
        return not old.items() <= new.items()
    return bool(new != old)
