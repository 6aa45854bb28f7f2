"""A stand-in for the public chat API, for developing and testing the widget alone.

It keeps its conversations in memory, follows one short script and can be told to fail. It knows nothing of
scoring or of Rasa: what the product really answers is tested elsewhere, through the real processes.
"""

import asyncio
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, FastAPI, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

MAX_CHARACTERS = 4000

# What is asked, in order: fact, question, quick replies. Enough kinds to show every part of the widget.
SCRIPT: list[tuple[str, str, list[tuple[str, str]]]] = [
    (
        "org_type",
        "Nice to meet you. What kind of organization are you with?",
        [
            ("Clinic group", "clinic_group"),
            ("Specialty practice", "specialty_group"),
            ("Hospital", "hospital"),
            ("Health system", "health_system"),
            ("Senior care", "senior_care"),
            ("Health plan", "payer"),
            ("Something else", "other"),
        ],
    ),
    ("use_case", "What would you like to make better first?", [("Fewer no-shows", "scheduling_reminders")]),
    ("org_size", "Roughly how big are you? Sites, beds or providers, whatever you count in.", []),
    (
        "timeline",
        "When would you like this to be running?",
        [("This quarter", "this_quarter"), ("Just looking", "none")],
    ),
    ("email", "Where can our team reach you? An e-mail address is enough.", []),
]
LABELS = {
    "org_type": "Organization",
    "use_case": "What you need",
    "org_size": "Size",
    "timeline": "When",
    "email": "E-mail",
}
EXPIRES_AT = "2026-12-01T09:30:00+00:00"
GOODBYE = (
    "Thank you. Dana from our clinic team will write to you before tomorrow noon.\n"
    "If you would rather pick a time yourself: https://booking.example/meridian/intro."
)


@dataclass
class Conversation:
    """One visitor's conversation: what is on the screen, where the script stands and the answers by key."""

    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    step: int = 0
    stopped: bool = False
    changing: str | None = None
    facts: dict[str, str] = field(default_factory=dict)
    link_tokens: list[str] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class FakeChat:
    """All conversations of one test, the requests that came in, and the failures to play next.

    `faults` is used up from the front, one a message: {"status", "detail", "retry_after"?}; with "after": True the
    message is taken first and only the answer is lost; {"delay": seconds} is no failure, only a slow answer.
    `link_faults` is the same for links.
    """

    conversations: dict[str, Conversation] = field(default_factory=dict)
    started: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)
    link_faults: list[dict[str, Any]] = field(default_factory=list)
    reads: int = 0

    def reset(self) -> None:
        """Forget everything, for the next test."""
        self.conversations.clear()
        for kept in (self.started, self.visits, self.keys, self.faults, self.link_faults):
            kept.clear()
        self.reads = 0

    def said(self) -> list[str]:
        """Everything visitors said that was taken, oldest first."""
        return [m["text"] for c in self.conversations.values() for m in c.messages if m["from"] == "visitor"]


def _bot(text: str, kind: str, replies: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    quick_replies = [{"label": label, "value": value} for label, value in replies or []]
    return {"from": "bot", "text": text, "kind": kind, "quick_replies": quick_replies}


def _problem(status: int, detail: str, retry_after: float | None = None) -> JSONResponse:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"type": "about:blank", "status": status, "detail": detail}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _state(talk: Conversation) -> dict[str, Any]:
    finished = talk.stopped or talk.step >= len(SCRIPT)
    return {
        "asking": talk.changing or (None if finished else SCRIPT[talk.step][0]),
        "confirming": None,
        "answered": min(talk.step, len(SCRIPT)),
        "remaining": max(0, len(SCRIPT) - talk.step),
        "finished": finished,
        "outcome": "stopped" if talk.stopped else "handed_off" if finished else None,
    }


def _question(step: int) -> dict[str, Any]:
    _, text, replies = SCRIPT[step]
    return _bot(text, "question", replies)


def _replies(talk: Conversation, text: str) -> list[dict[str, Any]]:
    """What the script says to this text; moves the script on when it was an answer."""
    again = [_question(talk.step)] if talk.step < len(SCRIPT) else []
    if talk.changing:
        talk.facts[talk.changing], talk.changing = text, None
        return [_bot(f"Changed to: {text}", "answer"), *again]
    if text.lower() == "stop":
        talk.stopped = True
        return [_bot("Of course, we stop here. Nothing more will be asked.", "goodbye")]
    if text.lower().startswith("what does it cost"):
        return [_bot("It depends on the number of sites; see https://meridian.example/pricing.", "answer"), *again]
    if text.lower().startswith("patient"):
        return [
            _bot("Please leave out anything about a patient; that part was not kept.", "notice"),
            _question(talk.step),
        ]
    if talk.step >= len(SCRIPT):
        return [_bot("Noted, I have added that for the team.", "answer")]
    talk.facts[SCRIPT[talk.step][0]] = text
    talk.step += 1
    if talk.step == len(SCRIPT):
        return [_bot("Got it.", "answer"), _bot(GOODBYE, "goodbye")]
    return [_question(talk.step)]


