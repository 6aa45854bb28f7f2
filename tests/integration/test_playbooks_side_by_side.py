"""Two playbooks side by side in the web app, chosen by page and campaign, and a new version published while it runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from leads import access
from leads.playbooks_in_use import SEEN_AFTER_SECONDS
from leads.publishing import publish
from privacy.redaction import Redactor
from scoring.playbook import parse_playbook
from store.database import migrate
from tests.integration.databases import postgresql_schema
from tests.playbooks.shipped import CLINIC_POINTS, CLINICS, TEXT, THIS_VERSION, VERSION
from tests.unit.web.conftest import Office, Talk
from tests.unit.web.fake_engine import FakeEngine, parse
from web.app import create_app
from web.services import Services
from wiring.build import Application, build
from wiring.settings import read_settings

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SCHEDULING_PAGE = {"url": "https://meridian.example/scheduling/clinics?utm_source=x"}


def changed(name: str, *replacements: tuple[str, str]) -> str:
    """The default playbook under another name, with some words replaced, each once."""
    text = re.sub(r"^name: default$", f"name: {name}", TEXT, count=1, flags=re.M)
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def scheduling(version: str, points: int = 5) -> str:
    """A playbook of one product: served by its pages and a campaign, with its own first question and other points."""
    serves = 'serves: {since: 2026-11-01, source: tests, pages: ["https://meridian.example/scheduling/*"], campaigns: [spring-scheduling]}\n\nvendor:'
    question = re.search(r"^    org_type:\n      ask: (.*)$", TEXT, re.M)
    assert question is not None
    return changed(
        "scheduling", (THIS_VERSION, f'version: "{version}"'), ("\nvendor:", f"\n{serves}"), (CLINICS, f"clinic_group: {points}"),
        (question.group(0), "    org_type:\n      ask: Whose appointments would these be?"),
    )


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@contextmanager
def opened(url: str, folder: Path, redactor: Redactor) -> Iterator[Office]:
    """The web app over a database and a folder of playbooks."""
    application = build(read_settings({"DEMO": "yes", "DATABASE_URL": url, "PLAYBOOK": str(folder)}, None))
    application.__dict__["redactor"] = redactor
    app = create_app(application)
    engine = FakeEngine(application, None)
    app.state.dialogue, app.state.services = engine, Services(application, engine)  # type: ignore[arg-type]
    migrate(application.engine)
    with application.unit() as unit:
        key = access.add_api_key(unit, name="tests", now=NOW)
        unit.commit()
    application.now = lambda: NOW  # type: ignore[method-assign]
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield Office(application, engine, client, key)
    application.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest, tmp_path: Path, redactor: Redactor) -> Iterator[Office]:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "scheduling.yml").write_text(scheduling("1.0"), encoding="utf-8")
    (folder / "default.yml").write_text(TEXT, encoding="utf-8")
    if request.param == "sqlite":
        with opened(f"sqlite:///{tmp_path}/two.db", folder, redactor) as made:
            yield made
        return
    with postgresql_schema() as url, opened(url, folder, redactor) as made:
        yield made


def publish_scheduling(office: Office, version: str, points: int) -> None:
    """Publish another version, as another process would, and let the seconds pass after which it is seen."""
    application = office.application
    with application.unit() as unit:
        new = parse_playbook(scheduling(version, points), "scheduling.yml")
        publish(unit, new, files=application.playbook_files, by="Ana", note="clinics count more", at=NOW)
        unit.commit()
    application.playbooks._asked_at = application.playbooks._clock() - SEEN_AFTER_SECONDS


def fit(talk: Talk) -> tuple[int, str, str]:
    """The points that a clinic group has for what it is, the line they come from, and the lead's playbook with its version."""
    lead = talk.lead()
    given = {part["rule"]: part for part in lead["scores"]["fit"]["contributions"]}["fit.org_type"]
    return given["points"], given["source"].partition(":")[0], f"{lead['playbook']['name']} {lead['playbook']['version']}"


def told(talk: Talk, office: Office) -> Talk:
    office.engine.means["we are a clinic group"] = parse(org_type="clinic_group")
    talk.say("we are a clinic group")
    return talk


@pytest.mark.parametrize("opening", [{"page": SCHEDULING_PAGE}, {"utm": {"utm_campaign": "Spring-Scheduling"}}, {"utm": {"campaign": "spring-scheduling"}}])
def test_a_page_or_a_campaign_chooses_the_questions_the_points_and_the_lines(office: Office, opening: dict[str, Any]) -> None:
    talk = office.open(**opening)
    assert talk.messages[-1]["text"] == "Whose appointments would these be?"
    assert fit(told(talk, office)) == (5, "scheduling.yml", "scheduling 1.0")


