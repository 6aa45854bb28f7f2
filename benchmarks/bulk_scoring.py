"""How fast a table of leads is scored, beside the engine that scores one lead: `python -m benchmarks.bulk_scoring --help`."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from benchmarks.question_order.prospects import ANSWERS, Numbers, Prospects, draw
from scoring.bulk import rescore, stored_leads
from scoring.engine import Answer, assess
from scoring.facts import AMOUNT_KEYS, FACTS, LISTS, SIGNALS, SIZE_KEYS
from scoring.playbook import DEFAULT_PLAYBOOK, Playbook, load_playbook

ON = date(2026, 11, 24)
SEED = 5
ONE_BY_ONE = 5_000  # Leads that the one-lead engine scores, for its speed and to compare with; a million would take minutes.
DECIDED = ("stage", "stage_rule", "route", "route_rule", "queue", "priority")
AS_JSON = 100_000  # Leads that are also scored from JSON documents: writing those takes far longer than scoring them.


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the processor, for a number of leads."""

    leads: int
    seconds: float
    cpu_seconds: float

    def beside(self, other: Took) -> str:
        """Say how many times as fast this is, by the clock and, which a busy machine disturbs less, by processor time."""
        share = self.leads / other.leads
        clock, cpu = share * other.seconds / self.seconds, share * other.cpu_seconds / self.cpu_seconds
        return f"{clock:.0f} times as fast, {cpu:.0f} times by processor time"

    def __str__(self) -> str:
        each = f"{self.leads / self.seconds:12,.0f} leads/s   {1e6 * self.cpu_seconds / self.leads:7.1f} CPU µs/lead"
        return f"{self.leads:10,} leads   {self.seconds:7.2f} s   {self.cpu_seconds:7.2f} CPU s   {each}"


def take(leads: int, work: Callable[[], Any]) -> Took:
    """Time some work."""
    began, cpu = time.perf_counter(), _cpu()
    work()
    return Took(leads, time.perf_counter() - began, _cpu() - cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class LeadSample:
    """Leads drawn from the answer distributions, each after a full interview: what they volunteered and what they answered."""

    def __init__(self, number: int, playbook: Playbook) -> None:
        self.drawn: Prospects = draw(number, SEED)
        asked = {fact for fact, question in playbook.data.questions.facts.items() if question.asked_by == "both"}
        answers = {fact: self.drawn.withheld[fact] == ANSWERS for fact in FACTS}
        self.known = {fact: self.drawn.said[fact] | (answers[fact] & (fact in asked)) for fact in FACTS}

    def answers(self, row: int) -> dict[str, Answer]:
        """Return what is known about one lead."""
        return {fact: answer for fact, answer in self.drawn.answers(row, ON).items() if self.known[fact][row]}

    def table(self) -> pa.Table:
        """Return all of it as the columns of scoring.bulk.lead_columns."""
        columns: dict[str, Any] = {"id": np.arange(len(self.drawn))}
        columns |= {fact: self._words(fact) for fact in self.drawn.codes} | {fact: self._lists(fact) for fact in self.drawn.named}
        for unit, counts in zip(SIZE_KEYS, self.drawn.sizes.T, strict=True):
            columns[f"org_size_{unit}"] = pa.array(counts, mask=(counts == 0) | ~self.known["org_size"])
        for side, dollars in zip(AMOUNT_KEYS, self.drawn.dollars.T, strict=True):
            columns[f"budget_amount_{side}"] = pa.array(dollars, mask=np.isnan(dollars) | ~self.known["budget_amount"])
        columns["contract_end"] = _days(self.drawn.contract_days, ~self.known["contract_end"])
        columns |= {f"signal_{kind}": _days(-ages, ages < 0) for kind, ages in zip(SIGNALS, self.drawn.signal_ages.T, strict=True)}
        return pa.table(columns)

    def _words(self, fact: str) -> pa.Array:
        codes = pa.array(self.drawn.codes[fact], mask=~self.known[fact])
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.drawn.words[fact])).cast(pa.string())

    def _lists(self, fact: str) -> pa.Array:
        named = self.drawn.named[fact] & self.known[fact][:, None]
        ends = np.concatenate([[0], np.cumsum(named.sum(axis=1))]).astype(np.int32)
        words = pa.array(LISTS[fact]).take(pa.array(np.nonzero(named)[1]))
        return pa.ListArray.from_arrays(pa.array(ends), words, mask=pa.array(~self.known[fact]))

    def documents(self, number: int) -> tuple[pa.Table, pa.Table]:
        """Return the first leads and their signals in the shape of the product's tables."""
        facts = [json.dumps({fact: _stored(answer.value) for fact, answer in self.answers(row).items()}) for row in range(number)]
        signals = [(row, signal.kind, signal.on) for row in range(number) for signal in self.drawn.signals(row, ON)]
        ids, kinds, days = zip(*signals, strict=True)
        stamps = pa.array(days).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
        return pa.table({"id": np.arange(number), "facts": facts}), pa.table({"lead_id": ids, "kind": kinds, "at": stamps})


