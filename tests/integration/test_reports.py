"""What the reports read, on SQLite and on PostgreSQL: counted by hand, counted again without doubles, and the same on both."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, delete, func, select, text

from leads.demo_data.make import make
from leads.demo_data.talk import VISITOR
from leads.dialogue.script import Script
from leads.records import Conversation, Disposition, Lead
from leads.reports.answers import summed
from leads.reports.bands import Decided
from leads.reports.figures import Share
from leads.reports.funnel import Reached, by_group, by_month
from leads.reports.period import Period, preset
from leads.reports.questions import by_group as ended_by
from leads.reports.questions import questions, total
from store import tables
from store.database import MIGRATIONS, open_database
from store.demo_rows import counts, put_in, take_out
from store.question_counts import BATCH, count_questions
from store.report_queries import ReportQueries
from store.tables import map_records
from store.unit_of_work import SqlUnitOfWork
from tests.integration.databases import BOTH, migrated_database, postgresql_schema
from tests.unit.leads.chatting import PLAYBOOK, Chat
from web.console_reports import REPORTS
from web.console_reports import make as report
from web.console_reports.parts import Asked

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
HALF = preset("half", today=date(2026, 11, 24), zone="America/New_York")
QUIET = timedelta(minutes=30)


def keep(engine: Engine, *records: Any) -> None:
    put_in(engine, records)


def lead(**values: Any) -> Lead:
    at = values.pop("at", NOW - timedelta(days=3))
    segment = values.pop("segment", None)
    facts = {"org_type": {"value": segment}} if segment else {}
    base: dict[str, Any] = {"id": uuid.uuid4().hex, "source": "form", "created_at": at, "updated_at": at, "playbook": {}, "facts": facts, "status": "completed"}
    return Lead(**base | values)


def talk(campaign: str | None = None, page: str = "https://meridian.example/pricing", **values: Any) -> Conversation:
    at = NOW - timedelta(days=3)
    base: dict[str, Any] = {
        "id": uuid.uuid4().hex, "token_hash": "x", "channel": "website", "playbook": "default", "page": {"url": page} if page else {},
        "utm": {"utm_campaign": campaign} if campaign else {}, "visitor": None, "consent_at": at, "reference_date": None, "opened_at": at, "last_message_at": at,
    }
    return Conversation(**base | values)


def said(of: Lead, accepted: bool, *, reason: str | None = None, at: datetime = NOW - timedelta(days=1), fit: str = "high") -> Disposition:
    return Disposition(
        id=uuid.uuid4().hex, lead_id=of.id, at=at, by="dana@meridian.example", accepted=accepted, reason=reason, fit_band=fit, intent_band="low", readiness_band=None,
        rules=[["fit.org_type", 45, "hospital", "default.yml:91"]], unknown=["timeline"],
    )


def test_leads_are_counted_once_by_the_furthest_stage_and_by_where_they_came_from(engine: Engine) -> None:
    spring = talk("spring")
    keep(engine, spring, lead(stage="sal", segment="hospital", conversation_id=spring.id, source="chat"), lead(stage="nurture", furthest=1, segment="payer"),
         lead(stage="lost"), lead(stage="mql", at=NOW - timedelta(days=400)), lead(stage="won", merged_into="f" * 32))  # fmt: skip
    came = ReportQueries(engine).reached(HALF)
    assert sorted(by_group(came, "source"), key=str) == [Reached("chat", 2, 1), Reached("form", 1, 1), Reached("form", 4, 1)]
    assert set(by_group(came, "segment")) == {Reached("hospital", 2, 1), Reached("payer", 1, 1), Reached(None, 4, 1)}
    assert set(by_group(came, "campaign")) == {Reached("spring", 2, 1), Reached(None, 1, 1), Reached(None, 4, 1)}
    assert by_month(came, 7)[-1] == [3, 3, 2, 1, 1, 0] and by_month(came, 7)[0] == [0] * 6


def test_days_begin_and_end_at_midnight_of_the_business(engine: Engine) -> None:
    day = Period(date(2026, 11, 2), date(2026, 11, 2), "America/New_York")
    keep(engine, *(lead(at=at) for at in (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC), datetime(2026, 11, 3, 4, 59, tzinfo=UTC),
                                          datetime(2026, 11, 3, 5, tzinfo=UTC))))  # fmt: skip
    assert by_group(ReportQueries(engine).reached(day), "source") == [Reached("form", 0, 2)]


def test_a_promise_counts_if_somebody_waits_and_could_be_answered(engine: Engine) -> None:
    start = NOW - timedelta(hours=30)
    clock: dict[str, Any] = {"answer_route": "direct_sales", "answer_from_at": start, "answer_due_at": start + timedelta(hours=2)}
    keep(
        engine, lead(**clock, answered_at=start + timedelta(hours=1), answered_minutes=60), lead(**clock, answered_at=start + timedelta(hours=3), answered_minutes=180),
        lead(**clock, respond_by=clock["answer_due_at"]), lead(**clock), lead(**clock | {"answer_route": "nurture"}, respond_by=NOW),
    )
    found = summed(ReportQueries(engine).promises(HALF), now=NOW)
    assert (found.promised, found.kept_in_time, found.late, found.missed, found.running, found.median, found.p90) == (4 - 1, 1, 1, 1, 0, 60, 180)


def test_the_last_disposition_of_a_lead_counts_with_its_bands_of_then(engine: Engine) -> None:
    spring = talk("spring")
    again, won = lead(segment="payer", conversation_id=spring.id), lead(stage="won", segment="hospital")
    keep(engine, spring, again, won, said(again, True, at=NOW - timedelta(days=9), fit="low"), said(again, False, reason="poor_segment", fit="medium"), said(won, True))
    queries = ReportQueries(engine)
    assert set(queries.decided(HALF)) == {Decided("medium", "low", None, 1, 0, 0, 0), Decided("high", "low", None, 1, 1, 1, 1)}
    assert {(one.accepted, one.reason, one.segment, one.campaign) for one in queries.said(HALF)} == {
        (False, "poor_segment", "payer", "spring"), (True, None, "hospital", None)}  # fmt: skip
    lately = queries.said_lately(HALF)
    assert {(one.accepted, one.reason, one.segment, one.campaign) for one in lately} == {(one.accepted, one.reason, one.segment, one.campaign) for one in queries.said(HALF)}
    assert lately[0].rules == [["fit.org_type", 45, "hospital", "default.yml:91"]] and lately[0].unknown == ["timeline"]


def chat_that_ends(engine: Engine, *steps: Callable[[Chat], Any], campaign: str = "spring", close: bool = True) -> str:
    with SqlUnitOfWork(engine) as unit:
        chat = Chat(unit, now=NOW - timedelta(hours=5))
        for step in steps:
            step(chat)
        conversation = chat.conversation
        conversation.utm = {"utm_campaign": campaign}
        if close and conversation.closed_at is None:
            conversation.closed_at = chat.now + QUIET
        unit.commit()
        return chat.id


def count(engine: Engine, now: datetime = NOW) -> int:
    return count_questions(engine, quiet_before=now - QUIET, now=now)


def outcomes(engine: Engine, **only: str) -> dict[str, tuple[int, ...]]:
    found = questions(ReportQueries(engine).outcomes(HALF, only))
    return {one.name: (one.shown, one.answered, one.skipped, one.abandoned, one.passed_over) for one in found}


def test_questions_of_ended_chats_are_counted_once_however_often_the_worker_runs(engine: Engine) -> None:
    chat_that_ends(engine, lambda chat: chat.say(org_type="hospital"), lambda chat: chat.say("refuse"))
    chat_that_ends(engine, campaign="autumn")
    chat_that_ends(engine, lambda chat: chat.say(org_type="clinic_group"), close=False)
    assert [count(engine), count(engine)] == [2, 0]
    third = next(name for name in outcomes(engine) if name not in ("org_type", "use_case"))
    assert outcomes(engine) == {"org_type": (2, 1, 0, 1, 0), "use_case": (1, 0, 1, 0, 0), third: (1, 0, 0, 1, 0)}
    assert outcomes(engine, campaign="autumn") == {"org_type": (1, 0, 0, 1, 0)} and outcomes(engine, campaign="winter") == {}
    queries = ReportQueries(engine)
    assert total(ended_by(queries.endings(HALF), "campaign", {})).left == 2 and queries.still_going_on(HALF) == 1
    assert queries.kept().questions_as_of == NOW


def test_a_chat_that_goes_on_is_taken_out_and_counted_anew_when_it_has_ended(engine: Engine) -> None:
    chat_id = chat_that_ends(engine)
    count(engine)
    with SqlUnitOfWork(engine) as unit:
        conversation = unit.conversations.get(chat_id)
        assert conversation is not None
        conversation.closed_at = None
        unit.commit()
    assert count(engine) == 0 and outcomes(engine) == {}
    with SqlUnitOfWork(engine) as unit:
        conversation = unit.conversations.get(chat_id)
        assert conversation is not None
        conversation.closed_at, conversation.last_message_at = NOW - timedelta(hours=1), NOW - timedelta(hours=2)
        unit.commit()
    assert count(engine) == 1 and outcomes(engine)["org_type"][3] == 1


def test_a_chat_with_a_message_of_just_now_waits_until_it_is_quiet(engine: Engine) -> None:
    chat_that_ends(engine, lambda chat: chat.say("stop"))
    assert count(engine, NOW - timedelta(hours=4, minutes=40)) == 0 and count(engine) == 1
    (ended,) = ended_by(ReportQueries(engine).endings(HALF), "source", {})
    assert (ended.stopped, ended.begun) == (1, 1) and outcomes(engine)["org_type"][3] == 1


def test_counting_goes_on_where_it_was_stopped(engine: Engine) -> None:
    keep(engine, *(talk(closed_at=NOW - timedelta(days=2), state={"asked": {"org_type": 1}, "asking": "org_type"}) for _ in range(BATCH + 5)))
    assert count(engine) == BATCH + 5
    with engine.begin() as connection:
        half = connection.scalars(select(tables.counted_conversations.c.conversation_id).limit(50)).all()
        connection.execute(delete(tables.question_outcomes).where(tables.question_outcomes.c.conversation_id.in_(half)))
        connection.execute(delete(tables.counted_conversations).where(tables.counted_conversations.c.conversation_id.in_(half)))
    assert count(engine) == 50 and outcomes(engine) == {"org_type": (BATCH + 5, 0, 0, BATCH + 5, 0)}


def test_calls_of_reps_people_who_were_no_buyers_and_erased_leads_are_in_no_question(engine: Engine) -> None:
    asked = {"asked": {"org_type": 1}, "asking": "org_type"}
    keep(engine, talk(closed_at=NOW - timedelta(days=2), channel="call", state=asked), talk(closed_at=NOW - timedelta(days=2), outcome="not_a_lead", state=asked),
         talk(closed_at=NOW - timedelta(days=2), lead_id="a" * 32, state=asked))  # fmt: skip
    assert count(engine) == 1 and outcomes(engine) == {} and ended_by(ReportQueries(engine).endings(HALF), "source", {}) == []


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[list[Engine]]:
    """Both databases at once."""
    with ExitStack() as stack:
        yield [stack.enter_context(migrated_database(kind, tmp_path)) for kind in ("sqlite", "postgresql")]


def put_in_demo(engine: Engine, number: int) -> list[Lead]:
    made = list(make(Script(PLAYBOOK, {}), {}, leads=number, seed=3, now=NOW))
    for records, _ in made:
        put_in(engine, records)
    count(engine)
    return [one for _, one in made if one is not None]


@pytest.mark.postgresql
def test_every_report_says_the_same_on_both_databases(engines: list[Engine]) -> None:
    reports = []
    for engine in engines:
        put_in_demo(engine, 90)
        asked = Asked(ReportQueries(engine), HALF, PLAYBOOK, NOW)
        reports.append({name: [(section.heading, section.points, section.table) for section in report(name, asked).sections] for name in REPORTS})
    assert reports[0] == reports[1]
    steps = next(table for heading, _, table in reports[0]["funnel"] if heading == "From inquiry to won")
    assert steps is not None and steps.rows[0][1] == 90 - outside(engines[0])


def outside(engine: Engine) -> int:
    """Leads that came on the day before the half-year began."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).where(tables.leads.c.created_at < HALF.start)) or 0


