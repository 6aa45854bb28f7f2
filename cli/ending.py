"""How a command ends badly, and the option for data: the same for every command."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, NoReturn

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PROBLEMS, USED_WRONGLY = 1, 2


def read_day(text: str) -> date:
    """Return a day of the command line.

    Raises:
        BadParameter: no day of the calendar.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"expected a day, found '{text}'. Write e.g. 2027-03-01") from None


OnDay = Annotated[date | None, typer.Option("--on", parser=read_day, metavar="YYYY-MM-DD", help="Score as of this day.")]


def fail(text: str, code: int = PROBLEMS) -> NoReturn:
    """End with a sentence on standard error."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
