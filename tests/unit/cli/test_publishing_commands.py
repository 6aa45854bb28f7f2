"""`leadtriage playbook publish`, `history` and `check` with scenarios and folders."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from scoring.playbook import DEFAULT_PLAYBOOK
from tests.playbooks.shipped import CLINICS, FIT_HIGH, HIGH, TEXT, THIS_VERSION, VERSION
from tests.unit.cli.test_playbook_commands import application, run, store_a_lead
from tests.unit.scoring.test_serving import BILLING, REST, SMALL
from wiring.build import Application, build
from wiring.settings import ROOT

__all__ = ["application"]
BAD = ROOT / "tests/bad_playbooks/unknown_key.yml"
WHO = ("--author", "Ana Ruiz", "--note", "clinics count less")


def version(number: str, *changes: tuple[str, str]) -> str:
    text = TEXT.replace(THIS_VERSION, f'version: "{number}"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yml"
    file.write_text(version("7.1", (HIGH, f"high: {FIT_HIGH + 1}}}")), encoding="utf-8")
    return file


def history() -> list[dict[str, object]]:
    """The publications; files that were only used are left out."""
    found: list[dict[str, object]] = json.loads(run("history", "--json").output)
    return [line for line in found if line["by"] != "file"]


def lead(*words: str) -> Result:
    return CliRunner().invoke(app, ["lead", *words], catch_exceptions=False)


def test_a_published_playbook_is_in_use_and_the_history_says_who_and_why(application: Application, mine: Path) -> None:
    result = run("publish", mine, *WHO)
    assert result.exit_code == 0 and "default 7.1" in result.output
    assert build().playbooks.choose().version == "7.1"
    (line,) = history()
    assert (line["version"], line["by"], line["note"], line["in_use"]) == ("7.1", "Ana Ruiz", "clinics count less", True)
    assert "* 20" in run("history").output and "Ana Ruiz: clinics count less" in run("history").output


def test_before_the_first_publication_the_history_says_so(application: Application) -> None:
    assert run("history").output.startswith("Nothing was published yet") and history() == []


def test_going_back_is_one_command(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    mine.write_text(version("7.2"), encoding="utf-8")
    run("publish", mine, *WHO)
    result = run("publish", "--again", "7.1", "--author", "Ben", "--note", "7.2 was wrong")
    assert result.exit_code == 0 and "default 7.1" in result.output
    assert build().playbooks.choose().version == "7.1"
    assert [line["in_use"] for line in history()] == [False, False, True]


def test_the_file_that_was_replaced_can_be_published_again(application: Application, mine: Path) -> None:
    run("publish", mine, *WHO)
    assert run("publish", "--again", VERSION, *WHO).exit_code == 0
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
    mine.write_text(version("7.1", (HIGH, f"high: {FIT_HIGH + 2}}}")), encoding="utf-8")
    result = run("publish", mine, *WHO)
    assert result.exit_code == 1 and "version 7.1 of default was published" in result.output and len(history()) == 1


@pytest.mark.parametrize("words", [(), ("--again", VERSION, "FILE", *WHO), ("FILE", "--note", "x"), ("FILE", "--author", "x"), ("gone.yml", *WHO)])
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
    mine.write_text(version("7.2", (HIGH, f"high: {FIT_HIGH + 2}}}")), encoding="utf-8")
    run("publish", mine, *WHO)
    result = run("explain", lead_id)
    assert "By playbook default 7.1" in result.output and "may differ" not in result.output and "mine.yml:" in result.output
    shown = lead("show", lead_id).output
    assert "scored by playbook default 7.1" in shown and "not kept" not in shown


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


def test_a_playbook_of_the_shipped_name_is_run_against_the_shipped_scenarios(application: Application, mine: Path) -> None:
    for words in (("check", mine), ("publish", mine, *WHO)):
        result = run(*words)
        assert result.exit_code == 0 and re.search(r"\b\d\d scenarios hold", result.output), result.output


def test_shipped_scenarios_that_no_longer_hold_keep_a_playbook_back_and_say_where_to_correct_them(application: Application, mine: Path) -> None:
    mine.write_text(version("7.1", (CLINICS, "clinic_group: 1")), encoding="utf-8")
    for words in (("check", mine), ("publish", mine, *WHO)):
        result = run(*words)
        assert result.exit_code == 1 and "copy tests/scenarios to `scenarios` beside mine.yml" in result.output
        assert re.search(r"worked_examples.yml:\d+:\d+: ", result.output)
    assert history() == []


def test_a_playbook_without_scenarios_is_published_only_if_somebody_says_so(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "small.yml"
    file.write_text(SMALL, encoding="utf-8")
    assert "No scenarios were run: put them into a folder `scenarios` beside the file" in run("check", file).output
    result = run("publish", file, *WHO)
    assert result.exit_code == 1 and "Nothing was published, because no scenarios were run" in result.output and history() == []
    (tmp_path / "none").mkdir()
    assert run("publish", file, *WHO, "--no-scenarios", "--scenarios", tmp_path / "none").exit_code == 2
    result = run("publish", file, *WHO, "--scenarios", tmp_path / "none")
    assert result.exit_code == 1 and history() == [], "an empty folder is no scenario"


def test_scenarios_are_left_out_where_somebody_says_so(application: Application, mine: Path) -> None:
    mine.write_text(version("7.1", (CLINICS, "clinic_group: 1")), encoding="utf-8")
    result = run("publish", mine, *WHO, "--no-scenarios")
    assert result.exit_code == 0 and "No scenarios were run." in result.output and len(history()) == 1


def test_a_changed_block_that_kept_its_day_is_named(application: Application, mine: Path) -> None:
    expected = re.compile(r"still with the `since` of before \(give each the day it applies from\): scores.fit \(mine.yml:\d+\).")
    assert expected.search(run("diff", DEFAULT_PLAYBOOK, mine).output) and expected.search(run("publish", mine, *WHO).output)
    text = version("7.2", (HIGH, f"high: {FIT_HIGH + 2}}}"))
    start = text.index("\nscores:")
    mine.write_text(text[:start] + text[start:].replace("since: 2026-11-01", "since: 2026-12-01", 1), encoding="utf-8")
    for words in (("diff", DEFAULT_PLAYBOOK, mine), ("publish", mine, *WHO)):
        assert "still with the `since`" not in run(*words).output


def test_a_version_stands_for_its_text_in_diff_and_show(application: Application, mine: Path) -> None:
    assert "(mine.yml:" in run("diff", VERSION, mine).output, "the file of the settings, before anything was published"
    run("publish", mine, *WHO)
    kept = mine.read_text(encoding="utf-8")
    mine.unlink()
    assert run("show", "7.1").output == kept
    digest = str(history()[0]["digest"])
    result = run("diff", VERSION, digest[:6])
    assert result.exit_code == 0 and f'The version is now "7.1" instead of "{VERSION}". (mine.yml:4)' in result.output
    assert run("diff", VERSION, VERSION).output == "No change.\n"
    for words in (("show", "8"), ("diff", "8", VERSION)):
        result = run(*words)
        assert result.exit_code == 1 and "There is no stored version or digest '8'" in result.output


def test_show_needs_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    assert run("show", VERSION).output == TEXT and run("show", "8").exit_code == 1
    assert not (tmp_path / "none.db").exists()
