"""Reading texts without a conversation: redact, parse, sort into taken and doubtful."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool

from leads.reading import Reading, read
from web.dialogue_engine import DialogueEngine
from wiring.build import Application


async def interpret(
    app: Application, engine: DialogueEngine, items: Sequence[Mapping[str, Any]], *, reference_date: date
) -> list[dict[str, Any]]:
    """Read items {"id", "text", "asked"?}; nothing is stored.

    Returns:
        id, act, confidence, facts (taken without asking), doubtful (would be confirmed first), contact and the redacted text.
    Raises:
        EngineAway: the dialogue engine does not answer.
    """
    redactions = await run_in_threadpool(
        lambda: [app.redactor.redact(item["text"], asked=item.get("asked")) for item in items]
    )
    asked = [
        {"text": redaction.text, "metadata": {"asked": item.get("asked"), "today": reference_date.isoformat()}}
        for item, redaction in zip(items, redactions, strict=True)
    ]
    parses = await engine.read(asked) if asked else []
    answers = []
    for item, redaction, parsed in zip(items, redactions, parses, strict=True):
        reading = read(parsed, text=redaction.text, asked=item.get("asked"))
        answers.append({"id": item["id"], **as_json(reading), "contact": dict(redaction.contact), "redacted": redaction.text})
    return answers


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as the contract words it."""
    return {
        "act": reading.act, "confidence": round(reading.confidence, 3),
        "facts": {fact: found.value for fact, found in reading.taken.items()},
        "doubtful": {fact: {"value": found.value, "confidence": found.confidence} for fact, found in reading.doubtful.items()},
    }
