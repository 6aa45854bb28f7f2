"""The public pages: the demo landing page with the chat, the contact form for visitors without scripts, the privacy notice."""

import re
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.templating import page

MAX_TEXT_CHARACTERS = 4000
MAX_FIELD_CHARACTERS = 200
_LOOKS_LIKE_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

router = APIRouter(include_in_schema=False)


class ContactDesk(Protocol):
    """What the contact form needs of the product."""

    def contact_form(self, fields: dict[str, Any]) -> None:
        """Make a lead of a filled form: name, email, phone, company, title, text, consent.

        Raises ValueError with a sentence for the visitor when it cannot be taken.
        """


@router.get("/", response_class=HTMLResponse)
def landing(request: Request) -> Response:
    """An invented vendor's page with the chat on it, and the lines a real vendor would paste."""
    return page(request, "landing.html")


@router.get("/privacy", response_class=HTMLResponse)
def privacy_notice(request: Request) -> Response:
    """What is kept of a visitor and why, in plain words."""
    return page(request, "privacy.html")


@router.get("/contact", response_class=HTMLResponse)
def contact(request: Request) -> Response:
    """The empty contact form."""
    return page(request, "contact.html", fields={}, mistakes={})


@router.get("/contact/thanks", response_class=HTMLResponse)
def thanks(request: Request) -> Response:
    """Shown once a form was taken. A page of its own, so that a reload sends nothing twice."""
    return page(request, "thanks.html")


@router.post("/contact", response_class=HTMLResponse)
def take_contact(
    request: Request,
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    company: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
    consent: Annotated[str, Form()] = "",
    website: Annotated[str, Form()] = "",
) -> Response:
    """Take a filled form, or show it again with everything typed and one sentence for each mistake.

    `website` is invisible to people; a program that fills it in is thanked and not stored.
    """
    request.app.state.limits.conversation(request)
    typed = {"name": name, "email": email, "phone": phone, "company": company, "title": title, "text": text}
    fields: dict[str, Any] = {key: value.strip() for key, value in typed.items()} | {"consent": bool(consent)}
    mistakes = {} if website else contact_mistakes(fields)
    if not mistakes and not website:
        desk: ContactDesk = request.app.state.services
        try:
            desk.contact_form(fields)
        except ValueError as refusal:
            mistakes = {"form": str(refusal.args[0]) if refusal.args else "This could not be sent. Please try again."}
    if mistakes:
        return page(request, "contact.html", status=422, private=True, fields=fields, mistakes=mistakes)
    return RedirectResponse("/contact/thanks", 303)


def contact_mistakes(fields: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a filled contact form: a sentence by field, empty when it can be taken."""
    mistakes = {}
    if not _LOOKS_LIKE_EMAIL.fullmatch(fields["email"]):
        mistakes["email"] = "Please give an e-mail address we can answer to, like ana@clinic.example."
    if not fields["text"]:
        mistakes["text"] = "Please say in a sentence or two what you are looking for."
    elif len(fields["text"]) > MAX_TEXT_CHARACTERS:
        mistakes["text"] = (
            f"Please shorten this to {MAX_TEXT_CHARACTERS:,} characters; it has {len(fields['text']):,} now."
        )
    for key in ("name", "email", "phone", "company", "title"):
        if len(fields[key]) > MAX_FIELD_CHARACTERS:
            mistakes[key] = f"Please keep this under {MAX_FIELD_CHARACTERS} characters."
    if not fields["consent"]:
        mistakes["consent"] = "Please tick the box, so that we may keep this and answer you."
    return mistakes
