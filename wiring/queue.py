"""The job queue: in Redis where REDIS_URL is set, else in an SQLite file."""

from __future__ import annotations

from huey import Huey, RedisHuey, SqliteHuey

from wiring.settings import VAR, Settings


def open_queue(settings: Settings) -> Huey:
    """Return the queue; Redis connects with the first job."""
    if settings.redis_url:
        return RedisHuey("leadtriage", url=settings.redis_url)
    VAR.mkdir(exist_ok=True)
    return SqliteHuey("leadtriage", filename=str(VAR / "jobs.db"))


def queue_answers(settings: Settings) -> bool:
    """Is the queue reachable?"""
    try:
        open_queue(settings).pending_count()
        return True
    except Exception:  # whatever the queue's own library raises: the answer is no
        return False
