"""What tuning learned: low-rank changes of the published weights and the word pieces of the open questions, in one small file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Tuple

import numpy as np

from bot.encoder import QuestionMarks

ADAPTER = Path(__file__).resolve().parents[2] / "data/encoder/adapter.npz"
WORDS = "embeddings.word_embeddings.weight"
# How far a low-rank change reaches beside the published weights (the alpha / rank of LoRA).
REACH = 2.0


@dataclass(frozen=True)
class Adapter:
    """Changes by the name of the weights they belong to.

    Attributes:
        down, up: by name (inputs × rank) and (rank × outputs); the weights change by REACH · (down · up)ᵀ.
        marks: one row (384) for each question in `questions`, and one for "nothing is asked".
        questions: names in the order of their word pieces.
        made_of: which examples it was tuned on, in words.
    """

    down: Dict[str, np.ndarray]
    up: Dict[str, np.ndarray]
    marks: np.ndarray
    questions: Tuple[str, ...]
    made_of: str

    def apply(self, weights: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Return the tuned weights."""
        tuned = dict(weights)
        for name, down in self.down.items():
            change = REACH * (down.astype(np.float32) @ self.up[name].astype(np.float32)).T
            tuned[f"{name}.weight"] = weights[f"{name}.weight"] + change
        words = weights[WORDS].copy()
        words[QuestionMarks.FIRST : QuestionMarks.FIRST + len(self.marks)] = self.marks
        return {**tuned, WORDS: words}

    def save(self, path: Path) -> None:
        """Write the file, with 16-bit numbers."""
        arrays = {f"{name}|down": array.astype(np.float16) for name, array in self.down.items()}
        arrays |= {f"{name}|up": array.astype(np.float16) for name, array in self.up.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, marks=self.marks.astype(np.float32), questions=np.array(self.questions),
                            made_of=np.array(self.made_of), **arrays)

    @classmethod
    def load(cls, path: Path) -> "Adapter":
        """Read what `save` wrote."""
        stored = np.load(path, allow_pickle=False)
        names = sorted({key.rsplit("|", 1)[0] for key in stored.files if "|" in key})
        return cls(
            {name: stored[f"{name}|down"] for name in names}, {name: stored[f"{name}|up"] for name in names},
            stored["marks"], tuple(stored["questions"].tolist()), str(stored["made_of"]),
        )
