"""Drop-off: what became of each question that was put, and where conversations ended, with denominators that add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leads.reports.figures import Share


@dataclass(frozen=True)
class Outcomes:
    """So many conversations in which a question had this outcome; of them qualified, corrected, and asked more than once."""

    question: str
    outcome: str
    talks: int
    qualified: int
    corrected: int
    repeated: int


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question over many conversations. shown = answered + skipped + abandoned + passed_over.

    Attributes:
        went_on_qualified: of those who were shown it and did not leave there, who became an MQL.
    """

    name: str
    shown: int
    answered: int
    skipped: int
    abandoned: int
    passed_over: int
    corrected: int
    repeated: int
    went_on_qualified: int

    @property
    def left(self) -> Share:
        """Who left here, of those who were shown it."""
        return Share(self.abandoned, self.shown)

    @property
    def cost(self) -> int | None:
        """About how many MQLs were lost here, if those who left were like those who went on; None where too little is known."""
        stayed = Share(self.went_on_qualified, self.shown - self.abandoned)
        return round(self.abandoned * (stayed.value or 0)) if stayed.is_enough else None


@dataclass(frozen=True)
class Endings:
    """So many conversations of a group that ended in this way, at this question (None: at none)."""

    group: str | None
    ended: str
    left_at: str | None
    talks: int


@dataclass(frozen=True)
class Ended:
    """So many conversations from one origin that ended in this way, at this question."""

    source: str
    segment: str | None
    campaign: str | None
    page_path: str | None
    ended: str
    left_at: str | None
    talks: int


@dataclass(frozen=True, kw_only=True)
class Talks:
    """The conversations of one campaign, page, segment or source (None: not known). begun = finished + stopped + left."""

    name: str | None
    begun: int
    finished: int
    stopped: int
    left: int
    mostly_at: str | None
    mostly: int

    @property
    def left_share(self) -> Share:
        """Who fell quiet before the end."""
        return Share(self.left, self.begun)


def by_group(rows: Iterable[Ended], group: str, only: Mapping[str, str]) -> list[Talks]:
    """Return the conversations of each source, segment, campaign or page_path; `only` those where all of these are so."""
    own = [row for row in rows if all(getattr(row, name) == value for name, value in only.items())]
    return talks(Endings(getattr(row, group), row.ended, row.left_at, row.talks) for row in own)


def questions(rows: Iterable[Outcomes]) -> list[Question]:
    """Return each question, the one most often shown first."""
    by_name: dict[str, dict[str, Outcomes]] = defaultdict(dict)
    for row in rows:
        by_name[row.question][row.outcome] = row
    found = [_question(name, own) for name, own in by_name.items()]
    return sorted(found, key=lambda question: (-question.shown, question.name))


def _question(name: str, own: dict[str, Outcomes]) -> Question:
    talks = {outcome: row.talks for outcome, row in own.items()}
    return Question(
        name=name, shown=sum(talks.values()), answered=talks.get("answered", 0), skipped=talks.get("skipped", 0),
        abandoned=talks.get("abandoned", 0), passed_over=talks.get("passed_over", 0), corrected=sum(row.corrected for row in own.values()),
        repeated=sum(row.repeated for row in own.values()),
        went_on_qualified=sum(row.qualified for outcome, row in own.items() if outcome != "abandoned"),
    )


def talks(rows: Iterable[Endings]) -> list[Talks]:
    """Return the conversations of each group, the largest first; those whose lead was erased are left out."""
    by_group: dict[str | None, list[Endings]] = defaultdict(list)
    for row in rows:
        if row.ended != "gone":
            by_group[row.group].append(row)
    found = [_talks(name, own) for name, own in by_group.items()]
    return sorted(found, key=lambda group: (group.name is None, -group.begun, group.name or ""))


def total(groups: Sequence[Talks]) -> Talks:
    """Return all groups as one."""
    return Talks(
        name=None, begun=sum(group.begun for group in groups), finished=sum(group.finished for group in groups),
        stopped=sum(group.stopped for group in groups), left=sum(group.left for group in groups), mostly_at=None, mostly=0,
    )


def _talks(name: str | None, own: Sequence[Endings]) -> Talks:
    ways: Counter[str] = Counter()
    at: Counter[str] = Counter()
    for row in own:
        ways[row.ended] += row.talks
        if row.left_at and row.ended == "quiet":
            at[row.left_at] += row.talks
    most = min(at.items(), key=lambda item: (-item[1], item[0])) if at else (None, 0)
    return Talks(
        name=name, begun=ways.total(), finished=ways["finished"], stopped=ways["stopped"], left=ways["quiet"], mostly_at=most[0],
        mostly=most[1],
    )
