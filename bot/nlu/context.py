"""What the gateway says beside a message: which question was open, and which day stands for today."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any, Optional

from rasa.shared.nlu.training_data.message import Message

# Under these a bare "yes" or "no" is the answer itself.
YES_NO_FACTS = frozenset({"handles_phi", "comparing", "patient_communication"})
CONTACT_FIELDS = frozenset({"name", "email", "phone", "company", "title", "consent"})


@dataclass(frozen=True)
class Context:
    """The circumstances of one message.

    Attributes:
        asked: a fact, a contact field, `confirm` or None when nothing is open.
        confirming: the fact whose guess is put, when asked is `confirm`.
        today: the day that relative times count from.
        sites: number of sites known so far, for per-site amounts.
    """

    asked: Optional[str]
    today: datetime.date
    confirming: Optional[str] = None
    sites: Optional[int] = None

    def for_facts(self) -> "Context":
        """The context in which facts are read: what is said instead of a guess answers that guess's question."""
        return replace(self, asked=self.confirming) if self.asked == "confirm" and self.confirming else self


def context_of(message: Message) -> Context:
    """Read the context from a message's metadata.

    A training example carries it in its block's `metadata`; a live message in the request's. A message without a day
    is read with the machine's, once, here: no reader looks at the clock by itself.
    """
    metadata: dict[str, Any] = message.get("metadata") or {}
    block = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})} if _is_training(metadata) else metadata
    today = block.get("today")
    return Context(
        asked=block.get("asked"),
        today=datetime.date.fromisoformat(today) if today else datetime.date.today(),
        confirming=block.get("confirming"),
        sites=block.get("sites"),
    )


def labelled_facts(message: Message) -> dict[str, Any]:
    """Return the closed facts an example is labelled with."""
    metadata: dict[str, Any] = message.get("metadata") or {}
    block = {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
    return dict(block.get("facts") or {})


def _is_training(metadata: dict[str, Any]) -> bool:
    return isinstance(metadata.get("intent"), dict) or isinstance(metadata.get("example"), dict)


def kind_of_question(asked: Optional[str]) -> str:
    """Sort the open question by how short answers are read under it.

    >>> kind_of_question("handles_phi"), kind_of_question("email"), kind_of_question(None)
    ('yes_no', 'contact', 'none')
    """
    if asked is None:
        return "none"
    if asked == "confirm":
        return "confirm"
    if asked in YES_NO_FACTS:
        return "yes_no"
    return "contact" if asked in CONTACT_FIELDS else "open"
