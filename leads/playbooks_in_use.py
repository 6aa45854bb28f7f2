"""Which playbook a conversation or a lead goes by: files of the settings, what was published since, and older texts by digest."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leads.dialogue.script import FaqTopic, Script
from leads.ports import Playbooks, UnitOfWork
from leads.records import Conversation, Lead, StoredPlaybook
from scoring.playbook import Playbook, parse_playbook
from scoring.problems import PlaybookError
from scoring.serving import check_set, choose

logger = logging.getLogger(__name__)
# A publication is seen by a running product after so many seconds at most; a turn asks for nothing.
SEEN_AFTER_SECONDS = 5.0
FROM_FILE = "file"


class PlaybooksInUse:
    """Playbooks are compiled once and found by digest; the store is asked at the start of conversations, at most every few seconds.

    For each name the newest publication counts; where nothing of that name was published, the file does. A conversation goes by the text
    it began with to its end. So does a lead while its interview runs; what scores it later uses the version in use of the same name.
    """

    def __init__(
        self, files: Sequence[Playbook], read: Callable[[], UnitOfWork | None], faq: Mapping[str, FaqTopic] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            files: the playbooks of the settings, in order.
            read: makes a unit of work that only reads, None while there is no database.
        """
        self._files, self._read, self._faq, self._clock = tuple(files), read, faq or {}, clock
        self._known = {playbook.digest: playbook for playbook in files}
        self._lost: set[str] = set()
        self._scripts: dict[str, Script] = {}
        self._current: tuple[Playbook, ...] = ()
        self._asked_at: float | None = None
        self._lock = threading.Lock()

    def current(self) -> tuple[Playbook, ...]:
        """Return the playbooks for what begins now: those of the settings in their order, then what was only published.

        Raises:
            PlaybookError: they cannot stand side by side, or a published text cannot be used any more, at the very first call; later
                the last good set stays in use and the log says why.
        """
        if self._is_fresh() or not self._lock.acquire(blocking=not self._current):  # while one looks, the others go on with what is known
            return self._current
        try:
            if not self._is_fresh():
                self._refresh()
            return self._current
        finally:
            self._lock.release()

    def _is_fresh(self) -> bool:
        return self._asked_at is not None and self._clock() - self._asked_at < SEEN_AFTER_SECONDS

    def _refresh(self) -> None:
        try:
            self._current = self._look()
        except PlaybookError as error:
            if not self._current:
                raise
            logger.error("what was published cannot be used, so nothing changed: %s", error)
        self._asked_at = self._clock()

    def choose(self, *, page: str | None = None, campaign: str | None = None) -> Playbook:
        """Return the playbook that serves a new conversation or lead; without page and campaign the default one."""
        return choose(self.current(), page=page, campaign=campaign)

    def named(self, name: str) -> Playbook | None:
        """Return the version in use of a playbook, None if there is none of that name."""
        return next((playbook for playbook in self.current() if playbook.name == name), None)

    def by_digest(self, digest: str) -> Playbook | None:
        """Return the very text that a score was made by, None where it was not kept or cannot be used any more."""
        if digest in self._known or digest in self._lost or not digest:
            return self._known.get(digest)
        unit = self._read()
        if unit is None:
            return None
        with unit:
            kept = unit.playbooks.text(digest)
        try:
            if kept:
                return self._keep(kept)
        except PlaybookError as error:
            logger.error("the stored playbook %s cannot be used any more: %s", digest, error)
        self._lost.add(digest)
        return None

    def of_conversation(self, conversation: Conversation) -> Playbook:
        """Return the playbook a conversation began with."""
        return self.by_digest(conversation.playbook_digest) or self.named(conversation.playbook) or self.choose()

    def of_lead(self, lead: Lead | None) -> Playbook:
        """Return the playbook by which a lead is scored now; the default one for no lead."""
        if lead is None:
            return self.choose()
        began_with = self.by_digest(lead.playbook.get("digest", "")) if lead.status == "open" else None
        return began_with or self.named(lead.playbook.get("name", "")) or self.choose()

    def of(self, conversation: Conversation) -> Script:
        """Return what a conversation runs on."""
        return self._script(self.of_conversation(conversation))

    def script(self) -> Script:
        """Return what a conversation without page and campaign runs on if it begins now."""
        return self._script(self.choose())

    def _script(self, playbook: Playbook) -> Script:
        return self._scripts.setdefault(playbook.digest, Script(playbook, self._faq))

    def _look(self) -> tuple[Playbook, ...]:
        unit = self._read()
        if unit is None:
            return side_by_side(self._files)
        newest: dict[str, Playbook] = {}
        with unit:
            for name, digest in newest_publications(unit.playbooks).items():
                known = self._known.get(digest)
                kept = None if known else unit.playbooks.text(digest)
                if known or kept:
                    newest[name] = known or self._keep(kept)  # type: ignore[arg-type]
        return side_by_side(with_published(self._files, newest))

    def _keep(self, kept: StoredPlaybook) -> Playbook:
        return self._known.setdefault(kept.digest, parse_playbook(kept.text, kept.file))


def newest_publications(playbooks: Playbooks) -> dict[str, str]:
    """Return the digest in use by name, names in the order of their first publication."""
    return {done.name: done.digest for done in playbooks.publications()}


def with_published(files: Sequence[Playbook], published: Mapping[str, Playbook]) -> tuple[Playbook, ...]:
    """Return files with what was published in their place, then what is in no file."""
    names = {playbook.name for playbook in files}
    return (*(published.get(playbook.name, playbook) for playbook in files), *(new for name, new in published.items() if name not in names))


def side_by_side(playbooks: tuple[Playbook, ...]) -> tuple[Playbook, ...]:
    """Return the playbooks if exactly one of them serves each conversation.

    Raises:
        PlaybookError: with every problem.
    """
    if problems := check_set(playbooks):
        raise PlaybookError(problems)
    return playbooks


def keep_text(uow: UnitOfWork, playbook: Playbook, *, by: str, note: str, at: datetime) -> None:
    """Keep a playbook's text, unless it is kept already."""
    uow.playbooks.keep(
        StoredPlaybook(
            digest=playbook.digest, name=playbook.name, version=playbook.version, text=playbook.source.text, file=playbook.file,
            published_by=by, note=note, published_at=at,
        )
    )


def keep_files(uow: UnitOfWork, playbooks: Sequence[Playbook], *, at: datetime) -> None:
    """Keep the texts of files before anything is scored by them."""
    for playbook in playbooks:
        keep_text(uow, playbook, by=FROM_FILE, note="a file of the settings, in use at a start", at=at)
