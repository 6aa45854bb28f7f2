"""What tuning learned is stored in one file and changes the published weights by so much."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder import QuestionMarks
from bot.tuning.adapter import REACH, WORDS, Adapter


@pytest.fixture
def adapter() -> Adapter:
    random = np.random.default_rng(1)
    return Adapter({"layer": random.normal(size=(6, 2))}, {"layer": random.normal(size=(2, 4))}, random.normal(size=(3, 5)), ("timeline", "name"), "7 examples")


def test_what_is_saved_is_loaded(adapter: Adapter, tmp_path: Path) -> None:
    adapter.save(tmp_path / "new" / "adapter.npz")
    loaded = Adapter.load(tmp_path / "new" / "adapter.npz")
    assert loaded.questions == adapter.questions and loaded.made_of == "7 examples"
    assert np.allclose(loaded.down["layer"], adapter.down["layer"], atol=1e-2) and np.allclose(loaded.marks, adapter.marks, atol=1e-6)


def test_weights_change_by_the_product_and_nothing_else_does(adapter: Adapter) -> None:
    weights = {"layer.weight": np.ones((4, 6), np.float32), "other.weight": np.ones(3, np.float32), WORDS: np.zeros((9, 5), np.float32)}
    tuned = adapter.apply(weights)
    expected = 1 + REACH * (adapter.down["layer"] @ adapter.up["layer"]).T
    assert np.allclose(tuned["layer.weight"], expected, atol=1e-5) and np.array_equal(tuned["other.weight"], weights["other.weight"])
    rows = slice(QuestionMarks.FIRST, QuestionMarks.FIRST + 3)
    assert np.allclose(tuned[WORDS][rows], adapter.marks) and not np.delete(tuned[WORDS], np.arange(9)[rows], axis=0).any()
    assert not weights[WORDS].any(), "the published weights stay as they are"
