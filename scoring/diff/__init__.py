"""What changed between two playbooks, in sentences grouped by part."""

from scoring.diff.changes import Change, Kind
from scoring.diff.playbooks import diff

__all__ = ["Change", "Kind", "diff"]
