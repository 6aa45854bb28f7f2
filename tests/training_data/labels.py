"""Checking labels: values that exist, no contradictions, enough examples of each act and value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from ruamel.yaml import YAML

from bot.nlu.questions import ANY
from leads.dialogue.contact import CONTACT_FIELDS
from scoring.facts import CLOSED, FACTS, LISTS, InvalidFact, check_value, did_you_mean
from tests.training_data.examples import Example
from wiring.settings import ROOT

ACTS = frozenset(YAML(typ="safe").load(ROOT / "domain/intents.yml")["intents"])
QUESTIONS = (*FACTS, *CONTACT_FIELDS, "confirm", ANY)
# Fewer examples of a value than this are a gap: a classifier that saw less guesses.
ENOUGH = 20
# Read by code, or by words alone, so no examples are needed.
NOT_TAUGHT = frozenset({("timeline", value) for value in CLOSED["timeline"] if value != "none"} | {("relationship", "buyer")})


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
