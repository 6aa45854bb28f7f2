"""Building what the processes share: database, playbook, FAQ, clock."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from handoff.mail import Mailer, mail_server
from leads.dialogue.script import FaqTopic, Script
from leads.playbooks_in_use import PlaybooksInUse
from scoring.playbook import Playbook
from store.database import is_prepared, open_database
from store.tables import map_records
from store.unit_of_work import SqlUnitOfWork
from wiring.faq import read_faq
from wiring.invitation_links import InvitationLinks
from wiring.playbook_files import load_playbooks
from wiring.secret_key import kept_secret
from wiring.settings import VAR, SettingError, Settings, read_settings

if TYPE_CHECKING:
    from privacy.redaction import Redactor
    from wiring.identity_provider import IdentityProvider


def utc_now() -> datetime:
    """The wall clock; everything else is given the time."""
    return datetime.now(UTC)


@dataclass
class Application:
    """What an entry point works with. Each part is opened when it is first used."""

    settings: Settings
    _writers: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _has_database: bool = field(default=False, repr=False)

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        map_records()
        return open_database(self.settings.database_url)

    @cached_property
    def playbook_files(self) -> tuple[Playbook, ...]:
        """The playbooks of the settings, as their files stand.

        Raises:
            PlaybookError: with every mistake as file:line:column.
        """
        return load_playbooks(self.settings.playbook)

    @cached_property
    def faq(self) -> Mapping[str, FaqTopic]:
        """The vendor's answers.

        Raises:
            FaqError: with every mistake as file:line:column.
        """
        return read_faq(self.settings.faq)

    @cached_property
    def playbooks(self) -> PlaybooksInUse:
        """Which playbook a conversation or a lead goes by."""
        return PlaybooksInUse(self.playbook_files, self._read_playbooks, self.faq)

    @property
    def script(self) -> Script:
        """The default playbook in use, with the FAQ.

        Raises:
            PlaybookError, FaqError: with every mistake as file:line:column.
        """
        return self.playbooks.script()

    def _read_playbooks(self) -> SqlUnitOfWork | None:
        self._has_database = self._has_database or is_prepared(self.engine)
        return self.unit(read_only=True) if self._has_database else None

    @cached_property
    def redactor(self) -> Redactor:
        """The redaction seam; loads its language model."""
        # Imported here: spaCy and Presidio cost seconds of every start, and only the web process redacts.
        from privacy.redaction import Redactor

        return Redactor(self.settings.names_model)

    @cached_property
    def mailer(self) -> Mailer | None:
        """What sends mail to staff; None without SMTP_URL.

        Raises:
            SettingError: SMTP_URL is no address of a mail server.
        """
        if self.settings.smtp_url is None:
            return None
        try:
            return Mailer(mail_server(self.settings.smtp_url), sender=self.settings.mail_from)
        except ValueError as error:
            raise SettingError(f"Setting SMTP_URL: {error}.") from None

    @cached_property
    def identity_provider(self) -> IdentityProvider | None:
        """Who vouches for people by OpenID Connect; None without OIDC_ISSUER."""
        if self.settings.oidc_issuer is None:
            return None
        # Imported here: most commands sign nobody in.
        from wiring.identity_provider import IdentityProvider

        return IdentityProvider(
            self.settings.oidc_issuer, client_id=self.settings.oidc_client_id, client_secret=self.settings.oidc_client_secret,
            name=self.settings.oidc_button,
        )

    @cached_property
    def invitation_links(self) -> InvitationLinks:
        """What makes the links of invitations."""
        return InvitationLinks(self.secret_key, base_url=self.settings.base_url)

    @cached_property
    def secret_key(self) -> str:
        """The key that signs links: the setting, or one that is made once and kept beside the data."""
        return self.settings.secret_key or kept_secret(VAR / "secret.key")

    def unit(self, *, read_only: bool = False, recoverable: bool = False) -> SqlUnitOfWork:
        """A new unit of work; `recoverable`: what it keeps can be made again, so its commit need not wait for the disk."""
        writers = self._writers if self.engine.dialect.name == "sqlite" else None
        return SqlUnitOfWork(self.engine, read_only=read_only, recoverable=recoverable, writers=writers)

    def read(self) -> SqlUnitOfWork:
        """A new unit of work that only reads."""
        return self.unit(read_only=True)

    def write_soon(self) -> SqlUnitOfWork:
        """A new unit of work whose commit need not wait for the disk."""
        return self.unit(recoverable=True)

    def now(self) -> datetime:
        """The time."""
        return utc_now()


def build(settings: Settings | None = None) -> Application:
    """Build the application from the settings."""
    return Application(settings or read_settings())
