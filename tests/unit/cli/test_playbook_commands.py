"""`leadtriage playbook explain` and `diff`: what they print, and how they end."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from leads.intake import add_lead
from scoring.playbook import DEFAULT_PLAYBOOK
from store.database import migrate
from tests.playbooks.shipped import FIT_HIGH, HIGH, TEXT, THIS_VERSION, VERSION
from tests.unit.leads.chatting import HOT
from wiring.build import Application, build
from wiring.settings import ROOT

BAD = ROOT / "tests/bad_playbooks/unknown_key.yml"


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/cli.db")
    monkeypatch.setenv("DEMO", "no")
    made = build()
    migrate(made.engine)
    yield made
    made.engine.dispose()


@pytest.fixture
def lead_file(tmp_path: Path) -> Path:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps({"facts": HOT, "signals": [{"kind": "pricing_request", "at": "2026-10-20"}], "on": "2026-11-24"}))
    return file


@pytest.fixture
def new_playbook(tmp_path: Path) -> Path:
    file = tmp_path / "new.yml"
    file.write_text(TEXT.replace(HIGH, f"high: {FIT_HIGH + 1}}}").replace(THIS_VERSION, 'version: "7.1"'), encoding="utf-8")
    return file


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["playbook", *map(str, words)], catch_exceptions=False)


def store_a_lead(application: Application) -> str:
    with application.unit() as unit:
        lead = add_lead(
            unit, source="form", contact={"name": "Ana Ruiz"}, facts=HOT, reading=None, signals=[("pricing_page", datetime(2026, 11, 20, tzinfo=UTC))],
            playbook=application.script.playbook, now=datetime(2026, 11, 24, 15, tzinfo=UTC),
        )  # fmt: skip
        unit.commit()
    return lead.id


@pytest.mark.parametrize("command", ["check", "explain", "diff"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and "Usage" in result.output


def test_the_facts_of_a_file_are_explained_with_rules_points_and_lines(application: Application, lead_file: Path) -> None:
    result = run("explain", lead_file)
    assert result.exit_code == 0
    assert "as of November 24, 2026" in result.output and "Why not nurture" in result.output
    assert "+12: pricing page" not in result.output and "pricing request (intent.signals.pricing_request, default.yml:" in result.output
    assert "age of the signal, 35 days old" in result.output


def test_a_stored_lead_is_explained_with_what_was_done(application: Application) -> None:
    result = run("explain", store_a_lead(application), "--on", "2026-12-30")
    assert result.exit_code == 0 and "as of December 30, 2026" in result.output
    assert "pricing page (intent.signals.pricing_page" in result.output and "may differ" not in result.output


def test_a_lead_is_explained_by_another_playbook_and_this_is_said(application: Application, new_playbook: Path) -> None:
    result = run("explain", store_a_lead(application), "--playbook", new_playbook)
    assert "By playbook default 7.1" in result.output and f"The stored score was made by default {VERSION}" in result.output
    assert "new.yml:" in result.output and "default.yml:" not in result.output


def test_the_explanation_is_data_where_asked(application: Application, lead_file: Path) -> None:
    said = json.loads(run("explain", lead_file, "--json").output)
    assert said["playbook"]["version"] == VERSION and said["on"] == "2026-11-24"
    assert {"decision", "fit", "intent", "readiness", "other routes", "next step"} <= set(said["sections"])
    assert all(sentence.strip() for sentences in said["sections"].values() for sentence in sentences)


@pytest.mark.parametrize(("word", "code"), [("gone.json", 2), ("folder/gone", 2), ("a1b2c3", 1)])
def test_what_is_not_there_is_said(application: Application, word: str, code: int) -> None:
    result = run("explain", word)
    assert result.exit_code == code and "There is no" in result.output


def test_facts_that_cannot_be_are_refused(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "lead.json"
    file.write_text('{"org_type": "hospitl"}')
    result = run("explain", file)
    assert result.exit_code == 1 and "Did you mean 'hospital'?" in result.output


def test_changes_are_told_by_part_with_their_lines(new_playbook: Path) -> None:
    result = run("diff", DEFAULT_PLAYBOOK, new_playbook)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[:3] == ["Playbook", f'  The version is now "7.1" instead of "{VERSION}". (new.yml:4)', ""]
    assert lines[3] == "Fit" and lines[4].startswith(f"  Fit is high from {FIT_HIGH + 1} points instead of {FIT_HIGH}. (new.yml:")


def test_changes_are_data_where_asked(new_playbook: Path) -> None:
    found: list[dict[str, Any]] = json.loads(run("diff", DEFAULT_PLAYBOOK, new_playbook, "--json").output)
    assert [(change["part"], change["kind"]) for change in found] == [("Playbook", "changed"), ("Fit", "changed")]
    assert found[1]["old"].startswith("default.yml:") and found[1]["new"].startswith("new.yml:")


def test_no_change_is_said_too() -> None:
    assert run("diff", DEFAULT_PLAYBOOK, DEFAULT_PLAYBOOK).output == "No change.\n"
    assert json.loads(run("diff", DEFAULT_PLAYBOOK, DEFAULT_PLAYBOOK, "--json").output) == []


def test_a_broken_playbook_cannot_be_compared_and_its_mistakes_are_told() -> None:
    result = run("diff", DEFAULT_PLAYBOOK, BAD)
    assert result.exit_code == 1 and f"{BAD.name}:" in result.output


@pytest.mark.parametrize("words", [("diff",), ("diff", "gone.yml", "gone.yml"), ("explain",), ("explain", "a", "--on", "soon")])
def test_a_command_that_is_used_wrongly_ends_with_2(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
