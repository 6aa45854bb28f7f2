"""Accounts, the customer organisations: a list, and a page for each with its people, who decides there, and what they said."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads.accounts import Account, account, listing
from leads.conversations import NotFound
from leads.owners import who_can_own
from web.console import person, refused, signed_in
from web.templating import page
from wiring.build import Application

router = APIRouter(prefix="/console/accounts", include_in_schema=False)
MOST_SEARCHED = 200


@router.get("", response_class=HTMLResponse)
def accounts(request: Request, q: str = "", after: str = "") -> Response:
    """A page of accounts, the one that moved last first."""
    person(request, "see_leads")
    app: Application = request.app.state.application
    text = q.strip()[:MOST_SEARCHED]
    with app.unit(read_only=True) as unit:
        try:
            found, cursor = listing(unit, text=text, after=after or None)
        except ValueError:  # an address that was cut off begins at the first page
            found, cursor = listing(unit, text=text)
            after = ""
    kept = {"q": text} if text else {}
    later = "/console/accounts?" + urlencode(kept | {"after": cursor}) if cursor else ""
    first = "/console/accounts?" + urlencode(kept) if after else ""
    return page(request, "console/accounts.html", private=True, accounts=found, q=text, later=later, first=first, **signed_in(request))


@router.get("/{domain}", response_class=HTMLResponse)
def one_account(request: Request, domain: str) -> Response:
    """The page of an account; the name of a mail host leads to the organisation it belongs to."""
    person(request, "see_leads")
    try:
        found, context = _look(request.app.state.application, domain[:255])
    except NotFound:
        return refused(request, "Nobody we know has written from there, or it is an address that anybody can have.", status=404)
    if found.domain != domain:
        return RedirectResponse(f"/console/accounts/{found.domain}", 303)
    return page(request, "console/account_of_leads.html", private=True, account=found, **context, **signed_in(request))


def _look(app: Application, domain: str) -> tuple[Account, dict[str, Any]]:
    with app.unit(read_only=True) as unit:
        found = account(unit, domain)
        return found, {"people": who_can_own(unit, app.playbooks.current())}
