"""The jobs that run by the clock."""

from __future__ import annotations

import logging
from datetime import timedelta

from huey import Huey, crontab

from leads.abandonment import close_quiet
from wiring.build import Application, build
from wiring.queue import open_queue

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


def make_queue(application: Application | None = None) -> Huey:
    """Return the queue with its jobs, each once a minute at most."""
    application = application or build()
    queue = open_queue(application.settings)

    @queue.periodic_task(crontab(minute="*"))
    def quiet_conversations() -> None:
        close_quiet_conversations(application)

    return queue
