"""`leadtriage playbook publish`, `history` and `check` with scenarios and folders."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from scoring.playbook import DEFAULT_PLAYBOOK
from tests.unit.cli.test_playbook_commands import application, run, store_a_lead
from tests.unit.scoring.test_serving import BILLING, REST, SMALL
from wiring.build import Application, build
from wiring.settings import ROOT

__all__ = ["application"]
TEXT = DEFAULT_PLAYBOOK.read_text(encoding="utf-8")
BAD = ROOT / "tests/bad_playbooks/unknown_key.yml"
WHO = ("--author", "Ana Ruiz", "--note", "clinics count less")


def version(number: str, *changes: tuple[str, str]) -> str:
    text = TEXT.replace('version: "1.0"', f'version: "{number}"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yml"
    file.write_text(version("1.1", ("high: 65}", "high: 70}")), encoding="utf-8")
    return file


def history() -> list[dict[str, object]]:
    """The publications; files that were only used are left out."""
    found: list[dict[str, object]] = json.loads(run("history", "--json").output)
    return [line for line in found if line["by"] != "file"]


def lead(*words: str) -> Result:
    return CliRunner().invoke(app, ["lead", *words], catch_exceptions=False)


def test_a_published_playbook_is_in_use_and_the_history_says_who_and_why(application: Application, mine: Path) -> None:
    result = run("publish", mine, *WHO)
    assert result.exit_code == 0 and "default 1.1" in result.output and "No scenarios were run" in result.output
    assert build().playbooks.choose().version == "1.1"
    (line,) = history()
    assert (line["version"], line["by"], line["note"], line["in_use"]) == ("1.1", "Ana Ruiz", "clinics count less", True)
    assert "* 20" in run("history").output and "Ana Ruiz: clinics count less" in run("history").output


def test_before_the_first_publication_the_history_says_so(application: Application) -> None:
    assert run("history").output.startswith("Nothing was published yet") and history() == []


def test_going_back_is_one_command(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    mine.write_text(version("1.2"), encoding="utf-8")
    run("publish", mine, *WHO)
    result = run("publish", "--again", "1.1", "--author", "Ben", "--note", "1.2 was wrong")
    assert result.exit_code == 0 and "default 1.1" in result.output
    assert build().playbooks.choose().version == "1.1"
    assert [line["in_use"] for line in history()] == [False, False, True]


def test_the_file_that_was_replaced_can_be_published_again(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    assert run("publish", "--again", "1.0", *WHO).exit_code == 0
    assert build().playbooks.choose().digest == application.playbook_files[0].digest


def test_a_broken_playbook_is_refused_with_all_its_problems_and_nothing_is_stored(application: Application) -> None:
    result = run("publish", BAD, *WHO)
    assert result.exit_code == 1 and "unknown_key.yml:16:5" in result.output and history() == []


def test_scenarios_that_do_not_hold_keep_a_playbook_back(application: Application, mine: Path) -> None:
    folder = mine.parent / "scenarios"
    folder.mkdir()
    (folder / "ours.yml").write_text("- name: A hospital is disqualified\n  facts: {org_type: hospital}\n  expect: {route: disqualified}\n")
    for words in (("publish", mine, *WHO), ("check", mine)):
        result = run(*words)
        assert result.exit_code == 1 and "ours.yml:3:12: 'A hospital is disqualified': expected route disqualified" in result.output
    assert history() == []
    (folder / "ours.yml").write_text("- name: A hospital is kept\n  facts: {org_type: hospital}\n  expect: {stage: inquiry}\n")
    assert "1 scenarios hold" in run("check", mine).output
    assert "1 scenarios hold." in run("publish", mine, *WHO).output


def test_a_version_that_was_another_text_is_refused(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    mine.write_text(version("1.1", ("high: 65}", "high: 75}")), encoding="utf-8")
    result = run("publish", mine, *WHO)
    assert result.exit_code == 1 and "version 1.1 of default was published" in result.output and len(history()) == 1


@pytest.mark.parametrize("words", [(), ("--again", "1.0", "FILE", *WHO), ("FILE", "--note", "x"), ("FILE", "--author", "x"), ("gone.yml", *WHO)])
def test_a_publication_that_is_used_wrongly_ends_with_2(application: Application, mine: Path, words: tuple[str, ...]) -> None:
    assert run("publish", *(str(mine) if word == "FILE" else word for word in words)).exit_code == 2


def test_a_version_nobody_knows_is_told(application: Application) -> None:
    result = run("publish", "--again", "7", *WHO)
    assert result.exit_code == 1 and "There is no stored version or digest '7'" in result.output


def test_a_stored_lead_is_explained_by_the_text_it_was_scored_with(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    published = build()
    lead_id = store_a_lead(published)
    published.engine.dispose()
    mine.write_text(version("1.2", ("high: 65}", "high: 75}")), encoding="utf-8")
    run("publish", mine, *WHO)
    result = run("explain", lead_id)
    assert "By playbook default 1.1" in result.output and "may differ" not in result.output and "mine.yml:" in result.output
    shown = lead("show", lead_id).output
    assert "scored by playbook default 1.1" in shown and "not kept" not in shown


def test_a_lead_whose_text_was_not_kept_is_explained_by_the_one_in_use_and_this_is_said(application: Application) -> None:
    lead_id = store_a_lead(application)
    with application.unit() as unit:
        found = unit.leads.get(lead_id)
        assert found is not None
        found.playbook = {"name": "default", "version": "0.9", "digest": "feedfacecafe"}
        unit.commit()
    assert "made by default 0.9 (feedfacecafe), whose text was not kept, so it may differ" in run("explain", lead_id).output
    assert "default 0.9 (feedfacecafe), whose text was not kept" in lead("show", lead_id).output


def test_a_folder_is_checked_with_its_overlaps(tmp_path: Path) -> None:
    for book in (BILLING, REST):
        (tmp_path / book.file).write_text(book.source.text)
    assert run("check", tmp_path).output == "billing.yml, rest.yml: no problems.\n"
    (tmp_path / "c.yml").write_text(BILLING.source.text.replace("name: billing", "name: codes").replace("billing*", "billing/codes"))
    result = run("check", tmp_path)
    assert result.exit_code == 1 and "c.yml:3:52: 'https://example.com/billing/codes' never chooses this playbook, because billing.yml:3" in result.output
    (tmp_path / "rest.yml").unlink()
    (tmp_path / "c.yml").unlink()
    assert "billing.yml:3:1: every playbook has 'serves'" in run("check", tmp_path).output


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    result = run("check", tmp_path)
    assert result.exit_code == 1 and "expected a folder with playbooks (*.yml), found none in it" in result.output


def test_the_settings_may_name_a_folder_or_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two").mkdir()
    for book in (BILLING, REST):
        (tmp_path / "two" / book.file).write_text(book.source.text)
    monkeypatch.setenv("PLAYBOOK", str(tmp_path / "two"))
    assert "billing.yml, rest.yml: no problems" in run("check").output
    shutil.copy(tmp_path / "two" / "billing.yml", tmp_path / "z.yml")
    monkeypatch.setenv("PLAYBOOK", f"{tmp_path}/two/rest.yml, {tmp_path}/z.yml")
    assert [each.name for each in build().playbook_files] == ["rest", "billing"]


def test_one_file_of_several_can_be_checked_alone(tmp_path: Path) -> None:
    (tmp_path / "billing.yml").write_text(BILLING.source.text)
    assert run("check", tmp_path / "billing.yml").exit_code == 0
    (tmp_path / "bad.yml").write_text(SMALL.replace("name: small", 'name: small\nserves: {since: 2026-11-01, source: x, pages: ["/x"]}'))
    assert "expected a whole address" in run("check", tmp_path / "bad.yml").output
