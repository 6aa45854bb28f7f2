"""The staff API: leads, signals, reading and scoring, for signed-in people and for programs with a key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from leads import audit, intake
from leads.conversations import NotFound
from leads.presenting import present
from leads.qualification import as_json
from leads.reading import read
from leads.rights import Actor
from scoring.engine import Answer, Signal, assess
from scoring.facts import SIGNALS, InvalidFact, check_value, did_you_mean
from scoring.next_question import next_question
from scoring.playbook import Playbook
from web.dialogue_engine import EngineAway
from web.interpretation import interpret
from web.problems import Refusal
from web.who_calls import may, no_lead
from wiring.build import Application

MOST_ITEMS = 500


router = APIRouter(prefix="/api", tags=["staff"])


class Item(BaseModel):
    """A text to read, with the question it answers, if any."""

    id: str
    text: str = Field(max_length=20_000)
    asked: str | None = None


class Interpretation(BaseModel):
    """Texts to read; relative times count from reference_date (today if left out)."""

    reference_date: date | None = None
    items: list[Item] = Field(max_length=MOST_ITEMS)


class SignalIn(BaseModel):
    """A signal of a lead that is scored."""

    kind: str
    at: AwareDatetime | date


class Facts(BaseModel):
    """Facts and signals to score, by the default playbook or the one of a name."""

    facts: dict[str, Any]
    signals: list[SignalIn] = Field(default_factory=list)
    on: date | None = None
    playbook: str | None = Field(None, max_length=80)


class NewLead(BaseModel):
    """A lead from outside the chat. Its playbook is the one named, else the one that serves its page or campaign."""

    model_config = ConfigDict(extra="forbid")
    source: Literal["form", "demo_request", "event", "referral", "email", "import"]
    contact: dict[str, str]
    facts: dict[str, Any] = Field(default_factory=dict)
    text: str | None = Field(None, max_length=20_000)
    signals: list[SignalIn] = Field(default_factory=list)
    page: str | None = Field(None, max_length=2000)
    utm: dict[str, str] = Field(default_factory=dict)
    playbook: str | None = Field(None, max_length=80)


class NewSignal(BaseModel):
    """Something a person did, known by lead, e-mail address or visitor id."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    lead_id: str | None = None
    email: str | None = None
    visitor: str | None = None
    at: AwareDatetime | None = None
    detail: str | None = Field(None, max_length=200)


@router.post("/interpret")
async def interpret_texts(request: Request, body: Interpretation, who: Annotated[Actor, Depends(may("read_texts"))]) -> dict[str, Any]:
    """Read texts; store nothing."""
    app: Application = request.app.state.application
    items = [item.model_dump() for item in body.items]
    try:
        read_items = await interpret(app, request.app.state.dialogue, items, reference_date=body.reference_date or app.now().date())
    except EngineAway:
        raise _away() from None
    return {"items": read_items}


@router.post("/score")
def score(request: Request, body: Facts, who: Annotated[Actor, Depends(may("read_texts"))]) -> dict[str, Any]:
    """Score facts; store nothing."""
    app: Application = request.app.state.application
    playbook, on = _playbook(app, body.playbook), body.on or app.now().date()
    answers = {fact: Answer(value) for fact, value in checked(body.facts).items()}
    signals = [Signal(signal.kind, _day(signal.at)) for signal in checked_signals(body.signals)]
    assessed = as_json(assess(answers, signals, playbook, on=on))
    return {
        "scores": assessed["scores"], "flags": assessed["flags"], "stage": assessed["stage"],
        "route": {"name": assessed["route"], "queue": assessed["queue"], "priority": assessed["priority"], "why": assessed["why"],
                  "why_not": assessed["why_not"]},
        "missing": assessed["missing"], "next_step": assessed["next_step"], "nurture": assessed["nurture"],
        "next_question": next_question(answers, playbook, on=on, signals=signals),
        "playbook": {"name": playbook.name, "version": playbook.version, "digest": playbook.digest},
    }


def _playbook(app: Application, name: str | None, page: str | None = None, campaign: str | None = None) -> Playbook:
    if name is None:
        return app.playbooks.choose(page=page, campaign=campaign)
    found = app.playbooks.named(name)
    if found is None:
        names = [playbook.name for playbook in app.playbooks.current()]
        raise Refusal(422, f"playbook: expected one of {', '.join(names)}, found '{name}'.{did_you_mean(name, names)}")
    return found


