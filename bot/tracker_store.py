"""Rasa's memory of a conversation, kept short: our own database holds the truth.

Every fact, question and message is stored by the web and action processes, and each message carries what was asked. So
Rasa needs only its last turns. Keeping all of them would make a turn dearer the longer a chat goes on (each turn replays the
history and sends it to the action server), and a store on disk would cost more than all the rest of the turn.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, Optional, Text

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop
from rasa.shared.core.trackers import DialogueStateTracker

FORM = "qualification_form"
# One turn is about ten events; a rule looks back over one turn.
EVENTS_KEPT = 24
# A conversation in memory is about 10 KB; the oldest are forgotten first, and go on from the database.
CONVERSATIONS_KEPT = 5_000


class RecentTurns(TrackerStore):
    """Keeps the last turns of the last conversations in memory."""

    def __init__(self, domain: Optional[Domain], event_broker: Optional[EventBroker] = None, **kwargs: Dict[Text, Any]) -> None:
        """Create an empty store (Rasa passes host and the like, which mean nothing here)."""
        super().__init__(domain, event_broker)
        self._trackers: "OrderedDict[Text, DialogueStateTracker]" = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker, cut to its last turns."""
        if len(tracker.events) > EVENTS_KEPT:
            tracker = self._shorten(tracker)
        self._trackers[tracker.sender_id] = tracker
        self._trackers.move_to_end(tracker.sender_id)
        while len(self._trackers) > CONVERSATIONS_KEPT:
            self._trackers.popitem(last=False)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """Return the tracker of a conversation, or None if it is not known (any more)."""
        return self._trackers.get(sender_id)

    async def keys(self) -> Any:
        """Return the ids of the conversations in memory."""
        return list(self._trackers)

    async def delete(self, sender_id: Text) -> None:
        """Forget a conversation (erasure)."""
        self._trackers.pop(sender_id, None)

    def _shorten(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        """Start a tracker from the last whole turn, with the form open if it was."""
        events = list(tracker.events)
        listens = [n for n, e in enumerate(events) if isinstance(e, ActionExecuted) and e.action_name == "action_listen"]
        start = listens[-2] if len(listens) > 1 else 0
        opening = [ActiveLoop(FORM)] if tracker.active_loop_name == FORM else []
        return DialogueStateTracker.from_events(tracker.sender_id, opening + events[start:], slots=self.domain.slots)
