"""Leads that Hypothesis draws: any facts the catalogue allows, signals, confirmed facts, near the limits that rules have."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from scoring.engine import Answer, Signal
from scoring.facts import CLOSED, FACTS, LISTS, SIGNALS, SIZE_KEYS, FactKind, check_value

TODAY = date(2026, 11, 24)
# Around the limits of rules and the steps of decay, where one day or one more makes the difference.
DAYS = st.one_of(st.sampled_from([at + by for at in (0, 7, 28, 30, 56, 84, 90, 91, 140, 182, 183, 400) for by in (-1, 0, 1)]), st.integers(-500, 1500))
COUNTS = st.one_of(st.sampled_from([1, 2, 5, 6, 8, 15, 20, 25, 30, 40, 50, 200, 400, 900, 1000, 5000, 50000]), st.integers(1, 1_000_000_000))
DOLLARS = st.one_of(st.sampled_from([0, 1, 9999.5, 10000, 19999, 19999.99, 20000, 25000, 50000, 80000]), st.floats(0, 999_999_999_999))
TEXTS = st.one_of(
    st.sampled_from(["manual", "spreadsheets", "Weave", "WEAVE", "weave", "luma health", "none", "otherwise", "OH", "oh", "Straße", "STRASSE", "İzmir", 'a "quoted" \\ name']),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(lambda text: text.split()),
)


class DrawnLead(NamedTuple):
    """One lead: answers as the engine takes them, and what happened when, in UTC."""

    answers: dict[str, Answer]
    happened: list[tuple[str, datetime]]

    @property
    def signals(self) -> list[Signal]:
        """What happened, as the engine takes it."""
        return [Signal(kind, at.date()) for kind, at in self.happened]


def value_of(fact: str) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of one fact."""
    kind = FACTS[fact]
    if kind is FactKind.CLOSED:
        return st.sampled_from(CLOSED[fact])
    if kind is FactKind.LIST:
        return st.lists(st.sampled_from(LISTS[fact]), unique=True)
    if kind is FactKind.SIZE:
        return st.dictionaries(st.sampled_from(SIZE_KEYS), COUNTS, min_size=1)
    if kind is FactKind.AMOUNT:
        return st.tuples(st.none() | DOLLARS, st.none() | DOLLARS).filter(any_named).map(in_order)
    return DAYS.map(lambda days: (TODAY + timedelta(days=days)).isoformat()) if kind is FactKind.DATE else TEXTS


def any_named(sides: tuple[float | None, float | None]) -> bool:
    return sides != (None, None)


def in_order(sides: tuple[float | None, float | None]) -> dict[str, float | None]:
    low, high = sides
    return {"min": low, "max": high} if low is None or high is None else {"min": min(low, high), "max": max(low, high)}


@st.composite
def leads(draw: st.DrawFn) -> DrawnLead:
    """Draw a lead."""
    values = draw(st.fixed_dictionaries({}, optional={fact: value_of(fact) for fact in FACTS}))
    confirmed = draw(st.sets(st.sampled_from(sorted(FACTS)), max_size=6))
    answers = {fact: Answer(check_value(fact, value), confirmed=fact in confirmed) for fact, value in values.items()}
    moments = st.builds(lambda days, clock: datetime.combine(TODAY - timedelta(days=days), clock, UTC), DAYS, st.times())
    return DrawnLead(answers, draw(st.lists(st.tuples(st.sampled_from(SIGNALS), moments), max_size=6)))


