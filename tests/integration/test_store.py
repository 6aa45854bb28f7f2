"""Every method of the store, on SQLite always and on PostgreSQL where DATABASE_URL_TEST says where one is."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError

from leads.records import ApiKey, Conversation, Lead, Message, Publication, Session, Signal, StageChange, StoredPlaybook, User
from store.database import MIGRATIONS, migrate, open_database
from store.lead_rows import read_lead_rows
from store.tables import metadata
from store.unit_of_work import SqlUnitOfWork
from tests.integration.databases import BOTH, migrated_database

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
WRITERS = 8


def new_id() -> str:
    return uuid.uuid4().hex


def playbook_text(digest: str) -> StoredPlaybook:
    return StoredPlaybook(
        digest=digest, name="default", version="1.0", text="name: default", file="default.yml", published_by="ana", note="first", published_at=NOW
    )


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for the whole file; `empty_again` clears it."""
    with migrated_database(request.param, tmp_path_factory.mktemp("store")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def empty_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test leaves the tables empty."""
    yield
    if "engine" in request.fixturenames:
        opened: Engine = request.getfixturevalue("engine")
        with opened.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())


def conversation(**more: Any) -> Conversation:
    values: dict[str, Any] = {
        "id": new_id(), "token_hash": "a" * 64, "channel": "website", "playbook": "default", "page": {"url": "https://x.example"},
        "utm": {}, "visitor": None, "consent_at": NOW, "reference_date": None, "opened_at": NOW, "last_message_at": NOW,
    }
    return Conversation(**values | more)


def message(conversation_id: str, sequence: int = 0, **more: Any) -> Message:
    values: dict[str, Any] = {
        "id": new_id(), "conversation_id": conversation_id, "sequence": sequence, "sender": "visitor", "text": "hello", "at": NOW
    }
    return Message(**values | more)


def lead(**more: Any) -> Lead:
    values: dict[str, Any] = {"id": new_id(), "source": "chat", "created_at": NOW, "updated_at": NOW, "playbook": {"name": "default"}}
    return Lead(**values | more)


def keep(engine: Engine, *records: Any) -> None:
    """Store records, each by the repository it belongs to."""
    with SqlUnitOfWork(engine) as unit:
        for record in records:
            {
                Conversation: unit.conversations.add, Message: unit.messages.add, Lead: unit.leads.add, Signal: unit.signals.add,
                StageChange: unit.leads.add_stage_change, User: unit.staff.add_user, Session: unit.staff.add_session,
                ApiKey: unit.staff.add_api_key,
            }[type(record)](record)
        unit.commit()


def values(record: Any) -> dict[str, Any]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


# -- records come back as they were -----------------------------------------------------------------------------------


def test_a_conversation_with_all_it_can_hold_comes_back_the_same(engine: Engine) -> None:
    first = conversation(
        visitor="v-1", utm={"source": "näwsletter"}, state={"asking": "org_type", "asked": {"org_type": 2}, "guesses": {}},
        reference_date=date(2026, 11, 24), outcome="booked", lead_id=new_id(), closed_at=NOW + timedelta(microseconds=7), consent_at=None,
    )
    before = values(first)
    keep(engine, first)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.conversations.get(first.id)
        assert found is not None and values(found) == before
        assert unit.conversations.get(new_id()) is None


def test_a_message_with_all_it_can_hold_comes_back_the_same(engine: Engine) -> None:
    talk = conversation()
    said = message(
        talk.id, text="14 clinics 😀\nline two", kind="question", quick_replies=[{"label": "Yes", "value": ["baa"]}], idempotency_key="k" * 80,
        payload={"act": "answer", "facts": {"org_size": {"sites": 3}}}, contact_fields=["email"], removed=["ssn"], turn={"replies": []},
        reply={"messages": [], "state": None},
    )
    before = values(said)
    keep(engine, talk, said)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.messages.get(said.id)
        assert found is not None and values(found) == before
        assert unit.messages.get(new_id()) is None


def test_a_lead_with_all_it_can_hold_comes_back_the_same(engine: Engine) -> None:
    first = lead(
        status="handed_off", conversation_id=new_id(), facts={"budget_amount": {"value": {"min": 1.5, "max": None}}}, not_known={"timeline": "refused"},
        contact={"name": "Zoë Ångström", "email": "zoe@x.example"}, assessment={"scores": {}, "flags": []}, stage="mql", stage_since=NOW, route="nurture",
        queue="nurture", owner="ben@x.example", respond_by=NOW, reference_date=date(2026, 11, 24), note="two\nlines", version=7,
        furthest=1,  # what the stage says; the store works it out where nobody did
    )
    before = values(first)
    keep(engine, first)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.leads.get(first.id)
        assert found is not None and values(found) == before
        assert unit.leads.get(new_id()) is None


def test_a_change_of_a_record_is_kept_and_changed_json_too(engine: Engine) -> None:
    first = lead(facts={"org_type": {"value": "payer"}})
    keep(engine, first)
    with SqlUnitOfWork(engine) as unit:
        found = unit.leads.get(first.id)
        assert found is not None
        found.facts = {**found.facts, "use_case": {"value": "telehealth"}}
        found.stage = "mql"
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        again = unit.leads.get(first.id)
        assert again is not None and again.stage == "mql" and set(again.facts) == {"org_type", "use_case"}


def test_times_come_back_in_utc_whatever_zone_they_were_in(engine: Engine) -> None:
    eastern = NOW.astimezone(timezone(timedelta(hours=-5)))
    talk = conversation(opened_at=eastern)
    keep(engine, talk)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.conversations.get(talk.id)
        assert found is not None and found.opened_at == NOW and found.opened_at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="expected a time with a zone"):
        keep(engine, conversation(opened_at=datetime(2026, 11, 24, 9)))


# -- conversations and messages ---------------------------------------------------------------------------------------


def test_only_open_conversations_without_a_recent_message_are_quiet(engine: Engine) -> None:
    old, recent = conversation(last_message_at=NOW - timedelta(hours=1)), conversation()
    closed = conversation(last_message_at=NOW - timedelta(hours=2), closed_at=NOW)
    keep(engine, old, recent, closed)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [found.id for found in unit.conversations.quiet_since(NOW - timedelta(minutes=30))] == [old.id]


def test_messages_come_in_order_and_the_next_number_follows_the_last(engine: Engine) -> None:
    talk, other = conversation(), conversation()
    keep(engine, talk, other)
    with SqlUnitOfWork(engine) as unit:
        assert unit.messages.next_sequence(talk.id) == 0
        for number in (2, 0, 1):
            unit.messages.add(message(talk.id, number, text=str(number)))
        unit.messages.add(message(other.id, 9))
        assert unit.messages.next_sequence(talk.id) == 3, "messages of this unit count as well"
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [said.text for said in unit.messages.of(talk.id)] == ["0", "1", "2"]


def test_a_message_is_found_by_its_key_within_its_conversation_only(engine: Engine) -> None:
    talk, other = conversation(), conversation()
    said = message(talk.id, idempotency_key="key")
    keep(engine, talk, other, said)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.messages.by_key(talk.id, "key")
        assert found is not None and found.id == said.id
        assert unit.messages.by_key(other.id, "key") is None and unit.messages.by_key(talk.id, "KEY") is None


def test_a_key_is_taken_once_in_a_conversation_and_no_key_as_often_as_you_like(engine: Engine) -> None:
    talk, other = conversation(), conversation()
    keep(engine, talk, other, message(talk.id, 0, idempotency_key="key"), message(other.id, 0, idempotency_key="key"))
    keep(engine, message(talk.id, 1), message(talk.id, 2))
    with pytest.raises(IntegrityError):
        keep(engine, message(talk.id, 3, idempotency_key="key"))
    with pytest.raises(IntegrityError):
        keep(engine, message(talk.id, 2))


def test_erasing_a_conversations_messages_leaves_those_of_others(engine: Engine) -> None:
    talk, other = conversation(), conversation()
    keep(engine, talk, other, message(talk.id, 0), message(other.id, 0))
    with SqlUnitOfWork(engine) as unit:
        unit.messages.add(message(talk.id, 1))
        unit.messages.erase(talk.id)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert list(unit.messages.of(talk.id)) == [] and len(unit.messages.of(other.id)) == 1


def test_a_message_needs_its_conversation(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        keep(engine, message(new_id()))


# -- leads and signals ------------------------------------------------------------------------------------------------


def test_removing_a_lead_takes_its_signals_and_history_along(engine: Engine) -> None:
    gone, stays = lead(), lead()
    keep(engine, gone, stays)
    for each in (gone, stays):
        keep(engine, Signal(id=new_id(), kind="webinar", at=NOW, lead_id=each.id),
             StageChange(id=new_id(), lead_id=each.id, stage_from=None, stage_to="inquiry", at=NOW, rule="inquiry", by="rules"))
    with SqlUnitOfWork(engine) as unit:
        found = unit.leads.get(gone.id)
        assert found is not None
        unit.leads.remove(found)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.leads.get(gone.id) is None and list(unit.signals.of(gone.id)) == [] == list(unit.leads.stage_changes(gone.id))
        assert unit.leads.get(stays.id) is not None and len(unit.signals.of(stays.id)) == 1 == len(unit.leads.stage_changes(stays.id))


def test_a_lead_that_was_only_just_added_can_be_removed(engine: Engine) -> None:
    first = lead()
    with SqlUnitOfWork(engine) as unit:
        unit.leads.add(first)
        unit.leads.remove(first)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.leads.get(first.id) is None


def test_a_persons_leads_are_found_by_address_without_case_newest_first(engine: Engine) -> None:
    old = lead(contact={"email": "ana@x.example"}, created_at=NOW - timedelta(days=9))
    new = lead(contact={"email": "Ana@X.example"})
    keep(engine, old, new, lead(contact={"email": "ana@y.example"}), lead(contact={}))
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [found.id for found in unit.leads.by_email("ANA@x.example")] == [new.id, old.id]
        assert list(unit.leads.by_email("nobody@x.example")) == []


def search(engine: Engine, **by: Any) -> tuple[list[str], str | None]:
    everything: dict[str, Any] = dict.fromkeys(("stage", "route", "owner", "text", "conversation", "after")) | {"limit": 50}
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found, after = unit.leads.search(**everything | by)
        return [each.id for each in found], after


def test_leads_are_searched_by_stage_route_owner_conversation_and_text(engine: Engine) -> None:
    talk = new_id()
    first = lead(stage="mql", route="direct_sales", owner="ben@x.example", conversation_id=talk, contact={"name": "Ana Ruiz", "company": "Lake 100% Care"})
    second = lead(stage="nurture", route="nurture", contact={"name": "Bo", "email": "bo_b@lake.example"}, created_at=NOW - timedelta(days=1))
    keep(engine, first, second)
    assert search(engine) == ([first.id, second.id], None)
    for by in ({"stage": "mql"}, {"route": "direct_sales"}, {"owner": "ben@x.example"}, {"conversation": talk}, {"text": "ana r"}, {"text": "100%"}):
        assert search(engine, **by) == ([first.id], None), by
    assert search(engine, text="O_B@LAKE") == ([second.id], None)
    assert search(engine, text="lake") == ([first.id, second.id], None)
    for by in ({"stage": "mql", "route": "nurture"}, {"text": "1%C"}, {"text": "bo_____"}, {"text": "a\\"}, {"owner": "nobody"}):
        assert search(engine, **by) == ([], None), by


def test_pages_of_leads_hold_each_lead_once_also_when_many_came_at_the_same_moment(engine: Engine) -> None:
    made = [lead(created_at=NOW - timedelta(days=number // 4)) for number in range(11)]
    keep(engine, *made)
    seen, after, pages = [], None, 0
    while pages == 0 or after:
        page, after = search(engine, after=after, limit=3)
        seen += page
        pages += 1
    assert pages == 4 and sorted(seen) == sorted(each.id for each in made)
    when = {each.id: each.created_at for each in made}
    assert [when[each] for each in seen] == sorted(when.values(), reverse=True)


def test_a_page_that_is_exactly_full_has_no_next(engine: Engine) -> None:
    keep(engine, lead(), lead())
    assert search(engine, limit=2)[1] is None


def test_a_cursor_of_a_lead_that_is_gone_is_refused(engine: Engine) -> None:
    keep(engine, lead())
    with pytest.raises(ValueError, match="cursor"):
        search(engine, after=new_id())


def test_moves_come_back_in_order_of_time(engine: Engine) -> None:
    first = lead()
    later = StageChange(id="0" * 32, lead_id=first.id, stage_from="inquiry", stage_to="mql", at=NOW + timedelta(seconds=1), rule="r", by="rules")
    sooner = StageChange(id="f" * 32, lead_id=first.id, stage_from=None, stage_to="inquiry", at=NOW, rule="r", by="rules")
    keep(engine, first)
    keep(engine, later, sooner)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [change.stage_to for change in unit.leads.stage_changes(first.id)] == ["inquiry", "mql"]


def test_a_visitors_signals_are_those_that_belong_to_no_lead_yet(engine: Engine) -> None:
    first = lead()
    keep(engine, first)
    free, taken = Signal(id=new_id(), kind="webinar", at=NOW, visitor="v"), Signal(id=new_id(), kind="webinar", at=NOW, visitor="v", lead_id=first.id)
    keep(engine, free, taken, Signal(id=new_id(), kind="webinar", at=NOW, visitor="w", email="w@x.example", detail="d"))
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [found.id for found in unit.signals.of_visitor("v")] == [free.id]
        assert [found.id for found in unit.signals.of(first.id)] == [taken.id]


# -- staff, counts, playbooks -----------------------------------------------------------------------------------------


def user(email: str = "Ben@X.example") -> User:
    return User(id=new_id(), email=email, name="Ben", role="sales", password_hash="h", created_at=NOW)


def test_a_user_is_found_by_address_without_case_and_an_address_is_taken_once(engine: Engine) -> None:
    ben = user()
    keep(engine, ben)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.staff.user_by_email("ben@x.EXAMPLE")
        assert found is not None and found.id == ben.id and unit.staff.user_by_email("x@x.example") is None
    with pytest.raises(IntegrityError):
        keep(engine, user())


def test_a_sign_in_lasts_until_it_runs_out_or_is_ended(engine: Engine) -> None:
    ben = user()
    keep(engine, ben)
    keep(engine, Session(token_hash="t" * 64, user_id=ben.id, created_at=NOW, expires_at=NOW + timedelta(hours=1)))
    with SqlUnitOfWork(engine) as unit:
        found = unit.staff.session_user("t" * 64, NOW)
        assert found is not None and found.id == ben.id
        assert unit.staff.session_user("t" * 64, NOW + timedelta(hours=1)) is None
        assert unit.staff.session_user("u" * 64, NOW) is None
        unit.staff.remove_session("t" * 64)
        unit.staff.remove_session("u" * 64)
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.staff.session_user("t" * 64, NOW) is None


def test_a_key_is_found_by_its_hash(engine: Engine) -> None:
    key = ApiKey(id=new_id(), name="crm", key_hash="h" * 64, created_at=NOW)
    keep(engine, key)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found = unit.staff.api_key("h" * 64)
        assert found is not None and found.name == "crm" and unit.staff.api_key("g" * 64) is None


def test_counts_add_up_over_days_and_kinds_stay_apart(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        for kind, day in (("patient", 24), ("patient", 24), ("patient", 25), ("emergency", 24)):
            unit.tallies.count(kind, date(2026, 11, day))
        unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert (unit.tallies.total("patient"), unit.tallies.total("emergency"), unit.tallies.total("press")) == (3, 1, 0)


def test_a_playbook_version_is_published_once(engine: Engine) -> None:
    for new in (True, False):
        with SqlUnitOfWork(engine) as unit:
            assert unit.playbooks.keep(playbook_text("d" * 12)) is new
            unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.playbooks.text("d" * 12) == playbook_text("d" * 12) and unit.playbooks.text("e" * 12) is None


def test_publications_come_in_order_and_one_text_may_be_published_again(engine: Engine) -> None:
    for number, digest in enumerate(("one", "two", "one")):
        with SqlUnitOfWork(engine) as unit:
            unit.playbooks.keep(playbook_text(digest))
            unit.playbooks.publish(Publication(name="default", digest=digest, by="ana", note=str(number), at=NOW))
            unit.commit()
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [(done.digest, done.note) for done in unit.playbooks.publications()] == [("one", "0"), ("two", "1"), ("one", "2")]
        assert {kept.digest for kept in unit.playbooks.texts()} == {"one", "two"}


def test_what_was_not_kept_cannot_be_published(engine: Engine) -> None:
    with SqlUnitOfWork(engine) as unit:
        unit.playbooks.publish(Publication(name="default", digest="gone", by="ana", note="", at=NOW))
        with pytest.raises(IntegrityError):
            unit.commit()


# -- a unit is all or nothing -----------------------------------------------------------------------------------------


def test_what_is_not_committed_never_was(engine: Engine) -> None:
    first, second = lead(), lead()
    keep(engine, first)
    with SqlUnitOfWork(engine) as unit:
        unit.leads.add(second)
        unit.tallies.count("patient", NOW.date())
        found = unit.leads.get(first.id)
        assert found is not None
        found.stage = "mql"
    try:
        with SqlUnitOfWork(engine) as unit:
            unit.leads.add(lead(id=second.id))
            unit.messages.next_sequence(new_id())  # writes the lead down, without a commit
            raise RuntimeError("half way")
    except RuntimeError:
        pass
    with SqlUnitOfWork(engine, read_only=True) as unit:
        again = unit.leads.get(first.id)
        assert unit.leads.get(second.id) is None and unit.tallies.total("patient") == 0
        assert again is not None and again.stage == "inquiry"


def test_many_writers_at_once_all_get_through(engine: Engine) -> None:
    first, day = lead(), NOW.date()
    keep(engine, first)
    begin = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        begin.wait()
        for _ in range(5):
            with SqlUnitOfWork(engine) as unit:
                unit.leads.search(stage=None, route=None, owner=None, text=None, conversation=None, after=None, limit=5)
                unit.tallies.count("patient", day)
                unit.signals.add(Signal(id=new_id(), kind="webinar", at=NOW, lead_id=first.id, detail=str(writer)))
                unit.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.tallies.total("patient") == WRITERS * 5 == len(unit.signals.of(first.id))


def test_messages_taken_at_once_under_a_lock_get_numbers_of_their_own(engine: Engine) -> None:
    talk = conversation()
    keep(engine, talk)
    begin = threading.Barrier(WRITERS)

    def write(writer: int) -> None:
        begin.wait()
        with SqlUnitOfWork(engine) as unit:
            unit.conversations.get(talk.id, lock=True)
            number = unit.messages.next_sequence(talk.id)
            time.sleep(0.01)  # long enough for another to read the same number, if it could
            unit.messages.add(message(talk.id, number))
            unit.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert [said.sequence for said in unit.messages.of(talk.id)] == list(range(WRITERS))


def test_one_version_published_by_many_at_once_is_there_once(engine: Engine) -> None:
    begin = threading.Barrier(WRITERS)

    def publish(_: int) -> bool:
        begin.wait()
        with SqlUnitOfWork(engine) as unit:
            new = unit.playbooks.keep(playbook_text("d"))
            unit.commit()
            return new

    with ThreadPoolExecutor(WRITERS) as pool:
        assert sorted(pool.map(publish, range(WRITERS))) == [False] * (WRITERS - 1) + [True]


def test_a_reader_does_not_wait_for_a_writer_and_sees_only_what_was_committed(engine: Engine) -> None:
    first = lead()
    keep(engine, first)
    with SqlUnitOfWork(engine) as writer:
        found = writer.leads.get(first.id)
        assert found is not None
        found.stage = "mql"
        writer.tallies.count("patient", NOW.date())
        began = time.monotonic()
        with SqlUnitOfWork(engine, read_only=True) as reader:
            seen = reader.leads.get(first.id)
            assert seen is not None and seen.stage == "inquiry" and reader.tallies.total("patient") == 0
        assert time.monotonic() - began < 2


# -- migrations -------------------------------------------------------------------------------------------------------


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    first = lead()
    keep(engine, first)
    migrate(engine)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        assert unit.leads.get(first.id) is not None


def test_the_migrations_can_be_undone_and_done_again(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
        with engine.connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    finally:
        migrate(engine)
    keep(engine, lead())


def test_an_older_database_keeps_what_happened_to_its_leads(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path}/leads.db")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with opened.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in (
            "insert into leads (id, source, status, created_at, updated_at, facts, not_known, contact, assessment, stage, playbook, version)"
            " values ('l', 'form', 'completed', '2026-11-24', '2026-11-24', '{}', '{}', '{}', '{}', 'mql', '{}', 0)",
            "insert into stage_changes (id, lead_id, stage_to, at, rule, \"by\") values ('c', 'l', 'mql', '2026-11-24', 'mql', 'rules')",
        ):
            connection.execute(text(statement))
    migrate(opened)
    with opened.connect() as connection:
        kept = [connection.execute(text(f"select count(*) from {table}")).scalar() for table in ("leads", "stage_changes")]
        asked = connection.execute(text("pragma foreign_keys")).scalar()
    opened.dispose()
    assert kept == [1, 1] and asked == 1


def test_sqlite_waits_for_the_disk_at_each_commit_and_keeps_foreign_keys(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path}/new/folder/leads.db")
    with opened.connect() as connection:
        asked = {name: connection.execute(text(f"pragma {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    opened.dispose()
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


# -- rows for scoring many at once ------------------------------------------------------------------------------------


def test_rows_hold_the_leads_of_one_playbook_and_who_has_been_decided_by_people(engine: Engine) -> None:
    plain, taken, given_back, other = lead(), lead(), lead(), lead()
    for each in (plain, taken, given_back, other):
        each.playbook, each.facts, each.stage = {"name": "default", "version": "1", "digest": "abc"}, {"timeline": {"value": "now"}}, "nurture"
    taken.stage, other.playbook = "sal", {"name": "another", "version": "1", "digest": "def"}
    for each in (plain, taken, given_back, other):
        keep(engine, each)
    with SqlUnitOfWork(engine) as unit:
        unit.leads.add_stage_change(StageChange(id=new_id(), lead_id=given_back.id, stage_from="mql", stage_to="nurture", at=NOW, rule="reject.no_project", by="ben"))
        unit.signals.add(Signal(id=new_id(), kind="webinar", at=NOW, lead_id=plain.id))
        unit.signals.add(Signal(id=new_id(), kind="webinar", at=NOW, lead_id=other.id))
        unit.commit()
    rows = read_lead_rows(engine, "default", moved_by_rules={"nurture"})
    assert {key for key, _ in rows.leads} == {plain.id, taken.id, given_back.id}
    assert all(json.loads(facts) == {"timeline": {"value": "now"}} for _, facts in rows.leads)
    assert rows.signals == [(plain.id, "webinar", NOW)] and rows.taken == {taken.id, given_back.id}
    assert rows.scored_by == {"abc": 3}
