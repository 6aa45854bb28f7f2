"""`leadtriage playbook`: check a playbook, explain a decision, say what changed; publishing and simulating stand beside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.ending import USED_WRONGLY, AsJson, OnDay, fail
from cli.playbooks_at_hand import (
    SAME_DAY,
    WHERE_SCENARIOS_STAND,
    in_use,
    playbook_called,
    playbook_of,
    print_problems,
    run_scenarios,
    scored_by,
    text_of,
)
from cli.publishing import Scenarios, publish_playbook, show_history
from cli.simulating import simulate_playbook

playbook_app = typer.Typer(no_args_is_help=True, help="The playbook.")
playbook_app.command("publish")(publish_playbook)
playbook_app.command("history")(show_history)
playbook_app.command("simulate")(simulate_playbook)
OtherPlaybook = Annotated[Path | None, typer.Option("--playbook", help="Not the one in use, but this.", exists=True, dir_okay=False)]
Which = Annotated[str, typer.Argument(metavar="FILE|VERSION", help="A file, or a version or digest that was published or used before.")]


@playbook_app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE|FOLDER]", help="What to check; what the settings name if left out.", exists=True)
    ] = None,
    scenarios: Scenarios = None,
) -> None:
    """Find every mistake of a playbook, of several in a folder, of answers and vocabularies, as file:line:column; run the scenarios."""
    from scoring.check import check_playbook
    from wiring.faq import FaqError, read_faq
    from wiring.playbook_files import check_playbooks, files_of
    from wiring.settings import read_settings
    from wiring.vocabularies import check_vocabularies

    settings = read_settings()
    places = (file,) if file else settings.playbook
    # One file alone is not compared with others: `serves` is read in the folder it will stand in.
    problems: list[Any] = list(check_playbook(file) if file and file.is_file() else check_playbooks(places))
    if file is None:
        try:
            read_faq(settings.faq)
        except FaqError as error:
            problems += error.problems
        problems += check_vocabularies()
    print_problems(problems)
    files = files_of(places)
    ran = sum(run_scenarios(each, scenarios) for each in files) if scenarios or len(files) == 1 else 0
    typer.echo(f"{', '.join(each.name for each in files)}: no problems{f', {ran} scenarios hold' if ran else ''}.")
    if not ran and len(files) == 1:
        typer.echo(f"No scenarios were run: {WHERE_SCENARIOS_STAND}.")


@playbook_app.command()
def explain(
    lead: Annotated[str, typer.Argument(metavar="FILE|LEAD_ID", help="A JSON file as for `score`, or the id of a stored lead.")],
    playbook: OtherPlaybook = None,
    on: OnDay = None,
    json_: AsJson = False,
) -> None:
    """Explain a decision in sentences: each rule with points, answer, words and line, and why not the other routes."""
    from scoring.explain import explain_in_sections

    assessment, rules, day, stored = _assessed(lead, playbook, on)
    sections = explain_in_sections(assessment, rules)
    used = {"name": rules.name, "version": rules.version, "digest": rules.digest}
    if json_:
        data = {"playbook": used, "on": day.isoformat(), "sections": {section.about: section.sentences for section in sections}}
        typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    typer.echo(f"By playbook {rules.name} {rules.version}, as of {day:%B} {day.day}, {day.year}.")
    why_not = "" if playbook else ", whose text was not kept"
    if stored and stored != used:
        typer.echo(f"The stored score was made by {stored['name']} {stored['version']} ({stored['digest']}){why_not}, so it may differ.")
    for section in sections:
        typer.echo(f"\n{section.about.capitalize()}")
        for text in section.sentences:
            typer.echo(f"  {text}")


def _assessed(lead: str, playbook: Path | None, on: date | None) -> tuple[Any, Any, date, Mapping[str, str] | None]:
    """Return the assessment, the playbook it was made by, the day, and which playbook a stored score was made by."""
    from cli.score_file import ScoreFileError, read_score_file
    from scoring.engine import assess
    from wiring.build import build

    file = Path(lead)
    if not file.is_file():
        if file.suffix or file.name != lead:
            fail(f"There is no file {lead}.", USED_WRONGLY)
        return _stored(lead, playbook, on)
    rules = playbook_of(playbook) if playbook else in_use(build())
    try:
        answers, signals, day = read_score_file(file, today=date.today())
    except ScoreFileError as error:
        fail(str(error))
    return assess(answers, signals, rules, on=on or day), rules, on or day, None


def _stored(lead_id: str, playbook: Path | None, on: date | None) -> tuple[Any, Any, date, Mapping[str, str] | None]:
    from leads import qualification
    from scoring.engine import assess
    from store.database import migrate
    from wiring.build import build

    application = build()
    migrate(application.engine)
    with application.unit(read_only=True) as unit:
        found = unit.leads.get(lead_id)
        if found is None:
            fail(f"There is no lead {lead_id}, and no file of that name.")
        rules = playbook_of(playbook) if playbook else scored_by(application, found)[0]
        day = on or qualification.today_of(found, application.now())
        answers, signals = qualification.answers_of(found), qualification.signals_of(unit.signals.of(lead_id))
        return assess(answers, signals, rules, on=day, not_known=found.not_known), rules, day, dict(found.playbook)


@playbook_app.command("diff")
def diff_playbooks(old: Which, new: Which, json_: AsJson = False) -> None:
    """Say in sentences what changed from one playbook to another."""
    from scoring.diff import diff, without_new_day

    before, after = playbook_called(old), playbook_called(new)
    changes = diff(before, after)
    if json_:
        typer.echo(json.dumps([asdict(change) for change in changes], indent=2, ensure_ascii=False))
        return
    if not changes:
        typer.echo("No change.")
    _print_by_part(changes)
    if same_day := without_new_day(before, after):
        typer.echo(f"\n{SAME_DAY} {', '.join(same_day)}.")


@playbook_app.command("show")
def show_playbook(
    which: Annotated[str, typer.Argument(metavar="VERSION", help="A version or digest that was published or used before; see `history`.")],
    name: Annotated[str | None, typer.Option(help="Of this playbook.")] = None,
) -> None:
    """Print the text of a playbook that was published or used before, as it was: `show 1.0 > old.yml`."""
    from wiring.build import build

    typer.echo(text_of(build(), which, name=name)[0], nl=False)


def _print_by_part(changes: Sequence[Any]) -> None:
    part = None
    for change in changes:
        if change.part != part:
            typer.echo(f"{'' if part is None else chr(10)}{change.part}")
            part = change.part
        typer.echo(f"  {change.sentence} ({change.new or change.old})")
