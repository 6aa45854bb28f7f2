"""The columns of a table of leads: one for each fact, more for sizes and amounts, one for each kind of signal."""

from collections.abc import Mapping
from functools import cache

import ibis
import ibis.expr.datatypes as dt
from ibis import ir

from scoring.facts import AMOUNT_KEYS, FACTS, SIGNALS, SIZE_KEYS, FactKind, did_you_mean

KEY = "id"
CONFIRMED = "confirmed"


class WrongColumn(ValueError):
    """The table of leads cannot be scored; each line of the message is one mistake."""


def fact_type(fact: str) -> dt.DataType:
    """Return the type of a fact's value; a struct for sizes and amounts, which have a column for each of its fields."""
    kind = FACTS[fact]
    if kind is FactKind.SIZE:
        return dt.Struct(dict.fromkeys(SIZE_KEYS, dt.int64))
    if kind is FactKind.AMOUNT:
        return dt.Struct(dict.fromkeys(AMOUNT_KEYS, dt.float64))
    if kind is FactKind.LIST:
        return dt.Array(dt.string)
    return dt.date if kind is FactKind.DATE else dt.string


def columns_of(fact: str) -> Mapping[str, dt.DataType]:
    """Return the columns that hold a fact, with their types: several for sizes and amounts, else one of its name."""
    found = fact_type(fact)
    return {f"{fact}_{field}": kind for field, kind in found.items()} if found.is_struct() else {fact: found}


@cache
def lead_columns() -> Mapping[str, dt.DataType]:
    """Return every column a table of leads may have, with its type; only `id` must be there, of any type.

    A fact has a column of its name: text for closed and free-text facts, a day for dates, a list of text for list facts
    (an empty one means known to be none). org_size has a whole number for each unit (`org_size_sites`, ...), budget_amount
    has `budget_amount_min` and `budget_amount_max` in US dollars a year. `signal_<kind>` is the day the newest signal of
    a kind happened, not later than the day the leads are scored on. `confirmed` lists the facts a person confirmed.
    NULL and a missing column mean unknown.
    """
    columns: dict[str, dt.DataType] = {KEY: dt.unknown}
    for fact in FACTS:
        columns |= columns_of(fact)
    columns |= {f"signal_{kind}": dt.date for kind in SIGNALS}
    columns[CONFIRMED] = dt.Array(dt.string)
    return columns


def with_all_columns(leads: ir.Table) -> ir.Table:
    """Return the table with every column of lead_columns; those it lacks are NULL.

    Raises:
        WrongColumn: a column that no fact or signal has, one of another type, or no `id`; every mistake in one run.
    """
    allowed = lead_columns()
    mistakes = [] if KEY in leads.columns else [f"expected a column '{KEY}' that names each lead, found none."]
    for name, found in leads.schema().items():
        wanted = allowed.get(name)
        if wanted is None:
            mistakes.append(f"unknown column '{name}'.{did_you_mean(name, allowed)} Select facts and signals only.")
        elif name != KEY and not _fits(found, wanted):
            mistakes.append(f"column '{name}': expected {wanted}, found {found}. Cast it.")
    if mistakes:
        raise WrongColumn("\n".join(mistakes))
    return leads.mutate({name: ibis.null(kind) for name, kind in allowed.items() if name not in leads.columns})


def _fits(found: dt.DataType, wanted: dt.DataType) -> bool:
    if found.is_null():
        return True
    if wanted.is_array():
        return bool(found.is_array() and (found.value_type.is_string() or found.value_type.is_null()))
    if wanted.is_numeric():
        return bool(found.is_numeric())
    return bool(found.is_date() if wanted.is_date() else found.is_string())


def known(leads: ir.Table, fact: str) -> ir.BooleanValue:
    """Say for each lead whether a fact is known."""
    return ibis.or_(*(leads[column].notnull() for column in columns_of(fact)))


def amount(leads: ir.Table, fact: str) -> ir.FloatingValue:
    """Return the one number an amount is judged by: its upper bound, else its lower; see conditions.amount_of."""
    return ibis.coalesce(leads[f"{fact}_max"], leads[f"{fact}_min"])