def _days(from_today: Numbers, unknown: Numbers) -> pa.Array:
    return pa.array((np.datetime64(ON) + from_today).astype("datetime64[D]"), mask=unknown)


def _stored(value: Any) -> Mapping[str, Any]:
    return {"value": value, "confidence": 0.93, "quote": "what they said, in their own words, some fifty letters", "channel": "website",
            "at": "2026-11-24T15:00:00+00:00", "confirmed": False, "history": []}  # fmt: skip


def differences(sample: LeadSample, scored: Any, playbook: Playbook, number: int) -> list[str]:
    """Return a sentence for each of the first leads that the table and the engine decide differently."""
    found = []
    rows = scored.filter(scored.id < number).order_by("id").to_pyarrow().to_pylist()
    for row, columns in enumerate(rows):
        one = assess(sample.answers(row), sample.drawn.signals(row, ON), playbook, on=ON)
        expected: dict[str, Any] = {name: getattr(one, name) for name in DECIDED}
        expected["flags"] = [flag.id for flag in one.flags]
        for name, score in one.scores.items():
            expected |= {f"{name}_{part}": getattr(score, part) for part in ("points", "band", "coverage")}
        wrong = {name: (columns[name], value) for name, value in expected.items() if columns[name] != value}
        found += [f"lead {row}: table and engine differ in {wrong}"] if wrong else []
    return found if len(rows) == number else [*found, f"{number - len(rows)} leads are missing"]


def main() -> int:
    """Run it and print the figures; 1 if a lead is decided differently."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bulk_scoring", description=__doc__)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best of these is told")
    parser.add_argument("--playbook", type=Path, default=DEFAULT_PLAYBOOK)
    parser.add_argument("--postgresql", metavar="URL", help="also there, with temporary tables")
    parser.add_argument("--postgresql-leads", type=int, default=100_000)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", "fetch_arrow_table", DeprecationWarning)  # Ibis 12 with DuckDB 1.5.
    playbook = load_playbook(options.playbook)
    sample = LeadSample(options.leads, playbook)
    few = min(ONE_BY_ONE, options.leads)
    heard = [(sample.answers(row), sample.drawn.signals(row, ON)) for row in range(few)]

    def one_by_one() -> None:
        for answers, signals in heard:
            assess(answers, signals, playbook, on=ON)

    engine = _best(options.rounds, few, one_by_one)
    print(f"one by one       {engine}", flush=True)
    duckdb = ibis.duckdb.connect()
    leads = duckdb.create_table("leads", sample.table())
    decide = rescore(leads, playbook, on=ON)
    columns = _best(options.rounds, options.leads, lambda: duckdb.create_table("scored", decide, overwrite=True))
    print(f"DuckDB, columns  {columns}   {columns.beside(engine)}", flush=True)
    wrong = differences(sample, duckdb.table("scored"), playbook, few)
    number = min(AS_JSON, options.leads)
    stored, signals = sample.documents(number)
    tables = duckdb.create_table("stored", stored), duckdb.create_table("signals", signals)
    from_json = rescore(stored_leads(*tables, on=ON), playbook, on=ON)
    documents = _best(options.rounds, number, lambda: duckdb.create_table("from_json", from_json, overwrite=True))
    print(f"DuckDB, JSON     {documents}", flush=True)
    wrong += differences(sample, duckdb.table("from_json"), playbook, min(few, number))
    if options.postgresql:
        wrong += in_postgresql(sample, playbook, options)
    print(*(wrong or [f"The first {few:,} leads are decided as the engine decides them."]), sep="\n")
    return 1 if wrong else 0


def in_postgresql(sample: LeadSample, playbook: Playbook, options: argparse.Namespace) -> list[str]:
    """Score the first leads there, from columns; the processor's time is the server's and not told."""
    postgresql = ibis.connect(options.postgresql)
    postgresql.raw_sql("set jit = off")  # Compiling a query of this length takes it longer than running it.
    number = min(options.postgresql_leads, options.leads)
    leads = postgresql.create_table("leads", sample.table().slice(0, number), temp=True)
    decide = rescore(leads, playbook, on=ON)
    took = _best(options.rounds, number, lambda: postgresql.create_table("scored", decide, temp=True, overwrite=True))
    print(f"PostgreSQL       {number:10,} leads   {took.seconds:7.2f} s   {number / took.seconds:12,.0f} leads/s", flush=True)
    return differences(sample, postgresql.table("scored"), playbook, min(ONE_BY_ONE, number))


def _best(rounds: int, leads: int, work: Callable[[], Any]) -> Took:
    return min((take(leads, work) for _ in range(rounds)), key=lambda took: took.seconds)


if __name__ == "__main__":
    sys.exit(main())
