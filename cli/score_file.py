"""Reading the file of `leadtriage score`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from scoring.engine import Answer, Signal
from scoring.facts import SIGNALS, InvalidFact, check_value, did_you_mean


class ScoreFileError(ValueError):
    """The file cannot be scored; each line of the message is one mistake."""


def read_score_file(path: Path, *, today: date) -> tuple[dict[str, Answer], list[Signal], date]:
    """Return the answers, signals and day of a file: `{fact: value}`, or `{"facts", "signals"?, "on"?}`.

    Raises:
        ScoreFileError: no JSON object, or unknown facts, values, kinds or days; every mistake in one run.
    """
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise ScoreFileError(f"{path.name}: expected JSON, found something else ({error}).") from None
    if not isinstance(content, dict) or not isinstance(content.get("facts", {}), dict):
        raise ScoreFileError(f'{path.name}: expected a JSON object of facts. Write e.g. {{"org_type": "hospital"}}')
    mistakes: list[str] = []
    answers = {}
    for fact, value in content.get("facts", content).items():
        try:
            answers[fact] = Answer(check_value(fact, value))
        except InvalidFact as error:
            mistakes.append(str(error))
    whole = "facts" in content
    signals = [_signal(found, mistakes) for found in (content.get("signals") or [] if whole else [])]
    on = (_day("on", content["on"], mistakes) if whole and content.get("on") else None) or today
    if mistakes:
        raise ScoreFileError("\n".join(mistakes))
    return answers, [signal for signal in signals if signal], on


def _signal(found: Any, mistakes: list[str]) -> Signal | None:
    kind = found.get("kind") if isinstance(found, dict) else found
    if kind not in SIGNALS:
        mistakes.append(f"signals: expected a kind of {', '.join(SIGNALS)}, found '{kind}'.{did_you_mean(kind, SIGNALS)}")
        return None
    day = _day("signals", found.get("at"), mistakes)
    return Signal(kind, day) if day else None


def _day(where: str, text: Any, mistakes: list[str]) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        mistakes.append(f"{where}: expected a day, found '{text}'. Write e.g. 2026-11-24")
        return None
