"""What changed between two playbooks, in sentences grouped by part."""

from scoring.diff.changes import Change, Kind
from scoring.diff.playbooks import diff
from scoring.diff.since import without_new_day

__all__ = ["Change", "Kind", "diff", "without_new_day"]