def test_demo_leads_are_marked_have_real_scores_and_are_taken_out_alone(engine: Engine) -> None:
    keep(engine, lead(stage="sal"))
    made = put_in_demo(engine, 40)
    assert len(made) == 40 and counts(engine) == (40, 1)
    assert all(one.demo and one.assessment["scores"]["fit"]["contributions"] is not None for one in made)
    assert {address.rpartition(".")[2] for one in made if (address := one.contact.get("email"))} == {"example"}
    removed, conversations = take_out(engine, visitors=VISITOR)
    assert removed == 40 and conversations > 15 and counts(engine) == (0, 1)
    with engine.connect() as connection:
        for table in (tables.messages, tables.signals, tables.stage_changes, tables.lead_events, tables.dispositions, tables.counted_conversations,
                      tables.question_outcomes, tables.audit):  # fmt: skip
            assert connection.scalar(select(func.count()).select_from(table)) == 0, table.name


@pytest.mark.parametrize("kind", BOTH)
def test_what_was_stored_before_is_worked_out_by_the_migration(kind: str, tmp_path: Path) -> None:
    map_records()
    with ExitStack() as stack:
        engine = open_database(f"sqlite:///{tmp_path}/old.db" if kind == "sqlite" else stack.enter_context(postgresql_schema()))  # type: ignore[arg-type]
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0005")
            assessment = {"scores": {"fit": {"contributions": [{"rule": "fit.org_type", "points": 45, "value": "hospital", "source": "default.yml:91"}]}}, "missing": ["timeline"]}
            row = {
                "id": "a" * 32, "facts": json.dumps({"org_type": {"value": "hospital"}}), "assessment": json.dumps(assessment),
                "at": "2026-11-20 12:00:00+00:00", "talk": "c" * 32, "page": json.dumps({"url": "https://x.example/pricing?a=b"}), "utm": json.dumps({"utm_campaign": "spring"}),
            }
            connection.execute(text(
                "insert into conversations (id, token_hash, channel, playbook, page, utm, opened_at, last_message_at, state) "
                "values (:talk, 'x', 'website', 'default', :page, :utm, :at, :at, '{}')"), row)  # fmt: skip
            connection.execute(text(
                "insert into leads (id, source, status, created_at, updated_at, conversation_id, facts, not_known, contact, assessment, stage, playbook, version, fit_band) "
                "values (:id, 'chat', 'handed_off', :at, :at, :talk, :facts, '{}', '{}', :assessment, 'nurture', '{}', 1, 'high')"), row)  # fmt: skip
            for number, (to, rule) in enumerate((("mql", "stage.dated"), ("sal", "accept"), ("nurture", "reject.no_project"))):
                connection.execute(text(
                    "insert into stage_changes (id, lead_id, stage_to, at, rule, by) values (:move, :id, :to, :when, :rule, 'dana@meridian.example')"),
                    row | {"move": f"{number:032}", "to": to, "rule": rule, "when": f"2026-11-2{number} 12:00:00+00:00"})  # fmt: skip
            command.upgrade(config, "head")
        queries = ReportQueries(engine)
        assert by_group(queries.reached(HALF), "campaign") == [Reached("spring", 2, 1)]
        (only,) = queries.said_lately(HALF)
        assert (only.accepted, only.reason, only.segment, only.rules, only.unknown) == (
            False, "no_project", "hospital", [["fit.org_type", 45, "hospital", "default.yml:91"]], ["timeline"])  # fmt: skip
        assert queries.decided(HALF) == [Decided("high", None, None, 1, 0, 0, 0)]
        with engine.connect() as connection:
            assert connection.scalar(select(tables.conversations.c.page_path)) == "/pricing"
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            assert connection.scalar(text("select count(*) from stage_changes")) == 3
            command.downgrade(config, "0006")
            connection.execute(text("delete from dispositions"))
            before = connection.scalar(text("select count(*) from stage_changes"))
            command.downgrade(config, "0005")
            assert connection.scalar(text("select count(*) from stage_changes")) == before
        engine.dispose()


def test_shares_of_an_empty_database_are_of_nothing(engine: Engine) -> None:
    for name in REPORTS:
        found = report(name, Asked(ReportQueries(engine), HALF, PLAYBOOK, NOW))
        assert all(section.table is None or name == "funnel" for section in found.sections), name
        assert all(cell != Share(0, 1) for section in found.sections if section.table for row in section.table.rows for cell in row)
        assert any("Not enough data yet." in section.sentences for section in found.sections), name
