"""Opening the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect, make_url

from leads.ports import StorageFailed

# Another process's write is waited for this long; a turn's own writes take milliseconds.
SQLITE_WAIT_SECONDS = 15
MIGRATIONS = Path(__file__).parent / "migrations"
READ_ONLY, RECOVERABLE = "leadtriage_read_only", "leadtriage_recoverable"
SQLITE_FAILS = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})


def open_database(url: str) -> Engine:
    """Return an engine; SQLite in WAL mode, so that readers and a writer do not wait for each other.

    Every commit reaches the disk before it is acknowledged (synchronous FULL): what a visitor typed outlives a power cut. Only a
    unit that is RECOVERABLE does not wait for the disk: what it keeps can be made again from what was kept before it.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10, max_overflow=20)
        event.listen(engine, "handle_error", _say_what_failed)

        @event.listens_for(engine, "begin")
        def begin_postgresql(connection: Connection) -> None:
            if connection.get_execution_options().get(RECOVERABLE):
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")

        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": SQLITE_WAIT_SECONDS})
    event.listen(engine, "handle_error", _say_what_failed)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says
        for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A unit that will write takes its turn at once: taking it later fails when another wrote in between.
        options = connection.get_execution_options()
        sync = "NORMAL" if options.get(RECOVERABLE) else "FULL"
        if connection.info.get("synchronous") != sync:
            connection.exec_driver_sql(f"PRAGMA synchronous={sync}")
            connection.info["synchronous"] = sync
        connection.exec_driver_sql("BEGIN" if options.get(READ_ONLY) else "BEGIN IMMEDIATE")

    return engine


def _say_what_failed(context: ExceptionContext) -> None:
    """Turn a database that is full or away into the store's own error; mistakes of ours stay what they are."""
    error = context.original_exception
    if isinstance(error, sqlite3.OperationalError):
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte is the kind of error
        if code in SQLITE_FAILS:
            # A write beyond a quota or a file-size limit comes as an input/output error.
            raise StorageFailed(full=code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)) from error
    elif isinstance(error, psycopg.errors.DiskFull):
        raise StorageFailed(full=True) from error
    elif context.is_disconnect or isinstance(error, psycopg.OperationalError):
        raise StorageFailed(full=False) from error


def is_prepared(engine: Engine) -> bool:
    """Say whether the tables are there; a file that is not there is not made by asking."""
    place = engine.url.database
    if engine.dialect.name == "sqlite" and place and place != ":memory:" and not Path(place).exists():
        return False
    # It only looks: within a unit that writes, another turn to write would never come.
    with engine.execution_options(**{READ_ONLY: True}).connect() as connection:
        return inspect(connection).has_table("publications")


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """To change a table SQLite makes it anew, and dropping the old one would take along all rows that point to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    own: Any = connection.connection.driver_connection  # the setting counts only outside of a transaction, which SQLAlchemy would begin
    own.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        own.execute("PRAGMA foreign_keys=ON")
