"""`leadtriage playbook simulate`: totals, tables, ids and reasons; nothing is written."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leads.decisions import accept, reject
from leads.intake import add_lead
from tests.playbooks.shipped import CLINIC_POINTS, CLINICS, VERSION
from tests.unit.cli.test_playbook_commands import application, run
from tests.unit.cli.test_publishing_commands import version
from wiring.build import Application

__all__ = ["application"]
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
CLINIC: dict[str, Any] = {"org_type": "clinic_group", "buying_role": "evaluator", "timeline": "this_quarter"}
DAY = ("--on", "2026-11-24")
DIRECT_SALES = "      {queue: sales}]}"  # the last rule of its queues


def store(application: Application, facts: dict[str, Any], then: str = "") -> str:
    with application.unit() as unit:
        playbook = application.playbooks.choose()
        lead = add_lead(unit, source="form", contact={"name": "Ana Ruiz", "email": "ana@cedar.example"}, facts=facts, reading=None, signals=[], playbook=playbook, now=NOW)
        if then == "accept":
            accept(unit, lead.id, playbook=playbook, by="ben@vendor.example", now=NOW)
        if then == "reject":
            reject(unit, lead.id, reason="no_project", note=None, playbook=playbook, by="ben@vendor.example", now=NOW)
        unit.commit()
        return lead.id


@pytest.fixture
def poorer(tmp_path: Path) -> Path:
    """A clinic group is worth next to nothing."""
    file = tmp_path / "new.yml"
    file.write_text(version("7.1", (CLINICS, "clinic_group: 1")), encoding="utf-8")
    return file


def simulated(*words: str | Path) -> dict[str, Any]:
    result = run("simulate", *words, *DAY, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_without_leads_it_says_so_and_makes_no_database(poorer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    result = run("simulate", poorer)
    assert result.exit_code == 0 and "There are no stored leads of the playbook default yet" in result.output
    assert not (tmp_path / "none.db").exists()


def test_totals_table_and_reasons_are_told_without_names(application: Application, poorer: Path) -> None:
    clinic = store(application, CLINIC)
    store(application, {"org_type": "hospital", "use_case": "patient_intake"})
    result = run("simulate", poorer, *DAY)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0].startswith("default 7.1 (") and lines[0].endswith("as of 2026-11-24.")
    assert lines[1] == "Of 2 leads 1 would change route: 1 direct_sales -> nurture."
    assert "Of 2 leads 1 would change stage: 1 mql -> inquiry." in lines and "Of 2 leads 1 would change a band." in lines
    assert lines[lines.index("Route") + 1].split() == ["1", "direct_sales", "->", "nurture"]
    assert f"  {clinic}  fit " in result.output
    assert f"+1 instead of +{CLINIC_POINTS}: organization type is multi-site clinic group. (fit.org_type, new.yml:" in result.output
    assert "Ana" not in result.output and "cedar" not in result.output


def test_nothing_is_written(application: Application, poorer: Path) -> None:
    store(application, CLINIC)

    def everything() -> list[Any]:
        with application.engine.connect() as connection:
            names = [row[0] for row in connection.exec_driver_sql("select name from sqlite_master where type = 'table'")]
            return [connection.exec_driver_sql(f"select * from {name}").all() for name in names]

    before = everything()
    run("simulate", poorer)
    assert everything() == before


def test_what_a_person_decided_stays(application: Application, poorer: Path) -> None:
    store(application, CLINIC, "accept")
    store(application, CLINIC, "reject")
    found = simulated(poorer)
    assert found["leads"] == 2 and found["kept_by_people"] == 2
    assert found["changes"]["route"] == found["changes"]["stage"] == [] and found["changes"]["fit"][0]["leads"] == 2


def test_a_question_can_be_dropped_to_see_what_its_answers_were_good_for(application: Application) -> None:
    lead_id = store(application, CLINIC)
    found = simulated("--without", "timeline")
    assert found["without"] == ["timeline"] and found["old"] == found["new"]
    assert found["changes"]["stage"] == [{"old": "mql", "new": "inquiry", "leads": 1}]
    (shown,) = found["shown"]
    assert shown["id"] == lead_id and any("timing" in sentence for sentence in shown["why"])
    assert simulated("--without", "region")["changed"] == 0


def test_leads_of_other_versions_are_scored_anew_and_counted(application: Application, poorer: Path) -> None:
    store(application, CLINIC)
    assert simulated(poorer)["scored_by_other_versions"] == 0
    found = simulated(poorer, "--against", poorer)
    assert found["scored_by_other_versions"] == 1 and found["changed"] == 0
    assert "1 were last scored by another version" in run("simulate", poorer, "--against", poorer).output


def test_leads_of_another_playbook_are_left_out(application: Application, poorer: Path) -> None:
    lead_id = store(application, CLINIC)
    with application.unit() as unit:
        found = unit.leads.get(lead_id)
        assert found is not None
        found.playbook = {**found.playbook, "name": "another"}
        unit.commit()
    assert simulated(poorer)["leads"] == 0


def test_only_so_many_leads_are_shown(application: Application, poorer: Path) -> None:
    for _ in range(3):
        store(application, CLINIC)
    assert len(simulated(poorer, "--show", "2")["shown"]) == 2 and simulated(poorer, "--show", "0")["shown"] == []
    assert "Leads (2 of 3 that change)" in run("simulate", poorer, "--show", "2", *DAY).output


@pytest.mark.parametrize(("words", "said"), [((), "Nothing to compare"), (("--without", "budget"), "Did you mean 'budget_status'?"), (("gone.yml",), "")])
def test_a_simulation_that_is_used_wrongly_ends_with_2(application: Application, words: tuple[str, ...], said: str) -> None:
    result = run("simulate", *words)
    assert result.exit_code == 2 and said in result.output


def test_dropping_a_question_of_a_new_playbook_shows_only_what_the_question_does(application: Application, poorer: Path) -> None:
    store(application, CLINIC)
    found = simulated(poorer, "--without", "region")
    assert found["old"] == found["new"] and found["new"]["version"] == "7.1"
    assert found["changed"] == 0, "what the new points change is no effect of the question"


def test_a_playbook_is_compared_with_a_published_version(application: Application, poorer: Path) -> None:
    store(application, CLINIC)
    assert run("publish", poorer, "--no-scenarios", "--author", "Ana", "--note", "clinics count less").exit_code == 0
    poorer.unlink()
    found = simulated("7.1", "--against", VERSION)
    assert (found["old"]["version"], found["new"]["version"]) == (VERSION, "7.1") and found["changed"] == 1
    result = run("simulate", "--against", "8", "--without", "region")
    assert result.exit_code == 1 and "There is no stored version or digest '8'" in result.output


def test_a_lead_that_only_changes_its_queue_is_counted_and_shown(application: Application, tmp_path: Path) -> None:
    lead_id = store(application, CLINIC)
    before = simulated("--without", "region")
    assert before["changes"]["queue"] == []
    file = tmp_path / "new.yml"
    file.write_text(version("7.1", (DIRECT_SALES, "      {queue: partners}]}")), encoding="utf-8")
    result = run("simulate", file, *DAY)
    assert "Of 1 lead 0 would change route." in result.output and "Of 1 lead 1 would change queue: 1 sales -> partners." in result.output
    assert f"  {lead_id}  queue sales -> partners\n    Queue partners instead of sales, on the same route. (route." in result.output
    store(application, CLINIC, "accept")
    assert simulated(file)["changes"]["queue"] == [{"old": "sales", "new": "partners", "leads": 1}], "what sales has taken stays"


@pytest.mark.parametrize("command", [("simulate", "--without", "region"), ("explain", "a1b2c3")])
def test_a_day_that_is_none_is_answered_with_an_example(application: Application, command: tuple[str, ...]) -> None:
    result = run(*command, "--on", "2027-13-01")
    said = " ".join(result.output.replace("│", " ").split())
    assert result.exit_code == 2 and "expected a day, found '2027-13-01'. Write e.g. 2027-03-01" in said
