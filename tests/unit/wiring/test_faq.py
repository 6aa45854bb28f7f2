"""The vendor's answers: read whole or refused with every mistake in its place."""

from pathlib import Path

import pytest

from wiring.faq import FaqError, read_faq
from wiring.settings import ROOT

TOPIC = "{id: a, title: A, answer: Words., questions: [what]}"


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "faq.yml"
    file.write_text(text)
    with pytest.raises(FaqError) as refused:
        read_faq(file)
    assert str(refused.value).splitlines() == [str(problem) for problem in refused.value.problems]
    return [str(problem) for problem in refused.value.problems]


def test_the_shipped_answers_are_sound() -> None:
    topics = read_faq(ROOT / "data/faq.yml")
    assert len(topics) > 10 and all("\n" not in topic.answer for topic in topics.values())
    assert "pricing_request" in {topic.signal for topic in topics.values()}


def test_a_topic_is_read_with_its_signal(tmp_path: Path) -> None:
    file = tmp_path / "faq.yml"
    file.write_text("version: 1\ntopics:\n  - id: price\n    title: Price\n    answer: >-\n      It\n      depends.\n    questions: [how much]\n    signal: webinar\n")
    topic = read_faq(file)["price"]
    assert (topic.title, topic.answer, topic.signal) == ("Price", "It depends.", "webinar")


@pytest.mark.parametrize(("topics", "place", "words"), [
    ("[{id: a, title: A, answer: Words., qestions: [x]}]", "faq.yml:2:", "Did you mean 'questions'?"),
    ("[{id: a, title: A, answer: Words.}]", "faq.yml:2:", "topic a lacks questions"),
    (f"[{TOPIC}, {TOPIC}]", "faq.yml:2:", "for the second time"),
    ("[{id: a, title: A, answer: W., questions: [x], signal: price_request}]", "faq.yml:2:", "Did you mean 'pricing_request'?"),
    ("[just words]", "faq.yml:2:", "expected a topic with id"),
    ("nothing", "faq.yml", "expected a list under 'topics'"),
])  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path: Path, topics: str, place: str, words: str) -> None:
    problems = read(tmp_path, f"version: 1\ntopics: {topics}\n")
    assert any(problem.find(place) >= 0 and words in problem for problem in problems), problems


def test_all_mistakes_are_told_in_one_run(tmp_path: Path) -> None:
    problems = read(tmp_path, "topics:\n  - {id: a, title: A}\n  - {id: b, answer: B, colour: red}\n  - 7\n")
    assert len(problems) >= 4
