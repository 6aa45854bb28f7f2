"""The part of the staff API by which people decide about a lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from leads import decisions
from leads.conversations import NotFound
from leads.rights import Actor
from scoring.stages import IllegalMove
from web.problems import Refusal
from web.who_calls import caller, may, no_lead

router = APIRouter(prefix="/api/leads/{lead_id}", tags=["decisions"])
MOST_WORDS = 1000


class Act(BaseModel):
    """What all acts may say: the version of the lead that was seen, so that nobody overrides what somebody else did since."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = None


class Nurture(Act):
    """Why a lead is too early."""

    note: str | None = Field(None, max_length=MOST_WORDS)


class Rejection(Act):
    """Why sales gives the lead back."""

    reason: Literal["no_project", "poor_segment", "wrong_contact", "no_budget_path", "other"]
    note: str | None = Field(None, max_length=MOST_WORDS)


class Outcome(Act):
    """What became of a lead."""

    outcome: Literal["opportunity", "won", "lost"]
    reason: str | None = Field(None, max_length=MOST_WORDS)
    amount: float | None = Field(None, ge=0)
    at: AwareDatetime | None = None


class Reassignment(Act):
    """Whose the lead is from now on: an e-mail address."""

    to: str = Field(max_length=320)
    note: str | None = Field(None, max_length=MOST_WORDS)


class Snooze(Act):
    """The day until which a lead can wait, and why; no day takes it back."""

    until: date | None
    note: str | None = Field(None, max_length=MOST_WORDS)


Decider = Annotated[Actor, Depends(may("decide"))]


@router.post("/accept")
def accept(request: Request, lead_id: str, who: Decider, body: Act | None = None) -> dict[str, Any]:
    """Sales takes the lead."""
    return _done(lambda: _decide(request, decisions.accept, lead_id, by=who.name, seen=body.version if body else None))


@router.post("/qualify")
def qualify(request: Request, lead_id: str, who: Decider, body: Act | None = None) -> dict[str, Any]:
    """A person confirms an accepted lead as an SQL; refused (409) with what is lacking while the playbook's rule does not hold."""
    return _done(lambda: _decide(request, decisions.qualify, lead_id, by=who.name, seen=body.version if body else None))


@router.post("/reject")
def reject(request: Request, lead_id: str, body: Rejection, who: Decider) -> dict[str, Any]:
    """Sales gives the lead back."""
    how = {"reason": body.reason, "note": body.note, "seen": body.version}
    return _done(lambda: _decide(request, decisions.reject, lead_id, by=who.name, **how))


@router.post("/nurture")
def nurture(request: Request, lead_id: str, who: Decider, body: Nurture | None = None) -> dict[str, Any]:
    """Sales finds nothing wrong but it is too early."""
    body = body or Nurture()
    return _done(lambda: _decide(request, decisions.back_to_nurture, lead_id, by=who.name, why=body.note, seen=body.version))


@router.post("/outcome")
def outcome(request: Request, lead_id: str, body: Outcome, who: Annotated[Actor, Depends(may("tell_outcome"))]) -> dict[str, Any]:
    """Keep what became of the lead."""
    note = "; ".join(part for part in (body.reason, f"${body.amount:,.0f}" if body.amount else None) if part) or None
    how = {"outcome": body.outcome, "note": note, "at": body.at, "seen": body.version}
    return _done(lambda: _decide(request, decisions.tell_outcome, lead_id, by=who.name, **how))


@router.post("/snooze")
def snooze(request: Request, lead_id: str, body: Snooze, who: Annotated[Actor, Depends(may("snooze"))]) -> dict[str, Any]:
    """Put the lead off until a day."""
    how = {"until": body.until, "why": body.note, "seen": body.version}
    return _done(lambda: _decide(request, decisions.snooze, lead_id, by=who.name, **how))


@router.post("/reassign")
def reassign(request: Request, lead_id: str, body: Reassignment, who: Annotated[Actor, Depends(caller)]) -> dict[str, Any]:
    """Give the lead to somebody else: one's own with the right to hand on, anybody's with the right to reassign."""
    if not who.may("hand_on"):
        who.must_be_allowed("reassign")
    services = request.app.state.services
    return _done(lambda: services.reassign(lead_id, to=body.to, why=body.note, actor=who, seen=body.version))


@router.post("/facts")
def correct(request: Request, lead_id: str, body: dict[str, Any], who: Annotated[Actor, Depends(may("correct_facts"))]) -> dict[str, Any]:
    """Correct facts as a rep knows them; null removes one."""
    return _done(lambda: request.app.state.services.correct_facts(lead_id, by=who.name, facts=body))


def _decide(request: Request, action: Any, lead_id: str, **how: Any) -> dict[str, Any]:
    decided: dict[str, Any] = request.app.state.services.decide(action, lead_id, **how)
    return decided


def _done(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return act()
    except NotFound:
        raise no_lead() from None
    except (IllegalMove, decisions.ChangedMeanwhile) as error:
        raise Refusal(409, str(error)) from None
    except ValueError as error:
        raise Refusal(422, str(error)) from None
