"""What a conversation runs on, apart from its own records: the playbook and the vendor's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from leads.records import Conversation
from scoring.playbook import Playbook


@dataclass(frozen=True)
class FaqTopic:
    """One topic of data/faq.yml: its answer, the kind of signal that asking about it is (or None), and how people put the question."""

    id: str
    title: str
    answer: str
    signal: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """The playbook and the FAQ of one product or brand."""

    playbook: Playbook
    faq: Mapping[str, FaqTopic]

    def of(self, conversation: Conversation) -> Script:
        """One script alone is that of every conversation."""
        return self


class Scripts(Protocol):
    """Knows what each conversation runs on."""

    def of(self, conversation: Conversation) -> Script:
        """Return the script a conversation began with."""
