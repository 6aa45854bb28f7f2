"""The inbox on SQLite and on PostgreSQL: what is in it, in which order, how it is filtered, and that it reads an index."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from leads.inbox import Inbox, Wanted, look
from leads.records import Lead
from store.unit_of_work import SqlUnitOfWork
from tests.integration.test_owners import PLAYBOOK

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
ANA, BEN = "ana@meridian.example", "ben@meridian.example"


def keep(engine: Engine, *leads: dict[str, Any]) -> None:
    with SqlUnitOfWork(engine) as unit:
        for number, values in enumerate(leads):
            contact = {"name": values.pop("name"), **values.pop("contact", {})}
            assessment = {"scores": {"fit": {"band": values.pop("band", "low"), "points": 1, "contributions": []}}}
            at = NOW - timedelta(minutes=number)
            base: dict[str, Any] = {"id": uuid.uuid4().hex, "source": "form", "created_at": at, "updated_at": at, "playbook": {}, "stage": "mql", "stage_since": at}
            unit.leads.add(Lead(**base | {"contact": contact, "assessment": assessment} | values))
        unit.commit()


def shown(engine: Engine, **how: Any) -> list[str]:
    return [row.who for row in inbox(engine, **how).rows]


def inbox(engine: Engine, **how: Any) -> Inbox:
    with SqlUnitOfWork(engine, read_only=True) as unit:
        return look(unit, Wanted(**{"me": ANA} | how), playbook_of=lambda _: PLAYBOOK, default=PLAYBOOK, now=NOW)


def soon(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_the_most_urgent_is_on_top_and_what_has_no_clock_comes_last_the_newest_first(engine: Engine) -> None:
    keep(engine, {"name": "no clock, new"}, {"name": "later", "respond_by": soon(90)}, {"name": "overdue", "respond_by": soon(-30)},
         {"name": "no clock, old", "stage": "sal"}, {"name": "soon", "respond_by": soon(10)})  # fmt: skip
    assert shown(engine) == ["overdue", "soon", "later", "no clock, new", "no clock, old"]
    assert [row.clock.state if row.clock else None for row in inbox(engine).rows] == ["late", "soon", "calm", None, None]


def test_work_is_what_waits_or_is_worked_on_and_the_rest_is_found_in_all(engine: Engine) -> None:
    keep(engine, *({"name": stage, "stage": stage} for stage in ("inquiry", "mql", "sal", "sql", "opportunity", "won", "lost", "nurture", "disqualified")),
         {"name": "nurture, promised", "stage": "nurture", "respond_by": soon(5)}, {"name": "stopped", "status": "stopped"},
         {"name": "put off", "snoozed_until": date(2026, 11, 25)}, {"name": "back today", "snoozed_until": date(2026, 11, 24)})  # fmt: skip
    assert set(shown(engine)) == {"inquiry", "mql", "sal", "sql", "opportunity", "nurture, promised", "back today"}
    assert shown(engine, view="later") == ["put off"]
    assert len(shown(engine, view="all")) == 13


def test_my_leads_are_those_i_own_and_both_lists_are_counted(engine: Engine) -> None:
    keep(engine, {"name": "mine", "owner": ANA}, {"name": "mine, won", "owner": ANA, "stage": "won"}, {"name": "his", "owner": BEN}, {"name": "nobody's"})
    found = inbox(engine, view="mine")
    assert [row.who for row in found.rows] == ["mine"] and found.counts == {"mine": 1, "team": 3}
    assert found.owners == [ANA, BEN]


@pytest.mark.parametrize(("wanted", "names"), [
    ({"queue": "sales"}, ["a"]), ({"route": "account_based"}, ["b"]), ({"stage": "sal"}, ["c"]), ({"band": "high"}, ["a", "c"]), ({"owner": BEN}, ["b"]),
    ({"owner": "nobody"}, ["a", "c"]), ({"band": "high", "stage": "sal"}, ["c"]), ({"queue": "sales", "route": "account_based"}, []),
])  # fmt: skip
def test_filters_hold_together(engine: Engine, wanted: dict[str, str], names: list[str]) -> None:
    keep(engine, {"name": "a", "queue": "sales", "band": "high"}, {"name": "b", "route": "account_based", "owner": BEN, "band": "medium"},
         {"name": "c", "stage": "sal", "band": "high"})  # fmt: skip
    assert shown(engine, **wanted) == names


def test_leads_are_found_by_id_name_company_and_address_whatever_list_is_open(engine: Engine) -> None:
    won = "5c0ffee0" + "a" * 24
    keep(engine, {"name": "Priya Raman", "contact": {"email": "Priya@Cactus.example", "company": "Cactus 100%_Clinics"}, "id": won, "stage": "won"},
         {"name": "Tom Älbrecht", "contact": {"email": "tom@northlake.example"}})  # fmt: skip
    for text in (won, won[:8], "RAMAN", "priya@cactus", "100%_cl", " cactus "):
        assert shown(engine, text=text) == ["Priya Raman"], text
    assert shown(engine, text="northlake") == ["Tom Älbrecht"] and shown(engine, text="%") == ["Priya Raman"] and shown(engine, text="no such") == []


def test_what_lists_filter_by_follows_the_lead(engine: Engine) -> None:
    keep(engine, {"name": "Priya", "id": "b" * 32})
    with SqlUnitOfWork(engine) as unit:
        lead = unit.leads.get("b" * 32)
        assert lead is not None
        lead.contact = {"name": "Priya Raman", "email": "priya@Cactus.example"}
        lead.assessment = {"scores": {"fit": {"band": "high", "points": 9, "contributions": []}}}
        unit.commit()
    assert shown(engine, text="raman", band="high") == ["Priya Raman"] and shown(engine, band="low") == []
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [other.id for other in unit.leads.of_domain("cactus.example", but="", limit=5)] == ["b" * 32]
        assert unit.leads.of_domain("cactus.example", but="b" * 32, limit=5) == []


def test_pages_follow_each_other_without_a_gap(engine: Engine) -> None:
    keep(engine, *({"name": f"{number:03}", "respond_by": soon(number)} for number in range(120)))
    pages = [inbox(engine, page=number) for number in (1, 2, 3, 4)]
    assert [row.who for page in pages for row in page.rows] == [f"{number:03}" for number in range(120)]
    assert [page.more for page in pages] == [True, True, False, False]


def test_list_counts_and_search_read_an_index_and_not_the_leads(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of a few rows whole, whatever indexes there are")
    ran: list[str] = []
    from sqlalchemy import event

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.startswith("SELECT") and "leads.facts" not in statement:
            ran.extend(str(row) for row in cursor.connection.execute(f"explain query plan {statement}", parameters))

    event.listen(engine, "before_cursor_execute", note)
    inbox(engine, band="high", queue="sales")
    inbox(engine, view="all")
    inbox(engine, text="cactus")
    scans = [row for row in ran if "leads" in row]
    assert len(scans) >= 5 and all("COVERING INDEX" in row or "sqlite_autoindex" in row for row in scans), scans
