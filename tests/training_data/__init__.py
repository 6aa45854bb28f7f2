"""Check what the reader is taught: `python -m tests.training_data [--against FILE.jsonl ...]`.

Wrong values, unknown acts and questions, and the same words with contradicting labels under the same question are errors (exit 1).
So is a word of data/vocabularies that stands under two values.
So are examples that stand nearly word for word in a file that is used for measuring. Values with few examples and near-duplicates
within data/nlu are counted; they are no errors.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.training_data.examples import FOLDER, Example, read
from tests.training_data.labels import ENOUGH, contradictions, gaps, wrong_labels
from tests.training_data.likeness import near_pairs
from wiring.settings import ROOT
from wiring.vocabularies import check_vocabularies

# Written for measuring, so training may not hold its like.
OUR_MESSAGES = ROOT / "benchmarks/understanding"
# "i own the budget" or "no idea which ehr" occur to anyone; from so many words on it is a copy.
WORDS_OF_ONES_OWN = 6


def main(folder: Path = FOLDER, arguments: Sequence[str] = ()) -> int:
    """Print what was found; return 1 if there are errors, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.training_data", description=__doc__)
    parser.add_argument("--against", nargs="+", type=Path, default=[], help="files of messages (JSON lines with a text or a span)")
    parser.add_argument("--show", type=int, default=5, help="print so many pairs of each kind")
    args = parser.parse_args(arguments)
    errors: list[str] = []
    examples = list(read(folder, errors))
    for example in examples:
        errors += wrong_labels(example)
    errors += contradictions(examples)
    errors += [f"data/vocabularies/{problem}" for problem in check_vocabularies()]
    for path in [*sorted(OUR_MESSAGES.glob("*.jsonl")), *args.against]:
        errors += leaks(examples, path)
    for sentence in errors:
        print(sentence)
    for sentence in gaps(examples):
        print(f"gap (fewer than {ENOUGH}): {sentence}")
    for sentence in alike(examples, args.show):
        print(sentence)
    held_out = sum(example.held_out for example in examples)
    print(f"{len(examples)} examples, {len(errors)} errors. {held_out} are held out for measuring.")
    return 1 if errors or not examples else 0


def alike(examples: list[Example], show: int) -> Iterator[str]:
    """Yield how many examples are nearly the same: both taught under one question, or one taught and one held out."""
    texts = [example.text for example in examples]
    twice, across = [], []
    for one, other, _ in near_pairs(texts, texts):
        first, second = examples[one], examples[other]
        if first.held_out != second.held_out:
            across.append((first, second))
        elif first.asked == second.asked and not first.held_out:
            twice.append((first, second))
    held_out = {example.where for pair in across for example in pair if example.held_out}
    yield f"nearly the same under one question: {len(twice)} pairs of taught examples"
    yield from (f"  '{first.text}' ({first.where}) and '{second.text}' ({second.where})" for first, second in twice[:show])
    yield f"nearly the same across the split: {len(held_out)} held-out examples are nearly like a taught one"
    yield from (f"  '{first.text}' ({first.where}) and '{second.text}' ({second.where})" for first, second in across[:show])


def leaks(examples: list[Example], path: Path) -> Iterator[str]:
    """Yield a sentence for each example that a file for measuring holds too, but for a few letters. Short replies are everyone's."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    texts = [str(row.get("text") or row.get("span") or row.get("opening") or "") for row in rows]
    for place, number, likeness in near_pairs([example.text for example in examples], texts):
        if len(examples[place].text.split()) >= WORDS_OF_ONES_OWN:
            yield (f"{examples[place].where}: '{examples[place].text}' is {likeness:.0%} like '{texts[number]}' of {path.name}, which is "
                   "used for measuring. Take it out of data/nlu.")
