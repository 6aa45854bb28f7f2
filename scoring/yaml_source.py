"""Read YAML into plain data and remember where every value stood, double keys included."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from scoring.problems import PlaybookError, Problem

type YamlPath = tuple[str | int, ...]
DEEPEST = 20


@dataclass(frozen=True)
class YamlSource:
    """Plain data of one YAML file with the position of each value and of each mapping key."""

    file: str
    text: str
    data: Any
    values_at: dict[YamlPath, tuple[int, int]]
    keys_at: dict[YamlPath, tuple[int, int]]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: YamlPath, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem at `path`, or at the nearest enclosing value when the path itself is not in the file."""
        for length in range(len(path), -1, -1):
            part = path[:length]
            order = (self.keys_at, self.values_at) if at_key and length == len(path) else (self.values_at, self.keys_at)
            for positions in order:
                if part in positions:
                    return Problem(self.file, *positions[part], message)
        return Problem(self.file, 1, 1, message)

    def line(self, path: YamlPath) -> int:
        """Return the line of the key at `path` (the value where it has no key), counting from 1."""
        for length in range(len(path), -1, -1):
            found = self.keys_at.get(path[:length]) or self.values_at.get(path[:length])
            if found:
                return found[0]
        return 1


def read_yaml(path: Path) -> YamlSource:
    """Read one YAML 1.2 file.

    Returns:
        YamlSource: the data; double keys, aliases and over-deep nesting are in `problems`, the first value of a double
            key is kept.
    Raises:
        PlaybookError: the file cannot be opened or is not YAML; nothing more can be said about it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise PlaybookError(
            [Problem(path.name, 1, 1, f"cannot be read: {reason}. Check the path and the rights")]
        ) from error
    return parse_yaml(text, path.name)


def parse_yaml(text: str, file: str) -> YamlSource:
    """Parse YAML text as read_yaml does; `file` is the name used in messages."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        hint = "Check indentation, colons and quotes on this line and the one above"
        raise PlaybookError([Problem(file, line, column, f"not valid YAML: {error.problem}. {hint}")]) from error
    except YAMLError as error:
        raise PlaybookError([Problem(file, 1, 1, f"not valid YAML: {error}")]) from error
    source = YamlSource(file, text, None, {}, {})
    data = {} if root is None else _plain(root, (), source)
    return YamlSource(file, text, data, source.values_at, source.keys_at, source.problems)


def _position(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _plain(node: Node, path: YamlPath, source: YamlSource) -> Any:
    source.values_at[path] = _position(node)
    if len(path) > DEEPEST:
        source.problems.append(source.problem(path, f"nested deeper than {DEEPEST} levels. Is a block inside itself?"))
        return None
    if isinstance(node, MappingNode):
        return _mapping(node, path, source)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, index), source) for index, item in enumerate(node.value)]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _mapping(node: MappingNode, path: YamlPath, source: YamlSource) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line, column = _position(key_node)
        if key in data:
            first = source.keys_at[(*path, key)][0]
            message = f"the key '{key}' stands here a second time (first on line {first}). Remove or rename one"
            source.problems.append(Problem(source.file, line, column, message))
            continue
        source.keys_at[(*path, key)] = (line, column)
        data[key] = _plain(value_node, (*path, key), source)
    return data


def _scalar(node: ScalarNode) -> Any:
    kind = str(node.tag).rsplit(":", 1)[-1]
    text = str(node.value)
    try:
        if kind == "int":
            return int(text.replace("_", ""))
        if kind == "float":
            return float(text.replace("_", ""))
        if kind == "bool":
            return text.lower() == "true"
        if kind == "null":
            return None
        if kind == "timestamp":
            return date.fromisoformat(text)
    except ValueError:  # E.g. 2026-11-31: kept as text, so that the check of the block says what was expected there.
        return text
    return text
