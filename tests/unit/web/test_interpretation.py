"""Reading texts without a conversation: redacted first, sorted into taken and doubtful."""

import asyncio
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from leads.reading import TAKE_ANSWER, TAKE_VOLUNTEERED
from privacy.redaction import Redactor
from tests.unit.web.fake_engine import FakeEngine, parse
from web.dialogue_engine import EngineAway
from web.interpretation import interpret

DAY = date(2026, 11, 24)


@pytest.fixture
def app(redactor: Redactor) -> Any:
    return SimpleNamespace(redactor=redactor)


def run(app: Any, engine: FakeEngine, *items: dict[str, Any]) -> list[dict[str, Any]]:
    return asyncio.run(interpret(app, engine, items, reference_date=DAY))  # type: ignore[arg-type]


def test_answers_come_in_the_order_of_the_items_with_their_ids(app: Any) -> None:
    engine = FakeEngine(app, None)
    engine.means = {"a payer": parse(org_type="payer"), "stop it": parse("stop")}
    first, second = run(app, engine, {"id": "7", "text": "a payer"}, {"id": "3", "text": "stop it"})
    assert (first["id"], first["facts"], second["id"], second["act"]) == ("7", {"org_type": "payer"}, "3", "stop")


def test_the_open_question_is_passed_on_and_lowers_what_is_enough(app: Any) -> None:
    engine = FakeEngine(app, None)
    engine.means["plan"] = parse(org_type="payer", confidence=(TAKE_ANSWER + TAKE_VOLUNTEERED) / 2)
    asked, unasked = run(app, engine, {"id": "1", "text": "plan", "asked": "org_type"}, {"id": "2", "text": "plan"})
    assert asked["facts"] == {"org_type": "payer"} and asked["doubtful"] == {}
    assert unasked["facts"] == {} and unasked["doubtful"]["org_type"]["value"] == "payer"
    assert [item["metadata"] for item in engine.asked_to_read] == [
        {"asked": "org_type", "today": "2026-11-24"}, {"asked": None, "today": "2026-11-24"},
    ]


def test_the_engine_sees_only_redacted_text(app: Any) -> None:
    engine = FakeEngine(app, None)
    (answer,) = run(app, engine, {"id": "1", "text": "our patient John Whitcomb MRN 5520913 and me: bo@lakeside.example"})
    for secret in ("Whitcomb", "5520913", "bo@lakeside.example"):
        assert secret not in repr(engine.asked_to_read) and secret not in answer["redacted"]
    assert answer["contact"]["email"] == "bo@lakeside.example"


def test_nothing_to_read_does_not_bother_the_engine(app: Any) -> None:
    engine = FakeEngine(app, None)
    engine.away = True
    assert run(app, engine) == []
    with pytest.raises(EngineAway):
        run(app, engine, {"id": "1", "text": "hi"})
