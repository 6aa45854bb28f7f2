"""What is made of our examples for tuning: under which question, with which slips, which two in one message."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from ruamel.yaml import YAML

from bot.nlu.held_out import is_held_out
from bot.nlu.questions import ANY, CHOICES, COMMON_QUESTIONS, LISTS, questions_for

# These mean the same whichever question is open, so half of them are heard under a random one.
HELD_ANYWHERE = frozenset({"emergency", "human", "stop", "book", "out_of_scope"})
MOVED_ANYWHERE, MOVED_ANSWERS = 0.5, 0.25
WORDS_TO_MOVE = 4
# Two examples in one message, beside each so many examples.
JOINED = 0.15
JOINTS = (". ", ", ", " and ", " / ", " - ", "\n", " n ", " & ", "; ", " + ")
QUESTION_BEHIND = 0.2


@dataclass(frozen=True)
class Variant:
    """One text under one question, with its labels; `spans` are parts of it (start, end) whose own facts are known."""

    text: str
    asked: Optional[str]
    act: str
    facts: Dict[str, Any]
    spans: Tuple[Tuple[int, int, Dict[str, Any]], ...] = ()


def taught_examples(folder: Path) -> List[Variant]:
    """Return the examples of data/nlu that are not held out; `asked` may be "any"."""
    examples = []
    for path in sorted(folder.glob("*.yml")):
        for block in YAML(typ="safe").load(path)["nlu"]:
            metadata = block.get("metadata") or {}
            for line in block["examples"].splitlines():
                if line.startswith("- ") and not is_held_out(line[2:].strip()):
                    examples.append(Variant(line[2:].strip(), metadata.get("asked"), block["intent"], metadata.get("facts") or {}))
    return examples


def variants_of(examples: List[Variant], random: np.random.Generator) -> List[Variant]:
    """Return what one epoch sees; each epoch another choice."""
    found = [Variant(_with_slips(example.text, random), question, example.act, example.facts)
             for example in examples for question in _questions(example, random)]
    single = [e for e in examples if e.act == "answer" and e.facts and "relationship" not in e.facts and len(e.text.split()) >= 3]
    asking = [e for e in examples if e.act == "faq" and not e.facts and len(e.text.split()) >= WORDS_TO_MOVE]
    for _ in range(int(JOINED * len(examples))):
        joined = _joined(_one(single, random), _one(asking if random.random() < QUESTION_BEHIND else single, random), random)
        if joined:
            found.append(joined)
    return found


def _one(examples: List[Variant], random: np.random.Generator) -> Variant:
    return examples[int(random.integers(len(examples)))]


def _questions(example: Variant, random: np.random.Generator) -> List[Optional[str]]:
    anywhere = COMMON_QUESTIONS[int(random.integers(len(COMMON_QUESTIONS)))]
    if example.asked == ANY:
        return [*questions_for(example.text), anywhere]
    if example.act in HELD_ANYWHERE and random.random() < MOVED_ANYWHERE:
        return [anywhere]
    if example.act == "answer" and example.facts and len(example.text.split()) >= WORDS_TO_MOVE and random.random() < MOVED_ANSWERS:
        return [None if random.random() < 0.5 else anywhere]
    return [example.asked]


def _joined(first: Variant, second: Variant, random: np.random.Generator) -> Optional[Variant]:
    facts = dict(first.facts)
    for fact, value in second.facts.items():
        known = facts.get(fact)
        if known is None:
            facts[fact] = value
        elif fact in LISTS and known and value:
            facts[fact] = sorted({*known, *value})
        elif fact in CHOICES and known == value:
            continue
        else:
            return None  # two values of one fact would teach nothing
    asked = first.asked if first.asked != ANY else None
    joint = JOINTS[int(random.integers(len(JOINTS)))]
    start, rest = _with_slips(first.text.rstrip(".!"), random), _with_slips(second.text, random)
    spans = ((0, len(start), first.facts), (len(start + joint), len(start + joint + rest), second.facts))
    return Variant(start + joint + rest, asked, second.act, facts, spans)


def _with_slips(text: str, random: np.random.Generator) -> str:
    """Now and then as typed on a phone: two letters swapped, one missing, one doubled, no full stop."""
    chance = random.random()
    if chance < 0.06:
        return text.rstrip(".!?")
    if chance > 0.18 or len(text) < 7:
        return text
    at, kind = int(random.integers(1, len(text) - 2)), int(random.integers(3))
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == 1 else text[:at] + text[at] + text[at:]
