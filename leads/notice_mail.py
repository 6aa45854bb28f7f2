"""The mail of notices: which is due, and what became of each try. It is sent between two units, so nobody waits for a mail server to write.

A try is kept before it is made. Where the worker dies over it, nobody knows whether the mail server took the mail, so after a while it
is tried again; both mails then have the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.ports import UnitOfWork
from leads.records import MailAttempt, Notice

# Longer than any mail server may take with one mail; until then a try counts as under way.
UNDER_WAY = timedelta(minutes=5)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 480))
MOST_AT_ONCE = 20
SUBJECTS = {
    "reminded": "A lead waits for your answer", "escalated": "A lead has not been answered", "reassigned": "A lead has changed hands",
    "woken": "A lead has come back",
}


@dataclass(frozen=True)
class Mail:
    """A mail to send now."""

    notice_id: str
    number: int
    to: str
    subject: str
    text: str


def take_mail(uow: UnitOfWork, *, base_url: str, now: datetime) -> list[Mail]:
    """Return mails to send now; nobody else gets them while they are under way."""
    taken = []
    for notice in uow.notices.waiting(now, limit=MOST_AT_ONCE):
        attempts = uow.notices.attempts(notice.id)
        _end_the_dead(attempts, now)
        if notice.read_at is not None:  # it was seen in the console meanwhile
            notice.mail, notice.mail_at = "none", None
        elif len(attempts) > len(PAUSES):
            notice.mail, notice.mail_at = "given_up", None
        else:
            number = len(attempts) + 1
            uow.notices.add_attempt(MailAttempt(notice_id=notice.id, number=number, began_at=now))
            notice.mail_at = now + UNDER_WAY
            taken.append(_mail(notice, number, base_url))
    return taken


def mail_was_sent(uow: UnitOfWork, mail: Mail, *, now: datetime) -> None:
    """Keep that the mail server took a mail."""
    _end(uow, mail, "sent", "", now)
    notice = uow.notices.get(mail.notice_id)
    if notice is not None:
        notice.mail, notice.mail_at = "sent", None


def mail_failed(uow: UnitOfWork, mail: Mail, *, why: str, permanent: bool, now: datetime) -> None:
    """Keep that the mail server did not take a mail, and when it is tried again."""
    _end(uow, mail, "failed", why, now)
    notice = uow.notices.get(mail.notice_id)
    if notice is None or notice.mail == "sent":
        return
    if permanent or mail.number > len(PAUSES):
        notice.mail, notice.mail_at = "given_up", None
    else:
        notice.mail_at = now + PAUSES[mail.number - 1]


def _mail(notice: Notice, number: int, base_url: str) -> Mail:
    where = f"{base_url}/console/leads/{notice.lead_id}" if notice.lead_id else f"{base_url}/console/notices"
    text = f"{notice.words}\n\n{where}\n\nSign in to see the lead; this mail holds nothing about the person who asked.\n"
    return Mail(notice.id, number, notice.to, SUBJECTS.get(notice.kind, "LeadTriage"), text)


def _end(uow: UnitOfWork, mail: Mail, result: str, why: str, now: datetime) -> None:
    for attempt in uow.notices.attempts(mail.notice_id):
        if attempt.number == mail.number:
            attempt.result, attempt.why, attempt.ended_at = result, why[:300], now


def _end_the_dead(attempts: Sequence[MailAttempt], now: datetime) -> None:
    for attempt in attempts:
        if attempt.result == "sending":
            attempt.result, attempt.why, attempt.ended_at = "failed", "the worker ended before the mail server answered", now
