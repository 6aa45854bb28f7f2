"""How well messages are understood: trains on the taught examples, measures on the held-out ones and on files of messages.

    .venv/bin/python -m benchmarks.understanding.evaluate [FILE.jsonl ...] [--faults 20] [--tables]

A file holds one JSON object a line: text, act, asked (or null) and all facts; times relative to its reference_date (2026-11-24).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.understanding.figures import Figures, count, table_of_acts, table_of_facts
from benchmarks.understanding.readings import ENCODER, Labelled, Reader, Redacting, messages_of, our_examples, taught_and_held_out


def main() -> None:
    """Print a line a set; with --tables facts and acts, with --faults what was read wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="messages with all facts labelled")
    parser.add_argument("--faults", type=int, default=0, help="print so many messages of each set that were not read wholly right")
    parser.add_argument("--tables", action="store_true", help="print figures by fact, and what each act was read as")
    parser.add_argument("--encoder", type=Path, default=ENCODER, help="folder of another sentence encoder")
    args = parser.parse_args()
    taught, held_out = taught_and_held_out(our_examples())
    sets = {"held out": held_out, **{path.name: Redacting().redact(messages_of(path)) for path in args.files}}
    with Reader(args.encoder) as reader:
        spent = reader.train(taught)
        print(f"trained on {len(taught)} examples: " + ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in spent.items()) + " CPU s")
        for name, messages in sets.items():
            _report(name, messages, reader, args)


def _report(name: str, messages: list[Labelled], reader: Reader, args: argparse.Namespace) -> Figures:
    figures, faults = count(messages, reader.read(messages))
    print(f"\n{name}: {figures.line()}")
    if args.tables:
        print("", table_of_facts(figures), "", table_of_acts(figures), sep="\n")
    for fault in faults[: args.faults]:
        print(" ", fault)
    return figures


if __name__ == "__main__":
    main()
