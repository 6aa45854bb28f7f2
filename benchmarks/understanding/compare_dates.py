"""Our readers of times and money beside dateparser and Microsoft's recognizers-text, on labelled expressions.

    python3 -m venv /tmp/dates && /tmp/dates/bin/pip install dateparser recognizers-text-suite "emoji<2" grapheme datedelta
    /tmp/dates/bin/python -m benchmarks.understanding.compare_dates FILE.jsonl ...

Rows with `span` are expressions alone: times with `reference_date`, `horizon_days`, `tolerance_days` and `accept`, money with
`expected` {min, max}. Rows with `text` and `facts` are chat messages (times relative to 2026-11-24), of which those with a
`timeline_date` or `budget_amount` are used. A time counts as right when it overlaps the wanted days by at least half of the
shorter span. Needs neither environment of the product: our readers are plain Python.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.values.money import read_money
from bot.values.timeline import read_timeline

REFERENCE_DATE = date(2026, 11, 24)
Days = tuple[float, float]
Amount = tuple  # (least, most), one side may be None


@dataclass(frozen=True)
class Wanted:
    """One expression and what it means: spans of days from today, or an amount in dollars a year."""

    text: str
    today: date
    days: tuple[Days, ...] = ()
    amount: Amount | None = None


def read_rows(path: Path) -> Iterator[Wanted]:
    """Yield what a file asks for; rows of other kinds are left out."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "horizon_days" in row:
            if row.get("buyer_like") and row["type"] != "duration" and row["horizon_days"]:
                yield Wanted(row["span"], date.fromisoformat(row["reference_date"][:10]), days=tuple(_windows(row)))
        elif "span" in row:
            if row.get("buyer_scale") and (row["expected"].get("currency") or "USD") == "USD":
                yield Wanted(row["span"], REFERENCE_DATE, amount=(row["expected"].get("min"), row["expected"].get("max")))
        elif "facts" in row:
            yield from _from_message(row)


def _windows(row: dict[str, Any]) -> Iterator[Days]:
    today, slack = date.fromisoformat(row["reference_date"][:10]), row["tolerance_days"]
    low, high = row["horizon_days"]
    yield (-1e9 if low is None else low - slack, 1e9 if high is None else high + slack)
    for other in row.get("accept") or []:
        ends = [(date.fromisoformat(str(value)[:10]) - today).days for value in other.values() if str(value)[:4].isdigit()]
        if ends:
            yield min(ends) - slack, max(ends) + slack


def _from_message(row: dict[str, Any]) -> Iterator[Wanted]:
    facts = row["facts"]
    if facts.get("timeline_date"):
        days = (date.fromisoformat(facts["timeline_date"]) - REFERENCE_DATE).days
        yield Wanted(row["text"], REFERENCE_DATE, days=((days, days),))
    if facts.get("budget_amount"):
        yield Wanted(row["text"], REFERENCE_DATE, amount=(facts["budget_amount"]["min"], facts["budget_amount"]["max"]))


def our_time(text: str, today: date) -> Days | None:
    """Read a time with bot/values: the named day, or the days from the first to the last."""
    found = read_timeline(text, today, asked="timeline")
    if not found:
        return None
    value = found[0].value
    first, last = (value["timeline_date"],) * 2 if value["timeline_date"] else (value["from"], value["to"])
    return (date.fromisoformat(first) - today).days, (date.fromisoformat(last) - today).days


def our_money(text: str) -> Amount | None:
    """Read an amount with bot/values."""
    found = read_money(text, asked="budget_status")
    return (found[0].value["min"], found[0].value["max"]) if found else None


def with_dateparser() -> tuple[Callable[[str, date], Days | None], None]:
    """Prepare dateparser; it reads no money."""
    from dateparser import parse
    from dateparser.search import search_dates

    def read(text: str, today: date) -> Days | None:
        settings = {"RELATIVE_BASE": datetime(today.year, today.month, today.day), "PREFER_DATES_FROM": "future",
                    "PREFER_DAY_OF_MONTH": "last"}
        moment = parse(text, languages=["en"], settings=settings)
        if moment is None:
            found = search_dates(text, languages=["en"], settings=settings)
            moment = found[0][1] if found else None
        if moment is None:
            return None
        days = (moment.date() - today).days
        return days, days

    return read, None


