"""The jobs that run by the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from huey import SqliteHuey

from store.database import migrate
from tests.unit.leads.chatting import SCRIPT, Chat
from wiring import queue as wired_queue
from wiring.build import Application, build
from wiring.settings import read_settings
from worker.jobs import close_quiet_conversations, count_ended_conversations, make_queue

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    url = f"sqlite:///{tmp_path}/jobs-test.db"
    made = build(read_settings({"DATABASE_URL": url, "QUIET_MINUTES": "10"}, None))
    made.__dict__.update(playbook_files=(SCRIPT.playbook,), faq={})
    migrate(made.engine)
    yield made
    made.engine.dispose()


def test_a_conversation_is_settled_after_the_minutes_of_the_setting(application: Application) -> None:
    with application.unit() as unit:
        chat = Chat(unit, now=START)
        chat.say(org_type="hospital", timeline="now", contact={"email": "ana@cedar.example"})
        lead_id = chat.lead.id
        unit.commit()
    for minutes, settled in ((9, 0), (12, 1), (60, 0)):
        application.now = lambda minutes=minutes: START + timedelta(minutes=minutes)  # type: ignore[method-assign,misc]
        assert close_quiet_conversations(application) == settled
    with application.unit(read_only=True) as unit:
        lead = unit.leads.get(lead_id)
        assert lead is not None and lead.status == "abandoned" and lead.route is not None


def test_the_queue_has_its_job_every_minute_and_it_settles(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wired_queue, "VAR", tmp_path / "var")
    queue = make_queue(application)
    assert isinstance(queue, SqliteHuey)
    with application.unit() as unit:
        Chat(unit, now=START).say(org_type="hospital")
        unit.commit()
    application.now = lambda: START + timedelta(hours=1)  # type: ignore[method-assign]
    jobs = {job.name: job for job in queue.read_periodic(START + timedelta(hours=1))}
    assert {"quiet_conversations", "clocks", "mail"} <= set(jobs)
    queue.execute(jobs["quiet_conversations"])
    with application.unit(read_only=True) as unit:
        assert unit.leads.search(stage=None, route=None, owner=None, text=None, conversation=None, after=None, limit=5)[0][0].status == "abandoned"
    queue.storage.close()


def test_the_questions_of_ended_conversations_are_counted_every_five_minutes(application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired_queue, "VAR", tmp_path / "var")
    queue = make_queue(application)
    assert "questions" in {job.name for job in queue.read_periodic(START)} and "questions" not in {job.name for job in queue.read_periodic(START + timedelta(minutes=1))}
    with application.unit() as unit:
        Chat(unit, now=START).say(org_type="hospital")
        unit.commit()
    application.now = lambda: START + timedelta(hours=1)  # type: ignore[method-assign]
    assert count_ended_conversations(application) == 0
    close_quiet_conversations(application)
    assert [count_ended_conversations(application), count_ended_conversations(application)] == [1, 0]
    queue.storage.close()
