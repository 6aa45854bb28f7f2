"""The same person by e-mail address. Two enquiries of one person stay two leads until somebody merges them by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from leads.organisations import person_key
from leads.ports import UnitOfWork
from leads.records import Lead


@dataclass(frozen=True)
class SamePerson:
    """A lead of a person, in short: what tells it apart from their other ones."""

    id: str
    email: str
    stage: str
    created_at: datetime
    owner: str | None
    source: str = ""
    version: int = 0


def others_of(uow: UnitOfWork, leads: Iterable[Lead]) -> Mapping[str, list[SamePerson]]:
    """Return the other leads of the same people, by lead id, newest first; one look for all of them."""
    emails = {lead.id: email for lead in leads if (email := person_key(lead.contact.get("email")))}
    found: dict[str, list[SamePerson]] = defaultdict(list)
    for same in uow.leads.same_people(set(emails.values())) if emails else ():
        found[same.email].append(same)
    return {lead_id: [same for same in found[email] if same.id != lead_id] for lead_id, email in emails.items()}
