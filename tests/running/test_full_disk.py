"""A disk that fills up under a conversation: the visitor is told the truth, and nothing is lost or doubled once there is room again.

A file-size limit on the running processes stands for the full disk: each write beyond it fails as it would there.
"""

from __future__ import annotations

import resource
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running.product import Product

pytestmark = pytest.mark.running


@pytest.fixture
def small(built: None, tmp_path: Path) -> Iterator[Product]:
    """A product of its own: the limit must not hit other tests."""
    product = Product.start(tmp_path / "var")
    yield product
    assert product.end(signal.SIGTERM) == 0, product.output()


@contextmanager
def no_room(product: Product, *names: str) -> Iterator[None]:
    """Let no file of these processes grow."""
    pids = [product.children()[name] for name in names]
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids]
    for pid, (_, hard) in zip(pids, before, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limits in zip(pids, before, strict=True):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def typed(product: Product, chat_id: str, token: str) -> list[str]:
    shown = product.request("GET", f"/api/chat/conversations/{chat_id}", token=token).json()
    return [message["text"] for message in shown["messages"] if message["from"] == "visitor"]


def test_a_message_that_cannot_be_kept_is_refused_with_the_truth_and_taken_once_there_is_room(small: Product) -> None:
    chat = small.chat()
    chat.choose("hospital")
    key, words = uuid.uuid4().hex, "fewer no-shows"
    with no_room(small, "web"):
        refused = chat.send({"text": words}, key=key)
        assert refused.status_code == 507, refused.text
        assert refused.headers["content-type"].startswith("application/problem+json") and int(refused.headers["Retry-After"]) > 0
        assert "could not be kept" in refused.json()["detail"]
        assert typed(small, chat.id, chat.token) == ["Hospital"], "reading must go on, and show only what is kept"
        assert small.request("GET", "/healthz").status_code == 200
    answered = chat.send({"text": words}, key=key)
    assert answered.status_code == 200, answered.text
    assert typed(small, chat.id, chat.token) == ["Hospital", words]
    assert chat.facts() == {"org_type": "hospital", "use_case": "scheduling_reminders"}


def test_a_turn_that_cannot_be_kept_is_taken_again_and_counted_once(small: Product) -> None:
    chat = small.chat()
    chat.choose("hospital")
    key, words = uuid.uuid4().hex, "fewer no-shows"
    with no_room(small, "actions"):
        refused = chat.send({"text": words}, key=key)
        assert refused.status_code == 503 and "Your message is kept" in refused.json()["detail"], refused.text
        assert typed(small, chat.id, chat.token) == ["Hospital", words]
    answered = chat.send({"text": words}, key=key)
    assert answered.status_code == 200, answered.text
    assert typed(small, chat.id, chat.token) == ["Hospital", words]
    assert chat.facts() == {"org_type": "hospital", "use_case": "scheduling_reminders"}


def test_a_new_chat_says_that_it_cannot_be_kept(small: Product) -> None:
    with no_room(small, "web"):
        refused = small.request("POST", "/api/chat/conversations", json={"page": {"url": "https://meridian.example/"}, "consent": True})
        assert refused.status_code == 507 and "could not be kept" in refused.json()["detail"], refused.text
    chat = small.chat()
    chat.choose("hospital")
