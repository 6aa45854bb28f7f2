"""Speaking to Rasa, on loopback, by our own channel in bot/channel.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx


class EngineAway(Exception):
    """The dialogue engine cannot answer now; what the visitor wrote is kept, and a retry loses nothing."""


class DialogueEngine:
    """A client of the Rasa process; one for the life of the web process."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        """Prepare; connections open with the first call and are kept."""
        self._client = httpx.AsyncClient(base_url=f"{url}/webhooks/leadtriage", timeout=timeout_seconds)

    async def message(
        self, conversation_id: str, *, text: str, payload: Mapping[str, Any] | None, metadata: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Send one message; return what the bot says.

        Raises:
            EngineAway: Rasa or its action server does not answer.
        """
        body = {"sender": conversation_id, "text": text, "payload": payload, "metadata": metadata}
        messages: list[dict[str, Any]] = (await self._post("/message", body))["messages"]
        if not messages:
            # Rasa drops a message without a word when its model or its action server is gone.
            raise EngineAway("no reply")
        if any((message.get("custom") or {}).get("failed") for message in messages):
            raise EngineAway("the action failed")
        return messages

    async def read(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Read texts without a conversation; one parse an item, in order.

        Raises:
            EngineAway: Rasa does not answer.
        """
        parses: list[dict[str, Any]] = (await self._post("/read", {"items": list(items)}, seconds=300))["items"]
        return parses

    async def model_file(self) -> str | None:
        """Return the name of the loaded model, None while there is none or Rasa is away."""
        try:
            answer = await self._client.get("/status", timeout=3)
            name: str | None = answer.json().get("model_file")
            return name
        except (httpx.HTTPError, ValueError):
            return None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, path: str, body: Mapping[str, Any], *, seconds: float | None = None) -> dict[str, Any]:
        try:
            answer = await self._client.post(path, json=body, timeout=seconds or self._client.timeout)
            answer.raise_for_status()
            content: dict[str, Any] = answer.json()
            return content
        except (httpx.HTTPError, ValueError) as error:
            raise EngineAway(type(error).__name__) from error
