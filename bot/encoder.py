"""The sentence encoder: texts in, unit-length vectors of meaning out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

WIDTH = 384
# A chat message seldom has 60 word pieces; past this the first words decide, and cost stays bounded.
LONGEST = 96


class EncoderMissing(RuntimeError):
    """The encoder's files are not built."""


class QuestionMarks:
    """One word piece for each open question, which stands before the text: "march" means another thing after each question.

    The pieces are some that the published vocabulary keeps free; what they mean is learned by bot/tune_encoder.py.
    """

    FIRST = 1  # 0 pads

    def __init__(self, questions: Sequence[str]) -> None:
        """Take the questions in the order they were tuned in; one more piece stands for "nothing is asked"."""
        self.questions = tuple(questions)
        self._ids = {question: self.FIRST + number for number, question in enumerate(self.questions)}

    def __len__(self) -> int:
        """The number of pieces; none where the encoder was not tuned."""
        return len(self.questions) + 1 if self.questions else 0

    def mark(self, ids: list[int], asked: str | None) -> list[int]:
        """Return word pieces with the question's piece behind the first.

        >>> QuestionMarks(["timeline"]).mark([101, 2233, 102], "timeline")
        [101, 1, 2233, 102]
        """
        if not self.questions:
            return ids
        return [ids[0], self._ids.get(asked or "", self.FIRST + len(self.questions)), *ids[1:]]

    def mark_places(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the places of word pieces in the text (start, end), with none for the question's piece."""
        return [*places[:1], *([(0, 0)] if self.questions else []), *places[1:]]


def pieces_of(places: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Return the numbers of the word pieces inside a part of the text.

    >>> pieces_of([(0, 0), (0, 2), (3, 9), (10, 14), (0, 0)], 3, 14)
    [2, 3]
    """
    return [number for number, (first, last) in enumerate(places) if start <= first < last <= end]


class Encoder:
    """all-MiniLM-L6-v2, tuned, through ONNX Runtime on one thread (a chat turn is too short to gain from more)."""

    def __init__(self, folder: Path) -> None:
        """Load encoder.onnx, tokenizer.json and, where the encoder was tuned, questions.json.

        Raises:
            EncoderMissing: the files are not there.
        """
        if not (folder / "encoder.onnx").exists():
            raise EncoderMissing(f"{folder}/encoder.onnx is missing: run `make encoder` to build it.")
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        questions = folder / "questions.json"
        self._marks = QuestionMarks(json.loads(questions.read_text()) if questions.exists() else [])

    def encode(self, texts: Sequence[str], asked: str | None = None) -> np.ndarray:
        """Return one unit-length vector a text, shape (len(texts), 384), float32, as said after a question (None: unasked).

        Texts of one call are encoded one by one: padding short texts to the longest costs more than it saves, and a
        text's vector must not depend on its company.
        """
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.encode_parts(text, (), asked)[0]
        return vectors

    def encode_parts(self, text: str, parts: Sequence[tuple[int, int]], asked: str | None = None) -> np.ndarray:
        """Return the vector of a text and one for each of its parts (start, end), shape (1 + len(parts), 384).

        A part's vector is made of its own word pieces as they stand in the whole text, so that it costs nothing more, and
        "no" before a comma still means what it meant. A part past the limit of word pieces has the vector of the whole.
        """
        pieces = self._tokenizer.encode(text)
        ids = np.array([self._marks.mark(pieces.ids, asked)], dtype=np.int64)
        whole, states = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        vectors = np.repeat(whole, 1 + len(parts), axis=0)
        places = self._marks.mark_places(pieces.offsets) if parts else []
        for row, (start, end) in enumerate(parts, start=1):
            inside = pieces_of(places, start, end)
            if inside:
                mean = states[0, inside].mean(axis=0)
                vectors[row] = mean / np.linalg.norm(mean)
        return vectors


@lru_cache(maxsize=2)
def load_encoder(folder: str) -> Encoder:
    """Return the encoder of a folder, loaded once a process."""
    return Encoder(Path(folder))
