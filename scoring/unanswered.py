"""When a lead that nobody answers asks for something: the moments of its reminder, its escalation and its reassignment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scoring.hours import earlier, later
from scoring.playbook import Playbook

StepName = Literal["reminded", "escalated", "reassigned"]
STEPS: tuple[StepName, ...] = ("reminded", "escalated", "reassigned")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at a moment (UTC) unless somebody has answered by then."""

    name: StepName
    at: datetime


def steps_of(playbook: Playbook, route: str, respond_by: datetime) -> Iterator[Step]:
    """Yield what the playbook says of a lead that was promised an answer by `respond_by` (timezone-aware), in order.

    Args:
        route: the route by whose time the answer was promised.
    """
    steps = playbook.unanswered(route)
    if steps is None:
        return
    if steps.remind_before_minutes is not None:
        yield Step("reminded", earlier(playbook, respond_by, steps.remind_before_minutes))
    if steps.escalate_after_minutes is not None:
        yield Step("escalated", later(playbook, respond_by, steps.escalate_after_minutes))
    if steps.reassign_after_minutes is not None:
        yield Step("reassigned", later(playbook, respond_by, steps.reassign_after_minutes))
