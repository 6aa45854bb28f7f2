"""The reports of the console: who may see them, what they say with and without data, and their CSV."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from leads.demo_data.make import make
from leads.reports.figures import Share
from leads.rights import RIGHTS, ROLES
from store.demo_rows import put_in
from store.question_counts import count_questions
from tests.unit.web.conftest import Office
from tests.unit.web.test_console import as_role
from web.console_reports import REPORTS
from web.report_charts import WIDTH, bars, lines
from web.report_tables import Span, Table

PAGES = [f"/console/reports/{name}" for name in REPORTS]


def get(office: Office, path: str, status: int = 200) -> Response:
    answer: Response = office.client.get(path)
    assert answer.status_code == status, answer.text
    return answer


@pytest.fixture
def manager(office: Office) -> Office:
    as_role(office, "manager")
    return office


@pytest.fixture
def busy(manager: Office) -> Office:
    """A manager's office with a small demo."""
    application = manager.application
    for records, _ in make(application.script, {}, leads=120, seed=5, now=manager.clock[0]):
        put_in(application.engine, records)
    count_questions(application.engine, quiet_before=manager.clock[0] - timedelta(minutes=30), now=manager.clock[0])
    return manager


@pytest.mark.parametrize("role", ROLES)
def test_managers_operations_and_administrators_see_reports_and_a_link_to_them_and_nobody_else(office: Office, role: str) -> None:
    as_role(office, role)
    allowed = role in RIGHTS["see_reports"][1]
    assert allowed == (role in ("manager", "ops", "admin"))
    for path in [*PAGES, "/console/reports", "/console/reports/funnel.csv?table=stages"]:
        get(office, path, status=(404 if ".csv" in path else 200) if allowed else 403)
    assert ('href="/console/reports"' in get(office, "/console").text) == allowed


@pytest.mark.parametrize("path", [PAGES[1], "/console/reports/funnel.csv?table=stages"])
def test_without_a_session_a_report_leads_to_the_sign_in(office: Office, path: str) -> None:
    office.client.follow_redirects = False
    assert "/console/sign-in" in get(office, path, 303).headers["location"]


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_database_has_not_enough_data_yet_and_no_charts(manager: Office, path: str) -> None:
    page = get(manager, path).text
    assert "Not enough data yet." in page and 'role="img"' not in page and "invented leads" not in page


@pytest.mark.parametrize("name", REPORTS)
def test_each_chart_has_a_title_a_description_and_a_table_beside_it(busy: Office, name: str) -> None:
    page = get(busy, f"/console/reports/{name}").text
    charts = page.count('role="img"')
    assert charts and page.count("<title id=") == page.count("<desc id=") == charts and page.count("<table") >= charts
    assert "style=" not in page and "<script" not in page
    assert "These figures hold 120 invented leads" in page


def test_the_csv_of_a_table_has_its_figures_apart_and_the_days_in_its_name(busy: Office) -> None:
    answer = get(busy, "/console/reports/funnel.csv?table=stages&range=half")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    today = busy.clock[0].date()
    assert answer.headers["content-disposition"] == f'attachment; filename="funnel-stages_{today - timedelta(days=181)}_{today}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["Stage"] for row in rows] == ["Inquiries", "MQL", "SAL", "SQL", "Opportunities", "Won"]
    leads = int(rows[0]["Leads"])
    assert 100 < leads <= 120 and rows[1]["Of the stage before, of"] == str(leads) and rows[1]["Of the stage before"] == rows[1]["Leads"]


@pytest.mark.parametrize("name", REPORTS)
def test_every_table_of_a_page_can_be_had_as_csv(busy: Office, name: str) -> None:
    links = [part.split('"')[0].replace("&amp;", "&") for part in get(busy, f"/console/reports/{name}").text.split('class="csv" href="')[1:]]
    assert links
    for link in links:
        assert len(list(csv.reader(io.StringIO(get(busy, link).text)))) > 1, link


def test_no_cell_of_a_csv_is_a_formula_and_times_are_minutes() -> None:
    rows: list[Any] = [('=cmd|"/c calc"!A1', Share(1, 4), Span(90, "1 h 30 min")), ("@sum", None, Span(None, "–")), ("-5", Share(0, 0), Span(3, "3 min")), ("plain, quoted", None, None)]
    assert Table("t", "T", ("Name", "Kept", "Median"), rows).as_csv() == (
        'Name,Kept,"Kept, of","Kept, percent","Median, minutes"\r\n'
        "\"'=cmd|\"\"/c calc\"\"!A1\",1,4,25,90\r\n'@sum,,,,\r\n'-5,0,0,,3\r\n\"plain, quoted\",,,,\r\n"
    )


