"""The reports of the console, as pages and as CSV."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from leads.reports.period import PRESETS, Period, chosen, preset
from store.report_queries import ReportQueries
from web.console import person, refused, signed_in
from web.console_reports import REPORTS, make
from web.console_reports.parts import Asked, Report
from web.console_reports.questions import FILTERS
from web.templating import page
from wiring.build import Application

router = APIRouter(prefix="/console/reports", include_in_schema=False)
LONGEST_FILTER = 300


@router.get("", response_class=HTMLResponse)
def first(request: Request) -> Response:
    """The funnel."""
    return _page(request, "funnel")


@router.get("/{name}.csv")
def table(request: Request, name: str, table: str = "") -> Response:
    """One table of a report as CSV."""
    person(request, "see_reports")
    if name not in REPORTS:
        return _missing(request)
    try:
        period = _period(request)
    except ValueError as mistake:
        return _page(request, name, mistake=str(mistake))
    found = _report(request, name, period).table(table)
    if found is None:
        return _missing(request)
    return Response(
        found.as_csv(),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{table}_{period.file_part}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@router.get("/{name}", response_class=HTMLResponse)
def report(request: Request, name: str) -> Response:
    """A report."""
    return _page(request, name)


def _page(request: Request, name: str, *, mistake: str = "") -> Response:
    person(request, "see_reports")
    if name not in REPORTS:
        return _missing(request)
    asked = request.query_params
    period: Period | None = None
    if not mistake:
        try:
            period = _period(request)
        except ValueError as error:
            mistake = str(error)
    shown = period or preset("half", today=_today(request), zone=_zone(request))
    only = _only(request) if name == "questions" else {}
    kept = (
        {"range": "custom", "from": shown.first.isoformat(), "to": shown.last.isoformat()}
        if shown.preset == "custom"
        else {"range": shown.preset}
    )
    return page(
        request,
        "console/report.html",
        status=422 if mistake else 200,
        private=True,
        key=name,
        reports=REPORTS,
        presets=PRESETS,
        period=period,
        shown=shown,
        mistake=mistake,
        typed={"from": asked.get("from", ""), "to": asked.get("to", "")} if mistake else None,
        report=_report(request, name, period) if period else None,
        filters=FILTERS,
        only=only,
        query=urlencode(kept),
        table_query=urlencode(kept | only),
        kept=_queries(request).kept(),
        **signed_in(request),
    )


def _report(request: Request, name: str, period: Period) -> Report:
    app: Application = request.app.state.application
    only = _only(request) if name == "questions" else {}
    return make(name, Asked(_queries(request), period, app.playbooks.choose(), app.now(), only))


def _only(request: Request) -> dict[str, str]:
    return {name: value[:LONGEST_FILTER] for name in FILTERS if (value := request.query_params.get(name, ""))}


def _period(request: Request) -> Period:
    return chosen(dict(request.query_params), today=_today(request), zone=_zone(request))


def _zone(request: Request) -> str:
    app: Application = request.app.state.application
    return app.playbooks.choose().business_hours.time_zone


def _today(request: Request) -> date:
    app: Application = request.app.state.application
    return app.now().astimezone(ZoneInfo(_zone(request))).date()


def _queries(request: Request) -> ReportQueries:
    return ReportQueries(request.app.state.application.engine)


def _missing(request: Request) -> Response:
    return refused(
        request, f"There is no such report or table. The reports are {', '.join(name.lower() for name in REPORTS.values())}.", status=404
    )