def with_recognizers() -> tuple[Callable[[str, date], Days | None], Callable[[str], Amount | None]]:
    """Prepare recognizers-text; of several readings the first one that lies ahead is taken."""
    from recognizers_date_time import Culture, recognize_datetime
    from recognizers_number import recognize_number
    from recognizers_number_with_unit import recognize_currency

    def read_time(text: str, today: date) -> Days | None:
        base = datetime(today.year, today.month, today.day)
        spans = []
        for found in recognize_datetime(text, Culture.English, reference=base):
            for value in (found.resolution or {}).get("values", []):
                ends = [value.get(key) for key in ("value", "start", "end")]
                moments = [date.fromisoformat(end[:10]) for end in ends if end and end[:4].isdigit() and "-" in end[:8]]
                if moments:
                    last = max(moments) - timedelta(days=bool(value.get("end")))  # its ends are the day after
                    spans.append(((min(moments) - today).days, (max(last, min(moments)) - today).days))
        ahead = [span for span in spans if span[1] >= 0]
        return (ahead or spans or [None])[0]

    def read_amount(text: str) -> Amount | None:
        hits = recognize_currency(text, Culture.English) or recognize_number(text, Culture.English)
        found = [float(hit.resolution["value"]) for hit in hits if hit.resolution and hit.resolution.get("value")]
        return (min(found), max(found)) if found else None

    return read_time, read_amount


def is_right(wanted: Wanted, found: Any) -> bool:
    """Compare what was found with what was wanted."""
    if wanted.amount is not None:
        return all(abs((got or 0) - (want or 0)) <= 0.01 * max(1, abs(want or 0)) for want, got in zip(wanted.amount, found, strict=True))
    return any(_overlap(window, found) for window in wanted.days)


def _overlap(one: Days, other: Days) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared >= 0 and shared >= min(one[1] - one[0], other[1] - other[0]) / 2


def main() -> None:
    """Print a table for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--faults", type=int, default=0, help="print so many expressions that our readers read wrong or not at all")
    args = parser.parse_args()
    readers = {"ours": (our_time, our_money), "dateparser": with_dateparser(), "recognizers-text": with_recognizers()}
    for path in args.files:
        rows = list(read_rows(path))
        for kind in ("times", "money"):
            chosen = [row for row in rows if (row.amount is not None) == (kind == "money")]
            if chosen:
                print(f"\n{path.name}, {kind}, {len(chosen)} expressions\n")
                print("| reader | right | wrong | not read | CPU ms each |\n|---|---|---|---|---|")
                for name, (read_time, read_amount) in readers.items():
                    read = read_time if kind == "times" else read_amount
                    if read is not None:
                        _measure(name, chosen, read, args.faults if name == "ours" else 0)


def _measure(name: str, rows: list[Wanted], read: Callable[..., Any], faults: int) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    read(rows[0].text, rows[0].today) if rows[0].amount is None else read(rows[0].text)  # the first call loads tables
    began = time.process_time()
    for row in rows:
        found = read(row.text, row.today) if row.amount is None else read(row.text)
        outcome = "not read" if found is None else "right" if is_right(row, found) else "wrong"
        counts[outcome] += 1
        if outcome != "right":
            wrong.append(f"  {row.text} | wanted {row.days or row.amount}, found {found}")
    spent = 1000 * (time.process_time() - began) / len(rows)
    shares = " | ".join(f"{counts[outcome] / len(rows):.2f}" for outcome in ("right", "wrong", "not read"))
    print(f"| {name} | {shares} | {spent:.2f} |")
    for line in wrong[:faults]:
        print(line)


if __name__ == "__main__":
    main()
