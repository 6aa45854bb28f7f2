"""`leadtriage playbook publish` and `history`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.ending import USED_WRONGLY, AsJson, fail
from cli.playbooks_at_hand import SAME_DAY, WHERE_SCENARIOS_STAND, print_problems, run_scenarios

Scenarios = Annotated[
    Path | None, typer.Option(help="A folder of scenarios to run; else `scenarios` beside the file.", file_okay=False, exists=True)
]


def publish_playbook(
    file: Annotated[Path | None, typer.Argument(help="The playbook.", exists=True, dir_okay=False)] = None,
    author: Annotated[str, typer.Option(help="Who publishes it.")] = "",
    note: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    again: Annotated[str | None, typer.Option(metavar="DIGEST|VERSION", help="Instead of a file: a version that was used before.")] = None,
    name: Annotated[str | None, typer.Option(help="With --again: of this playbook.")] = None,
    scenarios: Scenarios = None,
    no_scenarios: Annotated[bool, typer.Option("--no-scenarios", help="Publish although no scenario was run.")] = False,
) -> None:
    """Check a playbook and make it the one in use: new conversations go by it, those that have begun keep theirs."""
    from leads.playbooks_in_use import keep_files
    from leads.publishing import CannotPublish, kept_before, publish
    from scoring.check import check_playbook
    from scoring.diff import without_new_day
    from scoring.playbook import PlaybookError, load_playbook, parse_playbook
    from store.database import migrate
    from wiring.build import build

    if (file is None) == (again is None):
        fail("Name a file, or an older version with --again.", USED_WRONGLY)
    if not author.strip() or not note.strip():
        fail("Say who publishes this and why: --author NAME --note TEXT.", USED_WRONGLY)
    if scenarios and no_scenarios:
        fail("Give --scenarios or --no-scenarios, not both.", USED_WRONGLY)
    application = build()
    ran, same_day = 0, list[str]()
    try:
        files = application.playbook_files
        migrate(application.engine)
        if file is not None:
            print_problems(list(check_playbook(file)))
            playbook = load_playbook(file)
            ran = 0 if no_scenarios else run_scenarios(file, scenarios)
            if not ran and not no_scenarios:
                fail(f"Nothing was published, because no scenarios were run: {WHERE_SCENARIOS_STAND}. --no-scenarios publishes without.")
        with application.unit() as unit:
            keep_files(unit, files, at=application.now())  # what is replaced now can be published again
            before = application.playbooks.named(playbook.name) if file else None
            same_day = without_new_day(before, playbook) if before else []
            if file is None:
                kept = kept_before(unit, again or "", name=name)
                playbook = parse_playbook(kept.text, kept.file)
            publish(unit, playbook, files=files, by=author, note=note, at=application.now(), again=file is None)
            unit.commit()
    except (CannotPublish, PlaybookError) as error:
        fail(str(error))
    typer.echo(f"{playbook.name} {playbook.version} ({playbook.digest}) is in use from now on, published by {' '.join(author.split())}.")
    if file is not None:
        typer.echo(f"{ran} scenarios hold." if ran else "No scenarios were run.")
    if same_day:
        typer.echo(f"{SAME_DAY} {', '.join(same_day)}.")
    typer.echo("New conversations go by it within seconds; those that have begun keep theirs.")


def show_history(json_: AsJson = False) -> None:
    """List the versions that were published or used as a file: when, by whom and why."""
    from leads.publishing import history
    from scoring.playbook import PlaybookError
    from store.database import is_prepared, migrate
    from wiring.build import build

    application = build()
    try:
        files = application.playbook_files
    except PlaybookError as error:
        fail(str(error))
    lines = []
    if is_prepared(application.engine):
        migrate(application.engine)
        with application.unit(read_only=True) as unit:
            lines = history(unit, files=files)
    if json_:
        typer.echo(json.dumps([asdict(line) | {"at": line.at.isoformat()} for line in lines], indent=2, ensure_ascii=False))
        return
    if not lines:
        typer.echo("Nothing was published yet: the files of the settings are in use.")
    for line in lines:
        mark, when = "*" if line.in_use else " ", f"{line.at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{mark} {when}  {line.name} {line.version}  {line.digest}  {line.by}: {line.note}")
    if any(line.in_use for line in lines):
        typer.echo("* in use for new conversations")
