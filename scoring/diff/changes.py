"""Collect changes: each a sentence with its place in both files. Whatever has no words of its own is told by its path."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel

from scoring.condition_words import condition_words, sentence
from scoring.conditions import as_list
from scoring.playbook import Playbook
from scoring.yaml_source import YamlPath

type Kind = Literal["added", "removed", "changed", "moved"]
type Say = Callable[[Any, Any], str]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the part it belongs to, a sentence, and where it stands in the old and the new file, if it does."""

    part: str
    kind: Kind
    sentence: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Comparison:
    """Two playbooks and the changes found so far; `part` is the part looked at now."""

    old: Playbook
    new: Playbook
    part: str = ""
    changes: list[Change] = field(default_factory=list)

    def about(self, part: str) -> "Comparison":
        """Return the same comparison for another part; changes go to the same list."""
        return replace(self, part=part)

    def changed(self, text: str, path: YamlPath, before: YamlPath | None = None) -> None:
        """Note a change of something that is in both files; `before` is its path in the old one, if that differs."""
        self._add("changed", text, before or path, path)

    def moved(self, text: str, before: YamlPath, path: YamlPath) -> None:
        """Note that something stands elsewhere in a list."""
        self._add("moved", text, before, path)

    def added(self, text: str, path: YamlPath) -> None:
        """Note something that is only in the new file."""
        self._add("added", text, None, path)

    def removed(self, text: str, path: YamlPath) -> None:
        """Note something that is only in the old file."""
        self._add("removed", text, path, None)

    def _add(self, kind: Kind, text: str, before: YamlPath | None, path: YamlPath | None) -> None:
        old = None if before is None else self.old.where(self.old.source.line(before))
        new = None if path is None else self.new.where(self.new.source.line(path))
        self.changes.append(Change(self.part, kind, sentence(text), old, new))

    def fields(
        self, subject: str, old: BaseModel, new: BaseModel, path: YamlPath, before: YamlPath | None = None, *,
        say: Mapping[str, Say] | None = None, leave: Collection[str] = (),
    ) -> None:  # fmt: skip
        """Compare a block key by key; `say` has words for some keys, `leave` names those compared elsewhere."""
        words = {"since": self._since, "when": self._when} | dict(say or {})
        for name, key in _keys(new):
            one, other = getattr(old, name), getattr(new, name)
            if name in leave or one == other or (name == "when" and same_condition(one or {}, other or {})):
                continue
            if name in words:
                self.changed(f"{subject} {words[name](one, other)}", (*path, key), (*(before or path), key))
            else:
                self.anything(f"{subject}: {key.replace('_', ' ')}", one, other, (*path, key), (*(before or path), key))

    def anything(self, subject: str, old: Any, new: Any, path: YamlPath, before: YamlPath | None = None) -> None:
        """Compare two values of any shape; mappings are told key by key, everything else as a whole."""
        old, new = plain(old), plain(new)
        if isinstance(old, dict) and isinstance(new, dict):
            for key in dict.fromkeys([*old, *new]):
                self.anything(f"{subject}, {key}", old.get(key), new.get(key), (*path, key), (*(before or path), key))
        elif old != new:
            self.changed(f"{subject} is now {shown(new)} instead of {shown(old)}", path, before)

    def names(self, subject: str, old: Sequence[str], new: Sequence[str], path: YamlPath) -> None:
        """Compare two lists of names: what is new, what is gone, or only the order."""
        gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
        parts = [f"now also {', '.join(come)}"] if come else []
        parts += [f"no longer {', '.join(gone)}"] if gone else []
        if parts:
            self.changed(f"{subject}: {'; '.join(parts)}", path)
        elif list(old) != list(new):
            self.changed(f"{subject}: now in the order {', '.join(new)}", path)

    def _since(self, old: Any, new: Any) -> str:
        return f"applies from {new} instead of {old}"

    def _when(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        return f"now holds if {condition_words(new or {}, self.new)}. Before: if {condition_words(old or {}, self.old)}"


def same_condition(old: Any, new: Any) -> bool:
    """Say whether two raw conditions ask for the same: `timeline: now` is `timeline: [now]`, and order does not matter."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same_condition(old[key], new[key]) for key in old)
    if any(isinstance(part, dict) for part in (*as_list(old), *as_list(new))):
        return bool(old == new)
    return set(as_list(old)) == set(as_list(new))


def moved_names(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return the names of both lists that changed places, as few as can be: the others keep their order.

    >>> moved_names(["a", "b", "c", "d"], ["d", "a", "b", "new", "c"])
    ['d']
    """
    common = [name for name in new if name in old]
    longest: list[list[str]] = []  # Longest run in the old order that ends with each name.
    for place, name in enumerate(common):
        before = [run for other, run in zip(common, longest[:place], strict=False) if old.index(other) < old.index(name)]
        longest.append([*max(before, key=len, default=[]), name])
    kept = max(longest, key=len, default=[])
    return [name for name in common if name not in kept]


def plain(value: Any) -> Any:
    """Return blocks as mappings, however deep."""
    if isinstance(value, BaseModel):
        return {key: plain(getattr(value, name)) for name, key in _keys(value)}
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def shown(value: Any) -> str:
    """Return any value for a sentence, e.g. "none", "12", '"Call us"'."""
    if value is None or value == [] or value == {}:
        return "none"
    if isinstance(value, list):
        return ", ".join(shown(inner) for inner in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {shown(inner)}" for key, inner in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _keys(block: BaseModel) -> Iterator[tuple[str, str]]:
    """Yield the name of each field and its key in the file."""
    for name, info in type(block).model_fields.items():
        yield name, info.alias or name
