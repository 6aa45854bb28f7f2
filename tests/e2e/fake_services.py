"""An invented pipeline in memory behind the console's interface, for looking at pages and for tests of them."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from tests.e2e.fake_chat_api import FakeChat, add_host_page, chat_router
from web import console, pages
from web.templating import STATIC_DIR, WIDGET_DIR

EMAIL, PASSWORD = "rep@meridian.example", "correct horse"


class Refused(ValueError):
    """What the use cases raise where a decision is not allowed."""


def make_lead(number: int = 1, **changes: Any) -> dict[str, Any]:
    """One lead in the shape of the contract: a clinic group with a dated project, fully scored."""
    created = datetime(2026, 11, 24, 9, 30, tzinfo=UTC) - timedelta(hours=5 * number)
    at = created.isoformat().replace("+00:00", "Z")

    def fact(value: Any, quote: str, confidence: float = 0.96, *, confirmed: bool = False) -> dict[str, Any]:
        return {
            "value": value,
            "quote": quote,
            "confidence": confidence,
            "confirmed": confirmed,
            "channel": "website",
            "at": at,
        }

    def part(rule: str, points: int, fact_name: str, value: Any, quote: str | None, line: int) -> dict[str, Any]:
        return {
            "rule": rule,
            "points": points,
            "fact": fact_name,
            "value": value,
            "quote": quote,
            "source": f"default.yml:{line}",
        }

    quotes = {
        "org_type": "we run outpatient clinics around Tucson",
        "use_case": "one in seven booked visits just doesn't happen",
        "timeline": "before the spring season starts",
    }
    fit = [
        part("fit.org_type", 38, "org_type", "clinic_group", quotes["org_type"], 42),
        part("fit.org_size", 20, "org_size", {"sites": 14}, "14 locations", 61),
        part("fit.use_case", 24, "use_case", "scheduling_reminders", quotes["use_case"], 77),
    ]
    intent = [
        part("intent.need", 34, "use_case", "scheduling_reminders", quotes["use_case"], 103),
        part("intent.cap", -2, "", None, None, 131),
    ]
    readiness = [part("readiness.timeline", 30, "timeline", "half_year", quotes["timeline"], 150)]

    def score(parts: list[dict[str, Any]], band: str, coverage: float, highest: int) -> dict[str, Any]:
        points = sum(p["points"] for p in parts)
        return {
            "points": points,
            "band": band,
            "coverage": coverage,
            "lowest": points,
            "highest": highest,
            "contributions": parts,
        }

    lead = {
        "id": f"lead-{number}",
        "source": "chat",
        "status": "handed_off",
        "created_at": at,
        "contact": {
            "name": "Priya Raman", "email": "priya@cactusclinics.example", "phone": "+1 520 555 0142", "company": "Cactus Valley Clinics",
            "title": "Director of Patient Access", "consent": True,
        },
        "account": {"name": "Cactus Valley Clinics", "domain": "cactusclinics.example", "org_type": "clinic_group", "region": "AZ"},
        "facts": {
            "org_type": fact("clinic_group", quotes["org_type"], confirmed=True),
            "org_size": fact({"sites": 14, "providers": 90}, "14 locations, about 90 providers"),
            "use_case": fact(["scheduling_reminders"], quotes["use_case"]),
            "budget_amount": fact({"min": 60000, "max": 90000}, "somewhere between sixty and ninety thousand a year", 0.55),
            "timeline": fact("half_year", quotes["timeline"]),
            "integrations": fact(["athenahealth"], "everything lives in Athena"),
            "stakeholders": fact(["it", "finance"], "our IT lead and the CFO will want a say"),
        },
        "not_known": {"contract_end": "dont_know", "buying_role": "refused"},
        "scores": {"fit": score(fit, "high", 0.85, 96), "intent": score(intent, "medium", 0.5, 78), "readiness": score(readiness, "low", 0.4, 81)},
        "flags": [{"id": "security_review", "reason": "A security review is likely and nobody has started it.", "quote": "IT hasn't looked at it yet"}],
        "stage": {
            "name": "mql",
            "since": at,
            "history": [
                {"from": None, "to": "inquiry", "at": at, "rule": "stage.start", "by": "system"},
                {"from": "inquiry", "to": "mql", "at": at, "rule": "stage.mql.core_segment_with_need", "by": "system"},
            ],
        },
        "route": {
            "name": "direct_sales", "queue": "clinics", "owner": "dana@meridian.example",
            "respond_by": (datetime.now(UTC) + timedelta(hours=3 * (2 - number))).isoformat(),
            "why": ["Clinic groups are the core segment.", "There is a described problem and a date."],
            "why_not": {"account_based": ["Fewer than 25 sites."], "nurture": ["There is a project with a date."]},
        },
        "missing": ["buying_role", "it_review", "contract_end"],
        "next_step": "Call Priya, and ask who signs and whether IT has started its review.",
        "playbook": {"name": "default", "version": "3", "digest": "4be1c07d9a2f6e55"},
        "transcript": [
            {"from": "bot", "text": "What would you like to make better first?", "at": at},
            {"from": "visitor", "text": "We run outpatient clinics around Tucson and one in seven booked visits just doesn't happen.", "at": at},
            {"from": "bot", "text": "That hurts. Roughly how many locations is that?", "at": at},
            {"from": "visitor", "text": "14 locations, about 90 providers", "at": at},
        ],
    }  # fmt: skip
    return lead | changes


def sparse_lead(number: int = 9) -> dict[str, Any]:
    """A lead that said next to nothing: every part of the page must cope with what is not there."""
    return {
        "id": f"lead-{number}", "source": "form", "status": "open", "created_at": "2026-11-24T07:05:00Z", "contact": {}, "account": {},
        "facts": {}, "not_known": {}, "scores": {}, "flags": [], "stage": {"name": "inquiry", "since": None, "history": []},
        "route": {"name": None, "queue": None, "owner": None, "respond_by": None, "why": [], "why_not": {}}, "missing": [],
        "next_step": None, "playbook": None, "transcript": [],
    }  # fmt: skip


class FakeServices:
    """Keeps leads in a dict, knows one person, and remembers what it was asked to do."""

    def __init__(self, *leads: dict[str, Any], page_size: int = 50) -> None:
        self.leads = {lead["id"]: lead for lead in leads}
        self.page_size = page_size
        self.sessions: dict[str, dict[str, Any]] = {}
        self.decisions: list[tuple[Any, ...]] = []
        self.forms: list[dict[str, Any]] = []
        self.locked = False

    def sign_in(self, email: str, password: str) -> str | None:
        if self.locked:
            raise Refused("Too many tries. Please wait ten minutes.")
        if (email, password) != (EMAIL, PASSWORD):
            return None
        token = f"session-{len(self.sessions)}-of-a-test"
        self.sessions[token] = {"email": EMAIL, "role": "sales", "name": "Dana Ortiz"}
        return token

    def user_for(self, token: str) -> dict[str, Any] | None:
        return self.sessions.get(token)

    def sign_out(self, token: str) -> None:
        self.sessions.pop(token, None)

    def list_leads(
        self,
        stage: str | None = None,
        route: str | None = None,
        owner: str | None = None,
        q: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> dict[str, Any]:
        if cursor and not cursor.isdecimal():
            raise Refused("This page of the list no longer exists. Please start at the newest leads.")
        found = [
            lead
            for lead in self.leads.values()
            if stage in (None, lead["stage"]["name"])
            and route in (None, lead["route"]["name"])
            and owner in (None, lead["route"]["owner"])
            and (q is None or q.lower() in str(lead["contact"]).lower())
        ]
        start, size = int(cursor or 0), min(limit, self.page_size)
        return {"items": found[start : start + size], "next": str(start + size) if start + size < len(found) else None}

    def lead(self, lead_id: str, /) -> dict[str, Any] | None:
        return self.leads.get(lead_id)

    def accept(self, lead_id: str, /, by: str) -> dict[str, Any]:
        return self._move(lead_id, "sal", ("accept", lead_id, by))

    def reject(self, lead_id: str, /, by: str, reason: str, note: str | None) -> dict[str, Any]:
        return self._move(lead_id, "nurture", ("reject", lead_id, by, reason, note))

    def contact_form(self, fields: dict[str, Any]) -> None:
        self.forms.append(fields)

    def _move(self, lead_id: str, stage: str, decision: tuple[Any, ...]) -> dict[str, Any]:
        lead = self.leads[lead_id]
        if lead["stage"]["name"] == "won":
            raise Refused("This lead is won; it can't be decided again.")
        self.decisions.append(decision)
        lead["stage"] = lead["stage"] | {"name": stage}
        return lead


def make_app(
    services: FakeServices, chat: FakeChat | None = None, *, base_url: str = "http://127.0.0.1:8000", demo: bool = True
) -> FastAPI:
    """The real pages, console and widget over fake services and a fake chat."""
    app = FastAPI()
    app.state.services = services
    app.state.limits = SimpleNamespace(conversation=lambda request: None, sign_in=lambda request, email: None)
    app.state.settings = SimpleNamespace(demo=demo, base_url=base_url)
    app.include_router(pages.router)
    app.include_router(console.router)
    app.include_router(chat_router(chat or FakeChat()))
    add_host_page(app)
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    app.mount("/widget", StaticFiles(directory=WIDGET_DIR))
    return app


def some_leads() -> list[dict[str, Any]]:
    """A list with every look: overdue, accepted, nurture, partner, nameless."""
    second = make_lead(2)
    hospital = make_lead(
        3,
        contact={"name": "Tom Albrecht", "email": "tom@northlake.example"},
        account={"name": "Northlake Regional Hospital"},
        flags=[],
    )
    hospital["stage"] = hospital["stage"] | {"name": "sal"}
    plan = make_lead(
        4,
        contact={"email": "r.osei@prairieplan.example"},
        account={"name": "Prairie Health Plan"},
        status="completed",
        source="event",
    )
    plan["stage"], plan["route"] = (
        plan["stage"] | {"name": "nurture"},
        plan["route"] | {"name": "nurture", "owner": None, "queue": "payer_nurture"},
    )
    return [make_lead(1), second, hospital, plan, sparse_lead(5)]


def main() -> None:
    """Serve it all on 127.0.0.1:8099 to look at: python -m tests.e2e.fake_services"""
    import uvicorn

    uvicorn.run(make_app(FakeServices(*some_leads())), host="127.0.0.1", port=8099)


if __name__ == "__main__":
    main()
