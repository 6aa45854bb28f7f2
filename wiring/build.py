"""Building what the processes share: database, playbook, FAQ, clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from leads.dialogue.script import Script
from scoring.playbook import Playbook, load_playbook
from store.database import open_database
from store.tables import map_records
from store.unit_of_work import SqlUnitOfWork
from wiring.faq import read_faq
from wiring.settings import Settings, read_settings

if TYPE_CHECKING:
    from privacy.redaction import Redactor


def utc_now() -> datetime:
    """The wall clock; everything else is given the time."""
    return datetime.now(UTC)


@dataclass
class Application:
    """What an entry point works with. Each part is opened when it is first used."""

    settings: Settings

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        map_records()
        return open_database(self.settings.database_url)

    @cached_property
    def script(self) -> Script:
        """The playbook and the FAQ.

        Raises:
            PlaybookError, FaqError: with every mistake as file:line:column.
        """
        return Script(load_playbook(self.settings.playbook), read_faq(self.settings.faq))

    @property
    def playbooks(self) -> Mapping[str, Playbook]:
        """Playbooks by name."""
        return {self.script.playbook.name: self.script.playbook}

    @cached_property
    def redactor(self) -> Redactor:
        """The redaction seam; loads its language model."""
        # Imported here: spaCy and Presidio cost seconds of every start, and only the web process redacts.
        from privacy.redaction import Redactor

        return Redactor(self.settings.names_model)

    def unit(self, *, read_only: bool = False) -> SqlUnitOfWork:
        """A new unit of work."""
        return SqlUnitOfWork(self.engine, read_only=read_only)

    def now(self) -> datetime:
        """The time."""
        return utc_now()


def build(settings: Settings | None = None) -> Application:
    """Build the application from the settings."""
    return Application(settings or read_settings())