def chat_router(chat: FakeChat) -> APIRouter:
    """The chat routes of the contract, over `chat`."""
    router = APIRouter(prefix="/api/chat")

    def known(conversation_id: str, authorization: str) -> Conversation | JSONResponse:
        talk = chat.conversations.get(conversation_id)
        if talk is None:
            return _problem(404, "We no longer have this conversation. You can start a new one.")
        if authorization.removeprefix("Bearer ") not in (talk.token, *talk.link_tokens):
            return _problem(401, "This chat was opened somewhere else. You can start a new one.")
        return talk

    @router.post("/conversations")
    async def start(request: Request) -> Response:
        body = await request.json()
        chat.started.append(body)
        if chat.faults:
            fault = chat.faults.pop(0)
            return _problem(fault["status"], fault["detail"], fault.get("retry_after"))
        conversation_id, talk = secrets.token_hex(8), Conversation(secrets.token_hex(16))
        chat.conversations[conversation_id] = talk
        hello = _bot(
            "Hi, I'm the assistant of Meridian Patient Operations. A few short questions, then a person takes over.",
            "answer",
        )
        talk.messages += [hello, _question(0)]
        body = {
            "conversation_id": conversation_id,
            "token": talk.token,
            "messages": talk.messages,
            "state": _state(talk),
        }
        return JSONResponse(body, 201)

    @router.post("/conversations/{conversation_id}/messages")
    async def say(
        conversation_id: str, request: Request, authorization: str = Header(""), idempotency_key: str = Header("")
    ) -> Response:
        body = await request.json()
        chat.keys.append(idempotency_key)
        fault = chat.faults.pop(0) if chat.faults else None
        if fault and "delay" in fault:
            await asyncio.sleep(fault["delay"])
            fault = None
        if fault and not fault.get("after"):
            return _problem(fault["status"], fault["detail"], fault.get("retry_after"))
        talk = known(conversation_id, authorization)
        if isinstance(talk, JSONResponse):
            return talk
        if idempotency_key in talk.answers:
            return JSONResponse(talk.answers[idempotency_key])
        if talk.stopped:
            return _problem(409, "This chat was stopped, so nothing more is taken here. You can start a new one.")
        text = body["text"] if "text" in body else _label(talk, body["quick_reply"])
        if len(text) > MAX_CHARACTERS:
            return _problem(413, "That is over 4,000 characters. Please send the part that matters most.")
        # What is stored has addresses taken out, as in the product, so that what comes back is not what was typed.
        stored = re.sub(r"\S+@\S+", "[email]", text)
        talk.messages.append({"from": "visitor", "text": stored, "kind": "answer", "quick_replies": []})
        fact = str(body.get("quick_reply", "")).removeprefix("change:")
        if fact in talk.facts:
            talk.changing = fact
            replies = [_question([name for name, _, _ in SCRIPT].index(fact))]
        else:
            replies = _replies(talk, text)
        talk.messages += replies
        answer = {"messages": replies, "state": _state(talk)}
        talk.answers[idempotency_key] = answer
        if fault:
            return _problem(fault["status"], fault["detail"], fault.get("retry_after"))
        return JSONResponse(answer)

    @router.get("/conversations/{conversation_id}")
    async def read(conversation_id: str, authorization: str = Header("")) -> Response:
        talk = known(conversation_id, authorization)
        if isinstance(talk, JSONResponse):
            return talk
        chat.reads += 1
        recap = [{"field": fact, "label": LABELS[fact], "text": text} for fact, text in talk.facts.items()]
        body = {
            "conversation_id": conversation_id,
            "messages": talk.messages,
            "state": _state(talk),
            "recap": recap,
        }
        return JSONResponse(body)

    @router.post("/conversations/{conversation_id}/link")
    async def link(conversation_id: str, request: Request, authorization: str = Header("")) -> Response:
        if chat.link_faults:
            fault = chat.link_faults.pop(0)
            return _problem(fault["status"], fault["detail"])
        talk = known(conversation_id, authorization)
        if isinstance(talk, JSONResponse):
            return talk
        token = f"signed.{secrets.token_hex(8)}"
        talk.link_tokens.append(token)
        return JSONResponse({"url": f"{request.base_url}host#lead-chat={conversation_id}.{token}", "expires_at": EXPIRES_AT})

    @router.post("/visits")
    async def visit(request: Request) -> Response:
        chat.visits.append(await request.json())
        return Response(status_code=204)

    return router


def _label(talk: Conversation, value: str) -> str:
    if value.startswith("change:"):
        return f"Change: {LABELS[value.removeprefix('change:')]}"
    step = next((place for place, (fact, _, _) in enumerate(SCRIPT) if fact == talk.changing), talk.step)
    replies = SCRIPT[step][2] if step < len(SCRIPT) else []
    return next((label for label, known in replies if known == value), value)


# The strictest policy a vendor's page may have: no inline script or style, and no markup made from strings.
STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A vendor's page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<script type="module" src="/widget/define.js"></script></head>
<body><main><h1>A vendor's page</h1><p>Some text of the page behind the chat.</p></main>
<lead-chat api="/" title="Meridian" demo><p><a href="/contact">Write to us</a></p></lead-chat></body></html>"""


def add_host_page(app: FastAPI) -> None:
    """A bare page at /host that embeds the widget under the strictest content security policy."""

    @app.get("/host")
    def host() -> HTMLResponse:
        return HTMLResponse(HOST_PAGE, headers={"Content-Security-Policy": STRICT_POLICY})
