"""A table of a report: shown on its page and given out as CSV, from the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from leads.reports.figures import Share


@dataclass(frozen=True)
class Span:
    """A length of time: in words on the page, in minutes as CSV."""

    minutes: int | None
    words: str


type Cell = str | int | Share | Span | None
# How a spreadsheet tells that a cell is a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """Rows under columns.

    Attributes:
        key: names it in addresses and file names.
        columns: their headings; the first one heads the rows.
        denominators: what the shares are shares of, in a sentence.
        shown: so many rows at most stand on the page; the CSV has all of them.
    """

    key: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    denominators: str = ""
    shown: int = 60
    total: Sequence[Cell] = field(default_factory=tuple)

    def as_csv(self) -> str:
        """Return it as CSV: a share is its part, its whole and the percentage; nothing in it is a formula."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        kinds = [next((type(row[at]) for row in rows if isinstance(row[at], Share | Span)), str) for at in range(len(self.columns))]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([heading for name, kind in zip(self.columns, kinds, strict=True) for heading in _headings(name, kind)])
        for row in rows:
            writer.writerow([safe(part) for cell, kind in zip(row, kinds, strict=True) for part in _parts(cell, kind)])
        return out.getvalue()


def safe(cell: str | int | None) -> str | int:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe goes before what looks like one.

    >>> safe("=HYPERLINK(1)"), safe("spring"), safe(-3), safe(None)
    ("'=HYPERLINK(1)", 'spring', -3, '')
    """
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return "" if cell is None else cell


def _headings(name: str, kind: type) -> list[str]:
    if kind is Share:
        return [name, f"{name}, of", f"{name}, percent"]
    return [f"{name}, minutes"] if kind is Span else [name]


def _parts(cell: Cell, kind: type) -> list[str | int | None]:
    if isinstance(cell, Share):
        return [cell.part, cell.of, cell.percent]
    if isinstance(cell, Span):
        return [cell.minutes]
    return [cell, None, None] if kind is Share else [cell]
