"""The jobs that run by the clock."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from huey import Huey, crontab

from leads.abandonment import close_quiet
from store.question_counts import count_questions
from wiring.build import Application, build
from wiring.queue import open_queue
from worker.clocks import mail_notices, run_clocks

logger = logging.getLogger(__name__)


def close_quiet_conversations(application: Application) -> int:
    """Score and route what fell quiet; return how many leads were settled."""
    with application.unit() as unit:
        settled = close_quiet(
            unit, playbook_of=application.playbooks.of_conversation, quiet=timedelta(minutes=application.settings.quiet_minutes),
            now=application.now(),
        )
        unit.commit()
    if settled:
        logger.info("settled %d abandoned conversations", settled)
    return settled


def count_ended_conversations(application: Application) -> int:
    """Count for the reports how the questions of ended conversations went; return of how many."""
    now = application.now()
    counted = count_questions(application.engine, quiet_before=now - timedelta(minutes=application.settings.quiet_minutes), now=now)
    if counted:
        logger.info("counted the questions of %d conversations", counted)
    return counted


def _one_at_a_time(job: Callable[[], None]) -> Callable[[], None]:
    """Leave a minute out while the one before is still at it. Other workers are told apart by what is stored, not by a lock that
    would stay where a worker was killed."""
    at_it = threading.Lock()

    @wraps(job)
    def run() -> None:
        if at_it.acquire(blocking=False):
            try:
                job()
            finally:
                at_it.release()

    return run


def make_queue(application: Application | None = None) -> Huey:
    """Return the queue with its jobs, each once a minute at most."""
    application = application or build()
    queue = open_queue(application.settings)

    @queue.periodic_task(crontab(minute="*"))
    def quiet_conversations() -> None:
        close_quiet_conversations(application)

    @queue.periodic_task(crontab(minute="*"))
    @_one_at_a_time
    def mail() -> None:
        if application.mailer is not None:
            mail_notices(application.unit, application.mailer, base_url=application.settings.base_url, now=application.now)

    @queue.periodic_task(crontab(minute="*"))
    @_one_at_a_time
    def clocks() -> None:
        if run_clocks(application.unit, playbook_of=application.playbooks.of_lead, now=application.now()):
            mail()  # a job of its own, so that no mail server holds up the clocks

    @queue.periodic_task(crontab(minute="*/5"))
    @_one_at_a_time
    def questions() -> None:
        count_ended_conversations(application)

    return queue
