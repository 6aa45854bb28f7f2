"""Who owns a lead: it is put into a queue and given to whose turn it is there, within the unit that writes the lead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from leads.duplicates import others_of
from leads.ports import UnitOfWork
from leads.records import Lead
from leads.rights import RIGHTS
from scoring.blocks import Person
from scoring.playbook import Playbook
from scoring.rotation import next_turn


def place(uow: UnitOfWork, lead: Lead, queue: str, playbook: Playbook, *, now: datetime) -> None:
    """Put a lead into a queue and give it to whose turn it is; within the same queue it keeps the owner it has.

    Where nobody can take it (all are on leave or own the most they may) it waits in the queue without an owner, and the next time it
    is routed it is tried again. The owner is named by e-mail address, as whoever accepts a lead is. Who owns an earlier lead of the
    same person takes this one too, if it may be theirs now.
    """
    if lead.queue == queue and lead.owner is not None:
        return
    lead.queue, lead.owner = queue, None
    weights = _still_here(uow, playbook, queue)
    if not weights or lead.status == "stopped":  # who asked to be left alone is nobody's work
        return
    people = {member: playbook.people[member] for member in weights}
    credits = uow.rotations.take(playbook.name, queue)
    owned = uow.leads.open_by_owner([person.email for person in people.values()], but=lead.id)
    turn = next_turn(
        weights, people, playbook.business_hours, credits=credits, at=now, knows=_who_knows(uow, lead, people),
        open_leads={member: owned.get(person.email, 0) for member, person in people.items()},
    )
    if turn.owner is not None:
        uow.rotations.keep(playbook.name, queue, turn.credits)
        lead.owner = people[turn.owner].email


def pass_on(uow: UnitOfWork, lead: Lead, playbook: Playbook, *, but: Collection[str], now: datetime) -> str | None:
    """Give a lead to whose turn it is in its queue, but to none of these (e-mail addresses); return the new owner.

    None: nobody else can take it (on leave, or owns the most they may), and it stays where it is.
    """
    queue = lead.queue or ""
    members = _still_here(uow, playbook, queue)
    weights = {member: weight for member, weight in members.items() if playbook.people[member].email not in but}
    if not weights:
        return None
    people = {member: playbook.people[member] for member in weights}
    credits = uow.rotations.take(playbook.name, queue)
    owned = uow.leads.open_by_owner([person.email for person in people.values()], but=lead.id)
    turn = next_turn(
        weights, people, playbook.business_hours, credits=credits, at=now,
        open_leads={member: owned.get(person.email, 0) for member, person in people.items()},
    )
    if turn.owner is None:
        return None
    uow.rotations.keep(playbook.name, queue, {**credits, **turn.credits})  # who was left out neither earns nor pays
    lead.owner = people[turn.owner].email
    return lead.owner


def _still_here(uow: UnitOfWork, playbook: Playbook, queue: str) -> dict[str, int]:
    """The weights of a queue's members, without those who may no longer sign in."""
    gone = {user.email.lower() for user in uow.staff.users() if user.deactivated_at is not None}
    members = playbook.queues.get(queue, {})
    return {member: weight for member, weight in members.items() if playbook.people[member].email.lower() not in gone}


def _who_knows(uow: UnitOfWork, lead: Lead, people: Mapping[str, Person]) -> str | None:
    """The member of a queue who owns the newest other lead of the same person that anybody owns."""
    owner = next((same.owner for same in others_of(uow, [lead]).get(lead.id, ()) if same.owner), None)
    return next((member for member, person in people.items() if person.email == owner), None)


def who_can_own(uow: UnitOfWork, playbooks: Iterable[Playbook]) -> dict[str, str]:
    """Return names by e-mail address of those who can own leads: the playbooks' teams, and who may sign in and works on leads.

    Who was deactivated is left out, also where a playbook still names them.
    """
    found = {person.email: person.name for playbook in playbooks for person in playbook.people.values()}
    users = uow.staff.users()
    found |= {user.email: user.name for user in users if user.role in RIGHTS["correct_facts"][1]}
    gone = {user.email.lower() for user in users if user.deactivated_at is not None}
    return {email: name for email, name in found.items() if email.lower() not in gone}


def is_queue_of(queue: str | None, route: str, playbook: Playbook) -> bool:
    """May leads of this route be in this queue? Somebody who was promised a person waits in the queue of another route."""
    by_rules = {rule.block.queue for rule in playbook.compiled.queues[route]}
    return queue in by_rules | {rule.block.queue for rule in playbook.compiled.routes if rule.block.route == route and rule.block.queue}
