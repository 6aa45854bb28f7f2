"""Score bands against what sales accepts."""

from __future__ import annotations

from leads.reports import bands
from leads.reports.figures import ENOUGH, NOT_ENOUGH
from web import report_charts
from web.console_reports.parts import Asked, Report, between, count, interval, section
from web.report_tables import Table


def make(asked: Asked) -> Report:
    """Return the report."""
    rows = asked.queries.decided(asked.period)
    decided = sum(row.leads for row in rows)
    intro = (
        f"Do high scores mean leads that sales accepts? {count(decided, 'lead')} that sales decided on in these days, by the bands they "
        "had at that moment. "
        f"An interval holds the true share 95 times of 100; a band with fewer than {ENOUGH} decided leads says “{NOT_ENOUGH}”."
    )
    sections = []
    for score in bands.SCORES:
        found = bands.bands(rows, score)
        chart = report_charts.bars(
            f"Accepted by {score} band", f"The share of decided leads that sales accepted, by {score} band, with its interval",
            [(band.name.capitalize(), [("one", band.accepted.value or 0)], f"{band.accepted.percent} %")
             for band in found if band.accepted.is_enough],
            most=1, whiskers=[interval(band.accepted) for band in found if band.accepted.is_enough],
        )  # fmt: skip
        table = Table(
            score, f"Decided leads by {score} band", ("Band", "Decided", "Accepted", "95 % interval", "Became an opportunity", "Won"),
            [(band.name.capitalize(), band.accepted.of, band.accepted, between(band.accepted), band.opportunities, band.won)
             for band in found]
            if decided else [],
            "All shares are of the decided leads of the band. Opportunities and won ones until now.",
        )  # fmt: skip
        sections.append(section(score.capitalize(), table, chart=chart, points=[bands.verdict(score, found)] if decided else []))
    return Report("scores", intro, sections)