def test_a_campaign_named_like_a_formula_or_like_markup_does_no_harm(busy: Office) -> None:
    application = busy.application
    with application.unit() as unit:
        for conversation in unit.conversations.quiet_since(busy.clock[0] + timedelta(days=1)):
            unit.messages.erase(conversation.id)
        talk = unit.conversations.get(_some_talk(busy))
        assert talk is not None
        talk.utm = {"utm_campaign": "=<script>alert(1)</script>"}
        unit.commit()
    assert "&lt;script&gt;alert(1)" in get(busy, "/console/reports/funnel").text
    assert "'=<script>" in get(busy, "/console/reports/funnel.csv?table=by_campaign").text


def _some_talk(office: Office) -> str:
    with office.application.unit(read_only=True) as unit:
        return next(lead.conversation_id for lead in unit.leads.search(stage=None, route=None, owner=None, text=None, conversation=None, after=None, limit=50)[0] if lead.conversation_id)


@pytest.mark.parametrize(("query", "sentence"), [
    ("range=century", "there is none called “century”"), ("from=2026-11-20&to=2026-11-01", "Please swap them."),
    ("from=yesterday&to=2026-11-01", "expected a day like 2026-06-01, found “yesterday”"),
])  # fmt: skip
def test_days_that_make_no_sense_are_told_on_the_page_with_what_was_typed(busy: Office, query: str, sentence: str) -> None:
    page = get(busy, f"/console/reports/funnel?{query}", 422).text
    assert sentence in page and 'role="alert"' in page and "From inquiry to won" not in page
    assert get(busy, f"/console/reports/funnel.csv?table=stages&{query}", 422).headers["content-type"].startswith("text/html")
    if "yesterday" in query:
        assert 'value="yesterday"' in page


def test_chosen_days_filters_and_the_other_reports_keep_to_each_other(busy: Office) -> None:
    page = get(busy, "/console/reports/questions?from=2026-10-01&to=2026-11-20&campaign=referral-guide").text
    assert "1 October 2026 to 20 November 2026" in page and '<option value="referral-guide" selected>' in page
    assert 'href="/console/reports/scores?range=custom&amp;from=2026-10-01&amp;to=2026-11-20"' in page
    assert "campaign=referral-guide" in page.split('class="csv" href="')[1].split('"')[0]
    assert "0 chats that ended" in get(busy, "/console/reports/questions?campaign=no-such").text


def test_a_report_or_table_that_does_not_exist_is_said_to_be_missing(manager: Office) -> None:
    for path in ("/console/reports/weather", "/console/reports/weather.csv", "/console/reports/funnel.csv?table=nothing"):
        assert "There is no such report or table." in get(manager, path, 404).text


def test_the_drop_off_says_as_of_when_and_that_open_chats_are_left_out(busy: Office) -> None:
    page = get(busy, "/console/reports/questions").text
    assert "as of 24 Nov 2026" in page or "as of " in page
    assert "Calls of reps are not in here." in page and "not counted: still going on, or ended just now" in page


def test_demo_leads_carry_a_badge_in_the_inbox_and_on_their_page(busy: Office) -> None:
    page = get(busy, "/console?view=all").text
    assert '<span class="tag demo">Demo</span>' in page
    lead_id = page.split('href="/console/leads/')[1].split('"')[0]
    assert '<span class="tag demo">Demo</span>' in get(busy, f"/console/leads/{lead_id}").text


def test_bars_stay_in_their_chart_and_a_line_needs_two_months() -> None:
    chart = bars("T", "D", [("a very long name of a campaign indeed", [("one", 3), ("two", 1)], "4"), ("b", [("one", 4)], "4")], most=4, whiskers=[(1, 4), None])
    assert chart is not None and chart.bars[0].label.endswith("…")
    assert all(part.x + part.width <= WIDTH for bar in chart.bars for part in bar.parts) and chart.bars[0].text_x < WIDTH - 40
    assert bars("T", "D", [], most=3) is None and lines("T", "D", ["Nov"], [("one", "A", [3])]) is None
    drawn = lines("T", "D", ["Oct", "Nov"], [("one", "A", [3, 9]), ("two", "B", [0, 9])])
    assert drawn is not None and drawn.ticks[0][1] == "0" and abs(drawn.lines[0].name_y - drawn.lines[1].name_y) >= 15


