"""Changes of what happens to leads that nobody answers."""

from collections.abc import Mapping

from scoring.blocks import Unanswered
from scoring.diff.changes import Comparison, Say
from scoring.playbook import Playbook
from scoring.points import OTHERWISE
from scoring.yaml_source import YamlPath

UNANSWERED: Mapping[str, Say] = {
    "remind_before_minutes": lambda old, new: f"now remind their owner {_before(new)} instead of {_before(old)}",
    "escalate_after_minutes": lambda old, new: f"now escalate {_after(new)} instead of {_after(old)}",
    "reassign_after_minutes": lambda old, new: f"now go to somebody else {_after(new)} instead of {_after(old)}",
}


def compare_clock(found: Comparison) -> None:
    """Note what changed in reminders, escalations, reassignments and who is told."""
    old, new = found.old.data.clock, found.new.data.clock
    if old is None or new is None:
        if new is not None:
            found.added("the block clock is new", ("clock",))
        elif old is not None:
            found.removed("the block clock is gone", ("clock",))
    else:
        found.fields("The clock", old, new, ("clock",), leave={"unanswered", "leads"})
    _unanswered(found, _steps(found.old), _steps(found.new))
    _leads(found, old.leads if old else {}, new.leads if new else {})


def _unanswered(found: Comparison, old: Mapping[str, Unanswered], new: Mapping[str, Unanswered]) -> None:
    for route in dict.fromkeys([*old, *new]):
        path: YamlPath = ("clock", "unanswered", route)
        subject = f"unanswered leads of {_called(route, 'route')}"
        if route not in old:
            found.added(f"{subject} now {_all(new[route])}", path)
        elif route not in new:
            found.removed(f"{subject} no longer have steps of their own. They did {_all(old[route])}", path)
        else:
            found.fields(subject, old[route], new[route], path, say=UNANSWERED)


def _leads(found: Comparison, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for queue in dict.fromkeys([*old, *new]):
        path: YamlPath = ("clock", "leads", queue)
        subject = f"escalations of {_called(queue, 'queue')}"
        if queue not in old:
            found.added(f"{subject} now go to {_person(new[queue], found.new)}", path)
        elif queue not in new:
            found.removed(f"{subject} no longer go to {_person(old[queue], found.old)}", path)
        elif old[queue] != new[queue]:
            found.changed(f"{subject} now go to {_person(new[queue], found.new)} instead of {_person(old[queue], found.old)}", path)


def _steps(playbook: Playbook) -> Mapping[str, Unanswered]:
    return {str(route): steps for route, steps in playbook.data.clock.unanswered.items()} if playbook.data.clock else {}


def _called(name: str, kind: str) -> str:
    return f"any other {kind}" if name == OTHERWISE else f"the {kind} {name}"


def _person(name: str, playbook: Playbook) -> str:
    return playbook.people[name].name if name in playbook.people else name


def _all(steps: Unanswered) -> str:
    parts = [
        f"remind their owner {_before(steps.remind_before_minutes)}" if steps.remind_before_minutes else "wait for the promised time",
        f"escalate {steps.escalate_after_minutes} minutes after it" if steps.escalate_after_minutes else "",
        f"go to somebody else {steps.reassign_after_minutes} minutes after it" if steps.reassign_after_minutes else "",
    ]
    return ", ".join(part for part in parts if part)


def _before(minutes: int | None) -> str:
    return "never" if minutes is None else f"{minutes} minutes before the promised time"


def _after(minutes: int | None) -> str:
    return "never" if minutes is None else f"{minutes} minutes after the promised time"
