"""What reports are made of: sections with sentences, a chart and a table; and the words they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leads.reports.figures import NOT_ENOUGH, Share
from leads.reports.period import Period
from scoring.playbook import Playbook
from store.report_queries import ReportQueries
from web import phrases, report_charts
from web.report_tables import Table

CONTACT_WORDS = {
    "name": "Name", "email": "E-mail", "phone": "Phone", "company": "Organization name", "title": "Title", "consent": "Consent",
}  # fmt: skip
GROUPS = (("source", "Source"), ("segment", "Segment"), ("campaign", "Campaign"))


@dataclass(frozen=True)
class Section:
    """A part of a report. points: sentences that say what to look at."""

    heading: str
    sentences: Sequence[str] = ()
    chart: report_charts.Bars | report_charts.Lines | None = None
    table: Table | None = None
    points: Sequence[str] = ()
    level: int = 2


@dataclass(frozen=True)
class Report:
    """A report. options: by filter its values and their words."""

    key: str
    intro: str
    sections: Sequence[Section]
    options: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    def table(self, key: str) -> Table | None:
        """Return one of its tables."""
        return next((section.table for section in self.sections if section.table and section.table.key == key), None)


@dataclass(frozen=True)
class Asked:
    """What a report is made of: the queries, the days, the playbook whose words and hours it uses, filters, the time."""

    queries: ReportQueries
    period: Period
    playbook: Playbook
    now: datetime
    only: Mapping[str, str] = field(default_factory=dict)

    def word(self, group: str, value: str | None) -> str:
        """Return the name of a source, segment, campaign or page."""
        if value is None:
            return {"campaign": "No campaign", "page_path": "No page", "segment": "Not known"}.get(group, "–")
        if group == "segment":
            return capital(self.playbook.label("org_type", value))
        return value if group in ("campaign", "page_path") else phrases.name(value)

    def question(self, name: str) -> str:
        """Return what a question asks for."""
        return CONTACT_WORDS.get(name) or capital(self.playbook.fact_name(name))


def section(
    heading: str, table: Table, *, chart: report_charts.Bars | report_charts.Lines | None = None, points: Sequence[str] = ()
) -> Section:
    """A section with its table; where there are no rows, it says that there is not enough data yet."""
    if not table.rows:
        return Section(heading, [f"{NOT_ENOUGH.capitalize()}."])
    return Section(heading, chart=chart, table=table, points=points)


def interval(share: Share) -> tuple[float, float] | None:
    """Return where the true share is, from 0 to 1."""
    found = share.interval
    return (found[0] / 100, found[1] / 100) if found else None


def between(share: Share) -> str:
    """Return the interval of a share in words; a dash where there is too little to say."""
    found = share.interval
    return f"{found[0]} to {found[1]} %" if found and share.is_enough else "–"


def count(number: int, word: str) -> str:
    """Return "1 lead", "2 leads"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """Return a text with a capital letter."""
    return text[:1].upper() + text[1:]
