"""Check what the reader is taught: `python -m tests.training_data`.

Wrong values, unknown acts and questions, and the same words with contradicting labels under the same question are errors (exit 1).
Values with few examples are listed as gaps; they are no errors.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from leads.dialogue.contact import CONTACT_FIELDS
from scoring.facts import CLOSED, FACTS, LISTS, InvalidFact, check_value, did_you_mean
from wiring.settings import ROOT

FOLDER = ROOT / "data/nlu"
ACTS = frozenset(YAML(typ="safe").load(ROOT / "domain/intents.yml")["intents"])
QUESTIONS = (*FACTS, *CONTACT_FIELDS, "confirm")
KEYS = frozenset({"asked", "facts", "today", "confirming", "sites"})
# Fewer examples of a value than this are a gap: a classifier that saw less guesses.
ENOUGH = 20
# Read by code, or by words alone, so no examples are needed.
NOT_TAUGHT = frozenset({("timeline", value) for value in CLOSED["timeline"] if value != "none"} | {("relationship", "buyer")})


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


def wrong_labels(example: Example) -> Iterator[str]:
    """Yield a sentence for each label that is not in the catalogue."""
    if example.act not in ACTS:
        yield f"{example.where}: unknown act '{example.act}'.{did_you_mean(example.act, ACTS)}"
    if example.asked is not None and example.asked not in QUESTIONS:
        yield f"{example.where}: unknown question '{example.asked}'.{did_you_mean(example.asked, QUESTIONS)}"
    for fact, value in example.facts.items():
        try:
            checked = check_value(fact, value)
        except InvalidFact as error:
            yield f"{example.where}: {error}"
            continue
        if fact in CLOSED and checked != value:
            yield f"{example.where}: {fact}: expected '{checked}', found {value!r}. Quote words like \"yes\" and \"no\"."
        if fact not in CLOSED and fact not in LISTS and not (fact == "current_solution" and value in ("manual", "spreadsheets")):
            yield f"{example.where}: {fact} is read by code, so it cannot be taught; take it out."


def contradictions(examples: list[Example]) -> Iterator[str]:
    """Yield a sentence for each text that has different labels under the same question."""
    by_key: dict[tuple[str, str | None], list[Example]] = defaultdict(list)
    for example in examples:
        by_key[example.key].append(example)
    for (_, asked), same in by_key.items():
        first = same[0]
        for other in same[1:]:
            if (other.act, other.facts) != (first.act, first.facts):
                yield (
                    f"{other.where}: '{other.text}' under {asked or 'no question'} is {other.act} {other.facts} here, "
                    f"but {first.act} {first.facts} at {first.where}. Keep one."
                )


def gaps(examples: list[Example]) -> Iterator[str]:
    """Yield a line for each act and value with few examples."""
    acts = Counter(example.act for example in examples)
    for act in sorted(ACTS - {"start", "that_is_all"}):
        if acts[act] < ENOUGH:
            yield f"act {act}: {acts[act]} examples"
    values: Counter[tuple[str, str]] = Counter()
    for example in examples:
        for fact, value in example.facts.items():
            values.update((fact, str(one)) for one in (value or ["[]"] if isinstance(value, list) else [value]))
    for fact in (*CLOSED, *LISTS):
        for value in (*CLOSED.get(fact, ()), *LISTS.get(fact, ()), *(("[]",) if fact in LISTS else ())):
            if values[fact, value] < ENOUGH and (fact, value) not in NOT_TAUGHT:
                yield f"{fact} {value}: {values[fact, value]} examples"


def main(folder: Path = FOLDER) -> int:
    """Print what was found; return 1 if there are errors, else 0."""
    errors: list[str] = []
    examples = list(read(folder, errors))
    for example in examples:
        errors += wrong_labels(example)
    errors += contradictions(examples)
    for sentence in errors:
        print(sentence)
    for sentence in gaps(examples):
        print(f"gap (fewer than {ENOUGH}): {sentence}")
    print(f"{len(examples)} examples, {len(errors)} errors.")
    return 1 if errors or not examples else 0


if __name__ == "__main__":
    sys.exit(main())
