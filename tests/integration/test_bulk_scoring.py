"""A table of leads is decided as the engine decides each of them, in DuckDB always and in PostgreSQL where one is."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.bulk import rescore, stored_leads
from scoring.engine import assess
from scoring.playbook import Playbook, load_playbook
from tests.properties.drawn_leads import TODAY, DrawnLead, leads

# Ibis 12 asks DuckDB for its results by a name that DuckDB 1.5 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
PLAYBOOKS = [load_playbook(), load_playbook(Path(__file__).parents[1] / "playbooks" / "every_kind.yml")]
ALIKE = settings(deadline=None, max_examples=20)


class Database:
    """A database with the tables `leads` and `signals` as the product has them; both are gone when it is closed."""

    def __init__(self, connection: Any, json_type: str) -> None:
        self.connection, self._sql = connection, {}
        connection.raw_sql(f"create temporary table leads (id varchar(32) primary key, facts {json_type} not null)")
        connection.raw_sql("create temporary table signals (lead_id varchar(32), kind varchar(20) not null, \"at\" timestamptz not null)")

    def decide(self, drawn: Sequence[DrawnLead], playbook: Playbook) -> list[dict[str, Any]]:
        """Store leads and score them in the database; one row each, in the same order."""
        signals = [(f"{number:04}", kind, at.isoformat()) for number, lead in enumerate(drawn) for kind, at in lead.happened]
        self._fill("leads", [(f"{number:04}", json.dumps(stored_facts(lead))) for number, lead in enumerate(drawn)])
        self._fill("signals", [*signals, (None, "pricing_request", TODAY.isoformat())])  # The last is of no lead.
        cursor = self.connection.raw_sql(self._query(playbook))
        names = [column[0] for column in cursor.description]
        return sorted((dict(zip(names, row, strict=True)) for row in cursor.fetchall()), key=lambda row: str(row["id"]))

    def _fill(self, table: str, rows: Sequence[tuple[str | None, ...]]) -> None:
        quoted = [", ".join("null" if value is None else "'" + value.replace("'", "''") + "'" for value in row) for row in rows]
        self.connection.raw_sql(f"delete from {table}")
        self.connection.raw_sql(f"insert into {table} values {', '.join(f'({row})' for row in quoted)}")

    def _query(self, playbook: Playbook) -> str:
        if playbook.digest not in self._sql:  # Made once: it takes Ibis longer than the database takes for the leads.
            table = stored_leads(self.connection.table("leads"), self.connection.table("signals"), on=TODAY)
            self._sql[playbook.digest] = str(ibis.to_sql(rescore(table, playbook, on=TODAY)))
        return self._sql[playbook.digest]


@pytest.fixture(scope="module", params=["duckdb", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "duckdb":
        connection = ibis.duckdb.connect()
        yield Database(connection, "json")
        connection.disconnect()
        return
    url = os.environ.get("DATABASE_URL_TEST")
    if not url:
        reason = "DATABASE_URL_TEST is not set, so there is no PostgreSQL to test with"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    connection = ibis.connect(urlsplit(url)._replace(scheme="postgresql").geturl())
    connection.raw_sql("set jit = off")
    yield Database(connection, "json")
    connection.disconnect()


def stored_facts(lead: DrawnLead) -> Mapping[str, Any]:
    """Return facts as the product stores them."""
    return {
        fact: {"value": answer.value, "confidence": 1.0, "quote": 'she said "so"', "channel": "website", "confirmed": answer.confirmed, "history": []}
        for fact, answer in lead.answers.items()
    }


def decided(lead: DrawnLead, playbook: Playbook) -> dict[str, Any]:
    """Return what the engine decides about one lead, named as the columns of the table are."""
    found = assess(lead.answers, lead.signals, playbook, on=TODAY)
    columns: dict[str, Any] = {}
    for name, score in found.scores.items():
        columns |= {f"{name}_points": score.points, f"{name}_band": score.band, f"{name}_coverage": score.coverage}
    return columns | {
        "flags": [flag.id for flag in found.flags], "stage": found.stage, "stage_rule": found.stage_rule, "route": found.route,
        "route_rule": found.route_rule, "queue": found.queue, "priority": found.priority,
    }


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: str(playbook.name))
@ALIKE
@given(drawn=st.lists(leads(), min_size=1, max_size=25))
def test_every_lead_of_a_table_is_decided_as_the_engine_decides_it(database: Database, playbook: Playbook, drawn: list[DrawnLead]) -> None:
    rows = database.decide(drawn, playbook)
    assert len(rows) == len(drawn)
    for number, (row, lead) in enumerate(zip(rows, drawn, strict=True)):
        assert row == {"id": f"{number:04}"} | decided(lead, playbook)
