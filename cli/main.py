"""`leadtriage`: every command has --help; exit 0 is fine, 1 found problems, 2 used wrongly."""

from __future__ import annotations

import json
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cli.demo_data import demo_data
from cli.ending import AsJson, fail
from cli.people import key_app, user_app
from cli.playbook import playbook_app
from cli.playbooks_at_hand import in_use, scored_by

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="LeadTriage: qualify healthcare leads.")
lead_app = typer.Typer(no_args_is_help=True, help="Stored leads.")
for name, sub in (("playbook", playbook_app), ("lead", lead_app), ("user", user_app), ("apikey", key_app)):
    app.add_typer(sub, name=name)


app.command("demo-data")(demo_data)


@app.command()
def run() -> None:
    """Start web, rasa, actions and worker, wait until a chat works, and keep them running."""
    from cli.demo import DEMO_FILE, prepare_demo
    from cli.supervisor import CannotStart, Supervisor, check_before_start
    from scoring.problems import PlaybookError
    from store.database import migrate
    from wiring.build import build
    from wiring.faq import FaqError
    from wiring.settings import SettingError

    try:
        application = build()
        check_before_start(application.settings)
        _ = application.playbook_files, application.faq
        migrate(application.engine)
        playbooks = application.playbooks.current()
    except (SettingError, PlaybookError, FaqError, CannotStart) as error:
        fail(str(error))
    settings = application.settings
    login = prepare_demo(application) if settings.demo else None
    supervisor = Supervisor(settings, typer.echo)

    def interrupted(number: int, frame: Any) -> NoReturn:
        supervisor.stop_requested = True  # kept too: an exception out of a signal can be lost in somebody's destructor
        raise KeyboardInterrupt

    # Set for both: a program started in the background by a shell inherits Ctrl-C as ignored.
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    try:
        typer.echo("Starting ...")
        supervisor.start()
        typer.echo(f"Ready. Playbook {', '.join(f'{playbook.name} {playbook.version}' for playbook in playbooks)}.")
        for file in application.playbook_files:
            if file not in playbooks:
                typer.echo(f"  The file {file.file} is not in use: another text of {file.name} was published, see `playbook history`.")
        typer.echo(f"  Landing page with the chat  {settings.base_url}/")
        typer.echo(f"  Console                     {settings.base_url}/console")
        typer.echo(f"  API                         {settings.base_url}/api/docs")
        if login:
            typer.echo(f"  This is a DEMO, on this machine only. Sign in as {login.email}, password {login.password}")
            typer.echo(f"  (also in {DEMO_FILE}, with an API key). A .env ends demo mode.")
        typer.echo("Ctrl-C stops it.")
        sys.stdout.flush()
        supervisor.watch()
    except KeyboardInterrupt:
        typer.echo("\nStopping ...")
    except CannotStart as error:
        fail(str(error))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        supervisor.stop()


@app.command()
def chat(
    url: Annotated[str | None, typer.Option(help="Where LeadTriage runs.")] = None,
    rep: Annotated[bool, typer.Option("--rep", help="With the wording of the call script.")] = False,
) -> None:
    """Hold the same conversation as on the website, in the terminal."""
    from cli.terminal_chat import converse

    sys.exit(converse(url, channel="rep" if rep else "website"))


@app.command()
def interpret(text: str, asked: Annotated[str | None, typer.Option(help="The question it answers.")] = None, json_: AsJson = False) -> None:
    """Read one text and say what was understood; nothing is stored. Needs a running product."""
    from cli.api_client import ApiError, call

    try:
        item = call("POST", "/api/interpret", {"items": [{"id": "1", "text": text, "asked": asked}]})["items"][0]
    except ApiError as error:
        fail(str(error))
    if json_:
        typer.echo(json.dumps(item, indent=2))
        return
    typer.echo(f"act       {item['act']} ({item['confidence']:.2f})")
    for fact, value in item["facts"].items():
        typer.echo(f"fact      {fact}: {value}")
    for fact, guess in item["doubtful"].items():
        typer.echo(f"doubtful  {fact}: {guess['value']} ({guess['confidence']:.2f})")
    if item["redacted"] != text:
        typer.echo(f"after redaction: {item['redacted']}")


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="JSON: {fact: value}, or {facts, signals, on}.", exists=True)], json_: AsJson = False
) -> None:
    """Score the facts of a file and explain the result; nothing is stored."""
    from cli.score_file import ScoreFileError, read_score_file
    from leads.qualification import as_json
    from scoring.engine import assess
    from scoring.explain import explain
    from wiring.build import build

    try:
        answers, signals, on = read_score_file(file, today=date.today())
    except ScoreFileError as error:
        fail(str(error))
    playbook = in_use(build())
    assessment = assess(answers, signals, playbook, on=on)
    if json_:
        typer.echo(json.dumps(as_json(assessment), indent=2, default=str))
        return
    for sentence in explain(assessment, playbook):
        typer.echo(sentence)


@lead_app.command("show")
def lead_show(lead_id: str, json_: AsJson = False) -> None:
    """Show one lead."""
    from leads.presenting import present
    from scoring.facts import FACTS
    from wiring.build import build

    application = build()
    with application.unit(read_only=True) as unit:
        found = unit.leads.get(lead_id)
        if found is None:
            fail(f"There is no lead {lead_id}.")
        lead = present(unit, found)
    if json_:
        typer.echo(json.dumps(lead, indent=2))
        return
    playbook, kept = scored_by(application, found)
    typer.echo(f"{lead['contact'].get('name') or 'Unknown'}, {lead['account']['name'] or 'unknown organisation'}  ({lead['status']})")
    route = lead["route"]
    typer.echo(f"stage {lead['stage']['name']}  route {route['name']}  queue {route['queue']}  respond by {route['respond_by']}")
    for group, result in lead["scores"].items():
        typer.echo(f"{group:10} {result['points']:3} {result['band']:7} known {result['coverage']:.0%}")
    for fact, stored in lead["facts"].items():
        if fact in FACTS:
            typer.echo(f"  {playbook.fact_name(fact)}: {playbook.label(fact, stored['value'])}   \"{stored['quote']}\"")
    for flag in lead["flags"]:
        typer.echo(f"  ! {flag['reason']}")
    typer.echo(f"next step: {lead['next_step']}")
    used = lead["playbook"]
    not_kept = "" if kept else ", whose text was not kept; words are those of the playbook in use"
    typer.echo(f"scored by playbook {used['name']} {used['version']} ({used['digest']}){not_kept}")


@app.command()
def doctor(json_: AsJson = False) -> None:
    """Check the installation and say what is wrong and what to do."""
    from cli.doctor import examine

    findings = examine()
    if json_:
        typer.echo(json.dumps([finding.__dict__ for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}: {finding.said}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
