"""A mail server of our own on this machine: takes mails, or behaves as it is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "p@ss:word"


class Postbox:
    """Keeps what is delivered. answers: what it says to the next mails instead of taking them; closed: it says nothing until opened."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.answers: list[str] = []
        self.refused_recipients: dict[str, str] = {}
        self.tried = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.tried += 1
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(BytesParser(policy=SMTP).parsebytes(envelope.content))  # type: ignore[arg-type]
        self.to.append(list(envelope.rcpt_tos))
        return "250 OK"


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.login == b"ana" and data.password == PASSWORD.encode()
    return AuthResult(success=known, handled=known)


@contextmanager
def serving(postbox: Postbox, *, sign_in: bool = False, port: int = 0) -> Iterator[int]:
    """Serve on a port of this machine, by default a free one; it is returned."""
    more: dict[str, Any] = {"authenticator": _knows, "auth_required": True, "auth_require_tls": False} if sign_in else {}
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


__all__ = ["PASSWORD", "Postbox", "serving"]
