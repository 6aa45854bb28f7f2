"""What the next answers would decide: "if budget is approved or a grant: direct sales with priority"."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scoring.engine import Answer, Signal, situation_of
from scoring.facts import CLOSED, LISTS
from scoring.lookahead import Decision, Lookahead
from scoring.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Change:
    """Answers to one open question that lead to the same other decision.

    Attributes:
        values: one or more, as check_value returns them.
        chance: 0-1, how likely the playbook takes such an answer to be.
    """

    fact: str
    values: list[Any]
    route: str
    stage: str
    priority: bool
    chance: float


def what_would_change(
    answers: Mapping[str, Answer], signals: Sequence[Signal], playbook: Playbook, *, on: date, refused: Collection[str] = ()
) -> list[Change]:
    """Return what one more answer would change of route, stage or priority, the likeliest first.

    Only open questions whose answers have names are tried; sizes, days and amounts have too many. `refused` are left out.

    >>> from scoring.playbook import load_playbook
    >>> changes = what_would_change({"org_type": Answer("clinic_group")}, [], load_playbook(), on=date(2026, 11, 24))
    >>> [(change.values, change.stage) for change in changes if change.fact == "timeline"]
    [(['now', 'this_quarter', 'half_year', 'year'], 'mql'), (['later', 'none'], 'nurture')]
    """
    look = Lookahead(situation_of(answers, signals, playbook, on=on), playbook.compiled)
    changes = []
    for fact in playbook.data.questions.facts:
        if fact not in answers and fact not in refused and (fact in CLOSED or fact in LISTS):
            changes += _changes_of(fact, look, playbook)
    return sorted(changes, key=lambda change: -change.chance)


def _changes_of(fact: str, look: Lookahead, playbook: Playbook) -> list[Change]:
    possible = playbook.compiled.possible[fact]
    total = sum(weight for _, weight in possible) or 1
    found: dict[tuple[str, str, bool], tuple[list[Any], float]] = {}
    for value, weight in possible:
        then = look.with_answer(fact, value)
        if _is_other(then, look.now):
            values, chance = found.get((then.route, then.stage, then.priority), ([], 0.0))
            found[then.route, then.stage, then.priority] = [*values, value], chance + weight / total
    return [Change(fact, values, *decision, chance) for decision, (values, chance) in found.items()]


def _is_other(then: Decision, now: Decision) -> bool:
    return (then.route, then.stage, then.priority) != (now.route, now.stage, now.priority)
