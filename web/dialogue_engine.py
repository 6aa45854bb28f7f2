"""Speaking to Rasa, on loopback, by our own channel in bot/channel.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp


class EngineAway(Exception):
    """The dialogue engine cannot answer now; what the visitor wrote is kept, and a retry loses nothing."""


class DialogueEngine:
    """A client of the Rasa process; one for the life of the web process."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        """Prepare; connections open with the first call and are kept."""
        self._base, self._seconds = f"{url}/webhooks/leadtriage", timeout_seconds
        self._session: aiohttp.ClientSession | None = None

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
            return str((await self._request("GET", "/status", seconds=3)).get("model_file") or "") or None
        except EngineAway:
            return None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, path: str, body: Mapping[str, Any], *, seconds: float | None = None) -> dict[str, Any]:
        return await self._request("POST", path, body, seconds=seconds or self._seconds)

    async def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, seconds: float
    ) -> dict[str, Any]:
        if self._session is None:
            # Opened inside the running loop, as aiohttp wants it. Rasa takes one turn of a conversation at a time, so a limit on
            # connections would only queue here what waits there anyway.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._session.request(method, self._base + path, json=body, timeout=timeout) as answer:
                answer.raise_for_status()
                content: dict[str, Any] = await answer.json()
                return content
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise EngineAway(type(error).__name__) from error
