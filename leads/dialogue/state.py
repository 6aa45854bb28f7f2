"""The dialogue's notes about a conversation, kept with it as JSON."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class DialogueState:
    """Where a conversation stands.

    Attributes:
        asking: the open question: a fact, a contact field, `confirm`, or None.
        confirming: the guess that is put: fact, value, confidence, quote, and `changes` if it would replace an answer.
        changing: the fact or contact field whose question is put again because the visitor wants to change the answer.
        guesses: doubtful readings of facts whose question has not come up yet.
        asked: how often each question was put; trouble: how often its answer could not be used.
        wants: None, `person` or `call`: contact comes first then.
        contact_refused: contact fields the visitor would not give.
        booking_link_given: the visitor may say that a time is booked.
        handed_over: a person was promised; more answers only help that person prepare.
        unanswered: questions of the visitor that the FAQ has no answer for, for whoever follows up.
    """

    asking: str | None = None
    confirming: dict[str, Any] | None = None
    changing: str | None = None
    guesses: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    trouble: dict[str, int] = field(default_factory=dict)
    wants: str | None = None
    contact_refused: list[str] = field(default_factory=list)
    handed_over: bool = False
    booking_link_given: bool = False
    finished: bool = False
    remaining: int = 0
    unanswered: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> DialogueState:
        """Read what `as_json` gave, of this version or an older one."""
        # A copy: counting in the stored object itself would make the old state equal to the new one, and nothing be saved.
        known = {name: deepcopy(stored[name]) for name in cls.__dataclass_fields__ if name in stored}
        return cls(**known)

    def count_question(self, asking: str) -> None:
        """Note that a question is put."""
        self.asked[asking] = self.asked.get(asking, 0) + 1

    def count_trouble(self, asking: str) -> int:
        """Note an answer that could not be used; return how many there were for this question."""
        self.trouble[asking] = self.trouble.get(asking, 0) + 1
        return self.trouble[asking]
