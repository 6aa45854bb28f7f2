"""Leads as the product keeps them, facts as JSON and signals in a table of their own, as columns that can be scored."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis import ir

from scoring.bulk.columns import CONFIRMED, KEY, fact_type
from scoring.bulk.steps import backend_of, worked_out
from scoring.facts import FACTS, SIGNALS

DOCUMENT = "document"
JSONB = dt.JSON(binary=True)


class UnknownDatabase(ValueError):
    """Stored leads can be read in DuckDB and PostgreSQL; elsewhere, make the columns of lead_columns yourself."""


def stored_leads(leads: ir.Table, signals: ir.Table, *, on: date) -> ir.Table:
    """Return the columns of lead_columns for leads in the shape of the product's tables `leads` and `signals`.

    Args:
        leads: `id`, and `facts` as JSON (or its text, in DuckDB): `{fact: {"value": ..., "confirmed": ...}}`.
        signals: `lead_id`, `kind` and `at` in UTC; the newest of each kind on or before `on` counts.
        on: the day the leads are scored on.
    Raises:
        UnknownDatabase: the tables are neither in DuckDB nor in PostgreSQL.
    """
    backend = backend_of(leads)
    readers = {"duckdb": _read_in_duckdb, "postgres": _read_in_postgres}
    if backend not in readers:
        raise UnknownDatabase(f"{UnknownDatabase.__doc__} Found {backend or 'a table of no database'}.")
    facts, newest = readers[backend](leads), _newest(signals, on)
    return facts.left_join(newest, facts[KEY] == newest["lead_id"]).drop("lead_id")


def tables_of_rows(leads: Sequence[tuple[str, str]], signals: Sequence[tuple[str, str, datetime]]) -> tuple[ir.Table, ir.Table]:
    """Return rows as the two tables that stored_leads reads, in a DuckDB of their own; for leads of SQLite, or of another machine.

    Args:
        leads: id and the JSON text of facts. signals: lead, kind and moment.
    """
    kept = {"id": pa.array([row[0] for row in leads], pa.string()), "facts": pa.array([row[1] for row in leads], pa.string())}
    done = {name: pa.array([row[at] for row in signals], pa.string()) for at, name in enumerate(("lead_id", "kind"))}
    done["at"] = pa.array([row[2] for row in signals], pa.timestamp("us", "UTC"))
    connection = ibis.duckdb.connect()
    return connection.create_table("leads", pa.table(kept)), connection.create_table("signals", pa.table(done))


def _newest(signals: ir.Table, on: date) -> ir.Table:
    """Return one row for each lead that has signals: the newest day of each kind, nothing after `on`."""
    day = signals["at"].date()
    happened = signals.filter(signals["lead_id"].notnull(), day <= on).mutate(day=day)
    newest = {f"signal_{kind}": happened["day"].max(where=happened["kind"] == kind) for kind in SIGNALS}
    return happened.group_by("lead_id").aggregate(**newest)


def _confirmed(claims: Mapping[str, ir.BooleanValue]) -> ir.ArrayValue:
    """Return the names of the facts whose claim holds."""
    named = [claim.ifelse(fact, ibis.null("string")) for fact, claim in claims.items()]
    return ibis.array(named).filter(lambda fact: fact.notnull())


# --- DuckDB: one function reads each document once, into a struct of the types we name -----------------------------

DUCKDB_NAMES = {dt.string: "VARCHAR", dt.int64: "BIGINT", dt.float64: "DOUBLE", dt.date: "DATE", dt.boolean: "BOOLEAN"}


def _read_in_duckdb(leads: ir.Table) -> ir.Table:
    shape = dt.Struct({fact: dt.Struct({"value": fact_type(fact), "confirmed": dt.boolean}) for fact in FACTS})
    signature = ((leads["facts"].type(), dt.string), shape)
    from_json: Any = ibis.udf.scalar.builtin(_duckdb_from_json, name="from_json", signature=signature)
    read = from_json(leads["facts"], json.dumps(_spelled(shape)))
    table = worked_out(leads.select(KEY, **{DOCUMENT: read}))
    columns: dict[str, ir.Value] = {}
    for fact in FACTS:
        value = table[DOCUMENT][fact]["value"]
        fields = value.names if isinstance(value, ir.StructValue) else None
        columns |= {f"{fact}_{field}": value[field] for field in fields} if fields else {fact: value}
    columns[CONFIRMED] = _confirmed({fact: table[DOCUMENT][fact]["confirmed"].fill_null(False) for fact in FACTS})
    return table.select(KEY, **columns)


def _duckdb_from_json(document, structure):  # type: ignore[no-untyped-def]
    """Stand for DuckDB's function."""


def _spelled(kind: dt.DataType) -> Any:
    """Return a type as DuckDB's from_json wants it spelled."""
    if isinstance(kind, dt.Struct):
        return {field: _spelled(inner) for field, inner in kind.items()}
    return [_spelled(kind.value_type)] if isinstance(kind, dt.Array) else DUCKDB_NAMES[kind]


# --- PostgreSQL: jsonb, and the text at a path ----------------------------------------------------------------------


def _read_in_postgres(leads: ir.Table) -> ir.Table:
    table = worked_out(leads.select(KEY, **{DOCUMENT: leads["facts"].cast(JSONB)}))
    document = table[DOCUMENT]
    columns: dict[str, ir.Value] = {}
    for fact in FACTS:
        kind = fact_type(fact)
        if isinstance(kind, dt.Struct):
            columns |= {f"{fact}_{field}": _text_at_3(document, fact, "value", field).cast(inner) for field, inner in kind.items()}
            continue
        text = _text_at_2(document, fact, "value")
        columns[fact] = text.translate('[]" ', "").split(",") if kind.is_array() else text.cast(kind)
    columns[CONFIRMED] = _confirmed({fact: _text_at_2(document, fact, "confirmed") == "true" for fact in FACTS})
    return table.select(KEY, **columns)


@ibis.udf.scalar.builtin(name="jsonb_extract_path_text", signature=((JSONB, "string", "string"), "string"))
def _text_at_2(document, first, second):  # type: ignore[no-untyped-def]
    """Stand for PostgreSQL's function; a list comes as `["a", "b"]`, and catalogue words have nothing to escape."""


@ibis.udf.scalar.builtin(name="jsonb_extract_path_text", signature=((JSONB, "string", "string", "string"), "string"))
def _text_at_3(document, first, second, third):  # type: ignore[no-untyped-def]
    """Stand for the same function with one more step."""
