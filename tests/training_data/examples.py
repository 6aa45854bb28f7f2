"""Reading data/nlu: every example with its labels and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.nlu.held_out import is_held_out
from scoring.facts import did_you_mean
from wiring.settings import ROOT

FOLDER = ROOT / "data/nlu"
KEYS = frozenset({"asked", "facts", "today", "confirming", "sites"})


@dataclass(frozen=True)
class Example:
    """One text with its labels and where it stands."""

    where: str
    text: str
    act: str
    asked: str | None
    facts: dict[str, Any]

    @property
    def key(self) -> tuple[str, str | None]:
        """Two examples with the same key must have the same labels: the reader sees no difference."""
        return " ".join(self.text.lower().split()), self.asked

    @property
    def held_out(self) -> bool:
        """Kept for measuring: training never sees it."""
        return is_held_out(self.text)


def read(folder: Path, errors: list[str]) -> Iterator[Example]:
    """Yield every example of a folder; what cannot be read is added to `errors`."""
    for path in sorted(folder.glob("*.yml")):
        try:
            content = YAML().load(path)
        except YAMLError as error:
            errors.append(f"{path.name}: expected YAML ({' '.join(str(error).split())[:200]}).")
            continue
        for block in content.get("nlu") or []:
            yield from _examples_of(path.name, block, errors)


def _examples_of(file: str, block: Any, errors: list[str]) -> Iterator[Example]:
    line = block.lc.line + 1
    metadata = block.get("metadata") or {}
    for key in metadata:
        if key not in KEYS:
            errors.append(f"{file}:{line}: unknown key '{key}' in metadata.{did_you_mean(key, KEYS)}")
    asked = metadata.get("asked")
    texts = [text[2:].strip() for text in (block.get("examples") or "").splitlines() if text.startswith("- ")]
    if not texts:
        errors.append(f"{file}:{line}: a block without examples. Each stands on a line of its own, after '- '.")
    for number, text in enumerate(texts):
        yield Example(f"{file}:{line}+{number + 1}", text, str(block.get("intent")), asked, dict(metadata.get("facts") or {}))
