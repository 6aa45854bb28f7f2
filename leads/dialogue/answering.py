"""Saying what a message calls for, before the next question: recaps, answers, reasons, promises."""

from __future__ import annotations

import re

from leads import qualification
from leads.dialogue import closing, contact, recording, wording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.context import TurnContext
from leads.dialogue.replies import respond, say
from leads.records import Lead
from scoring.engine import Assessment
from scoring.facts import FACTS

# Said after the booking link was given.
BOOKED = re.compile(r"\b(?:booked|scheduled|(?:picked|chose|grabbed|took|got) (?:a|the|my) (?:time|slot|spot))\b", re.I)
SMALL_TALK = {
    "greet": "utter_hello_again", "thanks": "utter_welcome", "chitchat": "utter_chitchat", "goodbye": "utter_until_later",
    "out_of_scope": "utter_out_of_scope",
}


def answer(turn: TurnContext, lead: Lead, recorded: recording.Recorded, assessment: Assessment) -> None:
    """Say what the message calls for, before the next question."""
    act, asking = turn.reading.act, turn.state.asking
    if (changing := turn.state.changing) and (said := _changed_in_recap(turn, lead, recorded, changing)):
        turn.replies.append(respond(said, "notice"))
        if act in ("refuse", "dont_know"):
            return
    elif recorded.changed:
        facts = {fact: lead.facts[fact]["value"] for fact in recorded.changed if fact in lead.facts}
        turn.replies.append(wording.changed(turn.playbook, facts))
    elif volunteered := {f: lead.facts[f]["value"] for f in recorded.new if f != asking and f in lead.facts and f != "timeline_date"}:
        if asking is not None:
            turn.replies.append(wording.noted(turn.playbook, volunteered))
    elif act == "correct" and not recorded and not turn.reading.contact:
        turn.replies.append(respond("utter_what_to_change", "notice"))
    if turn.state.booking_link_given and act != "faq" and BOOKED.search(turn.reading.text):
        turn.conversation.outcome = "booked"
        turn.replies.append(respond("utter_booked", "handoff"))
    elif act == "faq":
        _answer_faq(turn)
    elif act == "ask_why":
        _say_why(turn)
    elif asking and (act == "refuse" or (asking in CONTACT_FIELDS and contact.declines(turn.reading))):
        _leave(turn, lead, asking, "refused")
    elif act == "dont_know" and asking:
        _leave(turn, lead, asking, "dont_know")
    elif act in ("human", "book"):
        _promise_person(turn, lead, assessment)
    elif act == "other_language":
        turn.replies.append(respond("utter_other_language", "notice"))
    elif act in SMALL_TALK and not recorded and not turn.reading.contact:
        turn.replies.append(respond(SMALL_TALK[act], "notice"))


def _changed_in_recap(turn: TurnContext, lead: Lead, recorded: recording.Recorded, field: str) -> str | None:
    """What to say of an answer that was put again to be changed; None while it is still open, or where the change is said in words."""
    if field in turn.reading.contact:
        return "utter_contact_changed"
    if field not in lead.facts and not lead.contact.get(field):
        return "utter_withdrawn"
    if field in turn.reading.taken and field not in recorded.changed:
        return "utter_left_as_it_was"
    return None


def _answer_faq(turn: TurnContext) -> None:
    topic = turn.faq_topic()
    if topic is not None:
        turn.replies.append(say(topic.answer, "answer"))
    else:
        turn.state.unanswered = [*turn.state.unanswered, turn.reading.text]
        turn.replies.append(respond("utter_question_noted", "answer"))


def _say_why(turn: TurnContext) -> None:
    asking = turn.state.confirming["fact"] if turn.state.confirming else turn.state.asking
    if asking and asking in turn.playbook.questions:
        turn.replies.append(wording.why(turn.playbook, asking))
    else:
        turn.replies.append(respond("utter_why_we_ask", "answer"))


def _leave(turn: TurnContext, lead: Lead, asking: str, why: str) -> None:
    """A question that is refused or cannot be answered is not asked again."""
    if asking in CONTACT_FIELDS:
        if not lead.contact.get(asking):
            turn.state.contact_refused = [*turn.state.contact_refused, asking]
            turn.replies.append(respond("utter_refused", "notice"))
        return
    if asking in FACTS and asking not in lead.facts:
        recording.mark_not_known(lead, asking, why)
        turn.state.guesses.pop(asking, None)
        turn.replies.append(respond("utter_refused" if why == "refused" else "utter_not_known", "notice"))


def _promise_person(turn: TurnContext, lead: Lead, assessment: Assessment) -> None:
    """Someone is wanted: contact comes first, then whatever helps that person prepare."""
    already = turn.state.wants is not None
    turn.state.wants = "person" if turn.reading.act == "human" else turn.state.wants or "call"
    if turn.state.finished and not contact.is_reachable(lead):
        _reopen(turn, lead)
    if turn.reading.act == "book" and turn.playbook.booking_url:
        turn.state.booking_link_given = True
        turn.replies.append(respond("utter_book", "handoff", link=turn.playbook.booking_url))
    elif turn.state.finished:
        return  # the end is over already: the promise follows
    elif contact.is_reachable(lead) and not turn.state.handed_over:
        hand_over(turn, lead, assessment)
    elif not already:
        turn.replies.append(respond("utter_person_wanted" if turn.reading.act == "human" else "utter_call_wanted", "handoff"))


def _reopen(turn: TurnContext, lead: Lead) -> None:
    """Someone who left no address wants a person after the end: how to reach them is asked again."""
    turn.state.finished, turn.state.handed_over, turn.state.contact_refused = False, False, []
    turn.conversation.outcome, turn.conversation.closed_at, lead.status = None, None, "open"


def hand_over(turn: TurnContext, lead: Lead, assessment: Assessment) -> None:
    """Promise a person now, and start the clock now: the visitor may leave before the interview ends."""
    turn.state.handed_over = True
    if turn.next_fact(lead) or not contact.is_reachable(lead):  # otherwise the goodbye, which follows, says it
        turn.replies.append(closing.promise(lead, turn.playbook, route=assessment.route, now=turn.now))
    if not contact.is_reachable(lead):
        return
    lead.status = "handed_off"
    qualification.settle(turn.uow, lead, assessment, turn.playbook, now=turn.now, open=False, promised=True)
    if lead.route not in closing.ANSWERED_BY_A_PERSON:
        qualification.promise_answer(turn.uow, lead, assessment, turn.playbook, now=turn.now)
