"""What the tests of the database share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.databases import BOTH, migrated_database


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the test's own, on SQLite and on PostgreSQL."""
    with migrated_database(request.param, tmp_path) as opened:
        yield opened
