"""How a command ends badly, and the option for data: the same for every command."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PROBLEMS, USED_WRONGLY = 1, 2


def fail(text: str, code: int = PROBLEMS) -> NoReturn:
    """End with a sentence on standard error."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
