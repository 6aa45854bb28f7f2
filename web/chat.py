"""The public chat API: open, send, resume. What a visitor types is redacted and stored before anything else happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit
from weakref import WeakValueDictionary

from fastapi import APIRouter, Header, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from leads import conversations
from leads.dialogue.replies import NO, NO_MORE, SKIP, UNSURE, YES
from leads.dialogue.state import DialogueState
from leads.intake import add_signal
from leads.ports import StorageFailed, UnitOfWork
from leads.recap import CONTACT_LABELS
from leads.records import Conversation
from privacy.redaction import Redaction
from scoring.facts import FACTS, LISTS, InvalidFact, check_value
from scoring.playbook import Playbook
from web.dialogue_engine import EngineAway
from web.incoming_text import EmptyText, LongText, other_language, tidy
from web.problems import Refusal
from web.resume_links import ResumeLinks
from web.who_calls import caller
from wiring.build import Application

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/api/chat", tags=["chat"])

# Before the name of a fact or contact field: the visitor wants to change that answer in the recap.
CHANGE = "change:"
ACTS_OF_QUICK_REPLIES = {SKIP: "refuse", UNSURE: "dont_know", NO_MORE: "that_is_all"}
TOKEN_SENTENCE = "This chat can't be opened with that token. Reload the page to start a new one."
AWAY_SENTENCE = "Our assistant is catching its breath. Your message is kept; please try again in a few seconds."
RETRY_SECONDS = 3


class Page(BaseModel):
    """Where the chat was opened."""

    url: str = Field(max_length=2000)
    referrer: str | None = Field(None, max_length=2000)
    title: str | None = Field(None, max_length=300)


class Prefill(BaseModel):
    """Contact data the page already has."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=320)
    phone: str | None = Field(None, max_length=50)
    company: str | None = Field(None, max_length=200)
    title: str | None = Field(None, max_length=200)


class NewConversation(BaseModel):
    """A chat to open; `consent` says that the visitor agreed to it. The channel `rep` (script wording) is for staff."""

    page: Page
    utm: dict[str, str] = Field(default_factory=dict)
    visitor: str | None = Field(None, max_length=80)
    consent: bool
    prefill: Prefill | None = None
    reference_date: date | None = None
    channel: Literal["website", "rep"] = "website"


class Incoming(BaseModel):
    """A visitor's message: typed text or the value of a quick reply."""

    text: str | None = None
    quick_reply: Any = None


class Visit(BaseModel):
    """A page view after consent."""

    visitor: str = Field(max_length=80)
    page: str = Field(max_length=2000)
    at: AwareDatetime | None = None


@dataclass
class Turns:
    """One turn at a time for each conversation: a message sent while the last is still answered waits for it."""

    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @asynccontextmanager
    async def one(self, conversation_id: str) -> AsyncIterator[None]:
        """Wait for this conversation's turn."""
        lock = self._locks.get(conversation_id)
        if lock is None:
            lock = self._locks[conversation_id] = asyncio.Lock()
        async with lock:
            yield


@router.post("/conversations", status_code=201)
async def open_conversation(request: Request, body: NewConversation) -> dict[str, Any]:
    """Open a conversation and greet."""
    app: Application = request.app.state.application
    request.app.state.limits.conversation(request)
    if not body.consent:
        raise Refusal(422, "consent: the chat starts only after the visitor has agreed; send true then.")
    if body.reference_date and not app.settings.demo:
        raise Refusal(422, "reference_date: only the demo may pretend another day; leave it out.")
    if body.channel == "rep":
        (await caller(request)).must_be_allowed("call")
    prefill = {name: value for name, value in (body.prefill.model_dump() if body.prefill else {}).items() if value}

    def store() -> tuple[str, str]:
        playbook = app.playbooks.choose(page=body.page.url, campaign=body.utm.get("utm_campaign") or body.utm.get("campaign"))
        with app.unit() as unit:
            conversation, token = conversations.open_conversation(
                unit, now=app.now(), playbook=playbook, channel=body.channel, page=_page(body.page),
                utm=body.utm, visitor=body.visitor, prefill=prefill, reference_date=body.reference_date, consent=True,
            )
            unit.commit()
            return conversation.id, token

    conversation_id, token = await run_in_threadpool(store)
    metadata = {"channel": body.channel, "asked": None, "today": (body.reference_date or app.now().date()).isoformat()}
    reply = await _ask_engine(request, conversation_id, "", {"act": "start"}, metadata)
    await run_in_threadpool(_keep, app, conversation_id, None, reply)
    return {"conversation_id": conversation_id, "token": token, **reply}


