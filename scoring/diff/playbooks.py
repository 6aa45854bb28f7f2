"""Compare two playbooks part by part."""

from collections.abc import Callable, Mapping

from scoring.blocks import PlaybookFile
from scoring.conditions import SCORES
from scoring.diff.changes import Change, Comparison, shown
from scoring.diff.clock import compare_clock
from scoring.diff.interview import compare_facts, compare_hours, compare_interview, compare_questions
from scoring.diff.owners import compare_crm, compare_nurture, compare_queues, compare_team
from scoring.diff.rules import compare_flags, compare_next_steps, compare_routes, compare_stages
from scoring.diff.scores import compare_decay, compare_score
from scoring.playbook import Playbook

PARTS: Mapping[str, tuple[str, Callable[[Comparison], None]]] = {
    "facts": ("Words", compare_facts),
    "decay": ("Fading of signals", compare_decay),
    "flags": ("Flags", compare_flags),
    "stages": ("Stages", compare_stages),
    "routes": ("Routes", compare_routes),
    "next_steps": ("Next steps", compare_next_steps),
    "interview": ("Interview", compare_interview),
    "questions": ("Questions", compare_questions),
    "business_hours": ("Business hours", compare_hours),
    "team": ("Team", compare_team),
    "queues": ("Queues", compare_queues),
    "nurture": ("Nurture", compare_nurture),
    "clock": ("Clock", compare_clock),
    "crm": ("CRM", compare_crm),
}
HEAD = ("name", "version", "since", "source")


def diff(old: Playbook, new: Playbook) -> list[Change]:
    """Return every change from one checked playbook to another, part by part in the order of the file.

    Two playbooks without changes decide, ask and word everything alike; comments and layout do not count.
    """
    found = Comparison(old, new)
    for key in PlaybookFile.model_fields:
        if key in HEAD:
            before, now = getattr(old.data, key), getattr(new.data, key)
            if before != now:
                found.about("Playbook").changed(f"the {key} is now {shown(now)} instead of {shown(before)}", (key,))
        elif key == "scores":
            for score in SCORES:
                compare_score(found.about(score.capitalize()), score)
        elif key in PARTS:
            part, compare = PARTS[key]
            compare(found.about(part))
        else:
            part = key.replace("_", " ").capitalize()
            found.about(part).anything(part, getattr(old.data, key), getattr(new.data, key), (key,))
    return found.changes
