"""The guided call: its start, its one screen, and the steps that the screen takes without loading itself again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from leads import staff
from leads.call import end, notes, script
from leads.call.context import Call, CallRefused, Finished, OtherTab, enter, find
from leads.call.view import shown_readings, view, wrap_up_choices
from leads.conversations import NotFound
from leads.presenting import present
from leads.rights import Actor
from web import csrf
from web.console import STALE_FORM, from_own_form, person, session_token, signed_in
from web.dialogue_engine import EngineAway
from web.incoming_text import EmptyText, LongText, tidy
from web.interpretation import read_redacted
from web.problems import Refusal
from web.templating import page
from wiring.build import Application

MOST_FOUND = 8

router = APIRouter(prefix="/console/call", include_in_schema=False)


class Step(BaseModel):
    """What every step says: the browser tab it comes from."""

    model_config = ConfigDict(extra="forbid")
    tab: str = Field(min_length=8, max_length=64)


class Draft(BaseModel):
    """A note that is still being typed, under the question on the screen."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=20_000)
    asked: str | None = Field(None, max_length=40)


class Note(Step, Draft):
    """A note that is kept; `take` names the readings that count (all sure ones if left out), `corrected` gives better values."""

    key: str = Field(min_length=8, max_length=80)
    take: list[str] | None = Field(None, max_length=60)
    corrected: dict[str, Any] = Field(default_factory=dict)


class Answer(Step):
    """An answer that was chosen or entered; `stay` keeps the question on the screen."""

    name: str = Field(max_length=40)
    value: Any
    stay: bool = False


class Name(Step):
    """A fact or contact field."""

    name: str = Field(max_length=40)


class Left(Step):
    """How the open question is left: skip, dont_know or refused."""

    how: str = Field(max_length=20)


class Contact(Step):
    """Contact fields as the rep has them."""

    fields: dict[str, str]


class Waiting(Step):
    """What becomes of a reading that waits; `value` takes the place of what was read."""

    id: str = Field(max_length=40)
    accepted: bool
    value: Any = None


class WrapUp(Step):
    """How the call ended."""

    outcome: str = Field(max_length=40)
    next_step: str = Field("", max_length=2000)
    follow_up_on: date | None = None
    hand_off: bool = False


def rep(request: Request) -> Actor:
    """Return who is signed in and may lead calls; a change must carry the page's form token.

    Raises:
        Refusal: not signed in (401), or the token is not of this session (403). Forbidden: this role leads no calls.
    """
    session = session_token(request)
    user = request.app.state.services.user_for(session) if session else None
    if user is None:
        raise Refusal(401, "You are signed out. Sign in again in another tab, then go on here; your note is still in this browser.")
    if not csrf.is_signed(request.headers.get("X-Form-Token", ""), session):
        raise Refusal(403, "You have signed in anew since this page was loaded. Reload it; your note is still in this browser.")
    actor = Actor(str(user["email"]), role=str(user["role"]))
    actor.must_be_allowed("call")
    return actor


Rep = Annotated[Actor, Depends(rep)]


@router.get("", response_class=HTMLResponse)
def start_page(request: Request, lead: str = "", q: str = "") -> Response:
    """Where a call begins: with a lead, an account, or nobody yet; calls that were not wrapped up go on from here."""
    return _start_page(request, person(request, "call"), lead_id=lead, q=q.strip()[:200])


@router.post("", response_class=HTMLResponse)
def start(
    request: Request, lead: Annotated[str, Form()] = "", company: Annotated[str, Form()] = "", token: Annotated[str, Form()] = ""
) -> Response:
    """Begin a call, or go on with the one there is with this lead."""
    actor = person(request, "call")
    if not from_own_form(request, token):
        return _start_page(request, actor, lead_id=lead, mistake=STALE_FORM, status=403)
    app: Application = request.app.state.application
    try:
        with app.unit() as unit:
            known = script.lead_to_call(unit, lead) if lead else None
            playbook = app.playbooks.of_lead(known)
            begun = script.start(unit, by=actor.name, playbook=playbook, now=app.now(), lead=known, company=company).id
            unit.commit()
    except CallRefused as refused:
        return _start_page(request, actor, lead_id=lead, mistake=str(refused), status=409)
    except NotFound:
        return _start_page(request, actor, mistake="There is no lead with this id.", status=404)
    return RedirectResponse(f"/console/call/{begun}", 303)


@router.get("/{call_id}", response_class=HTMLResponse)
def call_page(request: Request, call_id: str) -> Response:
    """The screen of a call; it draws itself from the view that comes with it."""
    actor = person(request, "call")
    app: Application = request.app.state.application
    try:
        with app.unit(read_only=True) as unit:
            shown = view(find(unit, call_id, playbook_of=app.playbooks.of_conversation, by=actor.name, now=app.now()))
    except NotFound:
        return _start_page(request, actor, mistake="There is no call of yours at this address. Begin one here.", status=404)
    return page(
        request, "console/call.html", private=True, view=shown, topics=list(app.faq.values()), outcomes=wrap_up_choices(),
        **signed_in(request),
    )


