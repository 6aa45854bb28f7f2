"""Throw-away PostgreSQL databases: one for each system, created for a run and dropped after it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url, text


@contextmanager
def throw_away_databases(url: str, count: int) -> Iterator[list[str]]:
    """Create so many databases beside the one of `url`, yield their addresses, and drop them at the end.

    Whoever stands in the address must be allowed to create databases.
    """
    server = make_url(url).set(drivername="postgresql+psycopg")
    names = [f"leadtriage_benchmark_{uuid.uuid4().hex[:12]}" for _ in range(count)]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield [server.set(drivername="postgresql", database=name).render_as_string(hide_password=False) for name in names]
    finally:
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()
