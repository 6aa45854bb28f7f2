"""The one action of a turn: what was read goes to leads, what is said and asked comes back."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from leads.dialogue.turn import Turn, UnknownConversation, take_turn
from leads.reading import read
from scoring.facts import FACTS
from wiring.build import Application, build

logger = logging.getLogger(__name__)
FORM = "qualification_form"


@cache
def application() -> Application:
    """The application, built with the first turn and kept."""
    return build()


class ValidateQualificationForm(Action):
    """Called by Rasa's form once a turn."""

    def name(self) -> str:
        """The name by which Rasa finds the validation of its form."""
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Take the turn; return the slots that changed and which one is requested.

        A failure is told to the gateway, which keeps the message and tries again. It must not reach Rasa as an error: Rasa logs
        the whole request then, with the visitor's words.
        """
        try:
            return self._take(dispatcher, tracker)
        except Exception:  # the process edge
            logger.error("turn of conversation %s failed", tracker.sender_id, exc_info=True)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_not_understood", json_message={"failed": True})
            return []

    def _take(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]]:
        app, message = application(), tracker.latest_message
        metadata = message.get("metadata") or {}
        reading = read(message, text=message.get("text") or "", asked=metadata.get("asked"), contact=metadata.get("contact") or ())
        if metadata.get("language") and not reading.taken:
            reading = read({"intent": {"name": "other_language", "confidence": 1.0}}, text=reading.text, asked=None)
        with app.unit() as unit:
            try:
                turn = take_turn(
                    unit, app.playbooks, conversation_id=tracker.sender_id, message_id=metadata.get("message_id"), reading=reading,
                    now=app.now(),
                )
            except UnknownConversation:  # erased meanwhile; also how the start checks that all four processes answer
                dispatcher.utter_message(response="utter_conversation_gone")
                return []
            facts = _facts(unit, tracker.sender_id)
            unit.commit()
        _say(dispatcher, turn)
        # Rasa takes a form that sets no slot for one that refuses the message, and would look for another answer to it.
        taken = SlotSet("turn", metadata.get("message_id"))
        return [taken, *_changed(facts, tracker), SlotSet("requested_slot", turn.state["asking"])]


def _say(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Hand the replies to Rasa; the last one carries the state, so that the gateway need not read it again."""
    for number, reply in enumerate(turn.replies):
        custom: dict[str, Any] = {"kind": reply["kind"], "quick_replies": reply["quick_replies"]}
        if number == len(turn.replies) - 1:
            custom["state"] = turn.state
        if reply["response"]:
            dispatcher.utter_message(response=reply["response"], json_message=custom, **reply["values"])
        else:
            dispatcher.utter_message(text=reply["text"], json_message=custom)


def _facts(unit: Any, conversation_id: str) -> dict[str, Any]:
    conversation = unit.conversations.get(conversation_id)
    lead = unit.leads.get(conversation.lead_id) if conversation and conversation.lead_id else None
    return {fact: stored["value"] for fact, stored in lead.facts.items()} if lead else {}


def _changed(facts: dict[str, Any], tracker: Tracker) -> list[dict[str, Any]]:
    """Slots mirror the stored facts: set where they differ, so that a short-memory tracker fills itself again."""
    return [SlotSet(fact, facts.get(fact)) for fact in FACTS if tracker.slots.get(fact) != facts.get(fact)]
