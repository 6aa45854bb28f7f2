"""Score, stage and route a whole table of leads as scoring.engine.assess does with one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
from ibis import ir

from scoring.bulk.columns import KEY, with_all_columns
from scoring.bulk.conditions import days_from, flag_column, holds
from scoring.bulk.points import coverage_percent, points
from scoring.bulk.steps import worked_out
from scoring.compiled import Rule
from scoring.facts import SIGNALS
from scoring.playbook import Playbook
from scoring.score_rules import ScoreRules

STAGE_AT, ROUTE_AT = "stage_at", "route_at"  # Positions of the rules that decide.


def rescore(leads: ir.Table, playbook: Playbook, *, on: date) -> ir.Table:
    """Return a table with one row for each lead: what assess would decide about it on the day `on`.

    Nothing is run yet: the result is an Ibis expression, to be executed where the leads are or joined with more.

    Args:
        leads: any Ibis table with the columns of lead_columns; see stored_leads for leads as the product keeps them.
        on: the day signals and dates are measured from.
    Returns:
        Table: `id`; for fit, intent and readiness `<score>_points` 0-100, `<score>_band`, `<score>_coverage` 0-1;
            `flags`, the ids of the raised ones in the order of the playbook; `stage` (at most mql), `stage_rule`, `route`,
            `route_rule`, `queue`, `priority`.
    Raises:
        WrongColumn: a column that is no fact and no signal, or of another type.
    """
    compiled = playbook.compiled
    table = with_all_columns(leads)
    table = table.mutate(**{f"signal_{kind}": _live(table, kind, compiled.signal_life_days, on) for kind in SIGNALS})
    scores = {_points(score): points(score, table, on) for score in compiled.scores}
    percents = {_percent(score): coverage_percent(score, table) for score in compiled.scores}
    table = worked_out(table.mutate(**scores, **percents))
    table = table.mutate(**{_band(score): _band_of(table[_points(score)], score) for score in compiled.scores})
    table = table.mutate(**{flag_column(rule.block.id): holds(rule.when, table, on) for rule in compiled.flags})
    table = worked_out(table.mutate(**{STAGE_AT: _first(compiled.stages, table, on)}))
    table = table.mutate(stage=_pick(table[STAGE_AT], [rule.block.stage for rule in compiled.stages]))
    table = worked_out(table.mutate(**{ROUTE_AT: _first(compiled.routes, table, on)}))
    return table.select(KEY, **_score_columns(table, compiled.scores), **_decision_columns(table, playbook, on))


def _live(table: ir.Table, kind: str, life_days: int | None, on: date) -> ir.DateValue:
    """Return the day of a signal that has happened and still counts, else NULL; see CompiledPlaybook.live_signals."""
    day = table[f"signal_{kind}"]
    counts = day <= on
    if life_days is not None:
        counts = counts & (day > days_from(on, -life_days))
    return counts.ifelse(day, ibis.null("date"))


def _points(score: ScoreRules) -> str:
    return f"{score.name}_points"


def _percent(score: ScoreRules) -> str:
    return f"{score.name}_percent"


def _band(score: ScoreRules) -> str:
    return f"{score.name}_band"


def _band_of(given: ir.IntegerValue, score: ScoreRules) -> ir.StringValue:
    return ibis.cases((given >= score.high, "high"), (given >= score.medium, "medium"), else_="low")


def _first(rules: Sequence[Rule[Any]], table: ir.Table, on: date) -> ir.IntegerValue:
    """Return the position of the first rule that holds; the last of a checked playbook always does."""
    last = len(rules) - 1
    if not last:
        return ibis.literal(0)
    return ibis.cases(*((holds(rule.when, table, on), at) for at, rule in enumerate(rules[:-1])), else_=last)


def _pick(at: ir.IntegerValue, words: Sequence[str]) -> ir.StringValue:
    """Return the word at a position."""
    return at.cases(*enumerate(words), else_=ibis.null("string"))


def _score_columns(table: ir.Table, scores: Sequence[ScoreRules]) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for score in scores:
        found |= {_points(score): table[_points(score)], _band(score): table[_band(score)]}
        found[f"{score.name}_coverage"] = table[_percent(score)] / 100
    return found


def _decision_columns(table: ir.Table, playbook: Playbook, on: date) -> dict[str, ir.Value]:
    compiled = playbook.compiled
    at, routes = table[ROUTE_AT], [rule.block for rule in compiled.routes]
    flags = [table[flag_column(rule.block.id)].ifelse(rule.block.id, ibis.null("string")) for rule in compiled.flags]
    return {
        "flags": ibis.array(flags).filter(lambda flag: flag.notnull()),
        "stage": table["stage"],
        "stage_rule": _pick(table[STAGE_AT], [rule.block.id for rule in compiled.stages]),
        "route": _pick(at, [block.route for block in routes]),
        "route_rule": _pick(at, [block.id for block in routes]),
        "queue": _queue(table, playbook, on),
        "priority": at.isin([position for position, block in enumerate(routes) if block.priority]),
    }


def _queue(table: ir.Table, playbook: Playbook, on: date) -> ir.StringValue:
    """Return the queue: that of the routing rule, else the first of the route whose rule holds; see engine.queue_for."""
    at, routes = table[ROUTE_AT], [rule.block for rule in playbook.compiled.routes]
    last = _pick(at, [block.queue or playbook.routes[block.route].queue for block in routes])
    found = []
    for route, rules in playbook.compiled.queues.items():
        positions = [position for position, block in enumerate(routes) if block.route == route and not block.queue]
        found += [(at.isin(positions) & holds(rule.when, table, on), rule.block.queue) for rule in rules[:-1] if positions]
    return ibis.cases(*found, else_=last) if found else last
