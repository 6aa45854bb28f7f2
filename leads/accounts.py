"""Accounts: the organisations whose people wrote to us, by the domain of their e-mail addresses. Free mail is nobody's account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.conversations import NotFound
from leads.organisations import account_domain, person_key
from leads.ports import UnitOfWork
from leads.records import Lead
from scoring.facts import CLOSED, DEPARTMENTS, FACTS, LISTS

PAGE_SIZE = 50
MOST_LEADS = 200
MOST_HAPPENINGS = 60
# How far along a lead is, the furthest first; a lost or disqualified one says least about where an account stands now.
BEST_FIRST = ("won", "opportunity", "sql", "sal", "mql", "inquiry", "nurture", "lost", "disqualified")
# Of one person rather than of where they work; the map of who decides shows these.
OF_A_PERSON = frozenset({"buying_role", "department", "stakeholders", "relationship"})


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """An account in the list.

    Attributes:
        name: the company as its newest lead names it, "" if nobody did.
        people: contacts, by e-mail address. leads: their enquiries, merged ones left out. stage: of the one that is furthest along.
        moved_at: when something last changed.
    """

    domain: str
    name: str
    people: int
    leads: int
    stage: str
    moved_at: datetime


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person of an account, with the newest of their leads.

    Attributes:
        others: how many leads they have besides.
    """

    who: str
    title: str
    department: str | None
    role: str | None
    lead_id: str
    stage: str
    route: str | None
    owner: str | None
    came_at: datetime
    others: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """A buying role or a department of an account: known (by whom), named by somebody, or missing."""

    name: str
    state: str
    who: list[str]


