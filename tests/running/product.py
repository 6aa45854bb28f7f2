"""The product as a user starts it: `leadtriage run` with its four processes, and a visitor who talks to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

COMMAND = Path(sys.executable).parent / "leadtriage"
TODAY = "2026-11-24"
PROCESSES = {"rasa": "-m bot run", "actions": "-m actions", "web": "uvicorn web.app", "worker": "-m worker"}
READY_SECONDS, STOP_SECONDS = 150, 25
MOST_STEPS = 25  # An interview has at most 15 questions and a few about contact.


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for[T](look: Callable[[], T], *, seconds: float, what: str) -> T:
    """Return the first true thing that `look` gives."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(0.2)
    return found


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment in demo mode that keeps everything below `folder` and listens on ports of its own."""
    web, rasa, actions = free_ports(3)
    outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "HOST")}
    own = {"DEMO": "yes", "LEADTRIAGE_VAR": str(folder), "PORT": str(web), "RASA_PORT": str(rasa), "ACTIONS_PORT": str(actions),
           "BASE_URL": f"http://127.0.0.1:{web}", "PYTHONUNBUFFERED": "1"}
    return outside | own | settings


@dataclass
class Product:
    """A running `leadtriage run`. `folder` is its LEADTRIAGE_VAR: database, logs and demo login."""

    folder: Path
    environment: dict[str, str]
    supervisor: subprocess.Popen[bytes]
    seen: set[int] = field(default_factory=set)
    _visitors: httpx.Client | None = None

    @classmethod
    def launch(cls, folder: Path, **settings: str) -> Product:
        """Start it and return at once."""
        folder.mkdir(parents=True, exist_ok=True)
        surroundings = environment(folder, **settings)
        with (folder / "run.txt").open("wb") as output:
            supervisor = subprocess.Popen([str(COMMAND), "run"], env=surroundings, stdout=output, stderr=subprocess.STDOUT)
        return cls(folder, surroundings, supervisor)

    @classmethod
    def start(cls, folder: Path, **settings: str) -> Product:
        """Start it and return when it says that it is ready."""
        product = cls.launch(folder, **settings)
        try:
            wait_for(product.is_up, seconds=READY_SECONDS, what=f"Ready in:\n{product.output()}")
        except BaseException:
            product.end(signal.SIGTERM)
            raise
        product.children()
        return product

    def is_up(self) -> bool:
        """Has it said Ready? Fails at once when it ended instead."""
        assert self.supervisor.poll() is None, f"leadtriage run ended with {self.supervisor.returncode}:\n{self.output()}"
        return "Ready." in self.output()

    def output(self) -> str:
        """What it printed so far."""
        return (self.folder / "run.txt").read_text(errors="replace")

    @property
    def url(self) -> str:
        """Where its web process answers."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    @property
    def login(self) -> dict[str, str]:
        """The demo login: url, email, password, api_key."""
        found: dict[str, str] = json.loads((self.folder / "demo.json").read_text())
        return found

    def children(self) -> dict[str, int]:
        """Return the process ids by name, as the machine sees them now."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
        found = {}
        for line in listed.splitlines():
            pid, parent, command = line.split(None, 2)
            for name, sign in PROCESSES.items():
                if int(parent) == self.supervisor.pid and sign in command:
                    found[name] = int(pid)
        self.seen |= set(found.values())
        return found

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop it as a person or a service manager does; return its exit code."""
        if self.supervisor.poll() is None:
            self.children()
            self.supervisor.send_signal(how)
        try:
            return self.supervisor.wait(STOP_SECONDS)
        finally:
            self.supervisor.kill()
            if self._visitors is not None:
                self._visitors.close()

    def left_over(self) -> set[int]:
        """Return the processes that outlived it."""
        return {pid for pid in self.seen if is_alive(pid)}

    # -- talking to it -------------------------------------------------------------------------------------------------

    def request(self, method: str, path: str, *, token: str | None = None, **rest: Any) -> httpx.Response:
        """Make a call as whoever holds the token, or with the staff's key."""
        if self._visitors is None:
            self._visitors = httpx.Client(base_url=self.url, timeout=60)
        headers = {"Authorization": f"Bearer {token or self.login['api_key']}", **rest.pop("headers", {})}
        return self._visitors.request(method, path, headers=headers, **rest)

    def staff(self, method: str, path: str, body: Any = None) -> Any:
        """Make a call of the staff API that must succeed; return its answer."""
        answer = self.request(method, path, json=body)
        assert answer.is_success, (path, answer.status_code, answer.text)
        return answer.json()

    def chat(self, **more: Any) -> Chat:
        """Open the chat as a visitor who agreed to it."""
        return Chat(self, **more)

    def log_files(self) -> list[Path]:
        """Everything the processes wrote down apart from the database."""
        return [*sorted((self.folder / "log").glob("*.log*")), self.folder / "run.txt"]

    def database_files(self) -> list[Path]:
        """The database and the jobs, with their write-ahead logs."""
        return sorted(path for path in self.folder.iterdir() if ".db" in path.name)

    def places_of(self, words: str) -> list[str]:
        """Return the files in which these words can be found, by name."""
        wanted = words.lower().encode()
        files = [*self.log_files(), *self.database_files()]
        return [path.name for path in files if path.exists() and wanted in path.read_bytes().lower()]


