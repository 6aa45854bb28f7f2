"""Conditions of a playbook as expressions over a table of leads; never NULL, because `not` must turn them round."""

from collections.abc import Iterable, Mapping
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import ibis
from ibis import ir

from scoring.bulk.columns import CONFIRMED, amount, known
from scoring.conditions import NONE_NAMED, SCORES, Condition, Leaf, as_list, fold_case
from scoring.facts import FACTS, FactKind


def holds(condition: Condition, leads: ir.Table, on: date) -> ir.BooleanValue:
    """Say for each lead whether a condition holds on a day; the columns it asks for (bands, flags, stage) must be there."""
    parts = [_leaf(leaf, leads, on) for leaf in condition.leaves]
    if condition.any_of:
        parts.append(_some(holds(part, leads, on) for part in condition.any_of))
    if condition.none_of is not None:
        parts.append(~holds(condition.none_of, leads, on))
    return _all(parts)


def flag_column(flag: str) -> str:
    """Return the name of the column that says whether a flag is raised."""
    return f"flag {flag}"


def days_from(day: date, days: int) -> date:
    """Return the day so many days later (earlier where negative), at most the last day a date can be.

    >>> days_from(date(2026, 11, 24), 30).isoformat(), days_from(date(2026, 11, 24), 10**9).isoformat()
    ('2026-12-24', '9999-12-31')
    """
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def reaches(leads: ir.Table, fact: str, at_least: Mapping[str, int] | int) -> ir.BooleanValue:
    """Say for each lead whether a size or an amount is at least as large as a limit; unknown never is."""
    if isinstance(at_least, int):
        return _sure(amount(leads, fact) >= at_least)
    some = _some(leads[f"{fact}_{unit}"].fill_null(0) >= limit for unit, limit in at_least.items())
    return known(leads, fact) & some


def names(held: ir.ArrayValue, word: str) -> ir.BooleanValue:
    """Say for each lead whether a list fact names a word; an unknown list does not."""
    return _sure(held.contains(word))


def _leaf(leaf: Leaf, leads: ir.Table, on: date) -> ir.BooleanValue:
    key = leaf.key
    if key in FACTS:
        return _fact(key, leaf.wanted, leads, on)
    wanted = [str(name) for name in as_list(leaf.wanted)]
    if key == "signals":
        return _some(leads[f"signal_{kind}"].notnull() for kind in wanted)
    if key == "known":
        return _all(known(leads, fact) for fact in wanted)
    if key == "unknown":
        return _all(~known(leads, fact) for fact in wanted)
    if key == "confirmed":
        return _all(names(leads[CONFIRMED], fact) for fact in wanted)
    if key == "flags":
        return _some(leads[flag_column(flag)] for flag in wanted)
    return leads[f"{key}_band" if key in SCORES else key].isin(wanted)


def _fact(fact: str, wanted: Any, leads: ir.Table, on: date) -> ir.BooleanValue:
    kind = FACTS[fact]
    if kind is FactKind.SIZE:
        return reaches(leads, fact, wanted["at_least"])
    if kind is FactKind.AMOUNT:
        low, high = wanted.get("at_least", 0), wanted.get("at_most")
        dollars = amount(leads, fact)
        return _sure(dollars >= low if high is None else dollars.between(low, high))
    if kind is FactKind.DATE:
        return _date(leads[fact], wanted, on)
    values = [str(name) for name in as_list(wanted)]
    if kind is FactKind.LIST:
        return _list(leads[fact], values)
    if kind is FactKind.TEXT:  # See conditions.fold_case.
        folded = leads[fact].translate(ascii_uppercase, ascii_lowercase)
        return _sure(folded.isin([fold_case(value) for value in values]))
    return _sure(leads[fact].isin(values))


def _list(held: ir.ArrayValue, values: list[str]) -> ir.BooleanValue:
    parts = [names(held, value) for value in values if value != NONE_NAMED]
    if NONE_NAMED in values:
        parts.append(_sure(held.length() == 0))
    return _some(parts)


def _date(day: ir.DateValue, wanted: Mapping[str, int], on: date) -> ir.BooleanValue:
    parts = [day.notnull()]
    if "within_days" in wanted:
        parts += [day >= on, day <= days_from(on, wanted["within_days"])]
    if "beyond_days" in wanted:
        parts.append(day > days_from(on, wanted["beyond_days"]))
    return _sure(_all(parts))


def _sure(claim: ir.BooleanValue) -> ir.BooleanValue:
    return claim.fill_null(False)


def _all(parts: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    found = list(parts)
    return ibis.and_(*found) if found else ibis.literal(True)


def _some(parts: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return ibis.or_(*parts)
