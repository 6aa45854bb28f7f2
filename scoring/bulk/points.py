"""Point rules of a playbook as expressions over a table of leads: the same whole numbers as scoring.points gives."""

from datetime import date

import ibis
from ibis import ir

from scoring.bulk.columns import known
from scoring.bulk.conditions import days_from, holds, names, reaches
from scoring.conditions import NONE_NAMED
from scoring.facts import FACTS, FactKind
from scoring.points import OTHERWISE, PointRule, SignalRule, TableRule, TierRule, WhenRule
from scoring.score_rules import ScoreRules


def points(score: ScoreRules, leads: ir.Table, on: date) -> ir.IntegerValue:
    """Return the points 0-100 of one score; see ScoreRules.points."""
    total: ir.IntegerValue = ibis.literal(0, "int64")
    for _, most, _, rules in score.groups:
        part = _sum([_rule(rule, leads, on) for rule in rules])
        total = total + (part if most is None else ibis.least(part, most))
    for cap in score.caps:
        total = holds(cap.when, leads, on).ifelse(ibis.least(total, cap.at_most), total)
    return ibis.least(ibis.greatest(total, 0), 100)


def coverage_percent(score: ScoreRules, leads: ir.Table) -> ir.IntegerValue:
    """Return the share of the facts' weight that is known, in whole percent; see score_rules.Tally."""
    if not score.total_weight:
        return ibis.literal(100, "int64")
    weights: dict[str, int] = {}
    for _, _, _, rules in score.groups:
        for rule in rules:
            if rule.weight:
                weights[rule.fact] = weights.get(rule.fact, 0) + rule.weight
    heard = _sum([known(leads, fact).ifelse(weight, 0) for fact, weight in weights.items()])
    return (200 * heard + score.total_weight) // (2 * score.total_weight)


def _sum(parts: list[ir.IntegerValue]) -> ir.IntegerValue:
    total: ir.IntegerValue = ibis.literal(0, "int64")
    for part in parts:
        total = total + part
    return total


def _rule(rule: PointRule, leads: ir.Table, on: date) -> ir.IntegerValue:
    if isinstance(rule, TableRule):
        return _list_table(rule, leads) if FACTS[rule.fact] is FactKind.LIST else _table(rule, leads)
    if isinstance(rule, TierRule):
        tiers = [(reaches(leads, rule.fact, at_least), given) for at_least, given, _ in rule.tiers]
        return ibis.cases(*tiers, else_=0)
    if isinstance(rule, WhenRule):
        return holds(rule.when, leads, on).ifelse(rule.given, 0)
    if isinstance(rule, SignalRule):
        return _signal(rule, leads, on)
    raise TypeError(f"{rule.id}: no query is known for a {type(rule).__name__}.")


def _table(rule: TableRule, leads: ir.Table) -> ir.IntegerValue:
    value = leads[rule.fact]
    lines = [(word, given) for word, given in rule.table.items() if word != OTHERWISE]
    otherwise = rule.table.get(OTHERWISE, 0)
    found = value.cases(*lines, else_=otherwise) if lines else ibis.literal(otherwise)
    return value.notnull().ifelse(found, 0) if otherwise else found


def _list_table(rule: TableRule, leads: ir.Table) -> ir.IntegerValue:
    held, otherwise = leads[rule.fact], rule.table.get(OTHERWISE, 0)
    parts = [
        names(held, word).ifelse(given - otherwise, 0)
        for word, given in rule.table.items()
        if word not in (NONE_NAMED, OTHERWISE) and given != otherwise
    ]
    total = _sum(parts)
    if otherwise:
        total = total + otherwise * held.length().fill_null(0)
    none_named = rule.table.get(NONE_NAMED, 0)
    if none_named:
        total = (held.length() == 0).fill_null(False).ifelse(none_named, total)
    return total if rule.most is None else ibis.least(total, rule.most)


def _signal(rule: SignalRule, leads: ir.Table, on: date) -> ir.IntegerValue:
    day = leads[f"signal_{rule.kind}"]
    steps = [(day <= days_from(on, -7 * weeks), rule.given * percent // 100) for weeks, percent, _ in rule.decay]
    return ibis.cases(*steps, (day.notnull(), rule.given), else_=0)
