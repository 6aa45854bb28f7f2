"""One lead as its page shows it: what it is, what may be done now, why it scored, all that happened, who else is of the account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads import qualification
from leads.clock import Clock, clock
from leads.duplicates import SamePerson, others_of
from leads.lead_snapshot import value_in
from leads.merging import UNDO_FOR, what_stays, why_not_undone
from leads.organisations import person_key
from leads.ports import UnitOfWork
from leads.presenting import account_of, present
from leads.records import Lead
from leads.staff import get
from scoring.condition_words import sentence
from scoring.engine import Contribution, assess
from scoring.explain import reason_of_points
from scoring.playbook import Playbook
from scoring.stages import lacking_for_sql

MOST_OTHERS = 20


@dataclass(frozen=True)
class Happening:
    """Something that happened: when, what in words, by whom, and why if somebody said so."""

    at: datetime
    what: str
    by: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another enquiry from the same organisation."""

    id: str
    who: str
    title: str
    stage: str
    department: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class MergedLead:
    """A lead that was merged into this one, as the page offers to take it out again.

    Attributes:
        why_not: why it cannot be undone, "" if it can; stays: what would stay with this lead then, in sentences.
    """

    merge_id: str
    gone_id: str
    source: str
    came_at: datetime
    stage: str
    at: datetime
    by: str
    until: datetime
    why_not: str
    stays: list[str]


@dataclass(frozen=True, kw_only=True)
class LeadView:
    """What the page of a lead shows.

    Attributes:
        lead: as in the contract. moves: actions the playbook allows from its stage. lacking: what it lacks to be an SQL.
        reasons: for each score what each contribution is for, in the order of its contributions.
        timeline: newest first. others: leads of other people of the same account. same: other leads of the same person, newest first.
        merged: what was merged into it and not undone, newest first.
    """

    lead: dict[str, Any]
    clock: Clock | None
    moves: frozenset[str]
    lacking: list[str]
    reasons: dict[str, list[str]]
    timeline: list[Happening]
    others: list[Other]
    same: list[SamePerson]
    merged: list[MergedLead]


def view(uow: UnitOfWork, lead_id: str, *, playbook: Playbook, scored_by: Playbook, now: datetime) -> LeadView:
    """Return a lead with all its page shows.

    Args:
        playbook: by which it is moved now. scored_by: whose text its stored score was made by.
    Raises:
        NotFound: there is none with this id.
    """
    lead = get(uow, lead_id)
    moves = frozenset(move.block.action for move in playbook.compiled.moves if lead.stage in move.block.start)
    lacking: list[str] = []
    if "qualify" in moves:
        answers, signals = qualification.answers_of(lead), qualification.signals_of(uow.signals.of(lead.id))
        assessment = assess(answers, signals, playbook, on=qualification.today_of(lead, now), not_known=lead.not_known)
        lacking = lacking_for_sql(assessment, playbook)
    return LeadView(
        lead=present(uow, lead), clock=clock(playbook, lead.respond_by, now), moves=moves, lacking=lacking,
        reasons=_reasons(lead, scored_by), timeline=sorted(_timeline(uow, lead, scored_by), key=lambda found: found.at)[::-1],
        others=list(_others(uow, lead)), same=others_of(uow, [lead]).get(lead.id, []), merged=list(_merged(uow, lead, now)),
    )


def _merged(uow: UnitOfWork, lead: Lead, now: datetime) -> Iterator[MergedLead]:
    for done in uow.merges.of(lead.id):
        if done.kept_id != lead.id or done.undone_at is not None:
            continue
        gone = done.before["gone"]
        yield MergedLead(
            merge_id=done.id, gone_id=done.gone_id, source=gone["source"], came_at=value_in(gone, "created_at"), stage=gone["stage"],
            at=done.at, by=done.by, until=done.at + UNDO_FOR, why_not=why_not_undone(uow, done, lead, now=now),
            stays=what_stays(done, lead),
        )


def _reasons(lead: Lead, playbook: Playbook) -> dict[str, list[str]]:
    def reason(part: dict[str, Any]) -> str:
        return sentence(reason_of_points(Contribution(**part), playbook))

    return {name: [reason(part) for part in score["contributions"]] for name, score in lead.assessment.get("scores", {}).items()}


def _timeline(uow: UnitOfWork, lead: Lead, playbook: Playbook) -> Iterator[Happening]:
    for part in _parts(uow, lead):
        yield from _acts(uow, part)
    talks = {talk.id for talk in uow.conversations.with_lead(lead.id) if talk.channel != "call"} | ({lead.conversation_id} - {None})
    for talk_id in talks:
        said = [message.at for message in uow.messages.of(str(talk_id)) if message.sender == "visitor"]
        if said:
            yield Happening(said[-1], f"Last of {len(said)} {'message' if len(said) == 1 else 'messages'} in the chat.")
    learned: dict[tuple[datetime, str], list[str]] = defaultdict(list)
    for fact, stored in lead.facts.items():
        for version in (stored, *stored.get("history", ())):
            words = f"{playbook.fact_name(fact)}: {playbook.label(fact, version['value'])}"
            learned[datetime.fromisoformat(version["at"]), version["channel"]].append(words)
    for (at, channel), facts in learned.items():
        yield Happening(at, f"Learned by {channel}: {'; '.join(facts)}.")
    for signal in uow.signals.of(lead.id):
        yield Happening(signal.at, f"Signal: {signal.kind.replace('_', ' ')}.", why=signal.detail or "")


def _parts(uow: UnitOfWork, lead: Lead) -> Iterator[Lead]:
    """A lead and all that was merged into it, and into that."""
    yield lead
    for gone in uow.leads.merged_into(lead.id):
        yield from _parts(uow, gone)


def _acts(uow: UnitOfWork, lead: Lead) -> Iterator[Happening]:
    yield Happening(lead.created_at, f"Came in by {lead.source.replace('_', ' ')}.")
    for change in uow.leads.stage_changes(lead.id):
        before = f" from {change.stage_from}" if change.stage_from else ""
        yield Happening(change.at, f"Moved{before} to {change.stage_to} ({change.rule}).", change.by, change.why or "")
    for event in uow.leads.events(lead.id):
        yield Happening(event.at, f"{event.kind.capitalize()}: {event.words}.", event.by, event.why or "")


def _others(uow: UnitOfWork, lead: Lead) -> Iterator[Other]:
    domain = account_of(lead)["domain"]  # None for a free-mail address: that is nobody's account
    person = person_key(lead.contact.get("email"))
    for other in uow.leads.of_domain(domain, but=lead.id, limit=MOST_OTHERS) if domain else ():
        if person_key(other.contact.get("email")) == person:
            continue
        department = (other.facts.get("department") or {}).get("value")
        yield Other(
            id=other.id, who=other.contact.get("name") or other.contact.get("email") or "Not named yet",
            title=other.contact.get("title") or "",
            stage=other.stage, department=department if isinstance(department, str) else None, created_at=other.created_at,
        )
