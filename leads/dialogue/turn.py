"""One turn: takes what was read, stores it, decides what is said and which question is open next.

Everything happens in the caller's unit of work. A message that was already decided gives the same turn again.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from leads import qualification
from leads.dialogue import closing, contact, not_buyers, recording, wording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.replies import NO_MORE, QuickReply, Reply, respond, say
from leads.dialogue.script import Script
from leads.dialogue.state import DialogueState
from leads.ports import UnitOfWork
from leads.reading import ReadFact, Reading, pressed
from leads.records import Conversation, Lead, Message, Signal
from scoring.engine import Assessment
from scoring.facts import FACTS
from scoring.next_question import Purpose, estimate_remaining, next_question

# Nearer than this a question is about that topic. With each phrasing of the FAQ left out in turn, 67 of 100 are answered at .40, and 73 of
# 100 of those by their own topic; what is not answered is noted for the person who follows up.
FAQ_LIKENESS = 0.40
# After two answers that could not be used choices are offered, after three the question is left.
CHOICES_AFTER, LEAVE_AFTER = 2, 3
# A colleague's name is taken out without a word; numbers that identify a patient are not wanted here, and we say so.
WORTH_A_NOTICE = frozenset({"ssn", "mrn", "member_id", "date_of_birth", "patient_name", "bank_account", "card_number"})
# Messages that are no try to answer the open question, so not answering it is no trouble.
DIGRESSIONS = frozenset({
    "faq", "ask_why", "greet", "thanks", "chitchat", "human", "book", "correct", "out_of_scope", "other_language",
})
# Once a person is promised, these end the talk rather than skip a question.
ENOUGH = frozenset({"that_is_all", "thanks", "goodbye", "deny", "human"})
# Said after the booking link was given.
BOOKED = re.compile(r"\b(?:booked|scheduled|(?:picked|chose|grabbed|took|got) (?:a|the|my) (?:time|slot|spot))\b", re.I)
SMALL_TALK = {
    "greet": "utter_hello_again", "thanks": "utter_welcome", "chitchat": "utter_chitchat", "goodbye": "utter_until_later",
    "out_of_scope": "utter_out_of_scope",
}
# Said to someone who was pointed elsewhere and of whom nothing is kept, so never "I've kept what you told me".
AFTER_ADVICE = {
    "greet": "utter_hello_again", "thanks": "utter_welcome", "chitchat": "utter_chitchat", "goodbye": "utter_welcome",
    "stop": "utter_stopped",
}


class UnknownConversation(LookupError):
    """There is no such conversation."""


@dataclass
class Turn:
    """What the bot says and the state afterwards, as the contract words it."""

    replies: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data, kept with the message."""
        return {"replies": self.replies, "state": self.state}


def take_turn(
    uow: UnitOfWork, script: Script, *, conversation_id: str, message_id: str | None, reading: Reading, now: datetime
) -> Turn:
    """Take one turn and keep everything it changes.

    Args:
        message_id: the stored message of the visitor; None opens the conversation.
    Raises:
        UnknownConversation: no such conversation.
    """
    conversation = uow.conversations.get(conversation_id, lock=True)
    if conversation is None:
        raise UnknownConversation(conversation_id)
    message = uow.messages.get(message_id) if message_id else None
    if message is not None and message.turn is not None:
        return Turn(**message.turn)
    if message is not None and message.payload:
        reading = pressed(reading, message.text)
    turn = _TurnTaker(uow, script, conversation, message, reading, now).take()
    if message is not None and conversation.outcome != "not_a_lead":  # then nothing of the message is left
        message.turn = turn.as_json()
    return turn


