"""LeadTriage as a user starts it: `leadtriage run`, in demo mode, with data and ports of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path

import httpx

from benchmarks.conversations import FOLDER, Prospect, read_long_talks, read_prospects
from benchmarks.process_costs import children_of
from benchmarks.system import LONG_TURNS, TURNS, System
from benchmarks.visitors import ChatApiVisitor, Visitor, wrong_facts
from wiring.settings import DEFAULTS, ROOT

COMMAND = Path(sys.executable).parent / "leadtriage"
# How the command line of each process that `leadtriage run` starts can be told.
SIGNS = {"web": "uvicorn web.app", "rasa": "-m bot run", "actions": "-m actions", "worker": "-m worker"}
# Settings that say where things are on this machine; all others stay at their defaults, whatever .env says (its database above all).
PLACES = frozenset({"RASA_PYTHON", "RASA_MODEL", "NAMES_MODEL"})
TODAY = "2026-11-24"  # The prospects' dates are told from this day.


class LeadTriage(System):
    """The product."""

    name = "LeadTriage"

    def __init__(self, folder: Path, *, port: int, rasa_port: int, actions_port: int, database_url: str | None) -> None:
        super().__init__(folder)
        self.port = port
        self._settings = dict.fromkeys(set(DEFAULTS) - PLACES, "") | {
            "DEMO": "yes", "LEADTRIAGE_VAR": str(folder), "PORT": str(port), "RASA_PORT": str(rasa_port), "ACTIONS_PORT": str(actions_port),
            "DATABASE_URL": database_url or f"sqlite:///{folder}/leadtriage.db",
        }

    def launch(self) -> None:
        """Start the supervisor, which starts the four."""
        self._supervisor = self._start_process([str(COMMAND), "run"], output="run.txt", cwd=ROOT, **self._settings)

    def is_ready(self) -> bool:
        """Store, queue and the dialogue engine with its model are there."""
        return _answers(f"http://127.0.0.1:{self.port}/readyz")

    def parts(self) -> Mapping[str, int]:
        """The supervisor and its four processes."""
        found = {"supervisor": self._supervisor.pid}
        for pid, command in children_of(self._supervisor.pid).items():
            found |= {part: pid for part, sign in SIGNS.items() if sign in command}
        return found

    def visitors(self, count: int) -> list[ChatApiVisitor]:
        """Prospects who answer what they are asked."""
        prospects = read_prospects(FOLDER / "leadtriage.yml")
        return [ChatApiVisitor(each, turns=TURNS, reference_date=TODAY) for each in islice(cycle(prospects), count)]

    def long_talkers(self, count: int) -> list[ChatApiVisitor]:
        """Prospects who ask, correct themselves and chat all the time."""
        talkers = [
            Prospect(name, lines=dict(enumerate(lines, 1)))
            for name, lines in read_long_talks(FOLDER / "leadtriage_long.yml", turns=LONG_TURNS).items()
        ]
        return [ChatApiVisitor(each, turns=LONG_TURNS, reference_date=TODAY) for each in islice(cycle(talkers), count)]

    def wrongly_stored(self, visitors: Sequence[Visitor]) -> list[str]:
        """Each answer must stand in the lead that staff see, with the value it means."""
        key = json.loads((self.folder / "demo.json").read_text())["api_key"]
        wrong: list[str] = []
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {key}"}, timeout=60) as staff:
            for visitor in visitors:
                assert isinstance(visitor, ChatApiVisitor)
                found = staff.get("/api/leads", params={"conversation": visitor.conversation_id}).json()["items"]
                wrong += wrong_facts(visitor, found[0]["facts"] if found else {})
        return wrong


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
