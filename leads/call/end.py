"""Wrapping up a call: what came of it, the next step, and the hand-over to sales."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from leads import audit, qualification
from leads.call.context import Call
from leads.dialogue.contact import is_reachable
from leads.dialogue.not_buyers import NOT_BUYERS
from leads.records import Lead, LeadEvent
from leads.response import person_acted
from scoring.condition_words import sentence
from scoring.facts import did_you_mean

OUTCOMES = {
    "reached": "Talked", "no_answer": "No answer, or left a message", "call_back": "Call back later", "wrong_person": "Wrong person",
    "not_interested": "Not interested", "do_not_contact": "Asked to be left alone",
}
LONGEST_NEXT_STEP = 500
# Nobody is handed to sales after these.
NO_HAND_OVER = frozenset({"do_not_contact", "no_answer"})


def wrap_up(call: Call, *, outcome: str, next_step: str, follow_up_on: date | None, hand_off: bool) -> None:
    """End a call; with `hand_off` the lead is routed to its queue and owner, else it stays with the rep.

    Somebody who turned out to be no buyer is counted and not kept, as in the chat, if this call made the lead.

    Args:
        next_step: what happens next in the rep's words, already redacted; empty leaves it to the playbook.
    Raises:
        ValueError: unknown outcome, a day in the past, too long a next step, or a hand-over that makes no sense; in a sentence.
    """
    next_step = " ".join(next_step.split())
    _check(call, outcome=outcome, next_step=next_step, follow_up_on=follow_up_on, hand_off=hand_off)
    call.state.wrapped_up = {
        "outcome": outcome, "next_step": next_step, "follow_up_on": follow_up_on.isoformat() if follow_up_on else None,
        "handed_off": hand_off, "at": call.now.isoformat(),
    }
    call.conversation.closed_at = call.now
    if _forgotten(call):
        return
    if call.lead is not None:
        _tell(call, call.lead, hand_off=hand_off)
    call.keep(stay=True)
    call.conversation.outcome = _outcome(call, hand_off=hand_off)
    if call.lead is not None and hand_off:
        _route(call, call.lead)
    elif call.lead is not None and outcome == "do_not_contact":
        call.lead.status, call.lead.respond_by = "stopped", None
    elif call.lead is not None and call.lead.owner == call.state.by and call.lead.respond_by is None and follow_up_on != call.today():
        call.lead.snoozed_until = follow_up_on  # out of the rep's way until that day; a clock that runs is not stopped by a call


def _check(call: Call, *, outcome: str, next_step: str, follow_up_on: date | None, hand_off: bool) -> None:
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: expected one of {', '.join(OUTCOMES)}, found '{outcome[:40]}'.{did_you_mean(outcome, OUTCOMES)}")
    if len(next_step) > LONGEST_NEXT_STEP:
        raise ValueError(f"next_step: expected at most {LONGEST_NEXT_STEP} characters, found {len(next_step)}. Please shorten it.")
    if follow_up_on is not None and follow_up_on < call.today():
        raise ValueError(f"follow_up_on: {follow_up_on.isoformat()} is over; please choose today or a later day.")
    if hand_off and outcome in NO_HAND_OVER:
        raise ValueError(f"hand_off: after \"{OUTCOMES[outcome].lower()}\" there is nobody to hand over. Leave it off.")
    if hand_off and call.lead is None:
        raise ValueError("hand_off: nothing is known yet, so there is nothing to hand over. Keep a fact or a name first.")


def _forgotten(call: Call) -> bool:
    """Of a patient, job seeker, seller or student whom this call brought nothing is kept but a count."""
    lead = call.lead
    relationship = (lead.facts.get("relationship") or {}).get("value") if lead else None
    if lead is None or relationship not in NOT_BUYERS or lead.conversation_id != call.id:
        return False
    call.uow.tallies.count(str(relationship), call.now.date())
    call.uow.leads.remove(lead)
    call.uow.messages.erase(call.id)
    call.lead, call.conversation.lead_id = None, None
    call.state.waiting, call.state.company, call.state.asking = [], None, None
    wrapped = call.state.wrapped_up or {}
    call.state.wrapped_up = {**wrapped, "next_step": "", "handed_off": False}
    call.conversation.state, call.conversation.outcome = call.state.as_json(), "not_a_lead"
    return True


def _tell(call: Call, lead: Lead, *, hand_off: bool) -> None:
    """What came of the call stands with the lead, where sales reads it."""
    wrapped: dict[str, Any] = call.state.wrapped_up or {}
    parts = [f"Call on {call.now.date().isoformat()} by {call.state.by}: {OUTCOMES[wrapped['outcome']]}."]
    if wrapped["next_step"]:
        parts.append(sentence(f"Next: {wrapped['next_step']}"))
    if wrapped["follow_up_on"]:
        parts.append(f"Follow up on {wrapped['follow_up_on']}.")
    told = " ".join(parts)
    lead.note = f"{lead.note}\n{told}" if lead.note else told
    call.uow.leads.add_event(
        LeadEvent(
            id=uuid.uuid4().hex, lead_id=lead.id, at=call.now, by=call.state.by, kind="called", words=OUTCOMES[wrapped["outcome"]].lower(),
            why=wrapped["next_step"] or None,
        )
    )
    person_acted(lead, call.playbook, at=call.conversation.opened_at)
    audit.note(call.uow, "call", by=call.state.by, now=call.now, lead_id=lead.id, detail=wrapped["outcome"])
    if not hand_off and lead.owner is None and wrapped["outcome"] != "do_not_contact":
        lead.owner = call.state.by  # nobody else has it, so it stays with whoever called


def _outcome(call: Call, *, hand_off: bool) -> str:
    wrapped = call.state.wrapped_up or {}
    if wrapped["outcome"] == "do_not_contact":
        return "stopped"
    return "handed_off" if hand_off else "follow_up"


def _route(call: Call, lead: Lead) -> None:
    """A person is promised: the lead gets its route, queue, owner and clock, whatever the rules say of its band."""
    assessment = qualification.requalify(lead, call.uow.signals.of(lead.id), call.playbook, now=call.now)
    lead.status = "handed_off"
    qualification.settle(call.uow, lead, assessment, call.playbook, now=call.now, open=False, promised=True)
    if lead.stage in qualification.MOVED_BY_RULES:
        qualification.start_clock(call.uow, lead, assessment, call.playbook, now=call.now, reachable=is_reachable(lead))
