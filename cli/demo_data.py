"""`leadtriage demo-data`: an invented half-year of chats, leads and decisions to look at, marked as demo; and out again."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.ending import AsJson, fail

if TYPE_CHECKING:
    from wiring.build import Application

BY = "leadtriage demo-data"
ENQUIRIES_A_COMMIT = 250


def demo_data(
    leads: Annotated[int, typer.Option(min=20, max=20_000, help="How many leads to make.")] = 1500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people and decisions.")] = 7,
    remove: Annotated[bool, typer.Option("--remove", help="Take all demo data out again; nothing else is touched.")] = False,
    beside_real_leads: Annotated[bool, typer.Option("--beside-real-leads", help="Also where there are leads that are no demo.")] = False,
    json_: AsJson = False,
) -> None:
    """Make a believable half-year to look at: invented people (@….example) who chat, fill in forms, are accepted and rejected.

    They go through the real dialogue, scoring and decisions of the playbook in use, and every page says that they are a demo.
    """
    from store.database import migrate
    from store.demo_rows import counts
    from wiring.build import build

    application = build()
    migrate(application.engine)
    if remove:
        _remove(application, json_)
        return
    demo, real = counts(application.engine)
    if demo:
        fail(f"There are {demo:,} demo leads already. `leadtriage demo-data --remove` takes them out.")
    if real and not beside_real_leads:
        fail(
            f"There are {real:,} leads in this database that are no demo, and reports would count the demo with them. "
            "Use another DATABASE_URL, or say --beside-real-leads."
        )
    _make(application, leads, seed, json_)


def _make(application: Application, leads: int, seed: int, as_json: bool) -> None:
    from leads.demo_data.make import make
    from store.demo_rows import put_in
    from store.question_counts import count_questions

    began, now = time.perf_counter(), application.now()
    waiting: list[Any] = []
    stages: Counter[str] = Counter()
    enquiries = 0
    made = make(application.script, _responses(), leads=leads, seed=seed, now=now)
    with typer.progressbar(length=leads, label="Half a year", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for records, lead in made:
            waiting += records
            enquiries += 1
            if lead is not None:
                stages[lead.stage] += 1
                bar.update(1)
            if enquiries % ENQUIRIES_A_COMMIT == 0:
                put_in(application.engine, waiting)
                waiting = []
    put_in(application.engine, waiting)
    count_questions(application.engine, quiet_before=now - timedelta(minutes=application.settings.quiet_minutes), now=now)
    _note(application, f"made {stages.total()} leads")
    seconds = round(time.perf_counter() - began, 1)
    if as_json:
        typer.echo(json.dumps({"enquiries": enquiries, "leads": stages.total(), "stages": dict(stages), "seconds": seconds}))
        return
    typer.echo(
        f"Made {stages.total():,} demo leads of {enquiries:,} enquiries in {seconds} s: "
        + ", ".join(f"{number:,} {stage}" for stage, number in stages.most_common())
        + "."
    )
    typer.echo("The console shows them, each marked as demo; the reports are at /console/reports. --remove takes them out again.")


def _remove(application: Application, as_json: bool) -> None:
    from leads.demo_data.talk import VISITOR
    from store.demo_rows import take_out

    leads, conversations = take_out(application.engine, visitors=VISITOR)
    if leads or conversations:
        _note(application, f"removed {leads} leads")
    if as_json:
        typer.echo(json.dumps({"removed_leads": leads, "removed_conversations": conversations}))
        return
    typer.echo(
        f"Took out {leads:,} demo leads and {conversations:,} conversations." if leads or conversations else "There is no demo data."
    )


def _note(application: Application, words: str) -> None:
    from leads import audit

    with application.unit() as unit:
        audit.note(unit, "demo_data", by=BY, now=application.now(), detail=words)
        unit.commit()


def _responses() -> Mapping[str, str]:
    """The bot's words by response, as the website shows them."""
    from ruamel.yaml import YAML

    from wiring.settings import ROOT

    yaml, words = YAML(typ="safe"), {}
    for file in sorted((ROOT / "domain/responses").glob("*.yml")):
        for name, ways in yaml.load(file)["responses"].items():
            words[name] = next(way["text"] for way in ways if "channel" not in way)
    return words
