"""Time to the first act of a person, and promises kept, by route, month, source, segment and campaign."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leads.reports import answers
from leads.reports.answers import span
from scoring.hours import duration_words
from web import phrases, report_charts
from web.console_reports.parts import GROUPS, Asked, Report, Section, count, interval, section
from web.report_tables import Cell, Span, Table


def make(asked: Asked) -> Report:
    """Return the report."""
    promises = asked.queries.promises(asked.period)
    every = answers.summed(promises, now=asked.now)
    hours = asked.playbook.business_hours
    opens = (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute
    intro = (
        f"{count(every.promised, 'clock')} started in these days for people who wait for an answer. A clock starts when a lead is "
        "routed to direct sales, "
        "account-based outreach or partner review and can be reached; the first act of a person (accept, reject, back to nurture, a "
        "call) answers it. "
        "Handing a lead on answers nobody."
    )
    minutes = {route: target.respond_within_minutes for route, target in asked.playbook.routes.items()}

    def row(name: str, own: answers.Answers) -> tuple[Cell, ...]:
        business = [Span(value, span(value, day_minutes=opens, day="business days")) for value in (own.median, own.p90)]
        wall = [Span(value, span(value)) for value in (own.wall_median, own.wall_p90)]
        return (name, own.promised, own.kept_in_time, own.late, own.missed, own.running, own.kept, *business, *wall)

    columns = (
        "Clocks",
        "In time",
        "Late",
        "Missed",
        "Running",
        "SLA kept",
        "Median",
        "90 % within",
        "Median, wall clock",
        "90 %, wall clock",
    )
    denominators = (
        "Clocks = in time + late + missed + running. SLA kept: answered in time, of all but those still running. Median and 90 % are "
        "of the answered "
        "ones, in business time, then by the clock on the wall. A lead that was put off with a reason has its new time."
    )
    by_route = answers.answers(promises, "answer_route", now=asked.now)
    points = []
    if every.kept.is_enough:
        points.append(
            f"SLA kept: {every.kept.words}. Half were answered within {span(every.median, day_minutes=opens, day='business days')} of "
            "business time, "
            f"9 of 10 within {span(every.p90, day_minutes=opens, day='business days')}."
        )
    if every.missed:
        points.append(
            f"{count(every.missed, 'lead')} {'was' if every.missed == 1 else 'were'} never answered, and "
            f"{'its' if every.missed == 1 else 'their'} time is over: see the inbox."
        )
    chart = report_charts.bars(
        "SLA kept by route", "The share of clocks answered in time, by route, with the interval that holds the true share 95 times of 100",
        [(phrases.name(own.name), [("one", own.kept.value or 0)], f"{own.kept.percent} %") for own in by_route if own.kept.is_enough],
        most=1, whiskers=[interval(own.kept) for own in by_route if own.kept.is_enough],
    )  # fmt: skip
    rows = [row(f"{phrases.name(own.name)} ({duration_words(minutes.get(own.name or '') or 0)})", own) for own in by_route]
    sections = [
        section(
            "By route",
            Table(
                "by_route",
                "Time to the first act of a person, by route",
                ("Route (promise)", *columns),
                rows,
                denominators,
                total=row("All", every) if len(rows) > 1 else (),
            ),
            chart=chart,
            points=points,
        ),
        *_answers_over_months(asked, promises, row, columns, denominators),
    ]
    for group, word in GROUPS:
        found = answers.answers(promises, group, now=asked.now)
        sections.append(
            section(
                f"By {word.lower()}",
                Table(
                    f"by_{group}",
                    f"Time to the first act of a person, by {word.lower()}",
                    (word, *columns),
                    [row(asked.word(group, own.name), own) for own in found],
                    denominators,
                ),
            )
        )
    return Report("response", intro, sections)


def _answers_over_months(
    asked: Asked,
    promises: Sequence[answers.Promise],
    row: Callable[[str, answers.Answers], tuple[Cell, ...]],
    columns: Sequence[str],
    denominators: str,
) -> list[Section]:
    months = asked.period.months()
    if len(months) < 2 or not promises:
        return []
    rows = [
        row(f"{first:%b %Y}", answers.summed([one for one in promises if start <= one.started_at < end], now=asked.now))
        for first, start, end in months
    ]
    return [
        Section(
            "Month by month",
            table=Table(
                "by_month", "Time to the first act of a person, by the month the clock started", ("Month", *columns), rows, denominators
            ),
        )
    ]
