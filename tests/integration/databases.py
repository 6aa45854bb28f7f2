"""Databases of our own to test with: SQLite in a folder, and a schema of the PostgreSQL that DATABASE_URL_TEST names."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from store.database import migrate, open_database
from store.tables import map_records

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@contextmanager
def migrated_database(kind: str, folder: Path) -> Iterator[Engine]:
    """An empty database, migrated to the newest version."""
    map_records()
    if kind == "sqlite":
        yield from _migrated(f"sqlite:///{folder}/leads.db")
        return
    with postgresql_schema() as url:
        yield from _migrated(url)


def _migrated(url: str) -> Iterator[Engine]:
    opened = open_database(url)
    migrate(opened)
    yield opened
    opened.dispose()


class postgresql_schema:
    """A schema that is dropped afterwards; its URL makes it the only one in sight."""

    def __enter__(self) -> str:
        base = os.environ.get("DATABASE_URL_TEST")
        if not base:
            reason = "DATABASE_URL_TEST is not set, so there is no PostgreSQL to test with"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        self._name = f"leadtriage_{uuid.uuid4().hex[:12]}"
        url = make_url(base).set(drivername="postgresql+psycopg")
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            connection.execute(text(f"create schema {self._name}"))
        return url.update_query_dict({"options": f"-csearch_path={self._name}"}).render_as_string(hide_password=False)

    def __exit__(self, *error: object) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"drop schema {self._name} cascade"))
        self._admin.dispose()