@router.post("/conversations/{conversation_id}/messages")
async def send(
    request: Request, conversation_id: str, body: Incoming, authorization: Annotated[str, Header()] = "",
    idempotency_key: Annotated[str | None, Header(max_length=80)] = None,
) -> dict[str, Any]:
    """Take one message and answer it."""
    app: Application = request.app.state.application
    request.app.state.limits.message(request, conversation_id)
    async with request.app.state.turns.one(conversation_id):
        received, text, payload = await run_in_threadpool(_receive, request, conversation_id, _token(authorization), body, idempotency_key)
        if received.reply is not None:
            return received.reply
        reply = await _ask_engine(request, conversation_id, text, payload, received.metadata)
        try:
            await run_in_threadpool(_keep, app, conversation_id, received.message_id, reply)
        except StorageFailed as error:
            # The message and what was decided are kept; a retry under the same key gets this answer.
            logger.error("conversation %s: the answer could not be kept (%s)", conversation_id, error)
            raise Refusal(503, AWAY_SENTENCE, retry_after=RETRY_SECONDS) from None
        return reply


@router.get("/conversations/{conversation_id}")
def resume(request: Request, conversation_id: str, authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
    """Return the whole visible conversation, with a recap of what the visitor told."""
    app: Application = request.app.state.application
    with app.unit(read_only=True) as unit:
        conversation = _found(request, unit, conversation_id, _token(authorization))
        return conversations.shown(unit, conversation, app.playbooks.of_conversation(conversation))


@router.post("/conversations/{conversation_id}/link")
def link(request: Request, conversation_id: str, authorization: Annotated[str, Header()] = "") -> dict[str, str]:
    """Return a signed link by which this visitor goes on with the conversation on another device."""
    app: Application = request.app.state.application
    request.app.state.limits.message(request, conversation_id)
    links: ResumeLinks = request.app.state.resume_links
    with app.unit(read_only=True) as unit:
        conversation = _found(request, unit, conversation_id, _token(authorization))
        return links.make(conversation.id, conversation.page.get("url"), now=app.now())


@router.post("/visits", status_code=204)
def visit(request: Request, body: Visit) -> None:
    """Keep a page view as a signal; the widget sends it only after consent."""
    app: Application = request.app.state.application
    request.app.state.limits.conversation(request)
    path = body.page.lower()
    kind = "pricing_page" if "pricing" in path else "blog_page" if "/blog" in path or "/news" in path else "solution_page"
    with app.unit() as unit:
        add_signal(unit, kind=kind, at=body.at or app.now(), playbook=app.playbooks.choose(), now=app.now(), visitor=body.visitor)
        unit.commit()


def _page(page: Page) -> dict[str, str]:
    """What is kept of a page: its address without the query, where other programs put names and e-mail addresses."""
    kept = {name: _without_query(value) for name, value in (("url", page.url), ("referrer", page.referrer)) if value}
    return kept | ({"title": page.title} if page.title else {})


def _without_query(url: str) -> str:
    try:
        return urlunsplit((*urlsplit(url)[:3], "", ""))
    except ValueError:
        return ""


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(401, "Send the conversation's token as Authorization: Bearer TOKEN.")
    return token


def _unknown(app: Application, conversation_id: str) -> Refusal:
    with app.unit(read_only=True) as unit:
        known = unit.conversations.get(conversation_id) is not None
    return Refusal(401, TOKEN_SENTENCE) if known else Refusal(404, "There is no such chat any more. Reload the page to start a new one.")


def _receive(
    request: Request, conversation_id: str, token: str, body: Incoming, key: str | None
) -> tuple[conversations.Received, str, dict[str, Any] | None]:
    """Redact and store a message; nothing of it exists anywhere before that."""
    app: Application = request.app.state.application
    # Looked up first, redacted between, stored last: names are found by a language model, and no writer waits for that.
    with app.unit(read_only=True) as unit:
        conversation = _found(request, unit, conversation_id, token)
        asked = DialogueState.of(conversation.state).asking
        known = unit.messages.by_key(conversation.id, key) if key else None
        lead = unit.leads.get(conversation.lead_id) if conversation.lead_id else None
        contact = lead.contact if lead else None
    payload, language = None, None
    if known is not None:
        # A retry is the message that was stored, whatever has been asked since.
        payload, redaction = known.payload, Redaction(text=known.text)
        language = other_language(known.text) if payload is None else None
    elif body.quick_reply is not None:
        payload = _payload(body.quick_reply, asked)
        redaction = Redaction(text=_label(app.playbooks.of_conversation(conversation), body.quick_reply, asked))
    else:
        text = _fit(body.text)
        language = other_language(text)
        redaction = app.redactor.redact(text, asked=asked, known=contact)
    with app.unit() as unit:
        conversation = _found(request, unit, conversation_id, token, lock=True)
        try:
            received = conversations.receive(
                unit, conversation, text=redaction.text, payload=payload, contact=redaction.contact, removed=redaction.removed,
                key=key, now=app.now(),
            )
        except conversations.Stopped:
            raise Refusal(409, "This chat was ended as you asked. Reload the page if you'd like to start a new one.") from None
        unit.commit()
    if language:
        received.metadata["language"] = language
    return received, redaction.text, payload


def _found(request: Request, unit: UnitOfWork, conversation_id: str, token: str, *, lock: bool = False) -> Conversation:
    links: ResumeLinks = request.app.state.resume_links
    try:
        return conversations.find(unit, conversation_id, token, signed=links.opens(token, conversation_id), lock=lock)
    except conversations.NotFound:
        raise _unknown(request.app.state.application, conversation_id) from None


def _fit(text: str | None) -> str:
    try:
        return tidy(text or "")
    except EmptyText:
        raise Refusal(422, "There was nothing to read in that message. Please write a few words.") from None
    except LongText:
        raise Refusal(413, "That is more than 4,000 characters. Please send the part that matters, or several shorter messages.") from None


def _payload(value: Any, asked: str | None) -> dict[str, Any]:
    """A quick reply's act and facts; a value that is no answer to the open question is refused, not guessed."""
    if isinstance(value, str) and value in ACTS_OF_QUICK_REPLIES:
        return {"act": ACTS_OF_QUICK_REPLIES[value]}
    if isinstance(value, str) and value.startswith(CHANGE):
        field = value.removeprefix(CHANGE)
        if field not in FACTS and field not in CONTACT_LABELS:
            raise Refusal(422, "That is nothing that can be changed here. Please say in your own words what is right.")
        return {"act": "correct", "field": field}
    if asked in LISTS and value == NO:  # nothing to add to a list
        return {"act": "deny"}
    if asked in ("confirm", "consent") and value in (YES, NO):
        return {"act": "affirm" if value == YES else "deny"}
    if asked is None or asked not in FACTS:
        raise Refusal(422, "That choice belongs to an earlier question. Please answer the last one.")
    try:
        return {"act": "answer", "facts": {asked: check_value(asked, value)}}
    except InvalidFact:
        raise Refusal(422, "That choice belongs to an earlier question. Please answer the last one.") from None


def _label(playbook: Playbook, value: Any, asked: str | None) -> str:
    """What the visitor saw on the button, for the transcript."""
    if isinstance(value, str) and value.startswith(CHANGE):
        field = value.removeprefix(CHANGE)
        return f"Change: {CONTACT_LABELS[field].lower() if field in CONTACT_LABELS else playbook.fact_name(field)}"
    if asked and asked in playbook.questions:
        for reply in playbook.questions[asked].quick_replies:
            if reply.value == value:
                return reply.label
    no = "Nothing to add" if asked in LISTS else "No"
    fixed = {SKIP: "Skip this", UNSURE: "I'm not sure", NO_MORE: "That's all, thanks", YES: "Yes", NO: no}
    if isinstance(value, str) and value in fixed:
        return fixed[value]
    return playbook.label(asked, value) if asked and asked in FACTS else str(value)


async def _ask_engine(
    request: Request, conversation_id: str, text: str, payload: dict[str, Any] | None, metadata: dict[str, Any]
) -> dict[str, Any]:
    try:
        said = await request.app.state.dialogue.message(conversation_id, text=text, payload=payload, metadata=metadata)
    except EngineAway as error:
        logger.warning("conversation %s: the dialogue engine is away (%s)", conversation_id, error)
        raise Refusal(503, AWAY_SENTENCE, retry_after=RETRY_SECONDS) from None
    state = next((message["custom"]["state"] for message in reversed(said) if (message.get("custom") or {}).get("state")), None)
    if state is None:
        state = await run_in_threadpool(_stored_state, request.app.state.application, conversation_id)
    return {"messages": [_message(message) for message in said], "state": state}


def _message(said: dict[str, Any]) -> dict[str, Any]:
    custom = said.get("custom") or {}
    text, kind = said.get("text") or "", custom.get("kind", "notice")
    return {"from": "bot", "text": text, "kind": kind, "quick_replies": custom.get("quick_replies", [])}


def _stored_state(app: Application, conversation_id: str) -> dict[str, Any]:
    with app.unit(read_only=True) as unit:
        conversation = unit.conversations.get(conversation_id)
        if conversation is None:
            raise Refusal(404, "There is no such chat any more. Reload the page to start a new one.")
        state: dict[str, Any] = conversations.shown(unit, conversation, app.playbooks.of_conversation(conversation))["state"]
        return state


def _keep(app: Application, conversation_id: str, message_id: str | None, reply: dict[str, Any]) -> None:
    # The actions keep what was decided before this, so that the same answer comes again if a power cut takes this one.
    with app.unit(recoverable=True) as unit:
        conversations.keep_answer(unit, conversation_id, message_id, reply, now=app.now())
        unit.commit()


