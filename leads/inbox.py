"""The inbox of sales: who waits for an answer, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from leads.clock import Clock, clock
from leads.duplicates import SamePerson, others_of
from leads.organisations import account_domain
from leads.ports import UnitOfWork
from leads.records import Lead
from scoring.playbook import Playbook

View = Literal["mine", "team", "escalated", "later", "all"]
PAGE_SIZE = 50
# Somebody works on these, or should; the others come back by themselves or are over.
AT_WORK = ("inquiry", "mql", "sal", "sql", "opportunity")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which leads to show. None is any.

    Attributes:
        view: mine and team are work that waits; escalated is what `me` was told of because nobody answered, and nobody has since;
            later is what was put off; all is everything.
        owner: an e-mail address; "nobody" for leads without one.
        band: of fit. text: an id, or a part of name, e-mail address or company; it is looked for in all leads.
        page: from 1.
    """

    view: View = "team"
    me: str = ""
    queue: str | None = None
    owner: str | None = None
    route: str | None = None
    stage: str | None = None
    band: str | None = None
    text: str | None = None
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """A lead as the inbox shows it. scores: points and band by name; domain: its account; same: other leads of the same person."""

    id: str
    version: int
    who: str
    company: str
    stage: str
    route: str | None
    queue: str | None
    owner: str | None
    clock: Clock | None
    priority: bool
    scores: Mapping[str, Mapping[str, Any]]
    flags: int
    snoozed_until: date | None
    created_at: datetime
    source: str
    status: str
    domain: str | None = None
    same: Sequence[SamePerson] = ()
    demo: bool = False


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """A page of the inbox.

    Attributes:
        counts: leads at work, by view. escalated: of the view of this name. queues, owners: what there is to filter by.
    """

    rows: list[Row]
    counts: Mapping[str, int]
    escalated: int
    queues: list[str]
    owners: list[str]
    more: bool


def look(
    uow: UnitOfWork, wanted: Wanted, *, playbook_of: Callable[[Lead], Playbook], default: Playbook, now: datetime
) -> Inbox:
    """Return a page of the inbox.

    Args:
        playbook_of: the playbook of a lead, whose business hours its clock goes by. default: whose today counts.
    """
    today = now.astimezone(ZoneInfo(default.business_hours.time_zone)).date()
    found = uow.leads.inbox(wanted, today=today, limit=PAGE_SIZE + 1, skip=(wanted.page - 1) * PAGE_SIZE)
    work = uow.leads.work(today=today)
    counts = {
        "mine": sum(count for (_, owner), count in work.items() if owner == wanted.me), "team": sum(work.values()),
    }
    same = others_of(uow, found[:PAGE_SIZE])
    return Inbox(
        rows=[row(lead, playbook_of(lead), now, same.get(lead.id, ())) for lead in found[:PAGE_SIZE]], counts=counts,
        escalated=uow.leads.escalated_to(wanted.me, today=today) if wanted.me else 0, more=len(found) > PAGE_SIZE,
        queues=sorted({queue for queue, _ in work if queue}), owners=sorted({owner for _, owner in work if owner}),
    )


def row(lead: Lead, playbook: Playbook, now: datetime, same: Sequence[SamePerson] = ()) -> Row:
    """Return a lead as the inbox shows it."""
    contact, assessment = lead.contact, lead.assessment
    return Row(
        id=lead.id, version=lead.version, who=contact.get("name") or contact.get("email") or contact.get("phone") or "Not named yet",
        company=contact.get("company") or "", stage=lead.stage, route=lead.route, queue=lead.queue, owner=lead.owner,
        clock=clock(playbook, lead.respond_by, now), priority=bool(assessment.get("priority")) and lead.route is not None,
        scores=assessment.get("scores", {}), flags=len(assessment.get("flags", [])), snoozed_until=lead.snoozed_until,
        created_at=lead.created_at, source=lead.source, status=lead.status, domain=account_domain(contact.get("email")), same=same,
        demo=lead.demo,
    )
