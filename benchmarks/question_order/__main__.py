"""`python -m benchmarks.question_order`: how many questions a decision takes, as tables for docs/question_order.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.question_order.interviews import Prospect, adaptive, fixed, meet, website_questions
from benchmarks.question_order.prospects import draw
from scoring.engine import Assessment
from scoring.playbook import DEFAULT_PLAYBOOK, Playbook, load_playbook

TODAY = date(2026, 11, 24)
LEAST_SAME, MOST_ASKED = 97, 60  # Percent: the bars that the adaptive order has to clear.
LEAVE_AFTER = (1, 2, 3, 4, 5, 6, 8)


@dataclass
class Row:
    """How one way to ask compares with the full interview over all prospects; shares in percent."""

    name: str
    prospects: int = 0
    questions: int = 0
    asked_share: float = 0.0
    same_route: int = 0
    same_bands: int = 0
    same_flags: int = 0

    def add(self, asked: int, of: int, found: Assessment, full: Assessment) -> None:
        """Count one prospect, of whom the full interview asks `of` questions."""
        self.prospects += 1
        self.questions += asked
        self.asked_share += asked / of if of else 0.0
        self.same_route += found.route == full.route
        self.same_bands += bands(found) == bands(full)
        self.same_flags += flags(found) == flags(full)

    @property
    def shares(self) -> tuple[float, ...]:
        """Same route, questions asked, same bands, same flags."""
        counted = (self.same_route, self.asked_share, self.same_bands, self.same_flags)
        return tuple(100 * count / self.prospects for count in counted)

    def __str__(self) -> str:
        route, asked, in_bands, in_flags = (f"{share:.1f} %" for share in self.shares)
        return f"| {self.name} | {self.questions / self.prospects:.1f} | {asked} | {route} | {in_bands} | {in_flags} |"


def bands(found: Assessment) -> list[str]:
    """Return the bands of the three scores."""
    return [score.band for score in found.scores.values()]


def flags(found: Assessment) -> set[str]:
    """Return the names of the raised flags."""
    return {flag.id for flag in found.flags}


def with_interview(playbook: Playbook, **changes: object) -> Playbook:
    """Return the playbook with other lists under `interview`."""
    interview = playbook.interview.model_copy(update=changes)
    return Playbook(playbook.data.model_copy(update={"interview": interview}), playbook.source)


def compare(prospects: Sequence[Prospect], playbook: Playbook) -> list[Row]:
    """Play every way to ask with every prospect."""
    interview = playbook.interview
    decide = with_interview(playbook, record=[])
    change = with_interview(playbook, record=[], basics=[*interview.first, interview.early])
    every, enough = Row("every question"), Row("adaptive, until enough is known to decide")
    as_many = Row("fixed order, as many questions of each")
    website = Row("adaptive, and the record of those who go to sales")
    turning = Row("adaptive, only what can still change the decision")
    whole = [fixed(prospect, playbook) for prospect in prospects]
    full = [played.decide(prospect, playbook) for prospect, played in zip(prospects, whole, strict=True)]
    for prospect, all_of_it, found in zip(_told(prospects, "ways to ask"), whole, full, strict=True):
        first = adaptive(prospect, decide)
        ways = (
            (every, all_of_it), (enough, first), (as_many, fixed(prospect, playbook, len(first.asked))),
            (website, adaptive(prospect, playbook)), (turning, adaptive(prospect, change)),
        )  # fmt: skip
        for row, played in ways:
            row.add(len(played.asked), len(all_of_it.asked), played.decide(prospect, playbook), found)
    average = round(enough.questions / len(prospects))
    of_all = Row(f"fixed order, the first {average} questions of all")
    for prospect, all_of_it, found in zip(prospects, whole, full, strict=True):
        played = fixed(prospect, playbook, average)
        of_all.add(len(played.asked), len(all_of_it.asked), played.decide(prospect, playbook), found)
    return [every, enough, as_many, of_all, website, turning]


def leave_early(prospects: Sequence[Prospect], playbook: Playbook, after: Sequence[int] = LEAVE_AFTER) -> list[str]:
    """Return table lines: the share with the route of the full interview when visitors leave after so many questions."""
    same = {number: [0, 0] for number in after}
    for prospect in _told(prospects, "leaving early"):
        full = fixed(prospect, playbook).decide(prospect, playbook).route
        for number, counts in same.items():
            for way, ask in enumerate((adaptive, fixed)):
                counts[way] += ask(prospect, playbook, number).decide(prospect, playbook).route == full
    share = 100 / len(prospects)
    return [f"| {number} | {share * asked:.1f} % | {share * cut:.1f} % |" for number, (asked, cut) in same.items()]


def _told(prospects: Sequence[Prospect], what: str) -> Iterable[Prospect]:
    return track(prospects, what, console=Console(stderr=True), transient=True)


def main() -> int:
    """Print the tables; 1 if the adaptive order misses a bar."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.question_order", description=__doc__)
    parser.add_argument("--prospects", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--playbook", type=Path, default=DEFAULT_PLAYBOOK)
    options = parser.parse_args()
    playbook = load_playbook(options.playbook)
    prospects = list(meet(draw(options.prospects, options.seed), TODAY))
    rows = compare(prospects, playbook)
    questions = len(website_questions(playbook))
    print(f"{len(prospects):,} prospects, seed {options.seed}, playbook {playbook.name} {playbook.version}, {questions} questions\n")
    print("| way to ask | questions | share of all | same route | same bands | same flags |\n|---|---|---|---|---|---|")
    print(*rows, sep="\n")
    print("\n| questions before leaving | adaptive | fixed order |\n|---|---|---|")
    print(*leave_early(prospects, playbook), sep="\n")
    same, asked, *_ = rows[1].shares
    return 0 if same >= LEAST_SAME and asked <= MOST_ASKED else 1


if __name__ == "__main__":
    sys.exit(main())
