"""Logistic regression over sentence vectors: trained here, all labels at once, and stored as plain arrays.

Rasa's own classifier stores scikit-learn objects, whose loading takes about 6 s of every start; arrays load at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional, Tuple

import numpy as np

# A unit-length vector under logistic regression with C = 1 gives timid probabilities; so much longer it gives honest ones (see
# docs/understanding.md, calibration).
SCALE = 5.0
# Probabilities no longer change after so many steps of L-BFGS.
MOST_STEPS = 120


@dataclass(frozen=True)
class Linear:
    """Weights of a logistic regression: labels (n), weights (384 × n), bias (n).

    `exclusive`: one label holds, so that probabilities add up to 1; otherwise each label is judged by itself.
    """

    labels: Tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    exclusive: bool

    def predict(self, vectors: np.ndarray, nudges: Optional[np.ndarray] = None) -> np.ndarray:
        """Return probabilities, rows × labels; `nudges` (the same shape) are added to the log-odds first."""
        scores = vectors @ self.weights + self.bias
        if nudges is not None:
            scores = scores + nudges
        return softmax(scores) if self.exclusive else sigmoid(scores)


def train(vectors: np.ndarray, targets: np.ndarray, labels: Tuple[str, ...], *, exclusive: bool, c: float) -> Linear:
    """Fit on examples.

    Args:
        vectors: unit-length, n × 384.
        targets: n × labels, 1 where the label holds; one 1 a row where labels are exclusive.
        c: how little large weights cost.
    """
    from scipy.optimize import fmin_l_bfgs_b

    examples, width = vectors.shape
    features = (vectors * SCALE).astype(np.float32)
    targets = targets.astype(np.float32)
    cost = 1.0 / (c * examples)

    def loss(flat: np.ndarray) -> Tuple[float, np.ndarray]:
        weights = flat.reshape(width + 1, len(labels)).astype(np.float32)
        scores = features @ weights[:-1] + weights[-1]
        if exclusive:
            shares = softmax(scores)
            error = -float(np.log(np.maximum(shares[targets > 0], 1e-9)).sum())
        else:
            shares = sigmoid(scores)
            error = float((np.logaddexp(0, scores) - targets * scores).sum())
        slope = (shares - targets) / examples
        gradient = np.vstack([features.T @ slope + cost * weights[:-1], slope.sum(axis=0)])
        return error / examples + 0.5 * cost * float((weights[:-1] ** 2).sum()), gradient.ravel().astype(np.float64)

    start = np.zeros((width + 1, len(labels)))
    if not exclusive:
        start[-1] = -4.0  # nearly every label is absent from nearly every message
    flat = fmin_l_bfgs_b(loss, start.ravel(), maxiter=MOST_STEPS, maxfun=2 * MOST_STEPS)[0].astype(np.float32)
    weights = flat.reshape(width + 1, len(labels))
    return Linear(labels, np.ascontiguousarray(weights[:-1] * SCALE), weights[-1].copy(), exclusive)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Turn log-odds (rows × labels) into probabilities that sum to 1 a row."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Turn log-odds into probabilities, each by itself."""
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0)))


def save(models: Dict[str, Linear], path: Path) -> None:
    """Write named regressions to one .npz file."""
    arrays = {}
    for name, model in models.items():
        arrays |= {f"{name}|labels": np.array(model.labels), f"{name}|weights": model.weights, f"{name}|bias": model.bias,
                   f"{name}|exclusive": np.array(model.exclusive)}
    np.savez_compressed(path, **arrays)


def load(path: Path) -> Dict[str, Linear]:
    """Read regressions written by `save`."""
    stored = np.load(path, allow_pickle=False)
    names = {key.rsplit("|", 1)[0] for key in stored.files}
    return {name: Linear(tuple(stored[f"{name}|labels"].tolist()), np.ascontiguousarray(stored[f"{name}|weights"]), stored[f"{name}|bias"],
                         bool(stored[f"{name}|exclusive"])) for name in sorted(names)}