@router.get("/{call_id}/view")
def look(request: Request, call_id: str, who: Rep, tab: str = "") -> dict[str, Any]:
    """The call as it stands, and where it is led: here, elsewhere, or nowhere yet."""
    app: Application = request.app.state.application
    with app.unit(read_only=True) as unit:
        found = _found(unit, app, call_id, who)
        led = "nowhere" if found.state.tab is None else "here" if found.state.tab == tab else "elsewhere"
        return {"view": view(found), "led": led}


@router.post("/{call_id}/take-over")
def take_over(request: Request, call_id: str, body: Step, who: Rep) -> dict[str, Any]:
    """This tab leads the call from now on; the one before is told with its next step."""
    app: Application = request.app.state.application
    with app.unit() as unit:
        found = _found(unit, app, call_id, who, lock=True)
        script.take_over(found, body.tab)
        unit.commit()
        return {"view": view(found)}


@router.post("/{call_id}/read")
async def read_draft(request: Request, call_id: str, body: Draft, who: Rep) -> dict[str, Any]:
    """Say what a note would mean; nothing is stored."""
    app: Application = request.app.state.application
    text = _tidy(body.text)

    def known() -> tuple[dict[str, str], date]:
        with app.unit(read_only=True) as unit:
            found = _found(unit, app, call_id, who)
            return dict(found.lead.contact) if found.lead else {}, found.today()

    contact, today = await run_in_threadpool(known)
    redaction = await run_in_threadpool(app.redactor.redact, text, asked=body.asked, known=contact)
    try:
        (reading,) = await read_redacted(request.app.state.dialogue, [(redaction.text, body.asked)], reference_date=today)
    except EngineAway:
        raise Refusal(503, "Notes cannot be read for a moment. They are kept all the same.", retry_after=3) from None
    topic = notes.faq_topic(reading, app.faq)

    def shown() -> list[dict[str, Any]]:
        with app.unit(read_only=True) as unit:
            found = _found(unit, app, call_id, who)
            return shown_readings(notes.readings(reading, redaction.contact, asked=body.asked, faq=app.faq), found)

    return {"readings": await run_in_threadpool(shown), "topic": topic.id if topic else None}


@router.post("/{call_id}/notes")
async def keep_note(request: Request, call_id: str, body: Note, who: Rep) -> dict[str, Any]:
    """Keep a note, read it, and let count what the rep took of it. A note that cannot be read now is read with the next one."""
    app: Application = request.app.state.application
    text = _tidy(body.text)

    def store() -> tuple[str | None, dict[str, str], list[tuple[str, str, str | None]], date]:
        with app.unit() as unit:
            found = _entered(unit, app, call_id, who, body.tab)
            known = dict(found.lead.contact) if found.lead else {}
            redaction = app.redactor.redact(text, asked=body.asked, known=known)
            contact = {
                field: value for field, value in redaction.contact.items() if body.take is None or f"contact:{field}" in body.take
            }
            note = notes.keep_note(
                found, text=redaction.text, asked=body.asked, contact=contact, removed=redaction.removed, key=body.key
            )
            waiting = [(one.id, one.text, (one.payload or {}).get("asked")) for one in notes.unread(found)]
            unit.commit()
            return note.id if note else None, dict(redaction.contact), waiting, found.today()

    note_id, contact, waiting, today = await run_in_threadpool(store)
    topic = None
    try:
        texts = [(words, asked) for _, words, asked in waiting]
        read = await read_redacted(request.app.state.dialogue, texts, reference_date=today)
    except EngineAway:
        return {"view": await run_in_threadpool(_view_of, app, call_id, who), "topic": None, "away": True}

    def take() -> dict[str, Any]:
        with app.unit() as unit:
            found = _entered(unit, app, call_id, who, body.tab)
            for (one, _, asked), reading in zip(waiting, read, strict=True):
                if one == note_id:
                    said = notes.readings(reading, contact, asked=asked, faq=app.faq)
                    notes.take(found, one, said, chosen=body.take, corrected=body.corrected)
                else:
                    notes.let_wait(found, one, notes.readings(reading, {}, asked=asked, faq=app.faq))
            unit.commit()
            return view(found)

    shown = await run_in_threadpool(take)
    for (one, _, _), reading in zip(waiting, read, strict=True):
        topic = notes.faq_topic(reading, app.faq) if one == note_id else topic
    return {"view": shown, "topic": topic.id if topic else None, "away": False}


@router.post("/{call_id}/answer")
def answer(request: Request, call_id: str, body: Answer, who: Rep) -> dict[str, Any]:
    """Keep an answer that was chosen or entered."""
    return _step(request, call_id, who, body.tab, lambda call: script.answer(call, body.name, body.value, stay=body.stay))


