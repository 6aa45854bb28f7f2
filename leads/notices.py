"""What people of the vendor should know of: a notice in the console for each, and mail where it is urgent and can be sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leads.ports import UnitOfWork
from leads.records import Lead, Notice
from leads.rights import RIGHTS

MOST_SHOWN = 200


@dataclass(frozen=True)
class Shown:
    """A notice as its list shows it. who: how the lead is called; None if there is no lead any more."""

    id: str
    kind: str
    words: str
    at: datetime
    is_read: bool
    lead_id: str | None
    who: str | None
    company: str


def tell(uow: UnitOfWork, people: Iterable[str], kind: str, words: str, *, lead: Lead, now: datetime, mail: Iterable[str] = ()) -> None:
    """Tell people (e-mail addresses) of something about a lead, each once.

    Args:
        words: a sentence without any words or names of the prospect, since it may be mailed.
        mail: those of them who are told by mail as well.
    """
    mailed = set() if lead.demo else {address.lower() for address in mail}
    for address in dict.fromkeys(address.lower() for address in people):
        waits = address in mailed
        uow.notices.add(Notice(
            id=uuid.uuid4().hex, to=address, kind=kind, words=words, at=now, lead_id=lead.id,
            mail="waiting" if waits else "none", mail_at=now if waits else None,
        ))  # fmt: skip


def who_lead_the_team(uow: UnitOfWork) -> list[str]:
    """Return the addresses of those who may give leads to others, so hear of each escalation."""
    return [user.email for user in uow.staff.users() if user.role in RIGHTS["reassign"][1] and user.deactivated_at is None]


def notices_of(uow: UnitOfWork, person: str) -> list[Shown]:
    """Return somebody's notices, newest first."""
    return [_shown(uow, notice) for notice in uow.notices.of(person, limit=MOST_SHOWN)]


def _shown(uow: UnitOfWork, notice: Notice) -> Shown:
    lead = uow.leads.get(notice.lead_id) if notice.lead_id else None
    contact = lead.contact if lead else {}
    who = (contact.get("name") or contact.get("email") or contact.get("phone") or "Not named yet") if lead else None
    return Shown(
        id=notice.id, kind=notice.kind, words=notice.words, at=notice.at, is_read=notice.read_at is not None, lead_id=notice.lead_id,
        who=who, company=contact.get("company") or "",
    )
