"""Hold the conversations of conversations/*.yml with the running product.

A step says one of: `say` (typed text), `choose` (value of a quick reply), or answers whatever is asked until nothing is left that it
knows: `answer` (texts by question) and `choose_when_asked` (quick replies by question); `never_asks` lists questions that must not come.
What is seen after a step, and of the lead at the end, is spelled out in `_SEEN` and `_AT_THE_END` below. Never the bot's prose, except
numbers and addresses that must be in it (`says`, `link`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scoring.yaml_source import read_yaml
from tests.running.product import Chat, Product

pytestmark = pytest.mark.running

CLOCK = re.compile(r"by (\d{1,2}):(\d{2}) (am|pm) Eastern")


def _conversations() -> list[Any]:
    found = []
    for path in sorted((Path(__file__).parent / "conversations").glob("*.yml")):
        source = read_yaml(path)
        assert not source.problems, source.problems
        found += [pytest.param(told, id=f"{path.stem}: {told['name']}") for told in source.data]
    return found


@pytest.mark.parametrize("told", _conversations())
def test_a_conversation_goes_as_told(product: Product, told: dict[str, Any]) -> None:
    assert set(told) == {"name", "talk", "end"} and told["end"], "a conversation has a name, a talk and an end"
    tallies = {kind: _tally(product, kind) for kind in [told["end"].get("tallied")] if kind}
    chat = product.chat()
    for number, step in enumerate(told["talk"], 1):
        _take(chat, step)
        for what, wanted in step.get("see", {}).items():
            seen = _SEEN[what](chat, wanted)
            assert seen, f"step {number} {step}: expected {what} {wanted}.\nstate {chat.state}\nfacts {chat.facts()}\nsaid {chat.messages}"
    lead = chat.find_lead()
    for what, wanted in told["end"].items():
        if what in ("no_lead", "tallied"):
            continue
        assert lead is not None, "no lead"
        assert _AT_THE_END[what](lead, wanted), f"at the end: expected {what} {wanted}, found {lead}"
    if told["end"].get("no_lead"):
        assert lead is None and chat.history()["messages"] == []
    for kind, before in tallies.items():
        assert _tally(product, kind) == before + 1


def _take(chat: Chat, step: dict[str, Any]) -> None:
    unknown = set(step) - {"say", "choose", "answer", "choose_when_asked", "never_asks", "see"}
    assert not unknown, f"unknown keys {unknown} in {step}"
    if "say" in step or "choose" in step:
        chat.refusal = None
        answer = chat.send({"text": step["say"]} if "say" in step else {"quick_reply": step["choose"]})
        if not answer.is_success:
            chat.refusal = answer.status_code
        assert answer.is_success or "refused" in step.get("see", {}), (step, answer.status_code, answer.text)
        return
    chat.answer(step.get("answer", {}), values=step.get("choose_when_asked"), never=step.get("never_asks", ()))


def _facts_are(facts: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all((fact not in facts) if value is None else facts.get(fact) == value for fact, value in wanted.items())


def _was(lead: dict[str, Any], wanted: dict[str, list[Any]]) -> bool:
    return all([old["value"] for old in lead["facts"][fact]["history"]] == values for fact, values in wanted.items())


def _promised_clock(chat: Chat) -> bool:
    """The time that is named is the lead's own clock, rounded up to the quarter of an hour."""
    named = CLOCK.search(" ".join(message["text"] for message in chat.messages if message["kind"] == "handoff"))
    respond_by = chat.lead()["route"]["respond_by"]
    if named is None or respond_by is None:
        return False
    due = datetime.fromisoformat(respond_by).astimezone(ZoneInfo("America/New_York"))
    hour = int(named[1]) % 12 + (12 if named[3] == "pm" else 0)
    said = due.replace(hour=hour, minute=int(named[2]), second=0, microsecond=0)
    return timedelta(0) <= said - due.replace(microsecond=0) < timedelta(minutes=15)


# What may be seen after a step.
_SEEN: dict[str, Callable[[Chat, Any], bool]] = {
    "asks": lambda chat, wanted: chat.state["asking"] == wanted,
    "asks_not": lambda chat, wanted: chat.state["asking"] not in (wanted, None),
    "confirms": lambda chat, wanted: chat.state["asking"] == "confirm" and chat.state["confirming"] == wanted,
    "facts": lambda chat, wanted: _facts_are(chat.facts(), wanted),
    "not_known": lambda chat, wanted: wanted.items() <= chat.lead()["not_known"].items(),
    "skipped": lambda chat, wanted: list(chat.lead()["not_known"].values()).count("refused") >= 2,
    "dont_know": lambda chat, wanted: "dont_know" in chat.lead()["not_known"].values() or chat.facts().get("handles_phi") == "unsure",
    "quotes": lambda chat, wanted: all(chat.lead()["facts"][fact]["quote"] == words for fact, words in wanted.items()),
    "was": lambda chat, wanted: _was(chat.lead(), wanted),
    "kinds": lambda chat, wanted: chat.kinds == wanted,  # of all messages, in order
    "has": lambda chat, wanted: wanted in chat.kinds,
    "offers": lambda chat, wanted: all(value in chat.choices for value in wanted),
    "says": lambda chat, wanted: all(any(words in message["text"] for message in chat.messages) for words in wanted),
    "link": lambda chat, wanted: any(wanted in message["text"] for message in chat.messages),
    "finished": lambda chat, wanted: chat.state["finished"] is wanted,
    "outcome": lambda chat, wanted: chat.state["outcome"] == wanted,
    "refused": lambda chat, wanted: chat.refusal == wanted,
    "answer_time": lambda chat, wanted: _promised_clock(chat),
    "no_answer_time": lambda chat, wanted: not any(CLOCK.search(message["text"]) for message in chat.messages),
}

# What may be told of the lead at the end, apart from `no_lead` and `tallied` (a count of people who are no leads).
_AT_THE_END: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "stage": lambda lead, wanted: lead["stage"]["name"] == wanted,
    "route": lambda lead, wanted: lead["route"]["name"] == wanted,
    "priority": lambda lead, wanted: lead["route"]["priority"] is wanted,
    "status": lambda lead, wanted: lead["status"] == wanted,
    "bands": lambda lead, wanted: all(lead["scores"][score]["band"] == band for score, band in wanted.items()),
    "flags": lambda lead, wanted: set(wanted) <= {flag["id"] for flag in lead["flags"]},
    "facts": lambda lead, wanted: _facts_are({fact: stored["value"] for fact, stored in lead["facts"].items()}, wanted),
    "not_known": lambda lead, wanted: wanted.items() <= lead["not_known"].items(),
    "contact": lambda lead, wanted: all(lead["contact"].get(field) == value for field, value in wanted.items()),
    "contributions": lambda lead, wanted: all(any(part in given["rule"] for score in lead["scores"].values() for given in score["contributions"]) for part in wanted),
    "answered_in_time": lambda lead, wanted: bool(lead["route"]["respond_by"]) and lead["route"]["queue"] not in (None, "closed", "nurture"),
    "unanswered_by_us": lambda lead, wanted: lead["route"]["respond_by"] is None,
}


def _tally(product: Product, kind: str) -> int:
    """How many of them were counted, from the database itself: no page shows it."""
    import sqlite3

    with sqlite3.connect(f"file:{product.folder / 'leadtriage.db'}?mode=ro", uri=True) as database:
        (total,) = database.execute("select coalesce(sum(count), 0) from tallies where kind = ?", (kind,)).fetchone()
    database.close()
    return int(total)
