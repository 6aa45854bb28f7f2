"""The stakeholder map of an account: which departments we know somebody in, which were only named, and which are missing."""

from __future__ import annotations

from typing import Any

from leads.call.context import Call
from leads.organisations import account_domain
from leads.presenting import account_of
from leads.records import Lead
from scoring.facts import DEPARTMENTS
from scoring.playbook import Playbook

MOST_CONTACTS = 50


def domain_of(call: Call) -> str | None:
    """Return the domain that stands for the account: the contact's, else the one the call was begun with; never free mail."""
    domain = account_of(call.lead)["domain"] if call.lead else None
    company = (call.state.company or "").lower()
    if domain is None and "." in company and " " not in company:
        domain = account_domain(company)
    return domain


def stakeholder_map(call: Call) -> dict[str, Any]:
    """Return the account's name and domain, its people, and each department as known, named or missing."""
    domain = domain_of(call)
    others = call.uow.leads.of_domain(domain, but=call.lead.id if call.lead else "", limit=MOST_CONTACTS) if domain else ()
    leads = [*([call.lead] if call.lead else []), *others]
    known = {_value(lead, "department") for lead in leads}
    named = {department for lead in leads for department in _value(lead, "stakeholders") or ()}
    company = (call.lead.contact.get("company") if call.lead else None) or call.state.company
    return {
        "company": company, "domain": domain,
        "departments": [
            {
                "name": _capital(call.playbook.label("stakeholders", department)),
                "state": "known" if department in known else "named" if department in named else "missing",
            }
            for department in DEPARTMENTS
        ],
        "people": [_person(lead, call.playbook) for lead in others],
    }


def _person(lead: Lead, playbook: Playbook) -> dict[str, Any]:
    department, role = _value(lead, "department"), _value(lead, "buying_role")
    return {
        "lead_id": lead.id, "name": lead.contact.get("name") or lead.contact.get("email"), "title": lead.contact.get("title"),
        "department": playbook.label("department", department) if department else None,
        "role": playbook.label("buying_role", role) if role else None,
    }


def _value(lead: Lead, fact: str) -> Any:
    return (lead.facts.get(fact) or {}).get("value")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
