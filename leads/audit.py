"""The audit trail: who saw or changed what. It only grows, and it holds ids and choices, no words of a prospect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from leads.ports import UnitOfWork
from leads.records import AuditEntry

# What entries are about, in words.
ACTIONS = {
    "signed_in": "signed in", "signed_out": "signed out", "sign_in_failed": "tried to sign in with a wrong password or address",
    "invite": "invited", "withdraw": "withdrew the link of", "joined": "took up the invitation", "role": "changed the role of",
    "deactivate": "deactivated", "reactivate": "reactivated", "reset_link": "made a link for a new password for",
    "password": "set a new password", "key_made": "made the key", "key_revoked": "revoked the key",
    "saw": "saw the lead", "listed": "listed leads", "took_out": "took the lead out as a file",
    "accept": "accepted", "reject": "rejected", "qualify": "qualified", "nurture": "sent back to nurture",
    "opportunity": "told: opportunity",
    "won": "told: won", "lost": "told: lost", "reassign": "gave to somebody else", "snooze": "put off", "correct": "corrected facts",
    "reminded": "reminded of", "escalated": "escalated", "reassigned": "gave to somebody else, unanswered", "kept": "found nobody else for",
    "woken": "woke",
    "add": "added the lead", "call": "called", "merge": "merged", "unmerge": "undid the merge",
    "demo_data": "made or removed demo data",
}  # fmt: skip
PAGE_SIZE = 100


def note(uow: UnitOfWork, action: str, *, by: str, now: datetime, lead_id: str | None = None, detail: str = "") -> None:
    """Keep that somebody did something, in the unit that does it: it is kept exactly if the act is."""
    uow.audit.add(AuditEntry(at=now, by=by, action=action, lead_id=lead_id, detail=detail[:500]))


def page(
    uow: UnitOfWork, *, by: str | None = None, lead_id: str | None = None, before: int | None = None
) -> tuple[Sequence[AuditEntry], int | None]:
    """Return a page of entries, newest first, and where the next page begins."""
    found = uow.audit.entries(by=by, lead_id=lead_id, before=before, limit=PAGE_SIZE + 1)
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None
