"""What a visitor told us, as shown to the visitor."""

from __future__ import annotations

from leads.dialogue.wording import in_words
from leads.records import Lead
from scoring.playbook import Playbook

# In the order in which people introduce themselves.
CONTACT_LABELS = {"name": "Name", "title": "Title", "company": "Organization name", "email": "E-mail", "phone": "Phone"}
# Said with the fact it belongs to.
_SAID_WITH = {"timeline_date": "timeline"}


def recap(lead: Lead | None, playbook: Playbook) -> list[dict[str, str]]:
    """Return what is known by the visitor's own words: [{"field", "label", "text"}], facts in the playbook's order, then contact."""
    if lead is None:
        return []
    order = {fact: number for number, fact in enumerate(playbook.questions)}
    facts = sorted((fact for fact in lead.facts if fact not in _SAID_WITH), key=lambda fact: order.get(fact, len(order)))
    told = [_row(fact, _capital(playbook.fact_name(fact)), _capital(_fact_text(lead, fact, playbook))) for fact in facts]
    return told + [_row(field, label, lead.contact[field]) for field, label in CONTACT_LABELS.items() if lead.contact.get(field)]


def _fact_text(lead: Lead, fact: str, playbook: Playbook) -> str:
    text = in_words(playbook, fact, lead.facts[fact]["value"])
    for other, said_with in _SAID_WITH.items():
        if said_with == fact and other in lead.facts:
            text = f"{text} ({lead.facts[other]['value']})"
    return text


def _row(field: str, label: str, text: str) -> dict[str, str]:
    return {"field": field, "label": label, "text": text}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