class Chat:
    """A visitor's side of one conversation, by the public API.

    `messages` is what the bot said last, `state` where the conversation stands, `said` everything the bot said.
    """

    def __init__(self, product: Product, *, reference_date: str | None = TODAY, **more: Any) -> None:
        self.product = product
        body = {"page": {"url": "https://meridian.example/"}, "consent": True, **more}
        answer = product.request("POST", "/api/chat/conversations", json=body | ({"reference_date": reference_date} if reference_date else {}))
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self.id, self.token = opened["conversation_id"], opened["token"]
        self.said: list[dict[str, Any]] = []
        self.refusal: int | None = None
        self._take(opened)

    def _take(self, answer: dict[str, Any]) -> None:
        self.messages: list[dict[str, Any]] = answer["messages"]
        self.state: dict[str, Any] = answer["state"]
        self.said += self.messages

    def send(self, body: dict[str, Any], *, key: str | None = None, token: str | None = None) -> httpx.Response:
        """Post a message and return the answer as it comes, also a refusal."""
        answer = self.product.request(
            "POST", f"/api/chat/conversations/{self.id}/messages", token=token or self.token, json=body,
            headers={"Idempotency-Key": key or uuid.uuid4().hex},
        )
        if answer.is_success:
            self._take(answer.json())
        return answer

    def say(self, text: str) -> list[dict[str, Any]]:
        """Type a text; return what the bot says."""
        answer = self.send({"text": text})
        assert answer.status_code == 200, (text, answer.status_code, answer.text)
        return self.messages

    def choose(self, value: Any) -> list[dict[str, Any]]:
        """Press a quick reply."""
        answer = self.send({"quick_reply": value})
        assert answer.status_code == 200, (value, answer.status_code, answer.text)
        return self.messages

    def answer(self, texts: Mapping[str, str], *, values: Mapping[str, Any] | None = None, never: Container[str] = ()) -> None:
        """Answer whatever is asked, by text or quick reply, until something comes that neither holds; `never` must not be asked.

        The texts are plain, so a guess at one is confirmed: whether it was right is seen in the facts.
        """
        for _ in range(MOST_STEPS):
            asking = self.state["asking"]
            assert asking not in never, f"asks {asking}, which it must not"
            if values and asking in values:
                self.choose(values[asking])
            elif asking in texts:
                self.say(texts[asking])
            elif asking == "confirm":
                self.choose("yes")
            else:
                return
        raise AssertionError(f"still asking {self.state['asking']} after {MOST_STEPS} answers")

    @property
    def kinds(self) -> list[str]:
        """The kinds of what the bot said last."""
        return [message["kind"] for message in self.messages]

    @property
    def choices(self) -> list[Any]:
        """The values of the quick replies on offer."""
        return [reply["value"] for reply in self.messages[-1]["quick_replies"]] if self.messages else []

    def history(self) -> dict[str, Any]:
        """The whole visible conversation, as after a reload."""
        answer = self.product.request("GET", f"/api/chat/conversations/{self.id}", token=self.token)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def find_lead(self) -> dict[str, Any] | None:
        """The lead of this conversation as staff see it, None if there is none."""
        items = self.product.staff("GET", f"/api/leads?conversation={self.id}")["items"]
        return items[0] if items else None

    def lead(self) -> dict[str, Any]:
        """The lead of this conversation."""
        found = self.find_lead()
        assert found is not None, f"no lead of conversation {self.id}"
        return found

    def facts(self) -> dict[str, Any]:
        """The values of the lead's facts."""
        found = self.find_lead()
        return {fact: stored["value"] for fact, stored in found["facts"].items()} if found else {}


def is_alive(pid: int) -> bool:
    """Is there such a process, and not merely its remains?"""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(listed) and not listed.startswith("Z")