@router.get("/leads", response_model=dict[str, Any])
def leads(
    request: Request, who: Annotated[Actor, Depends(may("see_leads"))], stage: str | None = None, route: str | None = None,
    owner: str | None = None, q: str | None = None, conversation: str | None = None, cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Return leads, newest first."""
    try:
        found: dict[str, Any] = request.app.state.services.list_leads(
            stage=stage, route=route, owner=owner, q=q, conversation=conversation, cursor=cursor, limit=limit
        )
    except ValueError as error:
        raise Refusal(422, str(error)) from None
    request.app.state.services.note("listed", by=who.name, detail=f"{len(found['items'])} leads")
    return JSONResponse(found)  # plain data already: checking each value of fifty leads once more took most of the time


@router.get("/leads/{lead_id}")
def lead(request: Request, lead_id: str, who: Annotated[Actor, Depends(may("see_leads"))]) -> dict[str, Any]:
    """Return one lead."""
    found: dict[str, Any] | None = request.app.state.services.lead(lead_id)
    if found is None:
        raise no_lead()
    request.app.state.services.note("saw", by=who.name, lead_id=lead_id)
    return found


@router.post("/leads", status_code=201)
async def add_lead(request: Request, body: NewLead, who: Annotated[Actor, Depends(may("add_leads"))]) -> dict[str, Any]:
    """Store a lead from a form, an event, an import or an e-mail; its text is read like a message."""
    app: Application = request.app.state.application
    facts = checked(body.facts)
    playbook = await run_in_threadpool(_playbook, app, body.playbook, body.page, body.utm.get("utm_campaign") or body.utm.get("campaign"))
    signals = [(signal.kind, _moment(app, signal.at)) for signal in checked_signals(body.signals)]
    reading = None
    if body.text:
        redaction = await run_in_threadpool(app.redactor.redact, body.text)
        try:
            parsed = await request.app.state.dialogue.read(
                [{"text": redaction.text, "metadata": {"asked": None, "today": app.now().date().isoformat()}}]
            )
        except EngineAway:
            raise _away() from None
        reading = read(parsed[0], text=redaction.text, asked=None)

    def store() -> dict[str, Any]:
        with app.unit() as unit:
            added = intake.add_lead(
                unit, source=body.source, contact=body.contact, facts=facts, reading=reading, signals=signals,
                playbook=playbook, now=app.now(),
            )
            audit.note(unit, "add", by=who.name, now=app.now(), lead_id=added.id)
            unit.commit()
            return present(unit, added)

    return await run_in_threadpool(store)


@router.post("/signals", status_code=202)
def add_signal(request: Request, body: NewSignal, who: Annotated[Actor, Depends(may("add_leads"))]) -> dict[str, Any]:
    """Keep a signal; a lead it belongs to is scored again."""
    app: Application = request.app.state.application
    if not (body.lead_id or body.email or body.visitor):
        raise Refusal(422, "Say whose signal this is: lead_id, email or visitor.")
    with app.unit() as unit:
        playbook = app.playbooks.of_lead(intake.whose(unit, lead_id=body.lead_id, email=body.email))
        try:
            changed = intake.add_signal(
                unit, kind=body.kind, at=body.at or app.now(), playbook=playbook, now=app.now(), lead_id=body.lead_id,
                email=body.email, visitor=body.visitor, detail=body.detail,
            )
        except NotFound:
            raise no_lead() from None
        except ValueError as error:
            raise Refusal(422, str(error)) from None
        unit.commit()
        return {"lead_id": changed.id if changed else None}


def checked(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with normalised values.

    Raises:
        Refusal: every wrong one, in one sentence each (422).
    """
    good, mistakes = {}, []
    for fact, value in facts.items():
        try:
            good[fact] = check_value(fact, value)
        except InvalidFact as error:
            mistakes.append(str(error))
    if mistakes:
        raise Refusal(422, " ".join(mistakes))
    return good


def checked_signals(signals: list[SignalIn]) -> list[SignalIn]:
    """Return signals of known kinds.

    Raises:
        Refusal: an unknown kind (422).
    """
    for signal in signals:
        if signal.kind not in SIGNALS:
            hint = did_you_mean(signal.kind, SIGNALS)
            raise Refusal(422, f"signals: expected a kind of {', '.join(SIGNALS)}, found '{signal.kind}'.{hint}")
    return signals


def _day(at: Any) -> date:
    return at if type(at) is date else at.date()


def _moment(app: Application, at: Any) -> Any:
    if type(at) is not date:
        return at
    return app.now().replace(year=at.year, month=at.month, day=at.day)


def _away() -> Refusal:
    return Refusal(503, "The dialogue engine is away for a moment. Please try again in a few seconds.", retry_after=3)
