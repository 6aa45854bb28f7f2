"""The funnel: how far leads came, month by month and by source, segment and campaign."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reports import funnel
from leads.reports.figures import ENOUGH, Share
from web import report_charts
from web.console_reports.parts import GROUPS, Asked, Report, Section, section
from web.report_tables import Cell, Table


def make(asked: Asked) -> Report:
    """Return the report."""
    came = asked.queries.reached(asked.period)
    by = {group: funnel.by_group(came, group) for group, _ in GROUPS}
    steps = funnel.funnel(by["source"])
    leads = steps[0].leads
    intro = (
        f"{leads:,} leads came in these days. Each is counted by the furthest stage it ever reached, until now; a lead that reached a "
        "stage has "
        "reached those before it. The newest leads have had the least time."
    )
    sections = []
    if leads:
        chart = report_charts.bars(
            "Funnel",
            "How many leads reached each stage: " + ", ".join(f"{step.name} {step.leads:,}" for step in steps),
            [
                (step.name, [("one", step.leads)], f"{step.leads:,}" + (f" · {step.of_all.percent} %" if step.of_before else ""))
                for step in steps
            ],
            most=leads,
        )
        table = Table(
            "stages",
            "Leads by stage reached",
            ("Stage", "Leads", "Of the stage before", "Of all"),
            [(step.name, step.leads, step.of_before, step.of_all) for step in steps],
            "Of the stage before: leads that reached this stage among those that reached the one before it. Of all: among all leads of "
            "these days.",
        )
        sections.append(Section("From inquiry to won", chart=chart, table=table))
        sections += _over_months(asked, came)
    for group, word in GROUPS:
        rows: list[tuple[Cell, ...]] = [
            (asked.word(group, own.name), *own.reached, own.share(1), own.share(2), own.share(5)) for own in funnel.groups(by[group])
        ]
        sections.append(
            section(
                f"By {word.lower()}",
                Table(
                    f"by_{group}",
                    f"Leads by {word.lower()} and stage reached",
                    (word, *funnel.STEP_NAMES, "MQL share", "Accepted share", "Won share"),
                    rows,
                    f"Each share is of the inquiries of its row; under {ENOUGH} of them no share is shown.",
                ),
            )
        )
    return Report("funnel", intro, sections)


def _over_months(asked: Asked, came: Sequence[funnel.Came]) -> list[Section]:
    months = asked.period.months()
    reached = funnel.by_month(came, len(months))
    if len(months) < 2:
        return []
    names = [f"{first:%b %Y}" for first, _, _ in months]
    chart = report_charts.lines(
        "Leads by month",
        "Leads that came in each month, and how many of them reached MQL and were accepted; the table has the figures",
        [f"{first:%b}" for first, _, _ in months],
        [
            ("one", "Inquiries", [own[0] for own in reached]),
            ("two", "MQL", [own[1] for own in reached]),
            ("three", "Accepted", [own[2] for own in reached]),
        ],
    )
    rows = [(name, own[0], Share(own[1], own[0]), Share(own[2], own[0])) for name, own in zip(names, reached, strict=True)]
    table = Table(
        "by_month",
        "Leads by the month they came in",
        ("Month", "Inquiries", "MQL", "Accepted (SAL)"),
        rows,
        "By the month a lead came in. Shares are of that month's inquiries; the first and last month may be cut by the range.",
    )
    return [Section("Month by month", chart=chart, table=table)]
