"""Scoring a table: what a table may look like, what is refused, and where it can run."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from scoring.bulk import WrongColumn, lead_columns, rescore, stored_leads
from scoring.bulk.conditions import days_from
from scoring.bulk.stored import UnknownDatabase
from scoring.engine import Answer, Signal, assess
from scoring.facts import FACTS, SIGNALS
from scoring.playbook import load_playbook
from store.tables import leads as leads_table
from store.tables import signals as signals_table

# Ibis 12 asks DuckDB for its results by a name that DuckDB 1.5 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Any]:
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def scored(connection: Any, **columns: list[Any]) -> list[dict[str, Any]]:
    """Score a table of these columns and return its rows by id."""
    table = connection.create_table("leads", pa.table(columns), overwrite=True)
    rows: list[dict[str, Any]] = rescore(table, PLAYBOOK, on=TODAY).order_by("id").to_pyarrow().to_pylist()
    return rows


def test_columns_that_are_not_there_are_unknown(duckdb: Any) -> None:
    (row,) = scored(duckdb, id=["a"])
    nothing = assess({}, [], PLAYBOOK, on=TODAY)
    assert (row["stage"], row["route"], row["route_rule"], row["queue"]) == (nothing.stage, nothing.route, nothing.route_rule, nothing.queue)
    assert (row["fit_points"], row["fit_coverage"], row["flags"], row["priority"]) == (0, 0.0, [], False)


def test_a_few_columns_are_enough_and_the_id_may_have_any_type(duckdb: Any) -> None:
    days = pa.array([date(2026, 11, 1), None], pa.date32())
    rows = scored(duckdb, id=[7, 8], org_type=["hospital", "other"], org_size_beds=[220, None], stakeholders=[["it"], []], signal_pricing_request=days)
    first = assess(
        {"org_type": Answer("hospital"), "org_size": Answer({"beds": 220}), "stakeholders": Answer(["it"])},
        [Signal("pricing_request", date(2026, 11, 1))], PLAYBOOK, on=TODAY,
    )  # fmt: skip
    assert [row["id"] for row in rows] == [7, 8]
    assert [rows[0][f"{name}_points"] for name in first.scores] == [score.points for score in first.scores.values()]
    assert (rows[0]["route"], rows[1]["route"], rows[1]["flags"]) == (first.route, "disqualified", ["out_of_market"])


def test_a_table_can_be_scored_without_a_database_of_ones_own() -> None:
    table = ibis.memtable(pa.table({"id": [1], "org_type": ["other"]}))
    assert rescore(table, PLAYBOOK, on=TODAY).to_pyarrow()["stage"].to_pylist() == ["disqualified"]


def test_a_table_that_is_nowhere_yet_gives_a_query_to_look_at() -> None:
    table = ibis.table({"id": "string", "org_type": "string"}, name="warehouse_leads")
    for dialect in ("duckdb", "bigquery"):
        query = str(ibis.to_sql(rescore(table, PLAYBOOK, on=TODAY), dialect=dialect))
        assert "warehouse_leads" in query and "route.qualified" in query


def test_every_fact_and_signal_has_its_columns() -> None:
    columns = lead_columns()
    assert {name for name in columns if name.startswith("signal_")} == {f"signal_{kind}" for kind in SIGNALS}
    for fact in FACTS:
        assert any(name == fact or name.startswith(f"{fact}_") for name in columns), fact


@pytest.mark.parametrize(("schema", "words"), [
    ({"org_type": "string"}, "expected a column 'id'"),
    ({"id": "string", "org_typ": "string"}, "unknown column 'org_typ'. Did you mean 'org_type'?"),
    ({"id": "string", "org_type": "int64"}, "column 'org_type': expected string, found int64. Cast it."),
    ({"id": "string", "stakeholders": "string"}, "column 'stakeholders': expected array<string>, found string"),
    ({"id": "string", "signal_webinar": "timestamp"}, "column 'signal_webinar': expected date, found timestamp"),
])  # fmt: skip
def test_a_column_that_cannot_be_scored_is_refused_with_a_sentence(schema: dict[str, str], words: str) -> None:
    with pytest.raises(WrongColumn) as refused:
        rescore(ibis.table(schema, name="leads"), PLAYBOOK, on=TODAY)
    assert words in str(refused.value)


def test_every_wrong_column_is_told_in_one_run() -> None:
    with pytest.raises(WrongColumn) as refused:
        rescore(ibis.table({"org_typ": "string", "region": "int8"}, name="leads"), PLAYBOOK, on=TODAY)
    assert len(str(refused.value).splitlines()) == 3


def test_stored_leads_are_read_only_where_it_was_tried() -> None:
    leads, signals = ibis.table({"id": "string", "facts": "json"}), ibis.table({"lead_id": "string", "kind": "string", "at": "timestamp"})
    with pytest.raises(UnknownDatabase, match="a table of no database"):
        stored_leads(leads, signals, on=TODAY)


def test_the_newest_signal_until_the_day_counts_and_one_of_nobody_does_not(duckdb: Any) -> None:
    at = [f"2026-{day}" for day in ("11-24T23:59:59", "11-25T00:00:00", "10-02T08:00:00", "11-24T10:00:00")]
    stamps = pa.array(at).cast(pa.timestamp("s")).cast(pa.timestamp("us", "UTC"))
    signals = pa.table({"lead_id": ["a", "a", "a", None], "kind": ["webinar"] * 3 + ["blog_page"], "at": stamps})
    leads = pa.table({"id": ["a", "b"], "facts": ['{"region": {"value": "Ohio \\"north\\"", "confirmed": true}, "stakeholders": {"value": []}}', "{}"]})
    tables = duckdb.create_table("stored", leads, overwrite=True), duckdb.create_table("signals", signals, overwrite=True)
    first, second = stored_leads(*tables, on=TODAY).order_by("id").to_pyarrow().to_pylist()
    assert (first["signal_webinar"], first["signal_blog_page"], second["signal_webinar"]) == (TODAY, None, None)
    assert (first["region"], first["stakeholders"], first["confirmed"]) == ('Ohio "north"', [], ["region"])
    assert (second["region"], second["stakeholders"], second["confirmed"]) == (None, None, [])


def test_the_tables_of_the_product_have_the_columns_that_are_read() -> None:
    assert {"id", "facts"} <= set(leads_table.c.keys()) and {"lead_id", "kind", "at"} <= set(signals_table.c.keys())


@pytest.mark.parametrize(("days", "expected"), [(0, TODAY), (-24, date(2026, 10, 31)), (10**12, date.max), (-(10**12), date.min)])
def test_a_day_far_away_is_the_last_or_first_there_is(days: int, expected: date) -> None:
    assert days_from(TODAY, days) == expected
