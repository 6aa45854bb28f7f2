"""Tune the sentence encoder on data/nlu: `python -m bot.tuning [--epochs 4] [--fresh]` writes data/encoder/adapter.npz.

Worth its time when some hundred examples were added: some seven minutes an epoch. It goes on from the stored adapter; --fresh starts
from the published weights, and takes four epochs. Afterwards `make` builds the encoder and the NLU model anew. Held-out examples are
never seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.build_encoder import check_weights, weights_folder
from bot.encoder import LONGEST, QuestionMarks, pieces_of
from bot.nlu.fact_heads import LABELS, targets_of
from bot.nlu.questions import QUESTIONS
from bot.progress import Stage
from bot.tuning.adapter import ADAPTER, Adapter
from bot.tuning.variants import Variant, taught_examples, variants_of

ROOT = Path(__file__).resolve().parents[2]
BATCH = 32
# Batches are cut from so many texts sorted by length: little padding, and yet another mixture each time.
SORTED_TOGETHER = 20 * BATCH
RATE, RATE_OF_HEADS = 5e-4, 5e-3
SMOOTHING = 0.02


def main() -> None:
    """Tune and write the adapter after every epoch, so that a stopped run is not lost."""
    parser = argparse.ArgumentParser(prog="python -m bot.tuning", description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--fresh", action="store_true", help="start from the published weights")
    parser.add_argument("--rank", type=int, default=16, help="of the changes, with --fresh")
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--into", type=Path, default=ADAPTER)
    args = parser.parse_args()
    import tensorflow as tf

    from bot.tuning.network import Network

    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.random.set_seed(1)
    random = np.random.default_rng(1)
    folder = weights_folder()
    check_weights(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    examples = taught_examples(ROOT / "data/nlu")
    acts = sorted({example.act for example in examples})
    start = None if args.fresh else Adapter.load(ADAPTER)
    questions = start.questions if start else QUESTIONS
    network = Network(
        load_file(str(folder / "model.safetensors")), json.loads((folder / "config.json").read_text()), questions=questions,
        acts=len(acts), values=len(LABELS), rank=args.rank, start=start, random=random,
    )
    digest = hashlib.sha256("\n".join(sorted(example.text for example in examples)).encode()).hexdigest()[:12]
    steps = args.epochs * (len(variants_of(examples, random)) // BATCH + 1)
    step = _step_of(network, acts, args.rate, steps)
    marks = QuestionMarks(questions)
    for epoch in range(1, args.epochs + 1):
        variants = variants_of(examples, random)
        losses = []
        with Stage(f"epoch {epoch} of {args.epochs}, {len(variants)} texts", len(variants) // BATCH + 1) as stage:
            for batch in _batches(variants, tokenizer, marks, random):
                losses.append(step(batch))
                stage.advance()
        by_kind = dict(zip(("acts", "facts", "spans"), zip(*losses, strict=True), strict=True))
        means = ", ".join(f"of {name} {np.mean(each):.3f}" for name, each in by_kind.items())
        print(f"epoch {epoch}: loss {means}", flush=True)
        network.adapter(f"{len(examples)} examples, digest {digest}, {epoch} epochs{'' if args.fresh else ' more'}").save(args.into)


def _step_of(network, acts: List[str], rate: float, steps: int):  # type: ignore[no-untyped-def]
    """Return a function that learns from one batch and returns its losses (of acts, facts and spans)."""
    import tensorflow as tf

    encoder, heads = tf.keras.optimizers.legacy.Adam(rate, clipnorm=1.0), tf.keras.optimizers.legacy.Adam(RATE_OF_HEADS)
    variables, of_heads = network.changes, [*network.heads, *network.biases]
    of_values = tf.TensorSpec([None, len(LABELS)])

    # Nothing here depends on a tensor's value, so autograph has nothing to translate (and its `zip` knows no `strict`).
    @tf.function(autograph=False, input_signature=[
        tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None]), tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([None, None]), tf.TensorSpec([None], tf.int32), of_values, of_values])
    def learn(ids, mask, rows, spans, act, values, span_values):  # type: ignore[no-untyped-def]
        with tf.GradientTape() as tape:
            act_scores, value_scores, span_scores = network.scores(ids, mask, rows, spans)
            wanted = tf.one_hot(act, len(acts)) * (1 - SMOOTHING) + SMOOTHING / len(acts)
            loss_of_acts = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, act_scores))
            loss_of_facts = _of_values(tf, values, value_scores)
            loss_of_spans = _of_values(tf, span_values, span_scores)
            weight = tf.cast(tf.shape(rows)[0], tf.float32) / tf.cast(tf.shape(ids)[0], tf.float32)
            loss = loss_of_acts + loss_of_facts + weight * loss_of_spans
        gradients = tape.gradient(loss, variables + of_heads)
        encoder.apply_gradients(zip(gradients[: len(variables)], variables, strict=True))
        heads.apply_gradients(zip(gradients[len(variables) :], of_heads, strict=True))
        return loss_of_acts, loss_of_facts, loss_of_spans

    done = 0

    def step(batch: Sequence["Row"]) -> Tuple[float, ...]:
        nonlocal done
        share = min(1.0, (done + 1) / (0.06 * steps)) * max(0.02, 1 - done / steps)  # warm up, then fall evenly
        encoder.learning_rate, heads.learning_rate = rate * share, RATE_OF_HEADS * share
        done += 1
        ids, mask, rows, spans, labelled = _padded(batch)
        act = np.array([acts.index(row.variant.act) for row in batch], np.int32)
        return tuple(float(loss) for loss in learn(
            ids, mask, rows, spans, act, targets_of([row.variant.facts for row in batch]), targets_of(labelled)))

    return step


def _of_values(tf, wanted, scores):  # type: ignore[no-untyped-def]
    each = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(wanted, scores), 1)
    return tf.reduce_sum(each) / tf.maximum(tf.cast(tf.shape(scores)[0], tf.float32), 1.0)


@dataclass(frozen=True)
class Row:
    """A text as word pieces, with the place in the text (start, end) of each; the question's piece has none."""

    variant: Variant
    ids: List[int]
    places: List[Tuple[int, int]]


