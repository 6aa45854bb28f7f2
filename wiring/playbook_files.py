"""The playbooks that the setting PLAYBOOK names: a file, a folder of files, or several of both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scoring.check import check_playbook
from scoring.playbook import Playbook, load_playbook
from scoring.problems import PlaybookError, Problem
from scoring.serving import check_set


def files_of(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files at these places, in order; those of a folder by name.

    Raises:
        PlaybookError: a folder without a playbook.
    """
    found: list[Path] = []
    for place in places:
        inside = sorted(place.glob("*.yml")) if place.is_dir() else [place]
        if not inside:
            raise PlaybookError([Problem(place.name, 1, 1, "expected a folder with playbooks (*.yml), found none in it")])
        found += inside
    return tuple(found)


def load_playbooks(places: Sequence[Path]) -> tuple[Playbook, ...]:
    """Load all playbooks that stand side by side.

    Raises:
        PlaybookError: the mistakes of every file, or those of the set.
    """
    loaded, problems = [], []
    for file in files_of(places):
        try:
            loaded.append(load_playbook(file))
        except PlaybookError as error:
            problems += error.problems
    problems = problems or check_set(loaded)
    if problems:
        raise PlaybookError(problems)
    return tuple(loaded)


def check_playbooks(places: Sequence[Path]) -> list[Problem]:
    """Return every problem of each file, and those of the set once each can be loaded."""
    try:
        files = files_of(places)
    except PlaybookError as error:
        return error.problems
    problems = [problem for file in files for problem in check_playbook(file)]
    try:
        return problems + check_set([load_playbook(file) for file in files])
    except PlaybookError:
        return problems