class _TurnTaker:
    """The steps of one turn over the records it changes."""

    def __init__(
        self, uow: UnitOfWork, script: Script, conversation: Conversation, message: Message | None, reading: Reading, now: datetime
    ) -> None:
        self.uow, self.script, self.playbook = uow, script, script.playbook
        self.conversation, self.message, self.reading, self.now = conversation, message, reading, now
        self.state = DialogueState.of(conversation.state)
        self.promised_before = self.state.handed_over
        self.lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
        self.replies: list[Reply] = []
        self.signals: list[Signal] = list(uow.signals.of(self.lead.id)) if self.lead else []

    # -- the order of a turn ---------------------------------------------------------------------------------------

    def take(self) -> Turn:
        if self.reading.act == "start":
            return self._open()
        self.conversation.last_message_at = self.now
        if self.message and WORTH_A_NOTICE & set(self.message.removed):
            self.replies.append(respond("utter_identifiers_removed", "notice"))
        if self.state.asking == "confirm" and (self.state.confirming or {}).get("fact") == "relationship":
            who = self._confirmed_not_buyer()
        else:
            who = not_buyers.who_else(self.reading, self.lead)
        if who == "emergency" and not_buyers.is_a_buyer(self.lead):
            self.replies.append(not_buyers.advice(who))  # a prospect in danger, or a misreading: the lead stays
            return self._done()
        if who:
            return self._turn_away(who)
        if self.conversation.outcome == "not_a_lead" and not self._speaks_for_an_organization():
            return self._stay_away()
        if self.reading.act == "stop":
            return self._stop()
        lead = self._ensure_lead()
        recorded = self._record(lead)
        assessment = self._score(lead)
        maybe = not_buyers.may_be(self.reading, lead)
        if maybe and "relationship" not in self.state.asked:
            return self._put_relationship(maybe)
        self._answer(lead, recorded, assessment)
        assessment = self._score(lead)
        self._go_on(lead, recorded, assessment)
        return self._done()

    def _open(self) -> Turn:
        """Greet and put the first question."""
        self.replies.append(respond("utter_greet", "notice", vendor=self.playbook.vendor.name))
        if self.lead is not None:
            self._score(self.lead)
        first = self._next_fact(self.lead) or "use_case"
        self._ask(first)
        return self._done()

    def _done(self) -> Turn:
        self.conversation.state = self.state.as_json()
        if self.lead is not None:
            self.lead.version += 1
        return Turn([reply.as_json() for reply in self.replies], visible_state(self.conversation, self.state, self.lead))

    # -- people who are not buyers ---------------------------------------------------------------------------------

    def _confirmed_not_buyer(self) -> str | None:
        guess = self.state.confirming or {}
        self.state.asking, self.state.confirming = None, None
        relationship = self.reading.taken.get("relationship")
        if self.reading.act == "affirm" or (relationship and relationship.value == guess["value"]):
            return str(guess["value"])
        return not_buyers.who_else(self.reading, self.lead)

    def _put_relationship(self, who: str) -> Turn:
        self.state.count_question("relationship")
        self.state.asking = "confirm"
        self.state.confirming = {"fact": "relationship", "value": who, "confidence": 0.5, "quote": self.reading.text}
        self.replies.append(not_buyers.ask_which(who))
        return self._done()

    def _turn_away(self, who: str) -> Turn:
        """Point the right way and keep nothing but a count."""
        self._forget()
        self.uow.tallies.count(who, self.now.date())
        self.conversation.outcome, self.conversation.closed_at = "not_a_lead", self.now
        self.conversation.visitor, self.conversation.page, self.conversation.utm = None, {}, {}
        self.state = DialogueState(finished=True)
        self.replies = [not_buyers.advice(who)]
        return self._done()

    def _forget(self) -> None:
        """Keep nothing of what was said."""
        if self.lead is not None:
            self.uow.leads.remove(self.lead)
        self.uow.messages.erase(self.conversation.id)
        self.lead, self.message, self.conversation.lead_id = None, None, None

    def _speaks_for_an_organization(self) -> bool:
        """Is someone who was pointed elsewhere a buyer after all? A "thank you" or a phone number alone does not make one."""
        said = {*self.reading.taken, *(fact for fact in self.reading.doubtful if fact != "relationship")}
        return bool(said) or self.reading.act in ("human", "book") or self._faq_topic() is not None

    def _stay_away(self) -> Turn:
        """Answer the polite words of someone who was pointed elsewhere, and keep nothing of these either."""
        self._forget()
        self.replies = [respond(AFTER_ADVICE.get(self.reading.act, "utter_out_of_scope"), "notice")]
        return self._done()

    def _stop(self) -> Turn:
        self.state.asking, self.state.confirming, self.state.finished, self.state.remaining = None, None, True, 0
        self.conversation.outcome, self.conversation.closed_at = "stopped", self.now
        if self.lead is not None:
            assessment = self._score(self.lead)
            qualification.settle(self.uow, self.lead, assessment, self.playbook, now=self.now, open=False)
            self.lead.status, self.lead.respond_by = "stopped", None  # who asked to be left alone is not called
        self.replies.append(respond("utter_stopped", "goodbye"))
        return self._done()

    # -- storing ---------------------------------------------------------------------------------------------------

    def _ensure_lead(self) -> Lead:
        """The lead begins with the first message of someone who may be a buyer."""
        if self.conversation.outcome == "not_a_lead":  # a buyer after all
            self.conversation.outcome, self.state = None, DialogueState()
        if not self.state.finished:  # whoever fell quiet is back
            self.conversation.closed_at = None
            if self.lead is not None and self.lead.status == "abandoned":
                self.lead.status = "open"
        if self.lead is None:
            self.lead = Lead(
                id=uuid.uuid4().hex, source="chat" if self.conversation.channel == "website" else "call", created_at=self.now,
                updated_at=self.now, conversation_id=self.conversation.id, reference_date=self.conversation.reference_date,
                playbook={"name": self.playbook.name, "version": self.playbook.version, "digest": self.playbook.digest},
            )
            self.uow.leads.add(self.lead)
            self.conversation.lead_id = self.lead.id
            if self.conversation.visitor:
                self.signals = list(self.uow.signals.of_visitor(self.conversation.visitor))
                for signal in self.signals:
                    signal.lead_id = self.lead.id
        return self.lead

    def _record(self, lead: Lead) -> recording.Recorded:
        for kind in self._signal_kinds():
            if not any(signal.kind == kind and signal.detail == "chat" for signal in self.signals):
                at = datetime.combine(self._today(), self.now.timetz())
                signal = Signal(id=uuid.uuid4().hex, lead_id=lead.id, kind=kind, at=at, detail="chat")
                self.uow.signals.add(signal)
                self.signals.append(signal)
        channel = "website" if self.conversation.channel == "website" else "call"
        recorded = recording.record(lead, self.reading, self.state, channel=channel, now=self.now)
        if self.state.asking == "confirm" and self.state.confirming:
            self._settle_guess(lead, recorded, channel)
        if self.state.asking == "consent":
            self._settle_consent(lead)
        if self.reading.act == "dont_know" and self.state.asking == "handles_phi" and "handles_phi" not in lead.facts:
            recording.store(lead, ReadFact("handles_phi", "unsure", 1.0, self.reading.text), channel=channel, now=self.now)
        return recorded

    def _signal_kinds(self) -> Sequence[str]:
        kinds = list(self.reading.signals)
        if self.reading.act == "book":
            kinds.append("meeting_request")
        if self.reading.act == "human":
            kinds.append("call_request")
        topic = self._faq_topic()
        if topic is not None and topic.signal:
            kinds.append(topic.signal)
        return kinds

    def _settle_guess(self, lead: Lead, recorded: recording.Recorded, channel: str) -> None:
        """A guess that was put is confirmed, dropped or overtaken by what was said instead."""
        guess = self.state.confirming or {}
        fact = guess["fact"]
        said_instead = fact in self.reading.taken and self.reading.taken[fact].value != guess["value"]
        if self.reading.act == "affirm" and not said_instead:
            before = recording.value_of(lead, fact)
            recording.store(lead, recording.of_guess(guess), channel=channel, now=self.now, confirmed=True)
            if guess.get("changes") and before is not None:
                recorded.changed[fact] = before
            self.state.confirming, self.state.asking = None, fact
            return
        if self.reading.act in ("faq", "ask_why", "chitchat", "greet", "thanks", "human", "book") and not said_instead:
            return  # the guess stays open
        self.state.confirming, self.state.asking = None, fact
        if guess.get("changes"):
            self.state.trouble[fact] = self.state.trouble.get(fact, 0) + 1  # asked once, not again
        elif self.reading.act == "deny" and fact == "handles_phi" and fact not in lead.facts and guess["value"] in ("yes", "no"):
            opposite = "no" if guess["value"] == "yes" else "yes"
            recording.store(lead, ReadFact(fact, opposite, 0.9, self.reading.text), channel=channel, now=self.now)

    def _settle_consent(self, lead: Lead) -> None:
        """A yes or no to "may a colleague contact you" is kept with the contact, where sales sees it."""
        agreed = contact.agrees(self.reading)
        if agreed is not None:
            day = self.now.date().isoformat()
            lead.contact = {**lead.contact, "consent": f"{'given' if agreed else contact.REFUSED} in the chat on {day}"}

    def _score(self, lead: Lead) -> Assessment:
        assessment = qualification.requalify(lead, self.signals, self.playbook, now=self.now)
        still_open = not (self.state.finished or self.state.handed_over)
        qualification.settle(self.uow, lead, assessment, self.playbook, now=self.now, open=still_open)
        return assessment

    # -- answering -------------------------------------------------------------------------------------------------

    def _answer(self, lead: Lead, recorded: recording.Recorded, assessment: Assessment) -> None:
        """Say what the message calls for, before the next question."""
        act, asking = self.reading.act, self.state.asking
        if recorded.changed:
            facts = {fact: lead.facts[fact]["value"] for fact in recorded.changed if fact in lead.facts}
            self.replies.append(wording.changed(self.playbook, facts))
        elif volunteered := {f: lead.facts[f]["value"] for f in recorded.new if f != asking and f in lead.facts and f != "timeline_date"}:
            if asking is not None:
                self.replies.append(wording.noted(self.playbook, volunteered))
        elif act == "correct" and not recorded and not self.reading.contact:
            self.replies.append(respond("utter_what_to_change", "notice"))
        if self.state.booking_link_given and act != "faq" and BOOKED.search(self.reading.text):
            self.conversation.outcome = "booked"
            self.replies.append(respond("utter_booked", "handoff"))
        elif act == "faq":
            self._answer_faq()
        elif act == "ask_why":
            self._say_why()
        elif asking and (act == "refuse" or (act == "deny" and asking in CONTACT_FIELDS)):
            self._leave(lead, asking, "refused")
        elif act == "dont_know" and asking:
            self._leave(lead, asking, "dont_know")
        elif act in ("human", "book"):
            self._promise_person(lead, assessment)
        elif act == "other_language":
            self.replies.append(respond("utter_other_language", "notice"))
        elif act in SMALL_TALK and not recorded and not self.reading.contact:
            self.replies.append(respond(SMALL_TALK[act], "notice"))

    def _faq_topic(self) -> Any:
        if self.reading.act != "faq" or self.reading.topic is None or self.reading.topic[1] < FAQ_LIKENESS:
            return None
        return self.script.faq.get(self.reading.topic[0])

    def _answer_faq(self) -> None:
        topic = self._faq_topic()
        if topic is not None:
            self.replies.append(say(topic.answer, "answer"))
        else:
            self.state.unanswered = [*self.state.unanswered, self.reading.text]
            self.replies.append(respond("utter_question_noted", "answer"))

    def _say_why(self) -> None:
        asking = self.state.confirming["fact"] if self.state.confirming else self.state.asking
        if asking and asking in self.playbook.questions:
            self.replies.append(wording.why(self.playbook, asking))
        else:
            self.replies.append(respond("utter_why_we_ask", "answer"))

    def _leave(self, lead: Lead, asking: str, why: str) -> None:
        """A question that is refused or cannot be answered is not asked again."""
        if asking in CONTACT_FIELDS:
            if not lead.contact.get(asking):
                self.state.contact_refused = [*self.state.contact_refused, asking]
                self.replies.append(respond("utter_refused", "notice"))
            return
        if asking in FACTS and asking not in lead.facts:
            recording.mark_not_known(lead, asking, why)
            self.state.guesses.pop(asking, None)
            self.replies.append(respond("utter_refused" if why == "refused" else "utter_not_known", "notice"))

    def _promise_person(self, lead: Lead, assessment: Assessment) -> None:
        """Someone is wanted: contact comes first, then whatever helps that person prepare."""
        already = self.state.wants is not None
        self.state.wants = "person" if self.reading.act == "human" else self.state.wants or "call"
        if self.state.finished and not contact.is_reachable(lead):
            self._reopen(lead)
        if self.reading.act == "book" and self.playbook.booking_url:
            self.state.booking_link_given = True
            self.replies.append(respond("utter_book", "handoff", link=self.playbook.booking_url))
        elif self.state.finished:
            return  # the end is over already: the promise follows
        elif contact.is_reachable(lead) and not self.state.handed_over:
            self._hand_over(lead, assessment)
        elif not already:
            self.replies.append(respond("utter_person_wanted" if self.reading.act == "human" else "utter_call_wanted", "handoff"))

    def _reopen(self, lead: Lead) -> None:
        """Someone who left no address wants a person after the end: how to reach them is asked again."""
        self.state.finished, self.state.handed_over, self.state.contact_refused = False, False, []
        self.conversation.outcome, self.conversation.closed_at, lead.status = None, None, "open"

    def _hand_over(self, lead: Lead, assessment: Assessment) -> None:
        """Promise a person now, and start the clock now: the visitor may leave before the interview ends."""
        self.state.handed_over = True
        if self._next_fact(lead) or not contact.is_reachable(lead):  # otherwise the goodbye, which follows, says it
            self.replies.append(closing.promise(lead, self.playbook, route=assessment.route, now=self.now))
        if not contact.is_reachable(lead):
            return
        lead.status = "handed_off"
        qualification.settle(self.uow, lead, assessment, self.playbook, now=self.now, open=False)
        if lead.route not in closing.ANSWERED_BY_A_PERSON:
            qualification.promise_answer(lead, self.playbook, now=self.now)

    # -- going on --------------------------------------------------------------------------------------------------

    def _go_on(self, lead: Lead, recorded: recording.Recorded, assessment: Assessment) -> None:
        """Put the next question, or close."""
        asking = self.state.asking
        if self.state.finished:
            self._after_the_end(lead, assessment)
            return
        enough = self.reading.act in ENOUGH and not recorded and asking not in CONTACT_FIELDS and asking != "confirm"
        if self.reading.act == "that_is_all" or (self.promised_before and enough):
            self._close(lead, assessment)
            return
        if self.reading.act == "goodbye" and self.replies and (asking is None or self._is_open(lead, asking)):
            return  # the question stays open for when they come back
        if asking and self._is_open(lead, asking) and self._put_again(lead, asking, recorded):
            return
        self._put_next(lead, assessment)

    def _after_the_end(self, lead: Lead, assessment: Assessment) -> None:
        """What is said after the goodbye may still bring a person in; nobody is taken back who was promised."""
        owed = assessment.route in closing.ANSWERED_BY_A_PERSON or self.state.wants is not None
        reachable_now = bool(self.reading.contact) and contact.is_reachable(lead) and lead.respond_by is None
        if owed and lead.stage in qualification.MOVED_BY_RULES and (self.conversation.outcome != "handed_off" or reachable_now):
            lead.status, self.conversation.outcome = "handed_off", "handed_off"
            qualification.start_clock(lead, self.playbook, now=self.now, reachable=contact.is_reachable(lead))
            self.replies.append(closing.tell_when(lead, assessment, self.playbook, now=self.now))
        if not self.replies:
            self.replies.append(respond("utter_noted_after_the_end", "notice"))

    def _is_open(self, lead: Lead, asking: str) -> bool:
        if asking == "confirm":
            return self.state.confirming is not None
        if asking in CONTACT_FIELDS:
            return not lead.contact.get(asking) and asking not in self.state.contact_refused
        return asking not in lead.facts and asking not in lead.not_known

    def _put_again(self, lead: Lead, asking: str, recorded: recording.Recorded) -> bool:
        """The open question was not answered: put it again, offer choices, or leave it. True if it was put."""
        if self.state.wants and asking not in CONTACT_FIELDS and self.reading.act in ("human", "book"):
            return False  # contact comes first now
        if asking == "confirm" and self.state.confirming:
            asking = str(self.state.confirming["fact"])
            if self.state.asked.get(f"confirm:{asking}", 0) < LEAVE_AFTER:
                self.state.count_question(f"confirm:{asking}")
                self.replies.append(wording.guess(self.playbook, self.state.confirming))
                return True
            self.state.confirming, self.state.asking = None, asking  # they talk past it: the open question is easier
            if not self._is_open(lead, asking):
                return False
        if asking in self.state.guesses and self._put_guess(asking):
            return True
        if self.reading.act in DIGRESSIONS or recorded:
            if self.state.asked.get(asking, 0) < LEAVE_AFTER:
                self._ask(asking)
                return True
            if not recorded and self.replies:
                return True  # they heard the question often enough; it stays open without being repeated
            if asking not in CONTACT_FIELDS:  # they talk about everything but this
                recording.mark_not_known(lead, asking, "dont_know")
            return False
        troubles = self.state.count_trouble(asking)
        if asking in CONTACT_FIELDS:
            if troubles >= CHOICES_AFTER:
                self.state.contact_refused = [*self.state.contact_refused, asking]
                return False
            self.replies.append(respond(f"utter_not_a_{asking}" if asking in ("email", "phone") else "utter_say_again", "notice"))
            self._ask(asking)
            return True
        if troubles >= LEAVE_AFTER:
            recording.mark_not_known(lead, asking, "dont_know")
            self.replies.append(respond("utter_moving_on", "notice"))
            return False
        self.replies.append(respond("utter_say_again" if troubles < CHOICES_AFTER else "utter_choose", "notice"))
        if troubles >= CHOICES_AFTER:
            self.replies.append(wording.choices(self.playbook, asking, channel=self.conversation.channel))
            self.state.count_question(asking)
            self.state.asking = asking
        else:
            self._ask(asking)
        return True

    def _put_next(self, lead: Lead, assessment: Assessment) -> None:
        changing = next((fact for fact, guess in self.state.guesses.items() if guess.get("changes")), None)
        if changing and self._put_guess(changing):
            return
        if self.state.wants and not self.state.handed_over:
            field = contact.next_contact_field(self.playbook.contact_fields, lead, self.state, call=True)
            if field:
                self._ask(field)
                return
            self._hand_over(lead, assessment)
        fact = self._next_fact(lead)
        if fact:
            if not (fact in self.state.guesses and self._put_guess(fact)):
                self._ask(fact)
            return
        field = self._contact_to_ask(lead, assessment)
        if field:
            self._ask(field)
            return
        self._close(lead, assessment)

    def _contact_to_ask(self, lead: Lead, assessment: Assessment) -> str | None:
        if assessment.route not in self.playbook.interview.contact_for:
            return None
        call = assessment.route in closing.ANSWERED_BY_A_PERSON
        return contact.next_contact_field(self.playbook.contact_fields, lead, self.state, call=call)

    def _put_guess(self, fact: str) -> bool:
        guess = self.state.guesses.pop(fact)
        if self.state.asked.get(f"confirm:{fact}"):
            return False  # a guess is put once
        self.state.count_question(f"confirm:{fact}")
        self.state.asking, self.state.confirming = "confirm", guess
        self.replies.append(wording.guess(self.playbook, guess))
        return True

    def _ask(self, asking: str) -> None:
        self.state.asking, self.state.confirming = asking, None
        self.state.count_question(asking)
        reply = wording.question(self.playbook, asking, channel=self.conversation.channel)
        if self.state.handed_over and asking not in CONTACT_FIELDS:
            reply = say(reply.text or "", "question", *reply.quick_replies, QuickReply("That's all, thanks", NO_MORE))
        self.replies.append(reply)

    def _close(self, lead: Lead, assessment: Assessment) -> None:
        self.replies.append(closing.close(lead, self.conversation, self.state, assessment, self.playbook, now=self.now))
        lead.note = "\n".join(self.state.unanswered) or lead.note
        self._score(lead)
        if not contact.is_reachable(lead):
            lead.respond_by = None  # no clock for someone who cannot be answered
        elif lead.status == "handed_off" and lead.route not in closing.ANSWERED_BY_A_PERSON:
            qualification.promise_answer(lead, self.playbook, now=self.now)

    def _next_fact(self, lead: Lead | None) -> str | None:
        answers = qualification.answers_of(lead) if lead else {}
        not_known = lead.not_known if lead else {}
        signals = qualification.signals_of(self.signals)
        purpose: Purpose = "website" if self.conversation.channel == "website" else "rep"
        asked = {fact: count for fact, count in self.state.asked.items() if fact in FACTS}
        fact = next_question(
            answers, self.playbook, on=self._today(), not_known=not_known, asked=asked, signals=signals, purpose=purpose
        )
        self.state.remaining = estimate_remaining(
            answers, self.playbook, on=self._today(), not_known=not_known, asked=asked, signals=signals, purpose=purpose
        )
        return fact

    def _today(self) -> date:
        return self.conversation.reference_date or self.now.date()


def visible_state(conversation: Conversation, state: DialogueState, lead: Lead | None) -> dict[str, Any]:
    """The state as the contract words it."""
    confirming = state.confirming
    return {
        "asking": state.asking,
        "confirming": {"fact": confirming["fact"], "value": confirming["value"]} if confirming else None,
        "answered": len(lead.facts) + len(lead.not_known) if lead else 0,
        "remaining": 0 if state.finished else state.remaining,
        "finished": state.finished,
        "outcome": conversation.outcome,
    }
