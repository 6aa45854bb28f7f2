"""Steps of a long query: what PostgreSQL must work out once before the next step reads it."""

import ibis
from ibis import ir

FENCE = "fence"


def worked_out(table: ir.Table) -> ir.Table:
    """Return a table whose columns PostgreSQL works out once, however often the next step reads them.

    It would copy each expression to every place that names it, a hundred times over for a route. It never does so for a
    query that takes an array apart, so one of a single element is taken apart for each row. Other databases need no help.
    """
    if backend_of(table) != "postgres":
        return table
    return table.mutate(**{FENCE: ibis.array([0]).unnest()}).drop(FENCE)


def backend_of(table: ir.Table) -> str:
    """Return the name of the database a table is in, e.g. "duckdb"; "" for one that belongs to none yet."""
    try:
        return str(table.get_backend().name)
    except ibis.IbisError:
        return ""
