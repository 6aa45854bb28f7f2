"""The reports of the console: which figures stand on each page, in which words, with which chart and table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from web.console_reports import funnel, questions, rejections, response, scores
from web.console_reports.parts import Asked, Report

REPORTS: Mapping[str, str] = {
    "funnel": "Funnel", "questions": "Questions", "response": "Response time", "rejections": "Rejections", "scores": "Scores",
}  # fmt: skip
_MAKERS: Mapping[str, Callable[[Asked], Report]] = {
    "funnel": funnel.make, "questions": questions.make, "response": response.make, "rejections": rejections.make, "scores": scores.make,
}  # fmt: skip


def make(key: str, asked: Asked) -> Report:
    """Return a report by its key."""
    return _MAKERS[key](asked)
