"""Logistic regression as plain arrays: what is stored is what was trained."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu import linear
from bot.nlu.features import tidy, word_features

TEXTS = ["we are a hospital", "hospital with beds", "our hospital", "three dental offices", "dental group", "a dental practice"] * 4
LABELS = ["hospital", "hospital", "hospital", "specialty_group", "specialty_group", "specialty_group"] * 4
THREE = ["hospital", "payer", "other", "specialty_group", "payer", "specialty_group"] * 4


def views(texts: list) -> tuple:
    meaning = np.array([[len(text) / 20, "hospital" in text, "dental" in text] for text in texts], dtype=np.float32)
    return meaning, word_features(texts, [None] * len(texts))


@pytest.mark.parametrize("labels", [LABELS, THREE], ids=["two", "several"])
def test_what_is_saved_and_loaded_predicts_the_same(tmp_path: Path, labels: list) -> None:
    meaning, words = views(TEXTS)
    pair = linear.train_pair(meaning, words, labels)
    linear.save({"org_type|asked": pair, "a=b|said": pair}, tmp_path / "pairs.npz")
    loaded = linear.load(tmp_path / "pairs.npz")
    assert set(loaded) == {"org_type|asked", "a=b|said"} and loaded["org_type|asked"].labels == pair.labels
    before, after = pair.predict(meaning, words), loaded["org_type|asked"].predict(meaning, words)
    assert np.allclose(before, after, atol=0.01) and (before.argmax(axis=1) == after.argmax(axis=1)).all()


@pytest.mark.parametrize("labels", [LABELS, THREE], ids=["two", "several"])
def test_probabilities_add_up_to_one(labels: list) -> None:
    meaning, words = views(TEXTS)
    shares = linear.train_pair(meaning, words, labels).predict(meaning, words)
    assert shares.shape == (len(TEXTS), len(set(labels))) and np.allclose(shares.sum(axis=1), 1) and (shares >= 0).all()


def test_what_was_taught_is_known() -> None:
    meaning, words = views(TEXTS)
    pair = linear.train_pair(meaning, words, LABELS)
    guesses = [pair.labels[n] for n in pair.predict(*views(["a big hospital", "dental chain"])).argmax(axis=1)]
    assert guesses == ["hospital", "specialty_group"]


def test_many_pairs_at_once_predict_what_each_predicts_alone() -> None:
    meaning, words = views(TEXTS)
    pairs = {"two": linear.train_pair(meaning, words, LABELS), "three": linear.train_pair(meaning, words, THREE)}
    together = linear.Stack(pairs).predict(meaning, words)
    for name, pair in pairs.items():
        labels, shares = together[name]
        assert labels == pair.labels and np.allclose(shares, pair.predict(meaning, words), atol=1e-5)
    assert linear.Stack({}).predict(meaning, words) == {}


def test_very_sure_scores_do_not_overflow() -> None:
    shares = linear.probabilities(np.array([[1000.0, -1000.0], [0.0, 0.0]]))
    assert np.isfinite(shares).all() and shares[0, 0] == 1 and shares[1, 0] == 0.5


def test_the_same_words_under_another_question_look_different() -> None:
    under_phi, under_none = word_features(["yes"], ["handles_phi"]), word_features(["yes"], [None])
    assert isinstance(under_phi, csr_matrix) and under_phi.shape == under_none.shape and (under_phi != under_none).nnz > 0
    assert (word_features(["yes"], ["handles_phi"]) != under_phi).nnz == 0


def test_numbers_and_curly_quotes_look_alike() -> None:
    assert tidy("40k") == tidy("75k") and tidy("it\u2019s") == tidy("it's")
