"""Questions, guesses and recaps in the playbook's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leads.dialogue.replies import NO, SKIP, UNSURE, YES, QuickReply, Reply, respond, say
from scoring.facts import CLOSED, LISTS, FactValue
from scoring.playbook import Playbook

# A phone screen holds about this many buttons without scrolling.
MOST_QUICK_REPLIES = 10


def question(playbook: Playbook, asking: str, *, channel: str) -> Reply:
    """Put a question."""
    block = playbook.questions[asking]
    replies = [QuickReply(reply.label, reply.value) for reply in block.quick_replies]
    return say(block.rep if channel == "rep" else block.ask, "question", *replies)


def why(playbook: Playbook, asking: str) -> Reply:
    """Say why a question is asked."""
    return say(playbook.questions[asking].why, "answer")


def choices(playbook: Playbook, asking: str, *, channel: str) -> Reply:
    """Put a question again with its answers to choose from, after its answer could not be used."""
    block = playbook.questions[asking]
    replies = [QuickReply(reply.label, reply.value) for reply in block.quick_replies]
    if not replies:
        values = CLOSED.get(asking) or LISTS.get(asking) or ()
        replies = [QuickReply(_capital(playbook.label(asking, value)), value) for value in values if value != "unsure"]
    text = block.choices_after_trouble or (block.rep if channel == "rep" else block.ask)
    offered = (*replies[:MOST_QUICK_REPLIES], QuickReply("I'm not sure", UNSURE), QuickReply("Skip this", SKIP))
    return say(text, "question", *offered)


def guess(playbook: Playbook, put: Mapping[str, Any]) -> Reply:
    """Put a doubtful reading as a guess."""
    name, value = playbook.fact_name(put["fact"]), in_words(playbook, put["fact"], put["value"])
    response = "utter_confirm_change" if put.get("changes") else "utter_confirm"
    return respond(response, "confirm", QuickReply("Yes", YES), QuickReply("No", NO), fact=name, value=value)


def anything_else(playbook: Playbook, fact: str, value: FactValue) -> Reply:
    """Ask whether a list that was mentioned in passing is complete."""
    block = playbook.questions[fact]
    offered = [QuickReply(reply.label, reply.value) for reply in block.quick_replies if reply.value and not _holds(value, reply.value)]
    return respond(
        "utter_anything_else", "question", *offered, QuickReply("Nothing to add", NO), fact=playbook.fact_name(fact),
        known=in_words(playbook, fact, value),
    )


def _holds(known: FactValue, offered: object) -> bool:
    return isinstance(known, list) and isinstance(offered, list) and set(offered) <= set(known)


def changed(playbook: Playbook, facts: Mapping[str, FactValue]) -> Reply:
    """Say which answers were changed to what."""
    return respond("utter_changed", "notice", changes=listing(_said(playbook, fact, value) for fact, value in facts.items()))


def noted(playbook: Playbook, facts: Mapping[str, FactValue]) -> Reply:
    """Say what was understood beyond the question, so that a slip is seen at once."""
    return respond("utter_noted", "notice", facts=listing(_said(playbook, fact, value) for fact, value in facts.items()))


def _said(playbook: Playbook, fact: str, value: FactValue) -> str:
    return f"{in_words(playbook, fact, value)} ({playbook.fact_name(fact)})"


def in_words(playbook: Playbook, fact: str, value: FactValue) -> str:
    """Return a value as a person would say it.

    Sizes become "14 sites and 1,380 beds", amounts "$90,000 a year", lists "Epic and Salesforce", [] "none".
    """
    if isinstance(value, list):
        return listing(playbook.label(fact, item) for item in value) or "none"
    if isinstance(value, dict):
        if fact == "org_size":
            return listing(f"{count:,} {unit if count != 1 else unit.removesuffix('s')}" for unit, count in value.items())
        return _amount(value.get("min"), value.get("max"))
    return playbook.label(fact, value)


def _amount(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"${low:,.0f} a year" if low == high else f"${low:,.0f} to ${high:,.0f} a year"
    return f"at least ${low:,.0f} a year" if low is not None else f"up to ${high:,.0f} a year"


def listing(words: Iterable[str]) -> str:
    """Join words as in a sentence.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    parts = list(words)
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
