"""`python -m benchmarks`: LeadTriage and a textbook Rasa bot, side by side. Exit 0 is fine, 1 found a wrong reply, 2 used wrongly."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from benchmarks.load import LoadFailed
from benchmarks.process_costs import ProcessGone
from benchmarks.results import MANY, as_markdown
from benchmarks.run import PARTS, Plan, run
from benchmarks.system import CannotStart
from benchmarks.textbook import TrainingFailed

QUICK = {"rounds": 2, "chats": 50, "boots": 1, "long_chats": 1}
FULL = {"rounds": 5, "chats": 150, "boots": 3, "long_chats": 3}


def read_plan(arguments: list[str] | None = None) -> tuple[Plan, argparse.Namespace]:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures LeadTriage beside a textbook Rasa bot: speed, memory, start, long chats. "
        "The first run trains the textbook bot (minutes). A full run takes about half an hour; let nothing else run meanwhile.",
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds and chats: some minutes, rough figures")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone (may be given again); default: all")
    parser.add_argument("--system", choices=("both", "leadtriage", "textbook"), default="both", help="measure only one of them")
    parser.add_argument("--rounds", type=_at_least_one, help=f"rounds of each load (default {FULL['rounds']})")
    parser.add_argument("--chats", type=_at_least_one, help=f"conversations of a round with 50 at a time (default {FULL['chats']})")
    parser.add_argument("--port", type=_at_least_one, default=8120, help="the first of five free ports (default 8120)")
    parser.add_argument("--database-url", help="run both on PostgreSQL, in databases of their own that are dropped in the end")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured to FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to FILE")
    given = parser.parse_args(arguments)
    sizes = {**(QUICK if given.quick else FULL)} | {name: value for name in ("rounds", "chats") if (value := getattr(given, name))}
    if given.database_url and not given.database_url.startswith("postgresql"):
        parser.error("--database-url: expected postgresql://user@host/name; SQLite files are the default")
    if sizes["chats"] < MANY:
        parser.error(f"--chats: expected at least {MANY}, so that {MANY} can be held at a time, found {sizes['chats']}")
    names = ("leadtriage", "textbook") if given.system == "both" else (given.system,)
    plan = Plan(parts=tuple(given.only or PARTS), systems=names, port=given.port, database_url=given.database_url, **sizes)
    return plan, given


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found '{text}'")
    return int(text)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks; return the exit code."""
    plan, given = read_plan(arguments)
    try:
        results = run(plan)
    except (LoadFailed, CannotStart, TrainingFailed, ProcessGone) as error:
        print(f"{error}\nThere are no figures.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    tables = as_markdown(results)
    print(f"\n{tables}")
    if given.markdown:
        given.markdown.write_text(tables)
    if given.json:
        given.json.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that what was started is stopped as well
    sys.exit(main())
