"""Leads that the product stored are decided again in one query, as they were decided one by one."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from sqlalchemy import Engine, make_url, text

from leads.intake import add_lead
from leads.records import Lead
from scoring.bulk import rescore, stored_leads
from scoring.playbook import load_playbook
from store.database import migrate, open_database
from store.tables import map_records
from store.unit_of_work import SqlUnitOfWork
from tests.integration.databases import postgresql_schema

# Ibis 12 asks DuckDB for its results by a name that DuckDB 1.5 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
PLAYBOOK = load_playbook()
HEARD: list[dict[str, Any]] = [
    {"org_type": "hospital", "org_size": {"beds": 310}, "use_case": "care_coordination", "buying_role": "final_approver", "budget_status": "approved", "timeline": "now"},
    {"org_type": "payer", "use_case": "member_engagement", "timeline": "later", "budget_amount": {"min": 20000, "max": None}, "contract_end": "2027-03-01"},
    {"org_type": "clinic_group", "org_size": {"sites": 12, "providers": 80}, "stakeholders": [], "integrations": ["epic", "athenahealth"], "current_solution": 'Weave "Pro"'},
    {"org_type": "other", "region": "OH"},
    {},
]


def store(engine: Engine) -> list[Lead]:
    """Store a lead for each of HEARD, the first and the last with signals; return them."""
    map_records()
    kept = []
    for number, facts in enumerate(HEARD):
        done = [("pricing_page", NOW - timedelta(days=40)), ("webinar", NOW - timedelta(days=3))] if number in (0, len(HEARD) - 1) else []
        with SqlUnitOfWork(engine) as unit:
            contact = {"name": "Ana", "email": f"{uuid.uuid4().hex}@cedar.example"}
            kept.append(add_lead(unit, source="form", contact=contact, facts=facts, reading=None, signals=done, playbook=PLAYBOOK, now=NOW))
            unit.commit()
    return kept


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def stored(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[tuple[list[Lead], Any, Any]]:
    """The stored leads, and their two tables as Ibis sees them: in PostgreSQL itself, or taken from SQLite into DuckDB."""
    if request.param == "postgresql":
        with postgresql_schema() as url:
            engine = open_database(url)
            migrate(engine)
            kept = store(engine)
            parts = make_url(url)
            schema = str(parts.query["options"]).partition("search_path=")[2]
            place = {"host": parts.host, "port": parts.port, "user": parts.username, "password": parts.password, "database": parts.database}
            connection = ibis.postgres.connect(**place, schema=schema)
            yield kept, connection.table("leads"), connection.table("signals")
            connection.disconnect()
            engine.dispose()
        return
    engine = open_database(f"sqlite:///{tmp_path}/leads.db")
    migrate(engine)
    kept = store(engine)
    connection = ibis.duckdb.connect()
    with engine.connect() as opened:
        leads = opened.execute(text("select id, facts from leads")).all()
        signals = opened.execute(text("select lead_id, kind, at from signals")).all()
    moments = [datetime.fromisoformat(row.at).replace(tzinfo=UTC) for row in signals]
    rows = pa.table({"id": [row.id for row in leads], "facts": [row.facts for row in leads]})
    done = pa.table({"lead_id": [row.lead_id for row in signals], "kind": [row.kind for row in signals], "at": pa.array(moments, pa.timestamp("us", "UTC"))})
    yield kept, connection.create_table("leads", rows), connection.create_table("signals", done)
    connection.disconnect()
    engine.dispose()


def test_stored_leads_are_decided_again_as_they_were(stored: tuple[list[Lead], Any, Any]) -> None:
    kept, leads, signals = stored
    decided = rescore(stored_leads(leads, signals, on=NOW.date()), PLAYBOOK, on=NOW.date()).to_pyarrow().to_pylist()
    found = {row["id"]: row for row in decided}
    assert len(decided) == len(kept)
    for lead in kept:
        row = found[lead.id]
        assert (row["stage"], row["route"], row["queue"]) == (lead.stage, lead.route, lead.queue)
        assert row["flags"] == [flag["id"] for flag in lead.assessment["flags"]]
        for name, score in lead.assessment["scores"].items():
            assert (row[f"{name}_points"], row[f"{name}_band"], row[f"{name}_coverage"]) == (score["points"], score["band"], score["coverage"])
