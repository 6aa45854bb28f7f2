"""Playing many conversations against one system: closed loop, a fixed number, so many at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.http_connections import Connections
from benchmarks.visitors import Request, Visitor, WrongReply

SHOWN = 5


class LoadFailed(RuntimeError):
    """At least one reply was wrong or did not come; there are no figures then."""


@dataclass
class Load:
    """What was measured: milliseconds of each opening call and of each message (the visitor's n-th, from 1), and seconds in all."""

    openings_ms: list[float] = field(default_factory=list)
    turns_ms: list[tuple[int, float]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def turns(self) -> int:
        """How many messages were answered."""
        return len(self.turns_ms)


def ignore(turn: int) -> None:
    """For who need not know of each message."""


async def play(port: int, visitors: Sequence[Visitor], *, at_a_time: int, heard: Callable[[int], None] = ignore) -> Load:
    """Play all visitors' conversations, each from its opening to its end; a new one starts when one of `at_a_time` has ended.

    Args:
        heard: called after each answered message with its number in its conversation.
    Raises:
        LoadFailed: with the first wrong replies.
    """
    load, wrong, connections = Load(), list[str](), Connections(port)
    waiting = iter(visitors)

    async def ask(request: Request, visitor: Visitor) -> float:
        started = time.perf_counter()
        try:
            status, content = await connections.post(request.path, request.body, request.headers)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise WrongReply(f"{request.path}: no answer ({type(error).__name__} {error})") from error
        milliseconds = (time.perf_counter() - started) * 1000
        try:
            visitor.take(status, content)
        except (ValueError, LookupError, TypeError) as error:
            raise WrongReply(f"{request.path}: an answer of another shape ({type(error).__name__} {error}): {content[:200]!r}") from error
        return milliseconds

    async def converse(queue: Iterator[Visitor]) -> None:
        for visitor in queue:
            try:
                if opening := visitor.opening():
                    load.openings_ms.append(await ask(opening, visitor))
                turn = 0
                while message := visitor.next_message():
                    turn += 1
                    load.turns_ms.append((turn, await ask(message, visitor)))
                    heard(turn)
            except WrongReply as error:
                wrong.append(str(error))
                return

    started = time.perf_counter()
    await asyncio.gather(*(converse(waiting) for _ in range(at_a_time)))
    load.seconds = time.perf_counter() - started
    connections.close()
    if wrong:
        raise LoadFailed("\n".join([f"{len(wrong)} conversations went wrong. The first:", *wrong[:SHOWN]]))
    return load
