"""What each part of the pipeline buys: trains and measures again with one part left out at a time.

    .venv/bin/python -m benchmarks.understanding.ablation [FILE.jsonl ...]

Prints one Markdown table a set of messages: the held-out examples, and each file (as in `evaluate`). Some ten minutes.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

from benchmarks.understanding.figures import Figures, count
from benchmarks.understanding.readings import (
    ENCODER,
    PYTHON_OF_RASA,
    Labelled,
    Reader,
    Redacting,
    messages_of,
    our_examples,
    taught_and_held_out,
)
from wiring.settings import ROOT

WHOLE = "the whole pipeline"
# Parts that bot/ can do without, by the name they have in `without.py`; the tuning is another encoder.
PARTS = ("open question", "sentences and clauses", "nearest examples", "vocabularies", "fact classifiers", "readers of values",
         "words that must allow", "calibration")
UNTUNED = "tuning of the encoder"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="messages with all facts labelled")
    args = parser.parse_args()
    taught, held_out = taught_and_held_out(our_examples())
    sets = {"held-out examples": held_out, **{path.name: Redacting().redact(messages_of(path)) for path in args.files}}
    rows: dict[str, dict[str, Figures]] = {}
    with Reader(ENCODER) as reader:
        for part in (None, *PARTS):
            rows[part or WHOLE] = _measure(reader, taught, sets, [part] if part else [])
    with tempfile.TemporaryDirectory() as folder:
        command = [str(PYTHON_OF_RASA), "-m", "bot.build_encoder", folder, "--untuned"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        with Reader(Path(folder)) as reader:
            rows[UNTUNED] = _measure(reader, taught, sets, [])
    for name, messages in sets.items():
        print(f"\n{name}, {len(messages)} messages\n")
        print("| without | acts | precision | recall | F1 | wholly right | false fill |\n|---|---|---|---|---|---|---|")
        for part, figures in rows.items():
            print(_row("(nothing left out)" if part == WHOLE else part, figures[name]))


def _measure(reader: Reader, taught: list[Labelled], sets: dict[str, list[Labelled]], without: list[str]) -> dict[str, Figures]:
    reader.train(taught, without=without)
    return {name: count(messages, reader.read(messages, without=without))[0] for name, messages in sets.items()}


def _row(part: str, figures: Figures) -> str:
    shares = (figures.right_acts / figures.messages, figures.precision, figures.recall, figures.f1,
              figures.wholly_right / figures.messages, figures.filled / max(figures.silent, 1))
    return f"| {part} | " + " | ".join(f"{share:.3f}" for share in shares) + " |"


if __name__ == "__main__":
    main()
