"""Asking how to reach the person: at the end, or at once when someone is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leads.dialogue.state import DialogueState
from leads.reading import Reading
from leads.records import Lead

CONTACT_FIELDS = frozenset({"name", "email", "phone", "company", "title", "consent"})
# How a refused consent begins in the contact, so that whoever looks at the lead sees it.
REFUSED = "refused"
_YES = re.compile(r"\s*(?:yes|yeah|yep|yup|y|sure|ok|okay|fine|of course|please do|go ahead|absolutely|no problem|that'?s fine)\b", re.I)
_NO = re.compile(r"\s*(?:no(?! problem)|nope|nah|n|rather not|i'?d rather not|please don'?t|don'?t|do not|not now)\b", re.I)

_NOTHING_BUT_NO = re.compile(r"\W*(?:no+|nope|nah|no,? thanks?|no,? thank you|none)\W*$", re.I)


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


def agrees(reading: Reading) -> bool | None:
    """Return whether an answer to "may a colleague contact you" is a yes or a no, None when it is neither."""
    if reading.act in ("refuse", "deny") or _NO.match(reading.text):
        return False
    return True if reading.act == "affirm" or _YES.match(reading.text) else None


def declines(reading: Reading) -> bool:
    """Return whether a contact field is refused: to "which e-mail address?" a bare no is a refusal, whatever else it may answer."""
    return reading.act == "deny" or bool(_NOTHING_BUT_NO.match(reading.text))


def is_reachable(lead: Lead) -> bool:
    """Can anyone answer this person, and may they?"""
    return bool(lead.contact.get("email") or lead.contact.get("phone")) and not lead.contact.get("consent", "").startswith(REFUSED)