def test_every_other_page_is_served_by_the_default(office: Office) -> None:
    talk = office.open()
    assert talk.messages[-1]["text"] != "Whose appointments would these be?"
    assert fit(told(talk, office)) == (CLINIC_POINTS, "default.yml", f"default {VERSION}")


def test_the_call_script_is_chosen_by_its_page_too(office: Office) -> None:
    opening = {"page": SCHEDULING_PAGE, "consent": True, "channel": "rep"}
    answer = office.client.post("/api/chat/conversations", json=opening, headers=office.staff)
    talk = Talk(office, answer.json())
    assert fit(told(talk, office))[2] == "scheduling 1.0"


def test_what_was_published_serves_new_conversations_and_those_that_have_begun_keep_theirs(office: Office) -> None:
    before = office.open(page=SCHEDULING_PAGE)
    publish_scheduling(office, "1.1", 9)
    after = office.open(page=SCHEDULING_PAGE)
    assert fit(told(before, office)) == (5, "scheduling.yml", "scheduling 1.0")
    assert fit(told(after, office)) == (9, "scheduling.yml", "scheduling 1.1")
    assert {answer["field"] for answer in before.shown()["recap"]} == {answer["field"] for answer in after.shown()["recap"]} != set()


def test_another_process_goes_on_with_the_text_a_conversation_began_with(office: Office) -> None:
    publish_scheduling(office, "1.1", 9)
    talk = office.open(page=SCHEDULING_PAGE)
    publish_scheduling(office, "1.2", 13)
    elsewhere: Application = build(office.application.settings)  # as the actions process, started after the last publication
    with elsewhere.unit(read_only=True) as unit:
        conversation = unit.conversations.get(talk.id)
        assert conversation is not None
        assert elsewhere.playbooks.of(conversation).playbook.version == "1.1"
        assert elsewhere.playbooks.choose(page=SCHEDULING_PAGE["url"]).version == "1.2"
    elsewhere.engine.dispose()


def test_a_lead_from_elsewhere_is_scored_by_its_page_or_by_name_and_stays_with_that_playbook(office: Office) -> None:
    def add(**how: Any) -> dict[str, Any]:
        body = {"source": "import", "contact": {"email": "kim@plan.example"}, "facts": {"org_type": "clinic_group"}, **how}
        answer = office.client.post("/api/leads", json=body, headers=office.staff)
        assert answer.status_code == 201, answer.text
        lead: dict[str, Any] = answer.json()
        return lead

    assert add()["playbook"]["name"] == "default"
    assert add(page=SCHEDULING_PAGE["url"])["playbook"]["name"] == "scheduling"
    assert add(utm={"utm_campaign": "spring-scheduling"})["playbook"]["name"] == "scheduling"
    lead = add(playbook="scheduling")
    publish_scheduling(office, "1.1", 9)
    corrected = office.client.post(f"/api/leads/{lead['id']}/facts", json={"timeline": "now"}, headers=office.staff).json()
    assert (corrected["playbook"]["name"], corrected["playbook"]["version"]) == ("scheduling", "1.1"), "its interview is over"
    signal = office.client.post("/api/signals", json={"lead_id": lead["id"], "kind": "webinar"}, headers=office.staff)
    assert signal.status_code == 202
    found = office.client.get(f"/api/leads/{lead['id']}", headers=office.staff).json()
    assert found["playbook"]["name"] == "scheduling" and found["scores"]["fit"]["contributions"][0]["points"] == 9


def test_facts_are_scored_by_the_playbook_of_a_name(office: Office) -> None:
    facts = {"facts": {"org_type": "clinic_group"}}
    by = {name: office.client.post("/api/score", json=facts | how, headers=office.staff).json() for name, how in
          (("default", {}), ("scheduling", {"playbook": "scheduling"}))}
    assert {name: said["playbook"]["name"] for name, said in by.items()} == {"default": "default", "scheduling": "scheduling"}
    assert by["default"]["scores"]["fit"]["points"] - by["scheduling"]["scores"]["fit"]["points"] == 40
    answer = office.client.post("/api/score", json=facts | {"playbook": "schedulin"}, headers=office.staff)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "playbook: expected one of default, scheduling, found 'schedulin'. Did you mean 'scheduling'?"


def test_the_files_are_kept_at_the_start_so_that_scores_can_be_made_again(office: Office) -> None:
    with office.application.unit(read_only=True) as unit:
        kept = {text.name: (text.published_by, text.file) for text in unit.playbooks.texts()}
    assert kept == {"default": ("file", "default.yml"), "scheduling": ("file", "scheduling.yml")}
