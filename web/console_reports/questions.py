"""Drop-off: what became of each question, and how chats ended by campaign, page, segment and source."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reports import questions
from leads.reports.figures import ENOUGH
from web import phrases, report_charts
from web.console_reports.parts import Asked, Report, Section, count, section
from web.report_tables import Table

FILTERS = {"source": "Source", "segment": "Segment", "campaign": "Campaign", "page_path": "Page"}


def make(asked: Asked) -> Report:
    """Return the report."""
    endings = asked.queries.endings(asked.period)
    by = {group: questions.by_group(endings, group, asked.only) for group in FILTERS}
    every = questions.total(by["source"])
    kept, waiting = asked.queries.kept(), asked.queries.still_going_on(asked.period)
    as_of = f"as of {phrases.moment(kept.questions_as_of)}" if kept.questions_as_of else "nothing was counted yet; the worker does it"
    intro = (
        f"{every.begun:,} chats that ended: {every.finished:,} to the end, {every.stopped:,} stopped by the visitor, {every.left:,} "
        "fell quiet "
        f"({as_of}). {count(waiting, 'chat')} of these days {'is' if waiting == 1 else 'are'} not counted: still going on, or ended "
        "just now. "
        "Calls of reps are not in here."
    )
    options = {
        group: [
            (own.name, asked.word(group, own.name)) for own in questions.by_group(endings, group, {}) if own.name
        ]
        for group in FILTERS
    }
    rows = questions.questions(asked.queries.outcomes(asked.period, asked.only))
    sections = [_by_question(asked, rows)]
    for group in ("campaign", "page_path", "segment", "source"):
        word = FILTERS[group]
        sections.append(
            section(
                f"By {word.lower()}",
                Table(
                    f"by_{group}",
                    f"How chats ended, by {word.lower()}",
                    (word, "Chats", "To the end", "Stopped", "Left", "Left, share", "Mostly left at"),
                    [
                        (
                            asked.word(group, own.name),
                            own.begun,
                            own.finished,
                            own.stopped,
                            own.left,
                            own.left_share,
                            f"{asked.question(own.mostly_at)} ({own.mostly:,})" if own.mostly_at else "–",
                        )
                        for own in by[group]
                    ],
                    "Chats = to the end + stopped + left. The share is of all chats of the row. The segment of those who left before "
                    "they named it is not known.",
                ),
            )
        )
    return Report("questions", intro, sections, options)


def _by_question(asked: Asked, rows: Sequence[questions.Question]) -> Section:
    chart = report_charts.bars(
        "What became of each question",
        "For each question the share of chats that answered, skipped, passed over and left at it; the table has the figures",
        [(asked.question(row.name), [("one", row.answered / row.shown), ("two", row.skipped / row.shown),
                                     ("three", row.passed_over / row.shown),
                                     ("four", row.abandoned / row.shown)], f"{row.shown:,} shown") for row in rows if row.shown >= ENOUGH],
        most=1, legend=(("one", "Answered"), ("two", "Skipped"), ("three", "Passed over"), ("four", "Left here")),
    )  # fmt: skip
    worst = sorted((row for row in rows if row.left.is_enough and row.abandoned), key=lambda row: -row.abandoned)[:3]
    points = [
        f"{asked.question(row.name)}: {row.left.words} of those who were asked left here"
        + (f", about {count(row.cost, 'MQL')} lost if they were like those who went on." if row.cost else ".")
        for row in worst
    ]
    table = Table(
        "questions", "What became of each question",
        ("Question", "Shown", "Answered", "Skipped", "Passed over", "Left here", "Left, share", "Corrected later",
         "Put more than once", "MQLs lost, about"),
        [(asked.question(row.name), row.shown, row.answered, row.skipped, row.passed_over, row.abandoned, row.left, row.corrected,
          row.repeated, row.cost)
         for row in rows],
        "In chats: shown = answered + skipped + passed over + left here. Skipped: refused or not known. Passed over: the chat went on "
        "or ended without "
        "an answer. Left here: open when the visitor fell quiet or stopped. The share is of those who were shown the question. MQLs "
        "lost: who left, "
        "times the share of MQLs among those who were shown it and went on.",
    )  # fmt: skip
    return section("By question", table, chart=chart, points=points)
