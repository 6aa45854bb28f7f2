"""Building the application: nothing is opened before it is used."""

from datetime import UTC
from pathlib import Path

import pytest

from scoring.playbook import PlaybookError
from store.database import migrate
from wiring.build import build
from wiring.faq import FaqError
from wiring.settings import read_settings

SERIOUS = {"DEMO": "no"}


def test_building_opens_nothing(tmp_path: Path) -> None:
    broken = {"DATABASE_URL": f"sqlite:///{tmp_path}/deep/down.db", "PLAYBOOK": "gone.yml", "FAQ": "gone.yml", "NAMES_MODEL": "gone"}
    build(read_settings(SERIOUS | broken, None))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_playbook_or_faq_stops_at_its_first_use(tmp_path: Path) -> None:
    (tmp_path / "playbook.yml").write_text("name: x\n")
    (tmp_path / "faq.yml").write_text("topics: 7\n")
    with pytest.raises(PlaybookError):
        _ = build(read_settings(SERIOUS | {"PLAYBOOK": str(tmp_path / "playbook.yml")}, None)).script
    with pytest.raises(FaqError):
        _ = build(read_settings(SERIOUS | {"FAQ": str(tmp_path / "faq.yml")}, None)).script


def test_parts_are_built_once_and_units_are_new(tmp_path: Path) -> None:
    application = build(read_settings(SERIOUS | {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}, None))
    migrate(application.engine)
    assert application.engine is application.engine and application.script is application.script
    assert application.unit() is not application.unit()
    assert application.playbooks.current() == application.playbook_files
    application.engine.dispose()


def test_the_clock_knows_its_zone() -> None:
    assert build(read_settings(SERIOUS, None)).now().tzinfo is UTC


def test_a_unit_that_only_reads_does_not_wait_for_one_that_writes(tmp_path: Path) -> None:
    application = build(read_settings(SERIOUS | {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db"}, None))
    migrate(application.engine)
    with application.unit() as writing:
        writing.tallies.count("patient", application.now().date())
        with application.unit(read_only=True) as reading:
            assert reading.tallies.total("patient") == 0
        writing.commit()
    with application.unit(read_only=True) as reading:
        assert reading.tallies.total("patient") == 1
    application.engine.dispose()
