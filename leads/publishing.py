"""Publishing a playbook: an act with an author and a note. Going back is publishing an older text again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.playbooks_in_use import FROM_FILE, keep_text, newest_publications, side_by_side, with_published
from leads.ports import UnitOfWork
from leads.records import Publication, StoredPlaybook
from scoring.playbook import Playbook, parse_playbook

LONGEST_AUTHOR, LONGEST_NOTE = 200, 500
FEWEST_SIGNS_OF_A_DIGEST = 4


class CannotPublish(ValueError):
    """The sentence says why not, and what to do."""


@dataclass(frozen=True)
class Version:
    """One line of the history: a publication, or a file of the settings that was used before anything was published."""

    name: str
    version: str
    digest: str
    by: str
    note: str
    at: datetime
    in_use: bool


def publish(
    uow: UnitOfWork, playbook: Playbook, *, files: Sequence[Playbook], by: str, note: str, at: datetime, again: bool = False
) -> None:
    """Keep a playbook's text and make it the one in use for its name: new conversations go by it.

    Args:
        files: the playbooks of the settings, beside which it must be able to stand.
        again: the text was kept before; its version is known then.
    Raises:
        CannotPublish: no author or note, in use already, or a version that was another text before.
        PlaybookError: it cannot stand beside the others that are in use.
    """
    by, note = _said("author", by, LONGEST_AUTHOR), _said("note", note, LONGEST_NOTE)
    newest = newest_publications(uow.playbooks)
    if newest.get(playbook.name) == playbook.digest:
        raise CannotPublish(f"{playbook.name} {playbook.version} ({playbook.digest}) is in use already. Nothing was published.")
    if not again:
        _check_version(uow, playbook)
    others = {name: _stored(uow, digest) for name, digest in newest.items() if name != playbook.name}
    side_by_side(with_published(files, {name: newer for name, newer in others.items() if newer} | {playbook.name: playbook}))
    keep_text(uow, playbook, by=by, note=note, at=at)
    uow.playbooks.publish(Publication(name=playbook.name, digest=playbook.digest, by=by, note=note, at=at))


def kept_before(uow: UnitOfWork, word: str, *, name: str | None = None) -> StoredPlaybook:
    """Return the one kept text that a version or the beginning of a digest means.

    Raises:
        CannotPublish: it means none, or several.
    """
    texts = [kept for kept in uow.playbooks.texts() if name in (None, kept.name)]
    of_digest = [kept for kept in texts if len(word) >= FEWEST_SIGNS_OF_A_DIGEST and kept.digest.startswith(word)]
    found = of_digest or [kept for kept in texts if kept.version == word]
    if not found:
        of = f" of {name}" if name else ""
        raise CannotPublish(f"There is no stored version or digest '{word}'{of}. `leadtriage playbook history` lists them.")
    if len(found) > 1:
        which = ", ".join(f"{kept.name} {kept.digest}" for kept in found)
        raise CannotPublish(f"'{word}' may mean several texts: {which}. Say which by its digest.")
    return found[0]


def history(uow: UnitOfWork, *, files: Sequence[Playbook]) -> list[Version]:
    """Return every publication and every file that was used, oldest first; `in_use` marks what begins now goes by."""
    texts = {kept.digest: kept for kept in uow.playbooks.texts()}
    done = uow.playbooks.publications()
    newest = {act.name: act for act in done}
    now = {playbook.digest for playbook in files}
    lines = [
        Version(
            kept.name, kept.version, kept.digest, kept.published_by, kept.note, kept.published_at,
            in_use=kept.digest in now and kept.name not in newest,
        )
        for kept in texts.values() if kept.published_by == FROM_FILE
    ]
    lines += [
        Version(act.name, texts[act.digest].version, act.digest, act.by, act.note, act.at, newest[act.name] is act) for act in done
    ]
    return sorted(lines, key=lambda line: line.at)


def _said(what: str, words: str, most: int) -> str:
    words = " ".join(words.split())
    if not words:
        raise CannotPublish(f"{what}: expected a few words that say {'who publishes this' if what == 'author' else 'why'}, found nothing.")
    if len(words) > most:
        raise CannotPublish(f"{what}: expected at most {most} characters, found {len(words)}. Say it shorter.")
    return words


def _check_version(uow: UnitOfWork, playbook: Playbook) -> None:
    """One version of a name is one text, for ever; a file that was only used may have been edited without a new version."""
    published = {act.digest for act in uow.playbooks.publications()}
    same = [kept for kept in uow.playbooks.texts() if (kept.name, kept.version) == (playbook.name, playbook.version)]
    known = any(kept.digest == playbook.digest for kept in same)
    for kept in same:
        if kept.digest != playbook.digest and (kept.digest in published or not known):
            how = "published" if kept.digest in published else "used as a file"
            place = playbook.where(playbook.source.line(("version",)))
            raise CannotPublish(
                f"{place}: version {playbook.version} of {playbook.name} was {how} on {kept.published_at:%Y-%m-%d} with another text "
                f"({kept.digest}; this one is {playbook.digest}). Give this text a version of its own, or go back to that one with "
                f"`leadtriage playbook publish --again {kept.digest}`."
            )


def _stored(uow: UnitOfWork, digest: str) -> Playbook | None:
    kept = uow.playbooks.text(digest)
    return parse_playbook(kept.text, kept.file) if kept else None