def _batches(variants: List[Variant], tokenizer: Tokenizer, marks: QuestionMarks, random: np.random.Generator) -> Iterator[List[Row]]:
    order = random.permutation(len(variants))
    batches = []
    for start in range(0, len(order), SORTED_TOGETHER):
        rows = []
        for variant in (variants[place] for place in order[start : start + SORTED_TOGETHER]):
            pieces = tokenizer.encode(variant.text)
            rows.append(Row(variant, marks.mark(pieces.ids, variant.asked), marks.mark_places(pieces.offsets)))
        rows.sort(key=lambda row: len(row.ids))
        batches += [rows[at : at + BATCH] for at in range(0, len(rows), BATCH)]
    for place in random.permutation(len(batches)):
        yield batches[place]


def _padded(batch: Sequence[Row]) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, List[Dict[str, Any]]]:
    """Return ids, mask, and of the spans the rows, the masks and the facts."""
    longest = max(len(row.ids) for row in batch)
    ids, mask = np.zeros((len(batch), longest), np.int32), np.zeros((len(batch), longest), np.float32)
    rows, spans, labelled = [], [], []
    for number, row in enumerate(batch):
        ids[number, : len(row.ids)], mask[number, : len(row.ids)] = row.ids, 1.0
        for start, end, facts in row.variant.spans:
            inside = np.zeros(longest, np.float32)
            inside[pieces_of(row.places, start, end)] = 1.0
            rows.append(number)
            spans.append(inside)
            labelled.append(facts)
    return ids, mask, np.array(rows, np.int32), np.array(spans, np.float32).reshape(len(rows), longest), labelled


if __name__ == "__main__":
    main()
