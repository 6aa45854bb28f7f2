"""Run the jobs: `python -m worker`. They are kept by huey, in Redis where REDIS_URL is set, else in an SQLite file."""

from __future__ import annotations

import logging

from huey.consumer import Consumer

from worker.jobs import make_queue


def main() -> None:
    """Serve until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    Consumer(make_queue(), workers=4, periodic=True, initial_delay=1.0, max_delay=5.0).run()


if __name__ == "__main__":
    main()
