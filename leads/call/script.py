"""Leading a call: starting it, answering and leaving questions, confirming what was known before, keeping contact data."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leads import audit
from leads.call.context import CHANNEL, Call, CallRefused
from leads.call.state import CallState
from leads.conversations import NotFound, hash_token
from leads.dialogue import contact, recording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.ports import UnitOfWork
from leads.reading import ReadFact
from leads.records import Conversation, Lead
from leads.signals import attach_signals
from scoring.facts import FACTS, InvalidFact, check_value, did_you_mean, merge
from scoring.playbook import Playbook

# Somebody else's call with the same lead counts as going on for so long after its last change (chosen, not measured).
GOING_ON = timedelta(minutes=15)
LONGEST_CONTACT = 200
LEAVING = ("skip", "dont_know", "refused")


def start(
    uow: UnitOfWork, *, by: str, playbook: Playbook, now: datetime, lead: Lead | None = None, company: str | None = None
) -> Conversation:
    """Begin a call with a lead, an account or nobody yet; a call with this lead that the rep has not wrapped up goes on.

    Raises:
        CallRefused: the person asked to be left alone, or a colleague is talking to them now.
    """
    if lead is not None:
        if lead.status == "stopped":
            raise CallRefused("This person asked to be left alone, so there is no call. Their answer to that stays with the lead.")
        for other in uow.conversations.unfinished_calls(lead_id=lead.id):
            if other.state["by"] == by:
                return other
            if now - other.last_message_at < GOING_ON:
                raise CallRefused(f"{other.state['by']} is on a call with this lead. Ask them, or try again when they have wrapped up.")
    conversation = Conversation(
        # Nobody but the signed-in rep gets in, so the token that a chat would have is thrown away.
        id=uuid.uuid4().hex, token_hash=hash_token(secrets.token_urlsafe(32)), channel=CHANNEL, playbook=playbook.name,
        playbook_digest=playbook.digest, page={}, utm={}, visitor=None, consent_at=None,
        reference_date=lead.reference_date if lead else None, opened_at=now, last_message_at=now, lead_id=lead.id if lead else None,
    )
    uow.conversations.add(conversation)
    if lead is not None:
        audit.note(uow, "saw", by=by, now=now, lead_id=lead.id, detail="to call")
    call = Call(uow, conversation, CallState(by=by, company=(company or "").strip()[:LONGEST_CONTACT] or None), lead, playbook, now)
    call.keep()
    return conversation


def unfinished(uow: UnitOfWork, *, by: str) -> list[dict[str, Any]]:
    """Return the calls that a rep has not wrapped up, newest first, with the name each goes by."""
    calls = []
    for conversation in uow.conversations.unfinished_calls():
        if conversation.state["by"] == by:
            lead = uow.leads.get(conversation.lead_id) if conversation.lead_id else None
            contact_known = lead.contact if lead else {}
            names = (contact_known.get("name"), contact_known.get("company"), conversation.state.get("company"))
            calls.append({
                "id": conversation.id, "who": next((name for name in names if name), "someone new"),
                "opened_at": conversation.opened_at.isoformat(),
            })
    return calls


def lead_to_call(uow: UnitOfWork, lead_id: str) -> Lead:
    """Return the lead a call is to be begun with.

    Raises:
        NotFound: there is none with this id.
    """
    lead = uow.leads.get(lead_id)
    if lead is None:
        raise NotFound(lead_id)
    return lead


def answer(call: Call, name: str, value: Any, *, stay: bool = False) -> None:
    """Keep an answer that the rep chose or entered, a fact or a contact field; older values stay in the history.

    Args:
        value: of a fact, the whole of it: lists and sizes are replaced.
        stay: the question stays on the screen, for a list that may grow.
    Raises:
        InvalidFact, ValueError: a name or value that is not in the catalogue.
    """
    if name in CONTACT_FIELDS:
        keep_contact(call, {name: value})
        return
    accept(call, ReadFact(name, check_value(name, value), 1.0, ""), replace=True)
    if stay:
        call.state.asking = name
    call.keep(stay=stay)


def accept(call: Call, read_fact: ReadFact, *, replace: bool = False) -> None:
    """Let a fact count. What was known before stays in its history, whoever said it and wherever."""
    lead, fact = call.ensure_lead(), read_fact.fact
    old = recording.value_of(lead, fact)
    value = read_fact.value if replace else merge(fact, old, read_fact.value, correction=False)
    if value == old and lead.facts[fact]["confirmed"]:
        return
    recording.store(
        lead, ReadFact(fact, value, read_fact.confidence, read_fact.quote), channel=CHANNEL, now=call.now, confirmed=True
    )
    follower = recording.FOLLOWS.get(fact)
    if follower and old not in (None, value) and lead.facts.get(follower, {}).get("at") != call.now.isoformat():
        recording.remove(lead, follower)


def confirm(call: Call, fact: str) -> None:
    """The prospect says again what was known already.

    Raises:
        InvalidFact: this fact is not known of the lead.
    """
    known = call.lead.facts.get(fact) if call.lead else None
    if call.lead is None or known is None:
        raise InvalidFact(fact, "expected a fact that is known of this lead, found none. Answer its question instead")
    recording.store(call.lead, ReadFact(fact, known["value"], 1.0, known["quote"]), channel=CHANNEL, now=call.now, confirmed=True)
    call.keep()


def remove(call: Call, fact: str) -> None:
    """Take a fact back that turned out wrong and has no better value."""
    if call.lead is not None:
        recording.remove(call.lead, fact)
    call.keep()


def leave(call: Call, how: str) -> None:
    """Go on without an answer to the open question: skipped, not known to the prospect, or refused.

    Raises:
        ValueError: another way to leave a question.
    """
    if how not in LEAVING:
        raise ValueError(f"how: expected one of {', '.join(LEAVING)}, found '{how}'.{did_you_mean(how, LEAVING)}")
    asking = call.state.asking
    if asking in CONTACT_FIELDS:
        if asking == "consent" and how == "refused":
            keep_contact(call, {"consent": "no"})
            return
        call.state.contact_left = [*call.state.contact_left, asking]
    elif asking is not None:
        call.state.asked[asking] = call.playbook.interview.ask_at_most
        if how == "dont_know" and asking == "handles_phi":  # as in the chat: that they do not know is an answer here
            accept(call, ReadFact("handles_phi", "unsure", 1.0, "does not know"))
        elif how != "skip":
            recording.mark_not_known(call.ensure_lead(), asking, how)
    call.state.asking = None
    call.keep()


def pick(call: Call, name: str) -> None:
    """Put a question that the rep chose.

    Raises:
        InvalidFact: the playbook has no such question.
    """
    if name not in call.playbook.questions:
        hint = did_you_mean(name, call.playbook.questions)
        raise InvalidFact(name, f"expected a fact or contact field that has a question, found '{name[:40]}'.{hint}")
    call.state.asking = name
    if name in FACTS:
        call.state.asked[name] = min(call.state.asked.get(name, 0), call.playbook.interview.ask_at_most - 1)
        if call.lead is not None:  # asked again, so "did not know" no longer answers it
            call.lead.not_known = {fact: why for fact, why in call.lead.not_known.items() if fact != name}
    else:
        call.state.contact_left = [field for field in call.state.contact_left if field != name]
    call.keep(stay=True)


def keep_contact(call: Call, fields: Mapping[str, str]) -> None:
    """Keep contact data as the rep has it; an empty value takes one out.

    Consent is "yes" or "no" and is kept with the day: who says no is not written to.

    Raises:
        ValueError: an unknown field, a value that is too long, or consent that is neither yes nor no.
    """
    checked = {}
    for field, value in fields.items():
        words = " ".join(str(value).split())
        if field not in CONTACT_FIELDS:
            raise ValueError(f"contact: expected one of {', '.join(sorted(CONTACT_FIELDS))}, found '{field}'.")
        if len(words) > LONGEST_CONTACT:
            raise ValueError(f"{field}: expected at most {LONGEST_CONTACT} characters, found {len(words)}. Please shorten it.")
        if field == "email" and words and not _looks_like_an_address(words):
            raise ValueError("email: expected an address such as ana@clinic.example; please check it.")
        if field == "consent" and words:
            if words not in ("yes", "no"):
                raise ValueError(f"consent: expected yes or no, found '{words}'.")
            words = f"{'given' if words == 'yes' else contact.REFUSED} in a call on {call.now.date().isoformat()}"
        checked[field] = words
    lead = call.ensure_lead()
    lead.contact = {field: value for field, value in {**lead.contact, **checked}.items() if value}
    if checked.get("email"):
        attach_signals(call.uow, lead)
    call.keep()


def take_over(call: Call, tab: str) -> None:
    """This tab leads the call from now on."""
    call.state.tab = tab
    call.conversation.state = call.state.as_json()


def _looks_like_an_address(words: str) -> bool:
    name, at, domain = words.partition("@")
    return bool(name and at and "." in domain.strip(".") and " " not in words and "@" not in domain)
