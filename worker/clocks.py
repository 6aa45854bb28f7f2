"""What the worker does each minute with leads that wait: take the steps of their clocks, and mail the notices."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from handoff.mail import Mailer, MailFailed
from leads.clock_steps import look_at, take_steps
from leads.notice_mail import mail_failed, mail_was_sent, take_mail
from leads.ports import NewUnit, StorageFailed
from leads.records import Lead
from scoring.playbook import Playbook

logger = logging.getLogger(__name__)
LOOKED_AT_ONCE = 100
TRIED_AGAIN_AFTER = timedelta(hours=1)


def run_clocks(new_unit: NewUnit, *, playbook_of: Callable[[Lead], Playbook], now: datetime) -> int:
    """Take every step that is due, each in a unit of its own; return how many were taken.

    Whatever was missed while no worker ran is made up for. Several workers may do this at the same time: each step is taken once.
    """
    taken = 0
    while True:
        ids, asking = _asking(new_unit, playbook_of, now)
        for lead_id in asking:
            taken += _take(new_unit, lead_id, playbook_of, now)
        if len(ids) < LOOKED_AT_ONCE:
            return taken


def _asking(new_unit: NewUnit, playbook_of: Callable[[Lead], Playbook], now: datetime) -> tuple[Sequence[str], Sequence[str]]:
    """Return the leads that were looked at, and those of them with something to do."""
    ids: Sequence[str] = ()
    try:
        with new_unit() as unit:
            ids = unit.clocks.asking(now, limit=LOOKED_AT_ONCE)
            asking = look_at(unit, ids, playbook_of=playbook_of, now=now)
            unit.commit()
        return ids, asking
    except StorageFailed:
        raise
    except Exception:  # one of them cannot be read; one by one it is found which
        if not ids:
            raise
        logger.exception("%d leads cannot be looked at together", len(ids))
        return ids, ids


def _take(new_unit: NewUnit, lead_id: str, playbook_of: Callable[[Lead], Playbook], now: datetime) -> int:
    """One lead that cannot be dealt with does not hold up the others: it is logged and tried again later."""
    try:
        with new_unit() as unit:
            names = take_steps(unit, lead_id, playbook_of=playbook_of, now=now)
            unit.commit()
        if names:
            logger.info("lead %s: %s", lead_id, ", ".join(names))
        return len(names)
    except StorageFailed:
        raise
    except Exception:  # whatever is wrong with this lead, the others go on
        logger.exception("lead %s: its clock cannot be read; tried again in an hour", lead_id)
    with new_unit() as unit:
        lead = unit.leads.get(lead_id, lock=True)
        if lead is not None:
            unit.clocks.look_again(lead, now + TRIED_AGAIN_AFTER)
        unit.commit()
    return 0


def mail_notices(new_unit: NewUnit, mailer: Mailer, *, base_url: str, now: Callable[[], datetime]) -> int:
    """Send the mails that are due; return how many were taken by the mail server."""
    sent = 0
    while True:
        with new_unit() as unit:
            mails = take_mail(unit, base_url=base_url, now=now())
            unit.commit()
        if not mails:
            return sent
        for mail in mails:
            failure = _failure_of(mailer, mail.to, mail.subject, mail.text, key=mail.notice_id)
            with new_unit() as unit:
                if failure is None:
                    mail_was_sent(unit, mail, now=now())
                    sent += 1
                else:
                    mail_failed(unit, mail, why=str(failure), permanent=failure.permanent, now=now())
                    logger.warning("notice %s was not mailed: %s", mail.notice_id, failure)
                unit.commit()


def _failure_of(mailer: Mailer, to: str, subject: str, text: str, *, key: str) -> MailFailed | None:
    try:
        mailer.send(to, subject, text, key=key)
    except MailFailed as failure:
        return failure
    return None
