"""all-MiniLM-L6-v2 in TensorFlow, with low-rank changes that can be learned and the heads they are learned with."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.modules.setdefault("jax", None)  # type: ignore[arg-type]  # see bot/patches.py
import tensorflow as tf  # noqa: E402

from bot.encoder import QuestionMarks  # noqa: E402
from bot.nlu.linear import SCALE  # noqa: E402
from bot.tuning.adapter import REACH, WORDS, Adapter  # noqa: E402

_CHANGED = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense",
            "output.dense")
_DROPPED = 0.1


class Network:
    """The encoder with a head for acts (one holds) and one for facts (each by itself)."""

    def __init__(
        self, weights: Dict[str, np.ndarray], config: Dict[str, Any], *, questions: Sequence[str], acts: int, values: int, rank: int,
        start: Optional[Adapter], random: np.random.Generator,
    ) -> None:
        """Begin with the published weights, and with an adapter's changes if one is given."""
        self._config, self._questions = config, tuple(questions)
        self._fixed = {name: tf.constant(array) for name, array in weights.items() if array.dtype == np.float32}
        self._down: Dict[str, tf.Variable] = {}
        self._up: Dict[str, tf.Variable] = {}
        for layer in range(config["num_hidden_layers"]):
            for part in _CHANGED:
                name = f"encoder.layer.{layer}.{part}"
                outputs, inputs = weights[f"{name}.weight"].shape
                down = start.down[name] if start else random.normal(0, inputs**-0.5, (inputs, rank))
                up = start.up[name] if start else np.zeros((rank, outputs))
                self._down[name], self._up[name] = tf.Variable(down.astype(np.float32)), tf.Variable(up.astype(np.float32))
        free = weights[WORDS][QuestionMarks.FIRST : QuestionMarks.FIRST + len(self._questions) + 1]
        self._marks = tf.Variable(start.marks.astype(np.float32) if start else free.copy())
        width = config["hidden_size"]
        self.heads = [tf.Variable(random.normal(0, 0.02, (width, size)).astype(np.float32)) for size in (acts, values)]
        self.biases = [tf.Variable(np.zeros(acts, np.float32)), tf.Variable(np.full(values, -4.0, np.float32))]

    @property
    def changes(self) -> List[tf.Variable]:
        """What of the encoder is learned."""
        return [*self._down.values(), *self._up.values(), self._marks]

    def adapter(self, made_of: str) -> Adapter:
        """Return what was learned."""
        return Adapter({name: change.numpy() for name, change in self._down.items()},
                       {name: change.numpy() for name, change in self._up.items()}, self._marks.numpy(), self._questions, made_of)

    def scores(self, ids: tf.Tensor, mask: tf.Tensor, rows: tf.Tensor, spans: tf.Tensor) -> Tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return log-odds, with drop-out, for a batch of padded word pieces: of acts, of facts' values, and of values of the spans.

        Args:
            rows, spans: for each span the row of its text, and 1 for each of its word pieces (spans × pieces).
        """
        states = self._states(ids, mask)
        acts, values = self._heads(_mean(states, mask))
        _, of_spans = self._heads(_mean(tf.gather(states, rows), spans))
        return acts, values, of_spans

    def _heads(self, vectors: tf.Tensor) -> Tuple[tf.Tensor, tf.Tensor]:
        scaled = tf.nn.dropout(vectors * SCALE, _DROPPED)
        acts, values = (scaled @ head + bias for head, bias in zip(self.heads, self.biases, strict=True))
        return acts, values

    def _states(self, ids: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        fixed, first = self._fixed, QuestionMarks.FIRST
        batch, length = tf.shape(ids)[0], tf.shape(ids)[1]
        words = tf.concat([fixed[WORDS][:first], self._marks, fixed[WORDS][first + len(self._questions) + 1 :]], 0)
        kind, places = fixed["embeddings.token_type_embeddings.weight"][0], fixed["embeddings.position_embeddings.weight"]
        x = self._norm(tf.gather(words, ids) + kind + places[:length], "embeddings.LayerNorm")
        heads, width = self._config["num_attention_heads"], self._config["hidden_size"]
        bias = ((1 - mask) * -1e9)[:, None, None, :]

        def split(x: tf.Tensor, name: str) -> tf.Tensor:
            return tf.transpose(tf.reshape(self._linear(x, name), [batch, length, heads, width // heads]), [0, 2, 1, 3])

        for layer in range(self._config["num_hidden_layers"]):
            name = f"encoder.layer.{layer}."
            query, key, value = (split(x, f"{name}attention.self.{part}") for part in ("query", "key", "value"))
            shares = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (width // heads) ** -0.5 + bias)
            mixed = tf.reshape(tf.transpose(tf.matmul(shares, value), [0, 2, 1, 3]), [batch, length, width])
            x = self._norm(self._linear(mixed, f"{name}attention.output.dense") + x, f"{name}attention.output.LayerNorm")
            wide = tf.nn.gelu(self._linear(x, f"{name}intermediate.dense"))
            x = self._norm(self._linear(wide, f"{name}output.dense") + x, f"{name}output.LayerNorm")
        return x

    def _linear(self, x: tf.Tensor, name: str) -> tf.Tensor:
        change = tf.matmul(tf.matmul(tf.nn.dropout(x, _DROPPED), self._down[name]), self._up[name])
        return tf.matmul(x, self._fixed[f"{name}.weight"], transpose_b=True) + self._fixed[f"{name}.bias"] + REACH * change

    def _norm(self, x: tf.Tensor, name: str) -> tf.Tensor:
        mean = tf.reduce_mean(x, -1, keepdims=True)
        spread = tf.reduce_mean(tf.square(x - mean), -1, keepdims=True)
        even = (x - mean) * tf.math.rsqrt(spread + self._config["layer_norm_eps"])
        return even * self._fixed[f"{name}.weight"] + self._fixed[f"{name}.bias"]


def _mean(states: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    mean = tf.reduce_sum(states * mask[:, :, None], 1) / tf.maximum(tf.reduce_sum(mask, 1, keepdims=True), 1.0)
    return tf.nn.l2_normalize(mean, -1)
