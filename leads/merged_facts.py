"""What two leads of one person know together, and what of it goes back where it came from. Pure: stored facts in, stored facts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leads.dialogue.recording import FOLLOWS
from scoring.facts import merge

type Stored = dict[str, Any]
type Facts = Mapping[str, Stored]


def combine(kept: Facts, gone: Facts) -> dict[str, Stored]:
    """Return the facts of both: the newest confirmed version of each counts, the others stand in its history with their channel.

    What adds up when one person says it (lists, sizes) adds up here too. A fact that only describes another one (the day of a
    timeline) comes from the lead whose version of that one counts.
    """
    found = {fact: _one(fact, kept.get(fact), gone.get(fact)) for fact in [*kept, *(fact for fact in gone if fact not in kept)]}
    for leader, follower in FOLLOWS.items():
        if leader in kept and leader in gone and kept[leader]["value"] != gone[leader]["value"]:
            first = kept if _counts_first(kept[leader], gone[leader]) else gone
            found.pop(follower, None)
            if follower in first:
                found[follower] = first[follower]
    return found


def give_back(before: Facts, after: Facts, now: Facts) -> tuple[dict[str, Stored], list[str]]:
    """Return the facts as they were before a merge with all that was learned since, and the names of the facts that differ by it.

    Args:
        before: of the lead that stayed, before the merge. after: right after it. now: as they are.
    """
    found, newer = {}, []
    for fact in [*before, *(fact for fact in now if fact not in before)]:
        if now.get(fact) == after.get(fact):  # nothing happened to it since
            if fact in before:
                found[fact] = before[fact]
            continue
        newer.append(fact)
        if fact not in now:  # taken out since
            continue
        known, old = _versions(after.get(fact)), _versions(before.get(fact))
        since = [version for version in _versions(now[fact]) if version not in known]
        found[fact] = _stack([*old, *since[:-1]], since[-1]) if since else now[fact]
    newer += [fact for fact in after if fact not in now and fact not in before]
    return found, newer


def _one(fact: str, kept: Stored | None, gone: Stored | None) -> Stored:
    if kept is None or gone is None:
        return dict(kept or gone or {})
    first, second = (kept, gone) if _counts_first(kept, gone) else (gone, kept)
    counting = _version(first) | {"value": merge(fact, second["value"], first["value"], correction=False)}
    older = [version for version in (*_versions(kept), *_versions(gone)) if version != counting]
    return _stack(_without_doubles(older), counting)


def _counts_first(kept: Stored, gone: Stored) -> bool:
    """Does the version of the lead that stays count? Confirmed before guessed, then the newer; in a tie the lead that stays."""
    return (bool(kept["confirmed"]), str(kept["at"])) >= (bool(gone["confirmed"]), str(gone["at"]))


def _versions(stored: Stored | None) -> list[Stored]:
    """All versions of a fact, oldest first."""
    return [*stored.get("history", ()), _version(stored)] if stored else []


def _version(stored: Stored) -> Stored:
    return {key: part for key, part in stored.items() if key != "history"}


def _stack(older: list[Stored], counting: Stored) -> Stored:
    return {**counting, "history": sorted(older, key=lambda version: str(version["at"]))}


def _without_doubles(versions: Iterable[Stored]) -> list[Stored]:
    found: list[Stored] = []
    for version in versions:
        if version not in found:
            found.append(version)
    return found
