"""A turn is decided within the unit that will write it, by a playbook text that this process may never have seen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leads.playbooks_in_use import keep_text
from scoring.playbook import DEFAULT_PLAYBOOK, parse_playbook
from tests.integration.databases import BOTH, migrated_database
from wiring.build import build
from wiring.settings import read_settings

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize("kind", BOTH)
def test_a_published_text_is_found_while_a_unit_writes(kind: str, tmp_path: Path) -> None:
    with migrated_database(kind, tmp_path) as engine:
        settings = read_settings({"DEMO": "yes", "DATABASE_URL": engine.url.render_as_string(hide_password=False)}, None)
        published = parse_playbook(DEFAULT_PLAYBOOK.read_text(encoding="utf-8") + "\n# published, and in no file\n", "mine.yml")
        publisher, other = build(settings), build(settings)
        with publisher.unit() as unit:
            keep_text(unit, published, by="ops@meridian.example", note="tried", at=NOW)
            unit.commit()
        with other.unit() as unit:  # the turn's own, which holds SQLite's one turn to write
            unit.tallies.count("turn", NOW.date())
            found = other.playbooks.by_digest(published.digest)
            unit.commit()
        for application in (publisher, other):
            application.engine.dispose()
    assert found is not None and found.digest == published.digest