@dataclass(frozen=True, kw_only=True)
class Version:
    """A value and who said it, newest first: name, id of the lead, when, in which words, confirmed or not."""

    value: Any
    said_by: list[tuple[str, str, str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an account said about one fact; `conflict` where its people say different things."""

    fact: str
    versions: list[Version]
    conflict: bool


@dataclass(frozen=True, kw_only=True)
class Account:
    """All there is to an account.

    Attributes:
        lead: the one that is furthest along and not over, whose next step is the account's; None if all are over.
        happenings: when, what, by whom, and the lead; newest first. more: it has more leads than are looked at.
    """

    domain: str
    name: str
    contacts: list[Contact]
    roles: list[Place]
    departments: list[Place]
    said: list[Said]
    lead: Lead | None
    happenings: list[tuple[datetime, str, str, str, str]]
    leads: int
    more: bool


def listing(uow: UnitOfWork, *, text: str = "", after: str | None = None) -> tuple[list[AccountRow], str | None]:
    """Return a page of accounts, the one that moved last first, and where the next begins.

    Args:
        text: a part of the domain, or of a company, name or address of somebody there.
    Raises:
        ValueError: `after` is no cursor of ours.
    """
    found, cursor = uow.leads.accounts(text=text.strip() or None, after=after, limit=PAGE_SIZE)
    return list(found), cursor


def account(uow: UnitOfWork, domain: str) -> Account:
    """Return all there is to an account.

    Raises:
        NotFound: nobody has written from there, or it is nobody's account.
    """
    stands_for = account_domain(domain)
    found = uow.leads.of_domain(stands_for, but="", limit=MOST_LEADS + 1) if stands_for else ()
    leads = list(found[:MOST_LEADS])
    if not leads or stands_for is None:
        raise NotFound(domain)
    people = _by_person(leads)
    contacts = [_contact(theirs) for theirs in people]
    open_leads = [lead for lead in leads if lead.stage in BEST_FIRST[1:-2] and lead.status != "stopped"]
    return Account(
        domain=stands_for, name=next((lead.contact["company"] for lead in leads if lead.contact.get("company")), ""), contacts=contacts,
        roles=[_place(role, _who_is(contacts, "role", role), named=False) for role in CLOSED["buying_role"]],
        departments=list(_departments(leads, contacts)), said=list(_said(people)),
        lead=min(open_leads, key=lambda lead: BEST_FIRST.index(lead.stage), default=None),
        happenings=sorted(_happenings(uow, leads), key=lambda each: each[0], reverse=True)[:MOST_HAPPENINGS],
        leads=len(leads), more=len(found) > MOST_LEADS,
    )


def name_of(lead: Lead) -> str:
    """Return what a person goes by: name, else e-mail address."""
    return lead.contact.get("name") or lead.contact.get("email") or "Not named yet"


def _by_person(leads: Sequence[Lead]) -> list[list[Lead]]:
    """The leads of each person, newest first; whoever wrote last comes first."""
    people: dict[str, list[Lead]] = {}
    for lead in leads:
        people.setdefault(person_key(lead.contact.get("email")) or lead.id, []).append(lead)
    return list(people.values())


def _contact(theirs: list[Lead]) -> Contact:
    newest = theirs[0]
    named = next((lead for lead in theirs if lead.contact.get("name")), newest)
    return Contact(
        who=name_of(named), title=next((lead.contact["title"] for lead in theirs if lead.contact.get("title")), ""),
        department=_newest(theirs, "department"), role=_newest(theirs, "buying_role"), lead_id=newest.id, stage=newest.stage,
        route=newest.route, owner=newest.owner, came_at=newest.created_at, others=len(theirs) - 1,
    )


def _newest(theirs: list[Lead], fact: str) -> Any:
    """What a person last said of a fact, in any of their leads."""
    stored = [lead.facts[fact] for lead in theirs if fact in lead.facts]
    return max(stored, key=lambda version: (bool(version["confirmed"]), version["at"]))["value"] if stored else None


def _who_is(contacts: list[Contact], what: str, value: str) -> list[str]:
    return [contact.who for contact in contacts if getattr(contact, what) == value]


def _place(name: str, who: list[str], *, named: bool) -> Place:
    return Place(name=name, state="known" if who else "named" if named else "missing", who=who)


def _departments(leads: list[Lead], contacts: list[Contact]) -> Iterator[Place]:
    named = {department for lead in leads for department in (lead.facts.get("stakeholders") or {}).get("value") or ()}
    for department in DEPARTMENTS:
        yield _place(department, _who_is(contacts, "department", department), named=department in named)


def _said(people: list[list[Lead]]) -> Iterator[Said]:
    for fact in FACTS:
        if fact in OF_A_PERSON:
            continue
        voices = [voice for theirs in people if (voice := _voice(theirs, fact))]
        versions: list[Version] = []
        for value, who in sorted(voices, key=lambda voice: voice[1][2], reverse=True):
            same = next((version for version in versions if version.value == value), None)
            if same is None:
                versions.append(Version(value=value, said_by=[who]))
            else:
                same.said_by.append(who)
        if versions:
            yield Said(fact=fact, versions=versions, conflict=_is_conflict(fact, [version.value for version in versions]))


def _voice(theirs: list[Lead], fact: str) -> tuple[Any, tuple[str, str, str, str, bool]] | None:
    """What one person says of a fact: the version that counts among their leads."""
    told = [lead for lead in theirs if fact in lead.facts]
    if not told:
        return None
    lead = max(told, key=lambda each: (bool(each.facts[fact]["confirmed"]), each.facts[fact]["at"]))
    stored = lead.facts[fact]
    return stored["value"], (name_of(lead), lead.id, stored["at"], stored["quote"], bool(stored["confirmed"]))


def _is_conflict(fact: str, values: list[Any]) -> bool:
    """Do values exclude each other? Lists add up, and sizes do while no unit has two counts."""
    if fact in LISTS or len(values) < 2:
        return False
    if all(isinstance(value, Mapping) for value in values) and fact == "org_size":
        return any(len({value[unit] for value in values if unit in value}) > 1 for unit in {unit for value in values for unit in value})
    return True


def _happenings(uow: UnitOfWork, leads: list[Lead]) -> Iterator[tuple[datetime, str, str, str, str]]:
    ids = [lead.id for lead in leads]
    moves, events = uow.leads.stage_changes_of(ids), uow.leads.events_of(ids)
    for lead in leads:
        who = name_of(lead)
        yield lead.created_at, f"Came in by {lead.source.replace('_', ' ')}.", "", who, lead.id
        for move in moves[lead.id]:
            yield move.at, f"Moved to {move.stage_to} ({move.rule}).", move.by, who, lead.id
        for event in events[lead.id]:
            yield event.at, f"{event.kind.capitalize()}: {event.words}.", event.by, who, lead.id
