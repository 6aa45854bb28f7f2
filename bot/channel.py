"""Our channel into Rasa: one message, or many to read; loopback only.

Rasa's own REST channel names its output `collector`, so responses cannot vary by channel, and its parse route passes no
metadata, so what was asked would be lost. Here a message is either `text` (what a person typed) or `payload` (a button's
act and facts, which need no reading). A typed text can never be taken for a payload.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class ReplyCollector(OutputChannel):
    """Collects what the bot says, each message whole: text, buttons and our own `custom` part."""

    def __init__(self, channel: Text) -> None:
        self.messages: List[Dict[Text, Any]] = []
        self._channel = channel

    def name(self) -> Text:  # type: ignore[override]
        """The channel a response variation may name: website or rep."""
        return self._channel

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        """Keep one message."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if kept:
            self.messages.append(kept)


def as_typed(text: Text) -> Text:
    """Return a visitor's text so that Rasa cannot read it as a command.

    Rasa takes any text that starts with a slash for an intent with entities.

    >>> as_typed(" /answer{}")
    '\u2044answer{}'
    """
    stripped = text.strip()
    return "\u2044" + stripped[1:] if stripped.startswith("/") else stripped


def as_command(payload: Dict[Text, Any]) -> Text:
    """Return a button's act and facts in Rasa's notation.

    >>> as_command({"act": "answer", "facts": {"handles_phi": "yes"}})
    '/answer{"handles_phi": "yes"}'
    """
    return f"/{payload['act']}{json.dumps(payload.get('facts') or {})}"


class LeadTriageChannel(InputChannel):
    """HTTP routes /webhooks/leadtriage/message and /webhooks/leadtriage/read."""

    @classmethod
    def name(cls) -> Text:
        """The name in the route."""
        return "leadtriage"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Build the routes."""
        routes = Blueprint("leadtriage_channel", __name__)

        @routes.listener("after_server_start")
        async def check_model(app: Sanic, loop: Any) -> None:
            # Rasa keeps serving without a model, and serves the newest of a folder when the named one is missing.
            named, loaded = os.environ.get("RASA_MODEL"), _model_of(app)
            if loaded is None or (named and os.path.basename(named) != os.path.basename(loaded)):
                logger.error("The NLU model %s could not be loaded (loaded: %s). Run `make train`, then start again.", named, loaded)
                os._exit(3)

        @routes.route("/status", methods=["GET"])
        async def status(request: Request) -> HTTPResponse:
            # Rasa answers HTTP before a model is loaded; ready is only who can name the model.
            return response.json({"model_file": _model_of(request.app)})

        @routes.route("/message", methods=["POST"])
        async def message(request: Request) -> HTTPResponse:
            body = request.json
            metadata = body.get("metadata") or {}
            collector = ReplyCollector(metadata.get("channel") or "website")
            text = as_command(body["payload"]) if body.get("payload") else as_typed(body["text"])
            try:
                await on_new_message(
                    UserMessage(text, collector, body["sender"], input_channel=collector.name(), metadata=metadata)
                )
            except Exception:
                # The process edge: ids only, never the text. The gateway keeps the message and tells the visitor.
                logger.exception("message of conversation %s failed", body["sender"])
                return response.json({"error": "the dialogue engine failed"}, status=500)
            return response.json({"messages": collector.messages})

        @routes.route("/read", methods=["POST"])
        async def read(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            readings = []
            for item in request.json["items"]:
                message = UserMessage(as_typed(item["text"]), metadata=item.get("metadata") or {})
                readings.append(_reading(await agent.processor.parse_message(message)))
                await asyncio.sleep(0)  # a long list must not hold up a visitor's turn
            return response.json({"items": readings})

        @routes.route("/forget/<sender>", methods=["POST"])
        async def forget(request: Request, sender: Text) -> HTTPResponse:
            await request.app.ctx.agent.tracker_store.delete(sender)
            return response.json({})

        return routes


def _model_of(app: Sanic) -> Optional[Text]:
    processor = getattr(getattr(app.ctx, "agent", None), "processor", None)
    return processor.model_filename if processor else None


def _reading(parsed: Dict[Text, Any]) -> Dict[Text, Any]:
    """The parts of a parse that the gateway uses."""
    faq: Optional[Dict[Text, Any]] = parsed.get("faq")
    return {"intent": parsed["intent"], "entities": parsed["entities"], "faq": faq}
