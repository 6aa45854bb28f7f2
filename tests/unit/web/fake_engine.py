"""A dialogue engine without Rasa: what each text means is told beforehand, the turn itself is the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

from leads.dialogue.turn import take_turn
from leads.reading import read
from web.dialogue_engine import EngineAway
from wiring.build import Application
from wiring.settings import ROOT


def _responses() -> dict[str, str]:
    texts = {}
    for path in sorted((ROOT / "domain/responses").glob("*.yml")):
        for name, variations in YAML(typ="safe").load(path)["responses"].items():
            texts[name] = variations[0]["text"]
    return texts


class FakeEngine:
    """Speaks like web.dialogue_engine.DialogueEngine.

    Attributes:
        means: parses by text: `engine.means["we are a hospital"] = parse(org_type="hospital")`; any other text is an empty answer.
        away: nobody answers. lost: the turn is taken, and its answer lost on the way back (once).
        heard: every message that arrived: conversation, text, payload, metadata.
    """

    def __init__(self, application: Application, model: str | None) -> None:
        self._app, self._texts = application, _responses()
        self.means: dict[str, dict[str, Any]] = {}
        self.away, self.lost, self.model = False, False, model
        self.heard: list[tuple[str, str, Mapping[str, Any] | None, Mapping[str, Any]]] = []
        self.asked_to_read: list[Mapping[str, Any]] = []

    async def message(
        self, conversation_id: str, *, text: str, payload: Mapping[str, Any] | None, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        if self.away:
            raise EngineAway("ConnectError")
        self.heard.append((conversation_id, text, payload, metadata))
        parsed = parse(payload["act"], **(payload.get("facts") or {})) if payload else self.means.get(text, parse())
        if metadata.get("language"):
            parsed = parse("other_language")
        reading = read(parsed, text=text, asked=metadata.get("asked"), contact=metadata.get("contact") or ())
        with self._app.unit() as unit:
            turn = take_turn(
                unit, self._app.playbooks, conversation_id=conversation_id, message_id=metadata.get("message_id"), reading=reading,
                now=self._app.now(),
            )
            unit.commit()
        if self.lost:
            self.lost = False
            raise EngineAway("ReadTimeout")
        said: list[dict[str, Any]] = []
        for reply in turn.replies:
            words = self._texts[reply["response"]].format(**reply["values"]) if reply["response"] else reply["text"]
            said.append({"text": words, "custom": {"kind": reply["kind"], "quick_replies": reply["quick_replies"]}})
        said[-1]["custom"]["state"] = turn.state
        return said

    async def read(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        if self.away:
            raise EngineAway("ConnectError")
        self.asked_to_read += items
        return [self.means.get(item["text"], parse()) for item in items]

    async def model_file(self) -> str | None:
        return None if self.away else self.model

    async def close(self) -> None:
        """Nothing to close."""


def parse(act: str = "answer", confidence: float = 0.95, faq: str | None = None, **facts: Any) -> dict[str, Any]:
    """What Rasa would answer for a message that says these facts."""
    entities = []
    for fact, value in facts.items():
        for one in value if isinstance(value, list) and value else ["[]" if value == [] else value]:
            entities.append({"entity": fact, "value": one, "start": 0, "end": 5, "confidence_entity": confidence})
    topic = {"topic": faq, "confidence": 0.9} if faq else None
    return {"intent": {"name": act, "confidence": confidence}, "entities": entities, "faq": topic}
