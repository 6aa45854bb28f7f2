"""Find steps of a playbook's clock that can never come: before the clock starts, for leads without one, to nobody."""

from collections.abc import Iterator

from scoring.blocks import Unanswered
from scoring.playbook import Playbook
from scoring.points import OTHERWISE
from scoring.problems import Problem
from scoring.yaml_source import YamlPath


def impossible_clocks(playbook: Playbook) -> Iterator[Problem]:
    """Yield a problem for each step that cannot come, or that nobody would hear of."""
    if playbook.data.clock is None:
        return
    answered = [route for route, block in playbook.routes.items() if block.respond_within_minutes is not None]
    named = {str(route) for route in playbook.data.clock.unanswered}
    for key, steps in playbook.data.clock.unanswered.items():
        path: YamlPath = ("clock", "unanswered", key)
        routes = [route for route in answered if route == key or (key == OTHERWISE and route not in named)]
        if not routes:
            why = "every route that is answered stands here by itself" if key == OTHERWISE else f"nobody answers leads of the route {key}"
            yield playbook.source.problem(path, f"{why}, so this never applies. Remove it", at_key=True)
            continue
        yield from _too_early(playbook, path, steps, routes)
        queues = sorted({queue for route in routes for queue in _queues(playbook, route)})
        if steps.escalate_after_minutes is not None:
            yield from _told_to_nobody(playbook, path, queues)
        if steps.reassign_after_minutes is not None and not any(len(playbook.queues.get(queue, ())) > 1 for queue in queues):
            lacking = f"no queue of {', '.join(routes)} has two members"
            message = f"there is nobody else to give these leads to: {lacking}. Add one or leave this out"
            yield playbook.source.problem((*path, "reassign_after_minutes"), message, at_key=True)


def _too_early(playbook: Playbook, path: YamlPath, steps: Unanswered, routes: list[str]) -> Iterator[Problem]:
    if steps.remind_before_minutes is None:
        return
    times = {route: _shortest(playbook, route) for route in routes}
    route = min(times, key=times.__getitem__)
    if steps.remind_before_minutes >= times[route]:
        message = (
            f"{route} answers within {times[route]} minutes, so a reminder {steps.remind_before_minutes} minutes before the end "
            f"would come before the clock starts. Write less than {times[route]}"
        )
        yield playbook.source.problem((*path, "remind_before_minutes"), message)


def _shortest(playbook: Playbook, route: str) -> int:
    block = playbook.routes[route]
    return min(minutes for minutes in (block.respond_within_minutes, block.priority_respond_within_minutes) if minutes is not None)


def _told_to_nobody(playbook: Playbook, path: YamlPath, queues: list[str]) -> Iterator[Problem]:
    for queue in queues:
        if playbook.lead_of(queue) is None:
            message = f"nobody would be told: clock.leads names nobody for the queue {queue}. Add '{queue}' or '{OTHERWISE}' there"
            yield playbook.source.problem((*path, "escalate_after_minutes"), message, at_key=True)


def _queues(playbook: Playbook, route: str) -> Iterator[str]:
    yield from (rule.queue for rule in playbook.routes[route].rules)
    yield from (rule.queue for rule in playbook.data.routes.rules if rule.route == route and rule.queue)
