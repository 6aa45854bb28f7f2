"""A call's own notes, kept with its conversation as JSON."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class CallState:
    """Where a call stands.

    Attributes:
        by: e-mail address of the rep who leads the call.
        tab: the browser tab that may write; another one is told and may take over.
        company: what a call without a lead was begun with, an organisation's name or its domain.
        asking: the question on the screen: a fact, a contact field, or None when nothing is left to ask.
        asked: how often a fact's question was put; a skipped one counts as asked often enough.
        contact_left: contact fields that were skipped or refused.
        waiting: readings that the rep has neither accepted nor dropped (see leads/call/notes.py).
        unread: ids of notes that were kept while the dialogue engine was away.
        wrapped_up: outcome, next step, follow-up day and hand-over as told at the end, None before.
    """

    by: str
    tab: str | None = None
    company: str | None = None
    asking: str | None = None
    asked: dict[str, int] = field(default_factory=dict)
    contact_left: list[str] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    wrapped_up: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> CallState:
        """Read what `as_json` gave, of this version or an older one."""
        # A copy: a change inside the stored object itself would not be noticed, and nothing be saved.
        return cls(**{name: deepcopy(stored[name]) for name in cls.__dataclass_fields__ if name in stored})
