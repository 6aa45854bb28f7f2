"""What is taught: every example under its question, none that is held out."""

import zlib

import numpy as np
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.held_out import ONE_IN, is_held_out
from bot.nlu.lessons import lessons_of
from bot.nlu.questions import ANY, COMMON_QUESTIONS, questions_for
from bot.nlu.sentence_encoder import MEANING, SentenceEncoder


class FakeEncoder:
    """Gives each text under each question a vector of its own."""

    def encode(self, texts: list, asked: "str | None" = None) -> np.ndarray:
        return np.array([[len(text), zlib.crc32(repr(asked).encode()) % 9973] for text in texts], dtype=np.float32)

    def encode_parts(self, text: str, parts: list, asked: "str | None" = None) -> np.ndarray:
        return self.encode([text, *(text[start:end] for start, end in parts)], asked)


def taught(*examples: tuple) -> list:
    messages = [Message({TEXT: text, INTENT: "answer", "metadata": {"intent": {"asked": asked, "facts": facts}}}) for text, asked, facts in examples]
    data = SentenceEncoder({}, encoder=FakeEncoder()).process_training_data(TrainingData(messages))  # type: ignore[arg-type]
    return lessons_of(data)


def texts(is_kept: bool) -> list:
    return [text for text in (f"text number {n}" for n in range(400)) if is_held_out(text) is is_kept]


def test_held_out_texts_are_not_taught_and_are_about_one_in_so_many() -> None:
    kept, other = texts(True), texts(False)
    assert 0.5 < len(kept) * ONE_IN / 400 < 1.5
    assert [lesson.text for lesson in taught((kept[0], None, {}), (other[0], None, {}))] == [other[0]]


def test_case_and_spaces_do_not_move_a_text_across_the_split() -> None:
    assert all(is_held_out(f" {text.upper().replace(' ', '  ')} ") for text in texts(True))


def test_a_lesson_carries_its_labels_and_the_meaning_under_its_question() -> None:
    text = texts(False)[0]
    (under_time,) = taught((text, "timeline", {"timeline": "none"}))
    (under_none,) = taught((text, None, {}))
    assert under_time.asked == "timeline" and under_time.facts == {"timeline": "none"} and under_time.act == "answer"
    assert not np.array_equal(under_time.meaning, under_none.meaning)


def test_a_text_for_any_question_is_taught_without_one_and_under_two() -> None:
    text = texts(False)[0]
    asked = [lesson.asked for lesson in taught((text, ANY, {}))]
    assert asked == list(questions_for(text)) and asked[0] is None and len(set(asked)) == 3
    assert {question for text in texts(False) for question in questions_for(text)} == {None, *COMMON_QUESTIONS}


def test_meaning_is_read_for_typed_text_only() -> None:
    messages = [Message({TEXT: "/answer{}"}), Message({TEXT: ""}), Message({TEXT: "we are clinics"})]
    SentenceEncoder({}, encoder=FakeEncoder()).process(messages)  # type: ignore[arg-type]
    assert [message.get(MEANING) is not None for message in messages] == [False, False, True]
