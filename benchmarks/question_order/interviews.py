"""Play interviews with simulated prospects: every question, the adaptive order, or a fixed order cut short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.question_order.prospects import ANSWERS, REFUSES, Prospects
from scoring.engine import Answer, Assessment, Signal, assess
from scoring.next_question import next_question
from scoring.playbook import Playbook


@dataclass(frozen=True)
class Prospect:
    """One prospect: what they know, what they say unasked, what they refuse or do not know when asked, what they did."""

    answers: Mapping[str, Answer]
    said: frozenset[str]
    not_known: Mapping[str, str]
    signals: Sequence[Signal]
    today: date

    def volunteered(self) -> dict[str, Answer]:
        """Return what is known before the first question."""
        return {fact: answer for fact, answer in self.answers.items() if fact in self.said}

    def reply(self, fact: str) -> Answer | None:
        """Return the answer to a question; None when it is refused or not known."""
        return None if fact in self.not_known else self.answers.get(fact)


def meet(prospects: Prospects, today: date) -> Iterator[Prospect]:
    """Yield each of the drawn prospects."""
    for row in range(len(prospects)):
        said = frozenset(fact for fact, flags in prospects.said.items() if flags[row])
        withheld = {fact: codes[row] for fact, codes in prospects.withheld.items() if codes[row] != ANSWERS}
        not_known = {fact: "refused" if code == REFUSES else "dont_know" for fact, code in withheld.items()}
        yield Prospect(prospects.answers(row, today), said, not_known, prospects.signals(row, today), today)


@dataclass(frozen=True)
class Interview:
    """What was asked, in order, and what is known afterwards."""

    asked: Sequence[str]
    known: Mapping[str, Answer]

    def decide(self, prospect: Prospect, playbook: Playbook) -> Assessment:
        """Assess the prospect on what is known."""
        return assess(self.known, prospect.signals, playbook, on=prospect.today)


def website_questions(playbook: Playbook) -> list[str]:
    """Return the facts the website may ask for, in the order of the file."""
    return [fact for fact, question in playbook.data.questions.facts.items() if question.asked_by == "both"]


def fixed(prospect: Prospect, playbook: Playbook, number: int | None = None) -> Interview:
    """Ask in the order of the file, skipping what was said unasked; at most `number` questions, all if None."""
    known = prospect.volunteered()
    asked = [fact for fact in website_questions(playbook) if fact not in known][:number]
    for fact in asked:
        answer = prospect.reply(fact)
        if answer is not None:
            known[fact] = answer
    return Interview(asked, known)


def adaptive(prospect: Prospect, playbook: Playbook, number: int | None = None) -> Interview:
    """Ask what next_question says until it says that enough is known, or until `number` questions were asked."""
    known, not_known, asked = prospect.volunteered(), {}, {}
    while number is None or len(asked) < number:
        fact = next_question(known, playbook, on=prospect.today, not_known=not_known, asked=asked, signals=prospect.signals)
        if fact is None:
            break
        asked[fact] = 1
        answer = prospect.reply(fact)
        if answer is None:
            not_known[fact] = prospect.not_known.get(fact, "dont_know")
        else:
            known[fact] = answer
    return Interview(list(asked), known)
