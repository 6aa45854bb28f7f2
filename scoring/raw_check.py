"""A playbook as it was read, before it is known to be sound: look at parts of it and note problems with their place."""

from collections.abc import Callable, Iterator
from typing import Any

from scoring.conditions import WORDS, check_condition
from scoring.facts import FACTS, did_you_mean
from scoring.problems import Problem
from scoring.yaml_source import YamlPath, YamlSource


class RawCheck:
    """Walks raw data that may have any shape and notes problems; a part of the wrong shape is left to the block models."""

    def __init__(self, source: YamlSource) -> None:
        """Look at a whole file; `problems` fills as checks run."""
        self.source = source
        self.problems: list[Problem] = []
        self.data = source.data if isinstance(source.data, dict) else {}

    def add(self, path: YamlPath, message: str, at_key: bool = False) -> None:
        """Note a problem at a path, or at its key."""
        self.problems.append(self.source.problem(path, message, at_key=at_key))

    def under(self, path: YamlPath) -> Callable[[YamlPath, str, bool], None]:
        """Return what check_condition calls with problems of a condition at `path`."""
        return lambda inner, message, at_key: self.add((*path, *inner), message, at_key)

    def get(self, *path: str | int) -> Any:
        """Return the value at a path, None where there is none."""
        found: Any = self.data
        for part in path:
            if isinstance(found, list) and isinstance(part, int):
                found = found[part]
            else:
                found = found.get(part) if isinstance(found, dict) else None
        return found

    def mapping(self, *path: str | int) -> dict[str, Any]:
        """Return the block at a path, {} where there is none."""
        found = self.get(*path)
        return found if isinstance(found, dict) else {}

    def blocks(self, *path: str | int) -> Iterator[tuple[YamlPath, dict[str, Any]]]:
        """Yield the path and the block of each entry of a list."""
        found = self.get(*path)
        for index, block in enumerate(found if isinstance(found, list) else []):
            if isinstance(block, dict):
                yield (*path, index), block

    def condition(self, path: YamlPath, block: dict[str, Any], allowed: tuple[str, ...] = WORDS) -> None:
        """Check the `when` of a block, if it has one."""
        if "when" in block and block["when"] is not None:
            check_condition(block["when"], self.under((*path, "when")), (), allowed)

    def fact_names(self, path: YamlPath, names: Any, known: tuple[str, ...] = tuple(FACTS)) -> None:
        """Note names that are no facts."""
        for index, name in enumerate(names if isinstance(names, list) else []):
            if name not in known:
                self.add((*path, index), f"unknown fact '{name}'.{did_you_mean(name, known)}")
