"""Building what the processes share: database, playbook, FAQ, clock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
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
from wiring.secret_key import kept_secret
from wiring.settings import VAR, Settings, read_settings

if TYPE_CHECKING:
    from privacy.redaction import Redactor


def utc_now() -> datetime:
    """The wall clock; everything else is given the time."""
    return datetime.now(UTC)


@dataclass
class Application:
    """What an entry point works with. Each part is opened when it is first used."""

    settings: Settings
    _writers: threading.Lock = field(default_factory=threading.Lock, repr=False)

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

    @cached_property
    def secret_key(self) -> str:
        """The key that signs links: the setting, or one that is made once and kept beside the data."""
        return self.settings.secret_key or kept_secret(VAR / "secret.key")

    def unit(self, *, read_only: bool = False, recoverable: bool = False) -> SqlUnitOfWork:
        """A new unit of work; `recoverable`: what it keeps can be made again, so its commit need not wait for the disk."""
        writers = self._writers if self.engine.dialect.name == "sqlite" else None
        return SqlUnitOfWork(self.engine, read_only=read_only, recoverable=recoverable, writers=writers)

    def now(self) -> datetime:
        """The time."""
        return utc_now()


def build(settings: Settings | None = None) -> Application:
    """Build the application from the settings."""
    return Application(settings or read_settings())
