"""Calling a running LeadTriage from the terminal."""

from __future__ import annotations

import json
import os
from typing import Any

import httpx

from cli.demo import DEMO_FILE


class ApiError(RuntimeError):
    """The call failed; the message says why and what to do."""


def where() -> tuple[str, str]:
    """Return address and key: LEADTRIAGE_URL and LEADTRIAGE_API_KEY, else those of the demo.

    Raises:
        ApiError: neither is there.
    """
    url, key = os.environ.get("LEADTRIAGE_URL"), os.environ.get("LEADTRIAGE_API_KEY")
    if url and key:
        return url, key
    try:
        demo = json.loads(DEMO_FILE.read_text())
    except (OSError, ValueError):
        raise ApiError("No running LeadTriage is known. Start one with `make run`, or set LEADTRIAGE_URL and LEADTRIAGE_API_KEY.") from None
    return url or demo["url"], key or demo["api_key"]


def call(method: str, path: str, body: Any = None, *, token: str | None = None, url: str | None = None) -> Any:
    """Make one JSON call with the key, or with a conversation's token.

    Raises:
        ApiError: no answer, or a refusal; with its sentence.
    """
    known_url, key = where() if url is None or token is None else (url, token)
    try:
        answer = httpx.request(
            method, (url or known_url) + path, json=body, headers={"Authorization": f"Bearer {token or key}"}, timeout=60
        )
    except httpx.HTTPError:
        raise ApiError(f"LeadTriage does not answer at {url or known_url}. Start it with `make run`.") from None
    if answer.is_error:
        raise ApiError(_sentence(answer))
    return answer.json() if answer.content else None


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"LeadTriage answered {answer.status_code}."
