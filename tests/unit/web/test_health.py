"""Alive, ready, and the numbers for Prometheus."""

import re

from sqlalchemy import create_engine

from tests.unit.web.conftest import Office


def test_alive_means_that_the_process_answers(office: Office) -> None:
    office.engine.away = True
    assert office.client.get("/healthz").json() == {"status": "alive"}


def test_ready_means_that_a_chat_would_work(office: Office) -> None:
    answer = office.client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["ready"] is True and answer.json()["checks"] == {"store": True, "queue": True, "dialogue_engine": True}


def test_not_ready_while_the_engine_is_away_or_serves_another_model(office: Office) -> None:
    office.engine.away = True
    answer = office.client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["checks"] == {"store": True, "queue": True, "dialogue_engine": False}
    office.engine.away, office.engine.model = False, "models/some-older-one.tar.gz"
    assert office.client.get("/readyz").status_code == 503


def test_not_ready_without_the_store(office: Office) -> None:
    working = office.application.engine
    office.application.__dict__["engine"] = create_engine("sqlite:////no/such/folder/at/all.db")
    answer = office.client.get("/readyz")
    office.application.__dict__["engine"] = working
    assert answer.status_code == 503 and answer.json()["checks"]["store"] is False


def test_requests_are_counted_by_route_and_never_by_what_is_in_the_address(office: Office) -> None:
    talk = office.open()
    talk.say("hello")
    office.client.get("/api/leads?q=ana%40cedar.example", headers=office.staff)
    text = office.client.get("/metrics").text
    assert re.search(r'leadtriage_requests_total\{route="/api/chat/conversations/\{conversation_id\}/messages",status="200"\} \d', text)
    assert "leadtriage_request_seconds_bucket" in text
    assert talk.id not in text and "cedar" not in text
