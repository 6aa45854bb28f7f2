"""Blocks that were changed and still say that they apply since the old day."""

from collections.abc import Iterator
from typing import Any

from scoring.playbook import Playbook
from scoring.yaml_source import YamlPath

SINCE = "since"


def without_new_day(old: Playbook, new: Playbook) -> list[str]:
    """Return each changed block whose `since` stayed, with its line, e.g. "scores.fit (mine.yml:86)". Comments do not count."""
    blocks = _changed(old.source.data, new.source.data, ())
    return [f"{'.'.join(map(str, path))} ({new.where(new.source.line((*path, SINCE)))})" for path in blocks]


def _changed(old: dict[str, Any], new: dict[str, Any], path: YamlPath) -> Iterator[YamlPath]:
    # The `since` of the file itself is no block's: what it holds is looked at one by one.
    if path and SINCE in old and old[SINCE] == new.get(SINCE) and _own(old) != _own(new):
        yield path
    for key, block in new.items():
        if isinstance(block, dict) and isinstance(old.get(key), dict):
            yield from _changed(old[key], block, (*path, key))


def _own(value: Any) -> Any:
    """Return what a block says itself, without the blocks in it that have a day of their own."""
    if not isinstance(value, dict):
        return value
    return {key: _own(inner) for key, inner in value.items() if not (isinstance(inner, dict) and SINCE in inner)}
