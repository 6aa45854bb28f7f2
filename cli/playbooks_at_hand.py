"""The playbooks a command works with: a file, what is in use, and the text a stored lead was scored by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.ending import fail

if TYPE_CHECKING:
    from leads.records import Lead
    from scoring.playbook import Playbook
    from wiring.build import Application


def playbook_of(file: Path) -> Playbook:
    """Return the playbook of a file; a broken one ends the command with its problems."""
    from scoring.playbook import PlaybookError, load_playbook

    try:
        return load_playbook(file)
    except PlaybookError as error:
        fail(str(error))


def in_use(application: Application) -> Playbook:
    """Return the default playbook in use; broken ones end the command with their problems."""
    from scoring.playbook import PlaybookError

    try:
        return application.playbooks.choose()
    except PlaybookError as error:
        fail(str(error))


def scored_by(application: Application, lead: Lead) -> tuple[Playbook, bool]:
    """Return the very text a lead was scored by and True; the one in use and False where that text was not kept."""
    kept = application.playbooks.by_digest(lead.playbook.get("digest", ""))
    return (kept, True) if kept else (application.playbooks.of_lead(lead), False)


def print_problems(problems: list[Any]) -> None:
    """Print each problem and end the command, if there is any."""
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)


def scenarios_of(file: Path, folder: Path | None) -> Path | None:
    """Return the folder whose scenarios belong to a playbook: the one named, else `scenarios` beside the file.

    Those of the playbook that comes with LeadTriage are in tests/scenarios.
    """
    from scoring.playbook import DEFAULT_PLAYBOOK
    from wiring.settings import ROOT

    if folder is not None:
        return folder
    beside = file.resolve().parent / "scenarios"
    if beside.is_dir():
        return beside
    return ROOT / "tests/scenarios" if file.resolve() == DEFAULT_PLAYBOOK.resolve() else None