@router.post("/{call_id}/leave")
def leave(request: Request, call_id: str, body: Left, who: Rep) -> dict[str, Any]:
    """Go on without an answer."""
    return _step(request, call_id, who, body.tab, lambda call: script.leave(call, body.how))


@router.post("/{call_id}/pick")
def pick(request: Request, call_id: str, body: Name, who: Rep) -> dict[str, Any]:
    """Put another question."""
    return _step(request, call_id, who, body.tab, lambda call: script.pick(call, body.name))


@router.post("/{call_id}/confirm")
def confirm(request: Request, call_id: str, body: Name, who: Rep) -> dict[str, Any]:
    """The prospect said it again."""
    return _step(request, call_id, who, body.tab, lambda call: script.confirm(call, body.name))


@router.post("/{call_id}/remove")
def remove(request: Request, call_id: str, body: Name, who: Rep) -> dict[str, Any]:
    """Take a fact back."""
    return _step(request, call_id, who, body.tab, lambda call: script.remove(call, body.name))


@router.post("/{call_id}/contact")
def keep_contact(request: Request, call_id: str, body: Contact, who: Rep) -> dict[str, Any]:
    """Keep contact data."""
    return _step(request, call_id, who, body.tab, lambda call: script.keep_contact(call, body.fields))


@router.post("/{call_id}/waiting")
def settle_waiting(request: Request, call_id: str, body: Waiting, who: Rep) -> dict[str, Any]:
    """Accept, correct or drop a reading that waits."""
    return _step(
        request, call_id, who, body.tab, lambda call: notes.settle_waiting(call, body.id, accepted=body.accepted, value=body.value)
    )


@router.post("/{call_id}/wrap-up")
def wrap_up(request: Request, call_id: str, body: WrapUp, who: Rep) -> dict[str, Any]:
    """End the call."""
    app: Application = request.app.state.application

    def finish(call: Call) -> None:
        known = call.lead.contact if call.lead else {}
        next_step = app.redactor.redact(body.next_step, known=known).text if body.next_step.strip() else ""
        end.wrap_up(call, outcome=body.outcome, next_step=next_step, follow_up_on=body.follow_up_on, hand_off=body.hand_off)

    return _step(request, call_id, who, body.tab, finish)


def _step(request: Request, call_id: str, who: Actor, tab: str, change: Callable[[Call], None]) -> dict[str, Any]:
    """Change a call and return how it looks then."""
    app: Application = request.app.state.application
    with app.unit() as unit:
        found = _entered(unit, app, call_id, who, tab)
        try:
            change(found)
        except ValueError as error:  # InvalidFact is one too
            raise Refusal(422, str(error)) from None
        unit.commit()
        return {"view": view(found)}


def _entered(unit: Any, app: Application, call_id: str, who: Actor, tab: str) -> Call:
    try:
        return enter(unit, call_id, playbook_of=app.playbooks.of_conversation, by=who.name, tab=tab, now=app.now())
    except NotFound:
        raise _no_call() from None
    except OtherTab:
        raise Refusal(409, "This call is open in another tab. Go on there, or take it over here; what you typed here is kept.") from None
    except Finished:
        raise Refusal(410, "This call was wrapped up already, so nothing more is taken. Begin a new one to add something.") from None


def _found(unit: Any, app: Application, call_id: str, who: Actor, *, lock: bool = False) -> Call:
    try:
        return find(unit, call_id, playbook_of=app.playbooks.of_conversation, by=who.name, now=app.now(), lock=lock)
    except NotFound:
        raise _no_call() from None


def _view_of(app: Application, call_id: str, who: Actor) -> dict[str, Any]:
    with app.unit(read_only=True) as unit:
        return view(_found(unit, app, call_id, who))


def _no_call() -> Refusal:
    return Refusal(404, "There is no call of yours with this id.")


def _tidy(text: str) -> str:
    try:
        return tidy(text)
    except EmptyText:
        raise Refusal(422, "This note is empty. Write a few words, or choose an answer.") from None
    except LongText:
        raise Refusal(422, "A note holds at most 4,000 characters. Please split it.") from None


def _start_page(request: Request, actor: Actor, *, lead_id: str = "", q: str = "", mistake: str = "", status: int = 200) -> Response:
    app: Application = request.app.state.application
    lead = None
    with app.unit(read_only=True) as unit:
        going_on = script.unfinished(unit, by=actor.name)
        found = staff.search(unit, q=q, limit=MOST_FOUND)["items"] if q else []
        if lead_id:
            try:
                lead = present(unit, staff.get(unit, lead_id), whole=False)
            except NotFound:
                words = "There is no lead with this id. Find it by name, company or e-mail, or begin without one."
                mistake, status = (mistake, status) if mistake else (words, 404)
    return page(
        request, "console/call_start.html", status=status, private=True, lead=lead, going_on=going_on, found=found, q=q, mistake=mistake,
        **signed_in(request),
    )
