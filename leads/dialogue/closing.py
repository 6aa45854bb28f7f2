"""The end of an interview: who gets the lead, by when, and what the visitor is told about it."""

from __future__ import annotations

from datetime import datetime

from leads.dialogue.contact import is_reachable
from leads.dialogue.replies import Reply, respond
from leads.dialogue.state import DialogueState
from leads.records import Conversation, Lead
from scoring.engine import Assessment
from scoring.hours import answer_time
from scoring.playbook import Playbook

ANSWERED_BY_A_PERSON = frozenset({"direct_sales", "account_based", "partner_review"})


def close(
    lead: Lead, conversation: Conversation, state: DialogueState, assessment: Assessment, playbook: Playbook, *, now: datetime
) -> Reply:
    """End the interview; the lead is handed off, nurtured or told kindly that it is no fit.

    Returns:
        The goodbye, with a true time by which a person answers where one does.
    """
    state.asking, state.finished, state.remaining, state.confirming = None, True, 0, None
    conversation.closed_at = conversation.closed_at or now
    wanted = state.wants is not None
    if assessment.route in ANSWERED_BY_A_PERSON or state.handed_over or (wanted and assessment.route != "disqualified"):
        lead.status = "handed_off"
        conversation.outcome = "booked" if conversation.outcome == "booked" else "handed_off"
        return _promise(lead, assessment.route, assessment.priority, playbook, now)
    lead.status = "completed"
    if assessment.route == "disqualified":
        conversation.outcome = "not_a_fit"
        return respond("utter_closing_not_a_fit", "goodbye", vendor=playbook.vendor.name)
    conversation.outcome = "nurture"
    return respond("utter_closing_nurture" if is_reachable(lead) else "utter_closing_nurture_unreachable", "goodbye")


def promise(lead: Lead, playbook: Playbook, *, route: str, now: datetime) -> Reply:
    """Tell someone who asked for a person when one will answer; questions may follow."""
    if not is_reachable(lead):
        return respond("utter_unreachable_so_far", "handoff")
    route = route if route in ANSWERED_BY_A_PERSON else "direct_sales"
    return respond("utter_person_promised", "handoff", when=answer_time(playbook, route, now, running=lead.respond_by))


def tell_when(lead: Lead, assessment: Assessment, playbook: Playbook, *, now: datetime) -> Reply:
    """Tell someone whose interview is over when a person will answer."""
    return _promise(lead, assessment.route, assessment.priority, playbook, now)


def _promise(lead: Lead, route: str, priority: bool, playbook: Playbook, now: datetime) -> Reply:
    if not is_reachable(lead):
        return respond("utter_closing_unreachable", "goodbye")
    # A clock is kept while the route stays the same, or somebody was promised a person (see leads/qualification.py).
    running = lead.respond_by if route in (lead.route, "nurture", "disqualified") else None
    route = route if route in ANSWERED_BY_A_PERSON else "direct_sales"
    when = answer_time(playbook, route, now, priority=priority, running=running)
    response = "utter_closing_partner" if route == "partner_review" else "utter_closing_person"
    return respond(response, "handoff", when=when)
