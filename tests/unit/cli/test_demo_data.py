"""`leadtriage demo-data`: made once, refused beside real leads unless asked, and taken out again."""

import json

from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from cli.main import app
from leads.intake import add_lead
from store import tables
from store.database import migrate
from store.demo_rows import counts
from tests.unit.cli.test_playbook_commands import application
from wiring.build import Application

__all__ = ["application"]
FEW = ("demo-data", "--leads", "25")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=False)


def add_real_lead(application: Application) -> None:
    migrate(application.engine)
    with application.unit() as unit:
        add_lead(unit, source="form", contact={}, facts={}, reading=None, signals=[], playbook=application.playbooks.choose(), now=application.now())
        unit.commit()


def test_a_demo_is_made_marked_counted_and_taken_out(application: Application) -> None:
    made = json.loads(run(*FEW, "--json").stdout)
    assert made["leads"] == 25 == sum(made["stages"].values()) and made["enquiries"] > 25
    assert counts(application.engine) == (25, 0)
    with application.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.question_outcomes)) > 25
        entries = connection.execute(select(tables.audit.c.by, tables.audit.c.action, tables.audit.c.detail)).all()
        assert entries == [("leadtriage demo-data", "demo_data", "made 25 leads")]
        texts = connection.scalars(select(tables.messages.c.text).where(tables.messages.c.sender == "bot")).all()
        assert all(texts) and not any("utter_" in text or "{" in text for text in texts)
    again = run(*FEW)
    assert again.exit_code == 1 and "There are 25 demo leads already." in again.stderr
    assert json.loads(run("demo-data", "--remove", "--json").stdout)["removed_leads"] == 25
    assert counts(application.engine) == (0, 0) and run("demo-data", "--remove").stdout == "There is no demo data.\n"


def test_a_database_with_real_leads_is_refused_unless_asked_and_removal_leaves_them(application: Application) -> None:
    add_real_lead(application)
    refused = run(*FEW)
    assert refused.exit_code == 1 and "There are 1 leads in this database that are no demo" in refused.stderr
    assert run(*FEW, "--beside-real-leads").exit_code == 0 and counts(application.engine) == (25, 1)
    assert run("demo-data", "--remove").exit_code == 0 and counts(application.engine) == (0, 1)


def test_the_same_seed_makes_the_same_people_and_decisions(application: Application) -> None:
    stages = []
    for _ in range(2):
        stages.append(json.loads(run(*FEW, "--seed", "11", "--json").stdout)["stages"])
        with application.engine.connect() as connection:
            stages.append(connection.scalars(select(tables.leads.c.search_text).order_by(tables.leads.c.search_text)).all())
        run("demo-data", "--remove")
    assert stages[1] == stages[3] and stages[0] == stages[2]
