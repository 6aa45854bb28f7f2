"""`leadtriage`: what each command prints, and its exit codes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import api_client
from cli.api_client import ApiError
from cli.main import app
from leads import access
from leads.intake import add_lead
from store.database import migrate
from tests.unit.leads.chatting import HOT
from wiring import vocabularies
from wiring.build import Application, build
from wiring.settings import ROOT

BAD = ROOT / "tests/bad_playbooks/unknown_key.yml"
COMMANDS = [["run"], ["chat"], ["interpret"], ["score"], ["playbook", "check"], ["lead", "show"], ["user", "add"], ["apikey", "add"], ["doctor"]]


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("DEMO", "no")
    made = build()
    migrate(made.engine)
    yield made
    made.engine.dispose()


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=typed, catch_exceptions=False)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0 and "Usage" in result.output


@pytest.mark.parametrize("words", [["nonsense"], ["score"], ["score", "gone.json"], ["lead", "show"], ["playbook", "chek"]])
def test_a_command_that_is_used_wrongly_ends_with_2(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_the_playbook_in_use_has_no_problems(application: Application) -> None:
    result = run("playbook", "check")
    assert result.exit_code == 0 and "no problems" in result.output


def test_a_word_under_two_values_is_told_with_its_place(application: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "use_case.yml").write_text("version: 1\nfact: use_case\nvalues:\n  telehealth:\n    asked: [rpm]\n  other:\n    asked: [rpm]\n")
    monkeypatch.setattr(vocabularies, "VOCABULARIES", tmp_path)
    result = run("playbook", "check")
    assert result.exit_code == 1 and "use_case.yml:7:13: 'rpm' stands under telehealth and other" in result.output


def test_a_broken_playbook_is_told_with_places_and_ends_with_1(application: Application) -> None:
    result = run("playbook", "check", str(BAD))
    assert result.exit_code == 1 and f"{BAD.name}:" in result.output


def test_a_score_explains_itself_and_is_json_where_asked(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps({"facts": HOT, "signals": [{"kind": "pricing_request", "at": "2026-11-20"}], "on": "2026-11-24"}))
    said = run("score", str(file))
    assert said.exit_code == 0 and len(said.output.splitlines()) > 5
    scored = json.loads(run("score", str(file), "--json").output)
    assert scored["route"] == "direct_sales" and scored["stage"] == "mql"
    for score in scored["scores"].values():
        assert score["points"] == sum(part["points"] for part in score["contributions"])


def test_facts_alone_are_scored_as_of_today(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps({"org_type": "other"}))
    assert json.loads(run("score", str(file), "--json").output)["route"] == "disqualified"


@pytest.mark.parametrize(("content", "words"), [
    ('{"org_type": "hospitl"}', "Did you mean 'hospital'?"), ("{not json", "JSON"), ('["org_type"]', "JSON"), ('{"facts": {}, "on": "soon"}', "on"),
    ('{"facts": {}, "signals": [{"kind": "dance", "at": "2026-11-01"}]}', "dance"),
])  # fmt: skip
def test_a_file_that_cannot_be_scored_is_refused_with_a_sentence(application: Application, tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "lead.json"
    file.write_text(content)
    result = run("score", str(file))
    assert result.exit_code == 1 and words in result.output and "Traceback" not in result.output


def test_a_stored_lead_is_shown(application: Application) -> None:
    with application.unit() as unit:
        lead = add_lead(
            unit, source="form", contact={"name": "Ana Ruiz", "company": "Cedar Hollow"}, facts=HOT, reading=None, signals=[],
            playbook=application.script.playbook, now=datetime(2026, 11, 24, 15, tzinfo=UTC),
        )
        unit.commit()
    said = run("lead", "show", lead.id)
    assert said.exit_code == 0 and all(words in said.output for words in ("Ana Ruiz", "Cedar Hollow", "direct_sales", "next step"))
    shown = json.loads(run("lead", "show", lead.id, "--json").output)
    assert shown["id"] == lead.id and shown["facts"]["org_size"]["value"] == {"sites": 11}


def test_a_lead_that_is_not_there_ends_with_1(application: Application) -> None:
    result = run("lead", "show", "gone")
    assert result.exit_code == 1 and "no lead gone" in result.output


def test_a_user_is_added_once(application: Application) -> None:
    words = ["user", "add", "dana@meridian.example", "--name", "Dana", "--password", "four slow herons"]
    assert run(*words, "--role", "sales").exit_code == 0
    again = run(*words)
    assert again.exit_code == 1 and "already" in again.output
    with application.unit(read_only=True) as unit:
        user = unit.staff.user_by_email("dana@meridian.example")
    assert user is not None and (user.name, user.role) == ("Dana", "sales")


@pytest.mark.parametrize("more", [["--role", "boss"], ["--password", "short"]])
def test_a_user_that_cannot_be_is_refused(application: Application, more: list[str]) -> None:
    words = ["user", "add", "x@meridian.example", "--name", "X", "--password", "four slow herons", *more]
    assert run(*words).exit_code == 1


def test_a_key_is_shown_once_and_works(application: Application) -> None:
    key = run("apikey", "add", "crm").output.strip()
    with application.unit(read_only=True) as unit:
        found = unit.staff.api_key(access.hash_secret(key))
    assert found is not None and found.name == "crm"


def test_a_text_is_read_by_the_running_product(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    item = {"id": "1", "act": "answer", "confidence": 0.9, "facts": {"org_type": "payer"}, "doubtful": {"timeline": {"value": "now", "confidence": 0.5}},
            "contact": {}, "redacted": "a plan"}  # fmt: skip

    def call(method: str, path: str, body: Any) -> Any:
        asked.append((method, path, body))
        return {"items": [item]}

    monkeypatch.setattr(api_client, "call", call)
    said = run("interpret", "a plan", "--asked", "org_type")
    assert said.exit_code == 0 and "org_type: payer" in said.output and "timeline: now (0.50)" in said.output
    assert asked == [("POST", "/api/interpret", {"items": [{"id": "1", "text": "a plan", "asked": "org_type"}]})]
    assert json.loads(run("interpret", "a plan", "--json").output) == item
    assert "redaction" not in said.output and "stored" not in said.output, "nothing was taken out, and nothing is stored"
    assert "after redaction: a plan\n" in run("interpret", "a plan of 123-45-6789").output


def test_without_a_running_product_reading_ends_with_1_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def call(*words: Any) -> Any:
        raise ApiError("LeadTriage does not answer. Start it with `make run`.")

    monkeypatch.setattr(api_client, "call", call)
    result = run("interpret", "a plan")
    assert result.exit_code == 1 and "make run" in result.output
