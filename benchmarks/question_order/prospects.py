"""Draw prospects from prospects.yml: what each would answer, what they say unasked, what they refuse or do not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ruamel.yaml import YAML

from scoring.engine import Answer, Signal
from scoring.facts import FACTS, LISTS, SIGNALS, SIZE_KEYS

type Numbers = npt.NDArray[Any]

DISTRIBUTIONS = Path(__file__).parent / "prospects.yml"
ANSWERS, REFUSES, DOES_NOT_KNOW = 0, 1, 2
MOST_WITHHELD = 95  # Percent: nobody keeps everything back.


@dataclass(frozen=True)
class Prospects:
    """A number of prospects, column by column; row i of every array belongs to prospect i.

    Attributes:
        words: the answers of each fact with one value; `codes` holds positions in it.
        codes: by fact with one value, whole numbers.
        named: by list fact, one column of booleans for each word of the catalogue.
        sizes: counts by SIZE_KEYS, 0 where the unit is not named.
        dollars: lower and upper bound in US dollars a year, nan where none is named.
        contract_days: days from today to the end of the current contract.
        signal_ages: days since the newest signal by SIGNALS, -1 where there is none.
        said: by fact, whether it is said before anybody asks.
        withheld: by fact, ANSWERS, REFUSES or DOES_NOT_KNOW when asked.
    """

    words: Mapping[str, Sequence[str]]
    codes: Mapping[str, Numbers]
    named: Mapping[str, Numbers]
    sizes: Numbers
    dollars: Numbers
    contract_days: Numbers
    signal_ages: Numbers
    said: Mapping[str, Numbers]
    withheld: Mapping[str, Numbers]

    def __len__(self) -> int:
        return len(self.contract_days)

    def answers(self, row: int, today: date) -> dict[str, Answer]:
        """Return what a prospect would answer to every question, refused ones included."""
        values: dict[str, Any] = {fact: self.words[fact][codes[row]] for fact, codes in self.codes.items()}
        for fact, named in self.named.items():
            values[fact] = [word for word, is_named in zip(LISTS[fact], named[row], strict=True) if is_named]
        values["org_size"] = {unit: int(count) for unit, count in zip(SIZE_KEYS, self.sizes[row], strict=True) if count}
        low, high = self.dollars[row]
        if not (np.isnan(low) and np.isnan(high)):
            values["budget_amount"] = {"min": None if np.isnan(low) else float(low), "max": None if np.isnan(high) else float(high)}
        values["contract_end"] = (today + timedelta(days=int(self.contract_days[row]))).isoformat()
        return {fact: Answer(value) for fact, value in values.items()}

    def signals(self, row: int, today: date) -> list[Signal]:
        """Return what a prospect has done on the website and elsewhere."""
        ages = zip(SIGNALS, self.signal_ages[row], strict=True)
        return [Signal(kind, today - timedelta(days=int(days))) for kind, days in ages if days >= 0]


def draw(number: int, seed: int, path: Path = DISTRIBUTIONS) -> Prospects:
    """Draw prospects; the same number, seed and file give the same prospects."""
    data = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    random = np.random.default_rng(seed)
    return _Drawing(data, number, random).prospects()


class _Drawing:
    def __init__(self, data: Mapping[str, Any], number: int, random: np.random.Generator) -> None:
        self.data, self.number, self.random = data, number, random
        self.segment = self._pick([block["share"] for block in data["segments"].values()])
        self.stance = self._pick([block["share"] for block in data["stances"].values()])
        self.temper = self._pick([block["share"] for block in data["tempers"].values()])
        self.words: dict[str, Sequence[str]] = {}

    def prospects(self) -> Prospects:
        answers = self.data["answers"]
        codes = {fact: self._one(fact) for fact in answers if fact != "relationship"}
        codes["org_type"] = self._by_segment("org_type", {})
        codes["relationship"] = self._by_segment("relationship", answers["relationship"])
        return Prospects(
            words=self.words,
            codes=codes,
            named={fact: self._several(fact) for fact in self.data["names"]},
            sizes=self._sizes(),
            dollars=self._dollars(),
            contract_days=self.random.integers(*self.data["contract_end"]["days"], size=self.number),
            signal_ages=self._signals(),
            said=self._said(),
            withheld=self._withheld(codes),
        )

    def _pick(self, weights: Sequence[float], size: int | None = None) -> Numbers:
        shares = np.asarray(weights, dtype=float)
        return self.random.choice(len(shares), size=self.number if size is None else size, p=shares / shares.sum())

    def _happens(self, percent: Any) -> Numbers:
        return self.random.random(self.number) * 100 < percent

    def _by_segment(self, fact: str, otherwise: Mapping[str, float]) -> Numbers:
        """Draw a fact whose weights a segment names itself."""
        weights = [block.get(fact, otherwise) for block in self.data["segments"].values()]
        self.words[fact] = words = list(dict.fromkeys(word for block in weights for word in block))
        drawn = np.zeros(self.number, dtype=np.int64)
        for index, block in enumerate(weights):
            rows = np.flatnonzero(self.segment == index)
            drawn[rows] = self._pick([block.get(word, 0) for word in words], len(rows))
        return drawn

    def _one(self, fact: str) -> Numbers:
        """Draw a fact with one value, by segment and stance."""
        base = self.data["answers"][fact]
        self.words[fact] = words = list(base)
        drawn = np.zeros(self.number, dtype=np.int64)
        for segment, for_segment in enumerate(self.data["segments"].values()):
            for stance, for_stance in enumerate(self.data["stances"].values()):
                rows = np.flatnonzero((self.segment == segment) & (self.stance == stance))
                factors = [block.get("times", {}).get(fact, {}) for block in (for_segment, for_stance)]
                weights = [base[word] * factors[0].get(word, 1) * factors[1].get(word, 1) for word in words]
                drawn[rows] = self._pick(weights, len(rows))
        return drawn

    def _several(self, fact: str) -> Numbers:
        """Draw which words of a list fact are named, by segment."""
        chances = self.data["names"][fact]
        factors = [block.get("names", {}).get(fact, {}) for block in self.data["segments"].values()]
        columns = []
        for word in LISTS[fact]:
            percent = np.array([chances.get(word, 0) * block.get(word, 1) for block in factors])[self.segment]
            columns.append(self._happens(percent))
        return np.stack(columns, axis=1)

    def _between(self, low: Numbers, high: Numbers) -> Numbers:
        """Draw numbers between two bounds, small ones more often: evenly on a logarithmic scale."""
        return np.exp(self.random.uniform(np.log(low), np.log(high)))

    def _sizes(self) -> Numbers:
        sizes = np.zeros((self.number, len(SIZE_KEYS)), dtype=np.int64)
        ranges = [block["sizes"] for block in self.data["segments"].values()]
        kept = np.stack([self._happens(self.data["sizes_named"]) for _ in SIZE_KEYS], axis=1)
        for index, block in enumerate(ranges):
            rows = np.flatnonzero(self.segment == index)
            main = SIZE_KEYS.index(next(iter(block)))
            kept[rows, main] |= ~kept[rows][:, [SIZE_KEYS.index(unit) for unit in block]].any(axis=1)
            for unit, (low, high) in block.items():
                column = SIZE_KEYS.index(unit)
                counts = np.rint(self._between(np.full(len(rows), low), np.full(len(rows), high))).astype(np.int64)
                sizes[rows, column] = np.where(kept[rows, column], counts, 0)
        return sizes

    def _dollars(self) -> Numbers:
        block = self.data["budget_amount"]
        low = np.rint(self._between(*(np.full(self.number, bound) for bound in block["dollars"])) / 1000) * 1000
        is_range = self._happens(block["range"])
        high = np.where(is_range, low * 1.5, low)
        bounds = np.stack([low, high], axis=1)
        bounds[~self._happens(block["named"])] = np.nan
        return bounds

    def _signals(self) -> Numbers:
        ages = np.full((self.number, len(SIGNALS)), -1, dtype=np.int64)
        first, last = self.data["signal_ages"]["days"]
        for column, kind in enumerate(SIGNALS):
            percent = np.array([block.get("signals", {}).get(kind, 0) for block in self.data["stances"].values()])[self.stance]
            days = np.rint(self._between(np.full(self.number, first + 1), np.full(self.number, last + 1))).astype(np.int64) - 1
            ages[:, column] = np.where(self._happens(percent), days, -1)
        return ages

    def _said(self) -> Mapping[str, Numbers]:
        factor = np.array([block["says"] for block in self.data["tempers"].values()])[self.temper]
        return {fact: self._happens(self.data["volunteered"].get(fact, 0) * factor) for fact in FACTS}

    def _withheld(self, codes: Mapping[str, Numbers]) -> Mapping[str, Numbers]:
        factor = np.array([block["holds_back"] for block in self.data["tempers"].values()])[self.temper]
        role_times = [self.data["dont_know_times"].get(word, {}) for word in self.words["buying_role"]]
        withheld = {}
        for fact in FACTS:
            by_role = np.array([block.get(fact, 1) for block in role_times])[codes["buying_role"]]
            refuses = np.minimum(self.data["refused"].get(fact, 0) * factor, MOST_WITHHELD)
            unsure = np.minimum(self.data["dont_know"].get(fact, 0) * factor * by_role, MOST_WITHHELD - refuses)
            drawn = self.random.random(self.number) * 100
            withheld[fact] = np.where(drawn < refuses, REFUSES, np.where(drawn < refuses + unsure, DOES_NOT_KNOW, ANSWERS))
        return withheld
