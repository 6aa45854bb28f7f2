"""Asking how to reach the person: at the end, or at once when someone is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from leads.dialogue.state import DialogueState
from leads.records import Lead

CONTACT_FIELDS = frozenset({"name", "email", "phone", "company", "title", "consent"})


def next_contact_field(fields: Sequence[str], lead: Lead, state: DialogueState, *, call: bool) -> str | None:
    """Return the contact field to ask for next, or None when enough is known or refused.

    A phone number is asked only of those who will be called, or who refuse the e-mail address; whoever refuses both is
    left alone.

    Args:
        fields: the playbook's contact fields in the order they are asked.
    """
    for field in fields:
        if field == "phone" and not call and "email" not in state.contact_refused:
            continue
        if field == "consent" and not is_reachable(lead):
            continue  # there is nothing to agree to
        if not lead.contact.get(field) and field not in state.contact_refused:
            return field
    return None


def is_reachable(lead: Lead) -> bool:
    """Can anyone answer this person?"""
    return bool(lead.contact.get("email") or lead.contact.get("phone"))
