"""Find routes whose leads nobody would get, queues and people that no lead can reach."""

from collections.abc import Iterator

from scoring.facts import did_you_mean
from scoring.playbook import Playbook
from scoring.problems import Problem
from scoring.yaml_source import YamlPath


def owners_missing(playbook: Playbook) -> Iterator[Problem]:
    """Yield a problem for each route without an owner, each queue no route uses, and each person who is in no queue."""
    used = dict(_uses(playbook))
    for (path, queue), needs_person in used.items():
        if needs_person and not playbook.queues.get(queue):
            yield playbook.source.problem(path, _nobody(queue, playbook))
    reached = {queue for _, queue in used}
    for queue in playbook.queues:
        if queue not in reached:
            names = ", ".join(sorted(reached))
            message = f"no route leads to the queue {queue}.{did_you_mean(queue, sorted(reached))} Queues of routes: {names}"
            yield playbook.source.problem(("queues", "members", queue), message, at_key=True)
    members = {member for queue in playbook.queues.values() for member in queue}
    members |= set(playbook.data.clock.leads.values()) if playbook.data.clock else set()
    for person in playbook.people:
        if person not in members:
            message = f"{person} is in no queue, so gets no lead. Add {person} to a queue under queues.members or remove the person"
            yield playbook.source.problem(("team", "people", person), message, at_key=True)


def _nobody(queue: str, playbook: Playbook) -> str:
    if queue in playbook.queues:
        return f"a person must answer these leads, but the queue '{queue}' has no member. Add one under queues.members.{queue}"
    hint = did_you_mean(queue, playbook.queues)
    return f"a person must answer these leads, but queues.members has no queue '{queue}'.{hint} Add it with its members"


def _uses(playbook: Playbook) -> Iterator[tuple[tuple[YamlPath, str], bool]]:
    """Yield where each queue is named, the queue, and whether its leads need a person: those of a route with a response time."""
    for name, route in playbook.data.routes.to.items():
        needs_person = route.respond_within_minutes is not None
        if route.one_queue is not None:
            yield (("routes", "to", name, "queue"), route.one_queue), needs_person
        for index, rule in enumerate(route.queue_rules):
            yield (("routes", "to", name, "queues", index, "queue"), rule.queue), needs_person
    for index, routing in enumerate(playbook.data.routes.rules):
        target = playbook.routes.get(routing.route)
        if routing.queue is not None and target is not None:
            yield (("routes", "rules", index, "queue"), routing.queue), target.respond_within_minutes is not None
