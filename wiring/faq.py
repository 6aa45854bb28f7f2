"""Reading data/faq.yml, the vendor's own answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from leads.dialogue.script import FaqTopic
from scoring.facts import SIGNALS, did_you_mean
from scoring.problems import Problem
from scoring.yaml_source import YamlSource, read_yaml

ALLOWED = frozenset({"id", "title", "answer", "questions", "signal"})
REQUIRED = ("id", "title", "answer", "questions")


class FaqError(ValueError):
    """The file has mistakes; `problems` lists all of them with file, line and column."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_faq(path: Path) -> dict[str, FaqTopic]:
    """Return the topics by id.

    Raises:
        FaqError: unknown or missing keys, an id twice, an unknown signal; every mistake of the file in one run.
    """
    source = read_yaml(path)
    problems = list(source.problems)
    topics: dict[str, FaqTopic] = {}
    entries = source.data.get("topics") if isinstance(source.data, dict) else None
    if not isinstance(entries, list):
        problems.append(source.problem((), "expected a list under 'topics', each with id, title, answer and questions."))
        raise FaqError(problems)
    for number, entry in enumerate(entries):
        found = _problems_of(source, number, entry)
        if not found and entry["id"] in topics:
            found = [source.problem(("topics", number), f"topic '{entry['id']}' stands here for the second time; merge the two.")]
        problems += found
        if not found:
            answer = " ".join(str(entry["answer"]).split())
            questions = tuple(str(question) for question in entry["questions"])
            topics[entry["id"]] = FaqTopic(str(entry["id"]), str(entry["title"]), answer, entry.get("signal"), questions)
    if problems:
        raise FaqError(problems)
    return topics


def _problems_of(source: YamlSource, number: int, entry: Any) -> list[Problem]:
    where = ("topics", number)
    if not isinstance(entry, dict):
        return [source.problem(where, "expected a topic with id, title, answer and questions.")]
    found = [
        source.problem((*where, key), f"unknown key '{key}'.{did_you_mean(key, ALLOWED)}", at_key=True)
        for key in entry if key not in ALLOWED
    ]
    missing = [key for key in REQUIRED if not entry.get(key)]
    if missing:
        found.append(source.problem(where, f"topic {entry.get('id', number + 1)} lacks {', '.join(missing)}."))
    signal = entry.get("signal")
    if signal not in (None, *SIGNALS):
        message = f"expected one of {', '.join(SIGNALS)}, found '{signal}'.{did_you_mean(signal, SIGNALS)}"
        found.append(source.problem((*where, "signal"), message))
    return found
