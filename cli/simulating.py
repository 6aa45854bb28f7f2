"""`leadtriage playbook simulate`: who of the stored leads would change, before a playbook is published or a question is dropped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.ending import USED_WRONGLY, AsJson, OnDay, fail
from cli.playbooks_at_hand import in_use, playbook_called

if TYPE_CHECKING:
    from scoring.playbook import Playbook
    from store.lead_rows import LeadRows
    from wiring.build import Application

# What a person has decided about a lead stays: rules move neither its stage nor its route, so its queue stays too.
DECIDED_BY_PEOPLE = ("stage", "route", "queue")


@dataclass(frozen=True)
class Simulation:
    """What would change. changed: by lead, from what to what. why: sentences for the few leads that are shown."""

    leads: int
    taken: int
    other_texts: int
    changed: dict[str, dict[str, tuple[str, str]]]
    why: dict[str, list[str]]

    def counts(self, what: str) -> Counter[tuple[str, str]]:
        """Return how many leads change from which to which, of a band, the stage, the route or the queue."""
        return Counter(moves[what] for moves in self.changed.values() if what in moves)


def simulate_playbook(
    new: Annotated[str | None, typer.Argument(metavar="[FILE|VERSION]", help="The new playbook; the one in use if left out.")] = None,
    against: Annotated[str | None, typer.Option(metavar="FILE|VERSION", help="Compare with this, not with the one in use.")] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="FACT", help="As if this was never asked; may be repeated.")] = None,
    on: OnDay = None,
    show: Annotated[int, typer.Option(min=0, help="Of so many leads, say what made the change.")] = 10,
    json_: AsJson = False,
) -> None:
    """Say who of the stored leads would change band, stage, route or queue. Only reads: nothing is stored or published.

    With --without the playbook is compared with itself, so that only the question makes the difference.
    """
    from scoring.facts import FACTS, did_you_mean
    from wiring.build import build

    facts = list(dict.fromkeys(without or ()))
    for fact in facts:
        if fact not in FACTS:
            fail(f"--without: expected a fact, found '{fact}'.{did_you_mean(fact, FACTS)}", USED_WRONGLY)
    if new is None and not facts:
        fail("Nothing to compare: name a playbook, or a question to drop with --without.", USED_WRONGLY)
    application = build()
    default = in_use(application)
    old = playbook_called(against) if against else None
    after = playbook_called(new) if new else old or default
    before = old or (after if facts else application.playbooks.named(after.name) or default)
    day = on or application.now().date()
    found = _simulate(application, before, after, facts, day, show)
    if json_:
        typer.echo(json.dumps(_data(found, before, after, facts, day), indent=2, ensure_ascii=False))
    else:
        _print(found, before, after, facts, day)


def _simulate(application: Application, old: Playbook, new: Playbook, without: Sequence[str], on: date, show: int) -> Simulation:
    from leads.qualification import MOVED_BY_RULES
    from store.database import is_prepared
    from store.lead_rows import read_lead_rows

    if not is_prepared(application.engine):
        return Simulation(0, 0, 0, {}, {})
    rows = read_lead_rows(application.engine, old.name, moved_by_rules=MOVED_BY_RULES)
    others = sum(number for digest, number in rows.scored_by.items() if digest != old.digest)
    changed = _changed(rows, old, new, without, on) if rows.leads else {}
    shown = sorted(changed, key=lambda lead: (*(what not in changed[lead] for what in ("route", "stage", "queue")), lead))[:show]
    return Simulation(len(rows.leads), len(rows.taken), others, changed, _reasons(application, shown, old, new, without, on))


def _changed(rows: LeadRows, old: Playbook, new: Playbook, without: Sequence[str], on: date) -> dict[str, dict[str, tuple[str, str]]]:
    import warnings

    from scoring.bulk import DECISIONS, changes, stored_leads, tables_of_rows

    leads = stored_leads(*tables_of_rows(rows.leads, rows.signals), on=on)
    with warnings.catch_warnings():  # Ibis 12 asks DuckDB for its results by a name that DuckDB 1.5 warns about.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = changes(leads, old, new, on=on, without=without).to_pyarrow().to_pylist()
    changed = {}
    for row in found:
        moves = {what: (row[f"old_{what}"], row[f"new_{what}"]) for what in DECISIONS if row[f"old_{what}"] != row[f"new_{what}"]}
        if row["id"] in rows.taken:
            moves = {what: move for what, move in moves.items() if what not in DECIDED_BY_PEOPLE}
        if moves:
            changed[row["id"]] = moves
    return changed


def _reasons(
    application: Application, shown: Sequence[str], old: Playbook, new: Playbook, without: Sequence[str], on: date
) -> dict[str, list[str]]:
    from leads import qualification
    from scoring.change_reasons import change_reasons
    from scoring.engine import assess

    why = {}
    with application.unit(read_only=True) as unit:
        for lead_id in shown:
            lead = unit.leads.get(lead_id)
            if lead is None:  # erased meanwhile
                continue
            answers, signals = qualification.answers_of(lead), qualification.signals_of(unit.signals.of(lead_id))
            before = assess(answers, signals, old, on=on)
            after = assess({fact: answer for fact, answer in answers.items() if fact not in without}, signals, new, on=on)
            why[lead_id] = change_reasons(before, after, old, new)
    return why


def _print(found: Simulation, old: Playbook, new: Playbook, without: Sequence[str], on: date) -> None:
    dropped = f" without {', '.join(without)}" if without else ""
    typer.echo(f"{new.name} {new.version} ({new.digest}){dropped} against {old.name} {old.version} ({old.digest}), as of {on}.")
    if not found.leads:
        typer.echo(f"There are no stored leads of the playbook {old.name} yet, so nobody would change.")
        return
    for sentence in _totals(found):
        typer.echo(sentence)
    for what in _kinds():
        if counts := found.counts(what):
            typer.echo(f"\n{what.capitalize()}")
            for (was, now), number in counts.most_common():
                typer.echo(f"  {number:6,}  {was} -> {now}")
    if found.why:
        typer.echo(f"\nLeads ({len(found.why)} of {len(found.changed)} that change)")
    for lead, sentences in found.why.items():
        moves = ", ".join(f"{what} {was} -> {now}" for what, (was, now) in found.changed[lead].items())
        typer.echo(f"  {lead}  {moves}")
        for sentence in sentences:
            typer.echo(f"    {sentence}")


def _totals(found: Simulation) -> list[str]:
    said = []
    of = f"Of {found.leads:,} {'lead' if found.leads == 1 else 'leads'}"
    for what in ("route", "stage", "queue"):
        counts = found.counts(what)
        moves = ", ".join(f"{number:,} {was} -> {now}" for (was, now), number in counts.most_common())
        said.append(f"{of} {counts.total():,} would change {what}{f': {moves}' if moves else ''}.")
    bands = sum(1 for moves in found.changed.values() if moves.keys() - set(DECIDED_BY_PEOPLE))
    said.append(f"{of} {bands:,} would change a band.")
    if found.taken:
        said.append(f"{found.taken:,} were taken or given back by sales: they keep their stage and route.")
    if found.other_texts:
        said.append(f"{found.other_texts:,} were last scored by another version; here both playbooks score them anew.")
    return said


def _kinds() -> Sequence[str]:
    from scoring.bulk import DECISIONS

    return list(DECISIONS)


def _data(found: Simulation, old: Playbook, new: Playbook, without: Sequence[str], on: date) -> Mapping[str, Any]:
    named = {"old": old, "new": new}
    return {
        **{key: {"name": each.name, "version": each.version, "digest": each.digest} for key, each in named.items()},
        "on": on.isoformat(), "without": list(without), "leads": found.leads, "kept_by_people": found.taken,
        "scored_by_other_versions": found.other_texts, "changed": len(found.changed),
        "changes": {
            what: [_move(was, now) | {"leads": number} for (was, now), number in found.counts(what).most_common()] for what in _kinds()
        },
        "shown": [
            {"id": lead, "changes": {what: _move(*move) for what, move in found.changed[lead].items()}, "why": sentences}
            for lead, sentences in found.why.items()
        ],
    }


def _move(was: str, now: str) -> dict[str, Any]:
    return {"old": was, "new": now}
