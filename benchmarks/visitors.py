"""Visitors of both systems: which request comes next, and whether the answer to it is right. No network here."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.conversations import Line, Prospect

# What is asked beside facts; an answer to these does not count as an answered fact.
CONTACT = frozenset({"name", "email", "phone", "company", "title", "consent"})


class WrongReply(Exception):
    """A reply is not the one that must come: the figures of this run mean nothing."""


@dataclass(frozen=True)
class Request:
    """One HTTP POST of JSON."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Visitor(Protocol):
    """One visitor with one conversation. Requests and replies alternate: each answer is given to `take` before the next request."""

    def opening(self) -> Request | None:
        """Return the call that opens the chat, None where the first message does."""

    def next_message(self) -> Request | None:
        """Return the next message, None at the end of the conversation."""

    def take(self, status: int, content: bytes) -> None:
        """Look at an answer.

        Raises:
            WrongReply: with what was said, expected and found.
        """


class RasaVisitor:
    """Plays fixed lines over Rasa's REST channel."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines, self._said = lines, 0
        self._sender = uuid.uuid4().hex

    def opening(self) -> None:
        """Rasa opens a conversation with its first message."""

    def next_message(self) -> Request | None:
        """Return the next line as a request."""
        if self._said == len(self._lines):
            return None
        body = {"sender": self._sender, "message": self._lines[self._said].say}
        self._said += 1
        return Request("/webhooks/rest/webhook", json.dumps(body).encode())

    def take(self, status: int, content: bytes) -> None:
        """The line's pattern must be found in what the bot says."""
        line = self._lines[self._said - 1]
        where = f"turn {self._said} {line.say!r}"
        if status != 200:
            raise WrongReply(f"{where}: expected status 200, found {status}: {content[:200]!r}")
        _must_say(where, line.expect, [message.get("text") or "" for message in json.loads(content)])


class ChatApiVisitor:
    """Answers whatever LeadTriage asks, over its public chat API.

    `answered_facts` are those whose value must be stored in the end; `conversation_id` finds their lead.
    """

    def __init__(self, prospect: Prospect, *, turns: int, reference_date: str) -> None:
        self.prospect, self._turns, self._reference_date = prospect, turns, reference_date
        self.conversation_id, self._token = "", ""
        self.answered_facts: set[str] = set()
        self._state: dict[str, Any] = {}
        self._said = 0
        self._text = ""

    def opening(self) -> Request:
        """Return the call that opens the conversation, as the widget makes it."""
        body = {"page": {"url": "https://meridian.example/"}, "consent": True, "reference_date": self._reference_date}
        return Request("/api/chat/conversations", json.dumps(body).encode())

    def next_message(self) -> Request | None:
        """Return the line of this turn, or the answer to what is asked.

        Raises:
            WrongReply: something is asked that the prospect has no answer to, or that was taken for something else.
        """
        if self._said == self._turns:
            return None
        self._said += 1
        line = self.prospect.lines.get(self._said)
        self._text = line.say if line else self._answer()
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid.uuid4().hex}
        return Request(f"/api/chat/conversations/{self.conversation_id}/messages", json.dumps({"text": self._text}).encode(), headers)

    def _answer(self) -> str:
        asking = self._state["asking"]
        if asking == "confirm":
            guess = self._state["confirming"]
            if self.prospect.facts.get(guess["fact"]) == guess["value"]:
                self.answered_facts.add(guess["fact"])
                return "yes, that's right"
            asking = guess["fact"]  # a wrong guess is answered with how it is
        if asking not in self.prospect.answers:
            raise WrongReply(f"{self._where()}: expected a question of {sorted(self.prospect.answers)}, found {asking!r}")
        if asking not in CONTACT:
            self.answered_facts.add(asking)
        return self.prospect.answers[asking]

    def take(self, status: int, content: bytes) -> None:
        """A line's pattern must be found; an answer must be counted, and something else be asked next."""
        if status != (200 if self._said else 201):
            raise WrongReply(f"{self._where()}: expected status {200 if self._said else 201}, found {status}: {content[:300]!r}")
        answer = json.loads(content)
        texts = [message["text"] for message in answer["messages"]]
        before, self._state = self._state, answer["state"]
        if not self._said:
            self.conversation_id, self._token = answer["conversation_id"], answer["token"]
            _must_say(self._where(), r"\S", texts)
            return
        line = self.prospect.lines.get(self._said)
        _must_say(self._where(), line.expect if line else r"\S", texts)
        if line is None:
            self._must_move_on(before, texts)

    def _must_move_on(self, before: Mapping[str, Any], texts: Sequence[str]) -> None:
        """Something else is asked after an answer, and one fact more is known (or refused) after the answer to its question."""
        now, asked = self._state, before["asking"]
        if (asked, before["confirming"]) == (now["asking"], now["confirming"]):
            raise WrongReply(f"{self._where()}: expected another question than {asked!r}, found it again: {texts}")
        # A doubtful answer is put as a guess first, and counted when that is confirmed.
        if asked not in CONTACT | {"confirm"} and now["asking"] != "confirm" and now["answered"] <= before["answered"]:
            raise WrongReply(f"{self._where()}: expected more than {before['answered']} answers, found {now['answered']}: {texts}")

    def _where(self) -> str:
        return f"{self.prospect.name}, turn {self._said} {self._text!r}"


def wrong_facts(visitor: ChatApiVisitor, stored: Mapping[str, Any]) -> list[str]:
    """Compare what was stored of a visitor's answers with what they mean; return a sentence for each difference."""
    wanted = {fact: visitor.prospect.facts[fact] for fact in sorted(visitor.answered_facts)}
    found = {fact: (stored.get(fact) or {}).get("value") for fact in wanted}
    return [
        f"{visitor.prospect.name}, {fact}: expected {wanted[fact]!r} to be stored, found {found[fact]!r}"
        for fact in wanted if _unordered(found[fact]) != _unordered(wanted[fact])
    ]


def _unordered(value: Any) -> Any:
    """A list fact is a set; the order in which its values were heard says nothing."""
    return sorted(value) if isinstance(value, list) else value


def _must_say(where: str, pattern: str, texts: Sequence[str]) -> None:
    said = "\n".join(texts)
    if not re.search(pattern, said, re.IGNORECASE | re.DOTALL):
        raise WrongReply(f"{where}: expected {pattern!r}, found {said!r}")
