"""The playbooks a command works with: a file, what is in use, and the text a stored lead was scored by."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cli.ending import USED_WRONGLY, fail

WHERE_SCENARIOS_STAND = "put them into a folder `scenarios` beside the file, or name one with --scenarios"
SAME_DAY = "Changed, but still with the `since` of before (give each the day it applies from):"

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


def text_of(application: Application, word: str, *, name: str | None = None) -> tuple[str, str]:
    """Return text and file name of a playbook that was published or used before, by its version or the beginning of its digest.

    A version that is not known ends the command.
    """
    from leads.publishing import CannotPublish, kept_before
    from store.database import is_prepared

    refused = f"There is no stored version or digest '{word}'. `leadtriage playbook history` lists them."
    if is_prepared(application.engine):
        try:
            with application.unit(read_only=True) as unit:
                kept = kept_before(unit, word, name=name)
                return kept.text, kept.file
        except CannotPublish as error:
            refused = str(error)
    # The file of the settings is kept once a lead was scored by it; until then it is only a file.
    files = [each for each in _files(application) if word in (each.version, each.digest) and name in (None, each.name)]
    if len(files) == 1:
        return files[0].source.text, files[0].file
    fail(refused)


def playbook_called(word: str) -> Playbook:
    """Return the playbook of a file, or of a version or digest that was published or used before.

    What is neither ends the command, as does a text that cannot be loaded.
    """
    from scoring.playbook import PlaybookError, parse_playbook
    from wiring.build import build

    file = Path(word)
    if file.is_file():
        return playbook_of(file)
    if file.suffix in (".yml", ".yaml") or file.name != word:
        fail(f"There is no file {word}.", USED_WRONGLY)
    try:
        return parse_playbook(*text_of(build(), word))
    except PlaybookError as error:
        fail(str(error))


def _files(application: Application) -> Sequence[Playbook]:
    from scoring.playbook import PlaybookError

    try:
        return application.playbook_files
    except PlaybookError:
        return ()


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

    Those of the playbook that comes with LeadTriage, and of whatever has its name, are in tests/scenarios.
    """
    from wiring.settings import ROOT

    if folder is not None:
        return folder
    beside = file.resolve().parent / "scenarios"
    if beside.is_dir():
        return beside
    return ROOT / "tests/scenarios" if playbook_of(file).name == "default" else None


def run_scenarios(file: Path, named: Path | None) -> int:
    """Run the scenarios of a playbook and return how many there are; one that does not hold ends the command.

    Args:
        named: the folder somebody named; see scenarios_of.
    """
    from scoring.playbook import PlaybookError
    from scoring.scenarios import check_scenarios, read_scenarios
    from wiring.settings import ROOT

    folder = scenarios_of(file, named)
    if folder is None:
        return 0
    try:
        found = read_scenarios(folder)
    except PlaybookError as error:
        fail(str(error))
    problems = check_scenarios(found, playbook_of(file))
    if problems and folder != named and folder != file.resolve().parent / "scenarios":
        meant = f"If the change is meant, copy {folder.relative_to(ROOT)} to `scenarios` beside {file.name} and correct them there."
        typer.echo(f"These are the scenarios of the default playbook. {meant}")
    print_problems(problems)
    return len(found)
