"""How facts, stages, routes and times read on a page."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

STAGES = {
    "inquiry": "Inquiry",
    "mql": "MQL",
    "sal": "SAL",
    "sql": "SQL",
    "opportunity": "Opportunity",
    "won": "Won",
    "lost": "Lost",
    "nurture": "Nurture",
    "disqualified": "Disqualified",
}
ROUTES = {
    "direct_sales": "Direct sales",
    "account_based": "Account-based",
    "partner_review": "Partner review",
    "nurture": "Nurture",
    "disqualified": "Disqualified",
}
REJECTION_REASONS = {
    "no_project": "No project",
    "poor_segment": "Poor segment",
    "wrong_contact": "Wrong contact",
    "no_budget_path": "No budget path",
    "other": "Other (say why)",
}

ROLE_WORDS = {
    "rep": "Rep: calls prospects and corrects what is known of them",
    "sales": "Sales: answers leads and tells what became of them",
    "manager": "Manager: all that sales may, and gives leads to others",
    "ops": "Operations: sees leads and figures, decides nothing",
    "admin": "Administrator: everything, and people, keys and the audit trail",
}

BANDS = {"high": "High", "medium": "Medium", "low": "Low"}

# A fact read with less confidence than this (0-1) is marked on the lead page; nothing is decided by it.
DOUBTFUL_BELOW = 0.7

# Names that are not simply the key with spaces.
_NAMES = {
    "org_type": "Organization type",
    "org_size": "Size",
    "handles_phi": "Handles PHI",
    "it_review": "IT review",
    "patient_communication": "Messages patients",
    "comparing": "Comparing options",
    "contract_end": "Current contract ends",
    "timeline_date": "Target date",
    "gpo": "GPO",
    "rfp": "RFP",
    "it": "IT",
    "baa": "BAA",
    "soc2": "SOC 2",
    "hitrust": "HITRUST",
    "sso": "SSO",
    "pen_test": "Penetration test",
    "on_prem": "On-premises",
    "oracle_health": "Oracle Health",
    "nextgen": "NextGen",
    "eclinicalworks": "eClinicalWorks",
    "payer": "Health plan",
    "employer_group": "Employer group",
    "scheduling_reminders": "Scheduling and reminders",
    "now": "Within 30 days",
    "this_quarter": "Within 3 months",
    "half_year": "Within 6 months",
    "year": "Within a year",
    "later": "Later than a year",
    **STAGES,
    **ROUTES,
}
_SHORT_FORMS = {"it": "IT", "phi": "PHI", "baa": "BAA"}
_NAMES_BY_FACT = {"timeline": {"none": "No project"}, "budget_status": {"none": "No budget"}}


def name(key: str | None) -> str:
    """A key of the contract as words: `handed_off` → `Handed off`. Nothing reads as a dash.

    >>> name("handed_off"), name("soc2"), name("it_review_not_mapped"), name(None)
    ('Handed off', 'SOC 2', 'IT review not mapped', '–')
    """
    if not key:
        return "–"
    words = " ".join(_SHORT_FORMS.get(word, word) for word in re.split("[_-]", key))
    return _NAMES.get(key) or words[0].upper() + words[1:]


def fact_value(fact: str, value: Any) -> str:
    """A fact's value as words, by the shapes of the contract; an unknown shape is shown as it is.

    >>> fact_value("org_size", {"sites": 12, "beds": 1300})
    '12 sites, 1,300 beds'
    >>> fact_value("budget_amount", {"min": 40000, "max": None}), fact_value("stakeholders", [])
    ('from $40,000 a year', 'none')
    """
    if isinstance(value, Mapping) and fact == "budget_amount":
        return _budget(value.get("min"), value.get("max"))
    if isinstance(value, Mapping):
        return _join(f"{_number(n)} {unit}" for unit, n in value.items() if n is not None)
    if isinstance(value, list | tuple):
        return _join(fact_value(fact, item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return _NAMES_BY_FACT.get(fact, {}).get(value) or _words(value)
    return "–" if value is None else str(value)


def moment(at: str | datetime | None) -> str:
    """A point in time, to the minute and in UTC: `24 Nov 2026, 14:05 UTC`. What is no time is shown as it is.

    >>> moment("2026-11-24T14:05:00Z"), moment(None)
    ('24 Nov 2026, 14:05 UTC', '–')
    """
    when = as_time(at)
    return f"{when.day} {when:%b %Y, %H:%M} UTC" if when else str(at or "–")


def short_moment(at: str | datetime | None) -> str:
    """The same without the year: `24 Nov, 14:05 UTC`. It stands beside clocks in the business's own time, so it names its zone."""
    when = as_time(at)
    return f"{when.day} {when:%b, %H:%M} UTC" if when else str(at or "–")


def due(respond_by: str | datetime | None, *, now: datetime) -> str:
    """How long is left until `respond_by`, or how long it is overdue, in one unit.

    >>> due("2026-11-24T15:30:00Z", now=datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    'in 90 min'
    """
    when = as_time(respond_by)
    if when is None:
        return "–"
    left = when - now
    if abs(left) < timedelta(minutes=1):
        return "due now"
    return f"in {_span(left)}" if left >= timedelta(0) else f"{_span(-left)} overdue"


def as_time(at: str | datetime | None) -> datetime | None:
    """An ISO time as an aware UTC datetime (a time without zone is UTC); None for anything else."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return None
    if not isinstance(at, datetime):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def is_doubtful(fact: Mapping[str, Any]) -> bool:
    """Whether a stored fact should be asked about before anyone relies on it: unconfirmed and read with little confidence."""
    confidence = fact.get("confidence")
    return not fact.get("confirmed") and confidence is not None and confidence < DOUBTFUL_BELOW


def waits_for_sales(lead: Mapping[str, Any]) -> bool:
    """Whether the response clock still runs: it stops when a person has accepted, rejected or closed the lead."""
    return (lead.get("stage") or {}).get("name") in ("inquiry", "mql")


def code(sentence: str) -> Markup:
    """A sentence in which names of rules stand in code: `fit.org_type` between backticks.

    >>> code("Look at `fit.org_type` & co.")
    Markup('Look at <code>fit.org_type</code> &amp; co.')
    """
    parts = sentence.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def who(lead: Mapping[str, Any]) -> str:
    """The name a lead goes by on the screen: the person's, else the address, else that nobody named themselves."""
    contact = lead.get("contact") or {}
    return contact.get("name") or contact.get("email") or contact.get("phone") or "Not named yet"


def company(lead: Mapping[str, Any]) -> str:
    """The organization a lead belongs to, or an empty text."""
    return (lead.get("account") or {}).get("name") or (lead.get("contact") or {}).get("company") or ""


def _words(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _NAMES.get(value) or value.replace("_", " ")
    return f"{day.day} {day:%b %Y}"


def _budget(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "–"
    if low is None or high is None:
        return f"from ${_number(low)} a year" if high is None else f"up to ${_number(high)} a year"
    return f"${_number(low)} a year" if low == high else f"${_number(low)}–{_number(high)} a year"


def _number(value: float | None) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _join(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "none"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
