"""The nearest examples: they say what those like the message were labelled with."""

import numpy as np
import pytest

from bot.nlu.fact_heads import LABELS, targets_of
from bot.nlu.nearest_examples import NEIGHBOURS, Neighbours

WIDTH = 384


def directions(*places: int) -> np.ndarray:
    """Unit vectors, each a little off its own axis."""
    random = np.random.default_rng(5)
    vectors = np.eye(WIDTH, dtype=np.float32)[list(places)] + random.normal(0, 0.01, (len(places), WIDTH)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def neighbours() -> Neighbours:
    facts = [{"org_type": "hospital"}] * 8 + [{"org_type": "payer", "security_needs": ["baa"]}] * 8 + [{}] * 8
    acts = ["answer"] * 16 + ["chitchat"] * 8
    return Neighbours.of(directions(*[0] * 8, *[1] * 8, *[2] * 8), acts, targets_of(facts))


def test_a_text_is_what_its_neighbours_are(neighbours: Neighbours) -> None:
    acts, values = neighbours.shares(directions(0, 1, 2))
    named = [dict(zip(LABELS, row.tolist(), strict=True)) for row in values]
    assert named[0]["org_type", "hospital"] == pytest.approx(1) and named[0]["org_type", "payer"] == 0
    assert named[1]["org_type", "payer"] == pytest.approx(1) and named[1]["security_needs", "baa"] == pytest.approx(1)
    assert not values[2].any()
    assert acts.argmax(axis=1).tolist() == [neighbours.labels.index(act) for act in ("answer", "answer", "chitchat")]


def test_shares_of_acts_add_up_and_lie_between_the_neighbours(neighbours: Neighbours) -> None:
    between = directions(0) + directions(2)
    acts, values = neighbours.shares(between / np.linalg.norm(between))
    assert acts.sum() == pytest.approx(1, abs=1e-5) and 0 <= values.min() <= values.max() <= 1 + 1e-5


def test_fewer_examples_than_neighbours_are_enough() -> None:
    few = Neighbours.of(directions(0, 1), ["answer", "faq"], targets_of([{}, {}]))
    assert len(few.points) < NEIGHBOURS
    acts, _ = few.shares(directions(1))
    assert few.labels[int(acts[0].argmax())] == "faq"
