"""Logistic regression as plain arrays: what is stored is what was trained."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu import linear

LABELS = ("hospital", "payer", "specialty_group")


def examples(count: int = 90) -> tuple:
    """Unit vectors in three directions with some noise, and which direction each has."""
    random = np.random.default_rng(3)
    kinds = np.arange(count) % 3
    vectors = np.eye(3, 8, dtype=np.float32)[kinds] + random.normal(0, 0.2, (count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.eye(3)[kinds]


@pytest.mark.parametrize("exclusive", [True, False])
def test_what_is_saved_and_loaded_predicts_the_same(tmp_path: Path, exclusive: bool) -> None:
    vectors, targets = examples()
    model = linear.train(vectors, targets, LABELS, exclusive=exclusive, c=1.0)
    linear.save({"act": model, "a=b|c": model}, tmp_path / "models.npz")
    loaded = linear.load(tmp_path / "models.npz")
    assert set(loaded) == {"act", "a=b|c"} and loaded["act"].labels == LABELS and loaded["act"].exclusive is exclusive
    assert np.allclose(loaded["act"].predict(vectors), model.predict(vectors))


@pytest.mark.parametrize("exclusive", [True, False])
def test_what_was_taught_is_known(exclusive: bool) -> None:
    vectors, targets = examples()
    model = linear.train(vectors, targets, LABELS, exclusive=exclusive, c=1.0)
    assert (model.predict(np.eye(3, 8)).argmax(axis=1) == [0, 1, 2]).all()


def test_exclusive_labels_share_one_and_others_are_judged_by_themselves() -> None:
    vectors, targets = examples()
    shares = linear.train(vectors, targets, LABELS, exclusive=True, c=1.0).predict(vectors)
    assert np.allclose(shares.sum(axis=1), 1) and (shares >= 0).all()
    both = np.hstack([targets, targets[:, :1]])
    alone = linear.train(vectors, both, (*LABELS, "hospital too"), exclusive=False, c=10.0).predict(np.eye(3, 8)[:1])[0]
    assert alone[0] > 0.5 and alone[3] > 0.5 and alone[1] < 0.5


def test_what_nobody_said_is_unlikely_before_anything_is_seen() -> None:
    vectors, targets = examples()
    model = linear.train(vectors, np.hstack([targets, np.zeros((len(targets), 1))]), (*LABELS, "never"), exclusive=False, c=1.0)
    assert (model.predict(vectors)[:, 3] < 0.05).all()


def test_nudges_move_the_odds() -> None:
    model = linear.Linear(("a", "b"), np.zeros((3, 2), np.float32), np.zeros(2, np.float32), exclusive=True)
    shares = model.predict(np.ones((1, 3), np.float32), nudges=np.array([np.log(3.0), 0.0]))
    assert shares[0] == pytest.approx([0.75, 0.25])


def test_very_sure_scores_do_not_overflow() -> None:
    shares = linear.softmax(np.array([[1000.0, -1000.0], [0.0, 0.0]]))
    assert np.isfinite(shares).all() and shares[0, 0] == 1 and shares[1, 0] == 0.5
    assert np.isfinite(linear.sigmoid(np.array([[1000.0, -1000.0]]))).all()
