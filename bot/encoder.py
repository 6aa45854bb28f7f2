"""The sentence encoder: texts in, unit-length vectors of meaning out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

WIDTH = 384
# A chat message seldom has 60 word pieces; past this the first words decide, and cost stays bounded.
LONGEST = 96


class EncoderMissing(RuntimeError):
    """The encoder's files are not built."""


class Encoder:
    """all-MiniLM-L6-v2 through ONNX Runtime on one thread (a chat turn is too short to gain from more)."""

    def __init__(self, folder: Path) -> None:
        """Load encoder.onnx and tokenizer.json.

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

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one unit-length vector a text, shape (len(texts), 384), float32.

        Texts of one call are encoded one by one: padding short clauses to the longest costs more than it saves, and a
        text's vector must not depend on its company.
        """
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
            vectors[row] = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return vectors


@lru_cache(maxsize=2)
def load_encoder(folder: str) -> Encoder:
    """Return the encoder of a folder, loaded once a process."""
    return Encoder(Path(folder))
