"""A small HTTP client that keeps its connections open: a general one would cost more CPU than the systems that are measured."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

TIMEOUT_SECONDS = 60.0


class Connections:
    """Connections to one address on this machine; each call takes one that is free, or opens another."""

    def __init__(self, port: int, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._port, self._timeout_seconds = port, timeout_seconds
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Post JSON; return status and body.

        Raises:
            OSError, asyncio.IncompleteReadError: the connection broke.
            TimeoutError: no whole answer within the time.
        """
        async with asyncio.timeout(self._timeout_seconds):
            reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
            head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "Content-Type: application/json",
                    f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
            writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).lower()
            content = await _read_content(reader, answered)
        if b"connection: close" in answered:
            writer.close()
        else:
            self._free.append((reader, writer))
        return int(answered[9:12]), content

    def close(self) -> None:
        """Close all that are free."""
        for _, writer in self._free:
            writer.close()
        self._free.clear()


async def _read_content(reader: asyncio.StreamReader, head: bytes) -> bytes:
    if b"content-length:" in head:
        return await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    if b"transfer-encoding: chunked" not in head:
        return b""
    content = b""
    while size := int(await reader.readline(), 16):
        content += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return content
