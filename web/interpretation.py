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
    texts = [(redaction.text, item.get("asked")) for item, redaction in zip(items, redactions, strict=True)]
    readings = await read_redacted(engine, texts, reference_date=reference_date)
    return [
        {"id": item["id"], **as_json(reading), "contact": dict(redaction.contact), "redacted": redaction.text}
        for item, redaction, reading in zip(items, redactions, readings, strict=True)
    ]


async def read_redacted(engine: DialogueEngine, texts: Sequence[tuple[str, str | None]], *, reference_date: date) -> list[Reading]:
    """Read redacted texts, each with the question that was open; notes of a call are read by this too.

    Raises:
        EngineAway: the dialogue engine does not answer.
    """
    items = [{"text": text, "metadata": {"asked": asked, "today": reference_date.isoformat()}} for text, asked in texts]
    parses = await engine.read(items) if items else []
    return [read(parsed, text=text, asked=asked) for (text, asked), parsed in zip(texts, parses, strict=True)]


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading as the contract words it."""
    return {
        "act": reading.act, "confidence": round(reading.confidence, 3),
        "facts": {fact: found.value for fact, found in reading.taken.items()},
        "doubtful": {fact: {"value": found.value, "confidence": found.confidence} for fact, found in reading.doubtful.items()},
    }
