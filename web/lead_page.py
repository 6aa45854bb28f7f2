"""The page of a lead: everything that is known of it, why it scored, and the acts a person may do, as forms that work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from leads import decisions
from leads.conversations import NotFound
from leads.rights import Actor, Forbidden
from web.console import STALE_FORM, from_own_form, person, signed_in
from web.phrases import REJECTION_REASONS
from web.services import Services
from web.templating import page

router = APIRouter(prefix="/console/leads/{lead_id}", include_in_schema=False)
MAX_NOTE_CHARACTERS = 1000

DONE_SENTENCES = {
    "accept": "Accepted: this lead is yours now.", "qualify": "Confirmed: this lead is an SQL.",
    "reject": "Rejected, and the reason is kept.",
    "nurture": "Back to nurture: it comes back by itself.", "outcome": "The outcome is kept.",
    "snooze": "Put off.", "wake": "Back in the inbox.",
    "reassign": "Handed on.",
    "merge": "Merged. Both enquiries are here now; it can be undone for 30 days.",
    "unmerge": "The merge is undone: these are two leads again.",
    "was_merged": "The lead you asked for was merged into this one.",
}  # fmt: skip
# Which right an act needs. Handing on is checked with the lead in hand: one's own, or anybody's.
RIGHT_OF = {
    "accept": "decide", "qualify": "decide", "reject": "decide", "nurture": "decide", "outcome": "tell_outcome", "snooze": "snooze",
    "wake": "snooze", "reassign": "see_leads",
}  # fmt: skip


class Typed:
    """What somebody filled in, so that a refusal loses nothing of it."""

    def __init__(
        self, token: Annotated[str, Form()] = "", version: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "",
        note: Annotated[str, Form()] = "", outcome: Annotated[str, Form()] = "", until: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "",
    ) -> None:
        self.token, self.reason, self.outcome = token, reason, outcome
        self.note, self.until, self.to = note.strip(), until.strip(), to.strip()
        self.seen = int(version) if version.isdecimal() else None
        self.act = ""


@router.get("", response_class=HTMLResponse)
def lead(request: Request, lead_id: str, done: str = "") -> Response:
    """One lead."""
    actor = person(request, "see_leads")
    return _page(request, actor, lead_id, notice=DONE_SENTENCES.get(done, ""))


@router.post("/{act}", response_class=HTMLResponse)
def act(request: Request, lead_id: str, act: str, typed: Annotated[Typed, Depends()]) -> Response:
    """Do one of the acts of the page; a refusal shows the page again, with a sentence and with what was filled in."""
    actor = person(request, RIGHT_OF.get(act, "see_leads"))
    if act not in RIGHT_OF:
        return _missing(request)
    typed.act = act
    if not from_own_form(request, typed.token):
        return _page(request, actor, lead_id, typed=typed, mistake=STALE_FORM, status=403)
    mistake = _mistake(act, typed)
    if mistake:
        return _page(request, actor, lead_id, typed=typed, mistake=mistake, status=422)
    try:
        _do(_services(request), act, lead_id, actor, typed)
    except NotFound:
        return _missing(request)
    except Forbidden as refusal:
        return _page(request, actor, lead_id, typed=typed, mistake=str(refusal), status=403)
    except ValueError as refusal:
        return _page(request, actor, lead_id, typed=typed, mistake=str(refusal), status=409)
    return RedirectResponse(f"/console/leads/{lead_id}?done={act}", 303)


def _do(services: Services, act: str, lead_id: str, actor: Actor, typed: Typed) -> None:
    note = typed.note or None
    if act == "reassign":
        services.reassign(lead_id, to=typed.to, why=note, actor=actor, seen=typed.seen)
        return
    acts: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
        "accept": (decisions.accept, {}),
        "qualify": (decisions.qualify, {}),
        "reject": (decisions.reject, {"reason": typed.reason, "note": note}),
        "nurture": (decisions.back_to_nurture, {"why": note}),
        "outcome": (decisions.tell_outcome, {"outcome": typed.outcome, "note": note}),
        "snooze": (decisions.snooze, {"until": _day(typed.until), "why": note}),
        "wake": (decisions.snooze, {"until": None, "why": note}),
    }
    action, how = acts[act]
    services.decide(action, lead_id, by=actor.name, seen=typed.seen, **how)


def _mistake(act: str, typed: Typed) -> str:
    """What is missing from a form, as a sentence; empty when it can be done."""
    if len(typed.note) > MAX_NOTE_CHARACTERS:
        return f"Please shorten the note to {MAX_NOTE_CHARACTERS:,} characters; it has {len(typed.note):,} now."
    if act == "reject" and typed.reason not in REJECTION_REASONS:
        return "Please choose why this lead is not for sales."
    if act == "reject" and typed.reason == "other" and not typed.note:
        return "Please say in the note why; “other” alone teaches the scoring nothing."
    if act == "outcome" and typed.outcome not in decisions.OUTCOMES:
        return "Please choose what became of this lead."
    if act == "snooze" and _day(typed.until) is None:
        return "Please choose the day until which this lead can wait."
    if act == "snooze" and not typed.note:
        return "Please say in a few words why it can wait."
    if act == "reassign" and not typed.to:
        return "Please choose who gets this lead."
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(
    request: Request, actor: Actor, lead_id: str, *, typed: Typed | None = None, notice: str = "", mistake: str = "", status: int = 200
) -> Response:
    try:
        seen, people = _services(request).lead_view(lead_id, by=actor.name)
    except NotFound:
        return _missing(request)
    if seen.lead["id"] != lead_id:
        return RedirectResponse(f"/console/leads/{seen.lead['id']}?done=was_merged", 303)
    owner = seen.lead["route"]["owner"]
    return page(
        request, "console/lead.html", status=status, private=True, view=seen, lead=seen.lead, people=people, typed=typed or Typed(),
        notice=notice, mistake=mistake, reasons=REJECTION_REASONS,
        may_hand_on=actor.may("reassign") or (actor.may("hand_on") and owner == actor.name),
        is_over=seen.lead["stage"]["name"] in decisions.OVER, **signed_in(request),
    )


def _missing(request: Request) -> Response:
    return page(request, "console/missing.html", status=404, private=True, **signed_in(request))


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services
