"""A hundred conversations during which processes are killed at random: nothing typed is lost, nothing is doubled, all go on to their end."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.supervisor import MOST_RESTARTS
from tests.running.product import PROCESSES, Product

pytestmark = pytest.mark.running

CONVERSATIONS, AT_ONCE = 100, 10
# Turns between two kills, on average: all kills fall within the first three quarters of some 900 turns.
TURNS_BETWEEN_KILLS = 40
PATIENCE_SECONDS = 180
# What is said to each question: a button, or words with a mark by which each message is told from all others.
BUTTONS = {"org_type": "clinic_group", "handles_phi": "yes", "buying_role": "budget_holder", "budget_status": "approved"}
WORDS = {
    "use_case": "we need fewer no-shows, ticket {mark}", "timeline": "live within three months, ticket {mark}",
    "org_size": "14 clinics, ticket {mark}",
}
ANYTHING_ELSE = "do you integrate with our phone system? ticket {mark}"
EXPECTED = BUTTONS | {"use_case": "scheduling_reminders", "timeline": "this_quarter"}
TURNS = 9


@dataclass
class Visitor:
    """One visitor who repeats what was not answered under the same key, as the widget does."""

    product: Product
    number: int
    client: httpx.Client
    killer: Killer
    sent: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def talk(self) -> Visitor:
        opened = self.insist("/api/chat/conversations", {"page": {"url": "https://meridian.example/"}, "consent": True})
        self.id, self.token = opened["conversation_id"], opened["token"]
        state = opened["state"]
        for turn in range(TURNS):
            asking = state["asking"]
            mark = f"{self.number:03d}-{turn}"
            if asking == "confirm":
                body: dict[str, Any] = {"quick_reply": "yes"}
            elif asking in BUTTONS:
                body = {"quick_reply": BUTTONS[asking]}
            else:
                body = {"text": WORDS.get(asking, ANYTHING_ELSE).format(mark=mark)}
            self.sent.append(body.get("text") or "")
            self.killer.turn_is_sent()
            answer = self.insist(f"/api/chat/conversations/{self.id}/messages", body, key=uuid.uuid4().hex)
            self.answers.append(answer)
            state = answer["state"]
        return self

    def insist(self, path: str, body: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Send until it is answered."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key} if key else {}
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.client.post(path, json=body, headers=headers)
            except httpx.TransportError:  # the web process is gone
                answer = None
            if answer is not None and answer.is_success:
                given: dict[str, Any] = answer.json()
                return given
            if answer is not None:
                assert answer.status_code == 503, f"{answer.status_code}: {answer.text}"
                self.refusals.append(answer.json()["detail"])
            assert time.monotonic() < until, f"no answer within {PATIENCE_SECONDS} s:\n{self.product.output()}"
            time.sleep(0.5)


class Killer:
    """Kills a process now and then, a moment after a message was sent."""

    def __init__(self, product: Product, chance: random.Random) -> None:
        self.product, self.chance = product, chance
        self.kills = dict.fromkeys(PROCESSES, 0)
        self._turns, self._lock = 0, threading.Lock()
        self._next = chance.randint(10, TURNS_BETWEEN_KILLS)

    def turn_is_sent(self) -> None:
        with self._lock:
            self._turns += 1
            if self._turns < self._next:
                return
            self._next = self._turns + self.chance.randint(TURNS_BETWEEN_KILLS // 2, TURNS_BETWEEN_KILLS * 3 // 2)
            # The supervisor gives up on a process that dies more often than this.
            left = [name for name, kills in self.kills.items() if kills < MOST_RESTARTS and name in self.product.children()]
            if not left:
                return
            name = self.chance.choice(left)
            self.kills[name] += 1
            pid, delay = self.product.children()[name], self.chance.uniform(0, 0.08)
        threading.Timer(delay, kill, (pid,)).start()


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # dead already, by the kill before this one
        os.kill(pid, signal.SIGKILL)


def test_in_a_hundred_conversations_nothing_is_lost_or_doubled_while_processes_are_killed(built: None, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")
    product = Product.start(tmp_path / "var")
    try:
        killer = Killer(product, random.Random(seed))
        with httpx.Client(base_url=product.url, timeout=60) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            visitors = list(pool.map(lambda number: Visitor(product, number, client, killer).talk(), range(CONVERSATIONS)))
        assert min(killer.kills.values()) >= 2, f"seed {seed}: {killer.kills}"
        for visitor in visitors:
            shown = product.request("GET", f"/api/chat/conversations/{visitor.id}", token=visitor.token).json()
            check(visitor, shown, f"seed {seed}, conversation {visitor.number}")
            leads = product.staff("GET", f"/api/leads?conversation={visitor.id}")["items"]
            assert len(leads) == 1, f"seed {seed}, conversation {visitor.number}: {len(leads)} leads"
            facts = {fact: stored["value"] for fact, stored in leads[0]["facts"].items()}
            assert facts | EXPECTED == facts, f"seed {seed}, conversation {visitor.number}: {facts}"
        assert any(visitor.refusals for visitor in visitors), "no visitor ever met a process that was away"
        assert all("kept" in refusal for visitor in visitors for refusal in visitor.refusals)
    finally:
        product.end()


def check(visitor: Visitor, shown: dict[str, Any], where: str) -> None:
    """What is stored is what was sent and what was answered, once each and in order."""
    messages = shown["messages"]
    typed = [message["text"] for message in messages if message["from"] == "visitor"]
    assert len(typed) == TURNS, f"{where}: {len(typed)} messages stored of {TURNS}: {typed}"
    for stored, sent in zip(typed, visitor.sent, strict=True):
        assert not sent or stored == sent, f"{where}: stored {stored!r}, sent {sent!r}"
    said: list[list[str]] = []
    for message in messages:
        if message["from"] == "visitor":
            said.append([])
        elif said:
            said[-1].append(message["text"])
    assert said == [[message["text"] for message in answer["messages"]] for answer in visitor.answers], f"{where}: {said}"
