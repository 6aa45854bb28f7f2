"""What the bot says: words of the playbook or the FAQ, or a named response of the Rasa domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from leads.records import MessageKind


@dataclass(frozen=True)
class QuickReply:
    """A button: what it shows and what it sends."""

    label: str
    value: Any


@dataclass(frozen=True)
class Reply:
    """One message of the bot: either `text`, or `response` (a name in domain/responses) with its `values`."""

    kind: MessageKind
    text: str | None = None
    response: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    quick_replies: tuple[QuickReply, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "kind": self.kind, "text": self.text, "response": self.response, "values": dict(self.values),
            "quick_replies": [{"label": reply.label, "value": reply.value} for reply in self.quick_replies],
        }


# Values of quick replies that are acts, not facts.
SKIP, UNSURE, YES, NO, NO_MORE = "skip", "dont_know", "yes", "no", "that_is_all"


def say(text: str, kind: MessageKind, *quick_replies: QuickReply) -> Reply:
    """A message in the playbook's or the FAQ's own words."""
    return Reply(kind, text=text, quick_replies=tuple(quick_replies))


def respond(response: str, kind: MessageKind, *quick_replies: QuickReply, **values: str) -> Reply:
    """A message whose words are in domain/responses."""
    return Reply(kind, response=response, values=values, quick_replies=tuple(quick_replies))
