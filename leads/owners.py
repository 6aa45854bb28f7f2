"""Who owns a lead: it is put into a queue and given to whose turn it is there, within the unit that writes the lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from leads.ports import UnitOfWork
from leads.records import Lead
from leads.rights import RIGHTS
from scoring.playbook import Playbook
from scoring.rotation import next_turn


def place(uow: UnitOfWork, lead: Lead, queue: str, playbook: Playbook, *, now: datetime) -> None:
    """Put a lead into a queue and give it to whose turn it is; within the same queue it keeps the owner it has.

    Where nobody can take it (all are on leave or own the most they may) it waits in the queue without an owner, and the next time it
    is routed it is tried again. The owner is named by e-mail address, as whoever accepts a lead is.
    """
    if lead.queue == queue and lead.owner is not None:
        return
    lead.queue, lead.owner = queue, None
    weights = playbook.queues.get(queue)
    if not weights or lead.status == "stopped":  # who asked to be left alone is nobody's work
        return
    people = {member: playbook.people[member] for member in weights}
    credits = uow.rotations.take(playbook.name, queue)
    owned = uow.leads.open_by_owner([person.email for person in people.values()], but=lead.id)
    turn = next_turn(
        weights, people, playbook.business_hours, credits=credits, at=now,
        open_leads={member: owned.get(person.email, 0) for member, person in people.items()},
    )
    if turn.owner is not None:
        uow.rotations.keep(playbook.name, queue, turn.credits)
        lead.owner = people[turn.owner].email


def who_can_own(uow: UnitOfWork, playbooks: Iterable[Playbook]) -> dict[str, str]:
    """Return names by e-mail address of those who can own leads: the playbooks' teams, and who may sign in and works on leads."""
    found = {person.email: person.name for playbook in playbooks for person in playbook.people.values()}
    return found | {user.email: user.name for user in uow.staff.users() if user.role in RIGHTS["correct_facts"][1]}


def is_queue_of(queue: str | None, route: str, playbook: Playbook) -> bool:
    """May leads of this route be in this queue? Somebody who was promised a person waits in the queue of another route."""
    by_rules = {rule.block.queue for rule in playbook.compiled.queues[route]}
    return queue in by_rules | {rule.block.queue for rule in playbook.compiled.routes if rule.block.route == route and rule.block.queue}
