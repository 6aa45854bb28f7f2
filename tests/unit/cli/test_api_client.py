"""Calling a running LeadTriage: which one, with which key, and what is said when it does not work."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import api_client
from cli.api_client import ApiError, call, where


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("LEADTRIAGE_URL", "LEADTRIAGE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(api_client, "DEMO_FILE", tmp_path / "demo.json")
    return tmp_path / "demo.json"


def answering(monkeypatch: pytest.MonkeyPatch, status: int, content: bytes) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def request(method: str, url: str, **how: Any) -> httpx.Response:
        asked.append({"method": method, "url": url, **how})
        return httpx.Response(status, content=content)

    monkeypatch.setattr(httpx, "request", request)
    return asked


def test_the_demo_on_this_machine_is_found(nothing_known: Path) -> None:
    nothing_known.write_text(json.dumps({"url": "http://127.0.0.1:8000", "email": "e", "password": "p", "api_key": "k"}))
    assert where() == ("http://127.0.0.1:8000", "k")


def test_the_environment_goes_before_the_demo(nothing_known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_known.write_text(json.dumps({"url": "http://127.0.0.1:8000", "email": "e", "password": "p", "api_key": "k"}))
    monkeypatch.setenv("LEADTRIAGE_API_KEY", "mine")
    assert where() == ("http://127.0.0.1:8000", "mine")
    monkeypatch.setenv("LEADTRIAGE_URL", "https://leads.example")
    assert where() == ("https://leads.example", "mine")


@pytest.mark.parametrize("content", [None, "{broken"])
def test_where_nothing_runs_it_says_what_to_do(nothing_known: Path, content: str | None) -> None:
    if content:
        nothing_known.write_text(content)
    with pytest.raises(ApiError, match="make run"):
        where()


def test_a_call_carries_the_key_and_gives_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, 200, b'{"items": []}')
    assert call("POST", "/api/interpret", {"items": []}, token="t", url="http://127.0.0.1:8000") == {"items": []}
    assert asked[0]["headers"] == {"Authorization": "Bearer t"} and asked[0]["url"] == "http://127.0.0.1:8000/api/interpret"
    answering(monkeypatch, 204, b"")
    assert call("POST", "/x", token="t", url="http://127.0.0.1:8000") is None


@pytest.mark.parametrize(("status", "content", "sentence"), [
    (409, b'{"detail": "This chat was ended."}', "This chat was ended."), (502, b"<html>", "LeadTriage answered 502."),
    (500, b'{"error": 1}', "LeadTriage answered 500."),
])  # fmt: skip
def test_a_refusal_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch, status: int, content: bytes, sentence: str) -> None:
    answering(monkeypatch, status, content)
    with pytest.raises(ApiError, match=sentence):
        call("GET", "/x", token="t", url="http://127.0.0.1:8000")


def test_silence_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def request(*words: Any, **how: Any) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(httpx, "request", request)
    with pytest.raises(ApiError, match=r"does not answer at http://127\.0\.0\.1:8000\. Start it with `make run`"):
        call("GET", "/x", token="t", url="http://127.0.0.1:8000")
