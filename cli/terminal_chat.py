"""The chat in a terminal: the same API, the same flow."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from cli.api_client import ApiError, call, where


def converse(url: str | None, *, channel: str) -> int:
    """Talk until the visitor leaves (Ctrl-D); return the exit code."""
    console = Console(highlight=False)
    try:
        known_url, key = where()
        url = url or known_url
        opening = {"page": {"url": "terminal:"}, "consent": True, "channel": channel}
        start = call("POST", "/api/chat/conversations", opening, token=key, url=url)
    except ApiError as error:
        console.print(str(error))
        return 1
    replies = _show(console, start["messages"])
    console.print("[dim]Ctrl-D leaves. A number picks a choice.[/dim]")
    while True:
        try:
            typed = console.input("[bold]> [/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return 0
        if not typed:
            continue
        chosen = replies[int(typed) - 1] if typed.isdigit() and 0 < int(typed) <= len(replies) else None
        body = {"quick_reply": chosen["value"]} if chosen else {"text": typed}
        try:
            answer = call("POST", f"/api/chat/conversations/{start['conversation_id']}/messages", body, token=start["token"], url=url)
        except ApiError as error:
            console.print(str(error), style="yellow", markup=False)
            continue
        replies = _show(console, answer["messages"])


def _show(console: Console, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Print messages; return the choices of the last."""
    replies: list[dict[str, Any]] = []
    for message in messages:
        console.print(message["text"], style="cyan", markup=False)
        replies = message["quick_replies"]
    if replies:
        console.print("   ".join(f"{number}) {reply['label']}" for number, reply in enumerate(replies, 1)), style="dim", markup=False)
    return replies
