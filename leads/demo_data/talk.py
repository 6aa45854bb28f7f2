"""How a prospect comes: by the chat, turn by turn through the real dialogue, or by a form, an event, a referral."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

from leads import conversations
from leads.abandonment import close_one
from leads.demo_data.one_enquiry import Enquiry
from leads.demo_data.prospects import Prospect, draw
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.script import Script
from leads.dialogue.turn import Turn, take_turn
from leads.intake import add_lead
from leads.ports import UnitOfWork
from leads.reading import ReadFact, Reading
from leads.records import Signal

MOST_TURNS = 24
STOPS, CORRECTS = 0.004, 0.01  # at each turn
QUIET = timedelta(minutes=30)
VISITOR = "demo-data-"
# How many of a hundred leave at a question, and how many would rather not say, before their patience counts.
LEAVES: Mapping[str, float] = {"budget_status": 9, "email": 11, "phone": 9, "handles_phi": 5, "security_needs": 5, "stakeholders": 4}
SKIPS: Mapping[str, float] = {
    "budget_status": 17,
    "phone": 34,
    "email": 6,
    "timeline": 6,
    "stakeholders": 9,
    "integrations": 8,
    "org_size": 7,
}
OTHER_SOURCES: Mapping[str, float] = {"form": 42, "demo_request": 22, "event": 16, "referral": 11, "email": 9}
BROUGHT: Mapping[str, tuple[str, ...]] = {"demo_request": ("meeting_request",), "event": ("webinar",), "email": ("nurture_reply",)}


def chat(
    enquiry: Enquiry,
    prospect: Prospect,
    script: Script,
    random: Random,
    *,
    at: datetime,
    responses: Mapping[str, str],
    silent: bool = False,
) -> None:
    """Hold a chat until it ends or the prospect has had enough.

    Args:
        responses: the words of the Rasa domain's responses, by name.
        silent: they leave at the first question; everybody else answers it.
    """
    uow, campaign = cast(UnitOfWork, enquiry), prospect.campaign
    visitor = VISITOR + uuid.UUID(int=random.getrandbits(128)).hex
    if campaign.page == "/pricing" or random.random() < 0.12:
        enquiry.signals.add(_signal(random, "pricing_page", at - timedelta(minutes=3), visitor))
    elif random.random() < 0.3:
        enquiry.signals.add(_signal(random, "solution_page", at - timedelta(minutes=4), visitor))
    conversation, _ = conversations.open_conversation(
        uow,
        now=at,
        playbook=script.playbook,
        channel="website",
        page={"url": f"https://meridian.example{campaign.page}"},
        utm={"utm_campaign": campaign.name} if campaign.name else {},
        visitor=visitor,
        prefill={},
        reference_date=None,
        consent=True,
    )
    turn = take_turn(uow, script, conversation_id=conversation.id, message_id=None, reading=Reading(text="", act="start"), now=at)
    conversations.keep_answer(uow, conversation.id, None, _reply(turn, responses), now=at)
    corrected = False
    for number in range(0 if silent else MOST_TURNS):
        asking = turn.state["asking"]
        if turn.state["finished"] or asking is None or (number and random.random() < _leaving(prospect, asking)):
            break
        at += timedelta(seconds=random.randrange(9, 75))
        contact: Mapping[str, str] = {}
        if number and random.random() < STOPS:
            reading = Reading(text="Please stop", act="stop")
        elif not corrected and number > 2 and random.random() < CORRECTS:
            reading, corrected = _correction(random), True
        else:
            reading, contact = _answer(prospect, asking, turn, random)
        received = conversations.receive(
            uow, conversation, text=reading.text, payload=None, contact=contact, removed=(), key=None, now=at
        )
        turn = take_turn(uow, script, conversation_id=conversation.id, message_id=received.message_id, reading=reading, now=at)
        conversations.keep_answer(uow, conversation.id, received.message_id, _reply(turn, responses), now=at)
    if conversation.closed_at is None:
        close_one(uow, conversation, script.playbook, now=at + QUIET)


def other_source(enquiry: Enquiry, prospect: Prospect, script: Script, random: Random, *, at: datetime) -> None:
    """Come by a form, an event or a referral: a few facts at once."""
    source = draw(random, OTHER_SOURCES)
    facts = {fact: value for fact, value in prospect.facts.items() if random.random() < (0.75 if source == "demo_request" else 0.5)}
    facts["org_type"] = prospect.facts["org_type"]
    contact = {**prospect.contact, "consent": f"given in the form on {at.date().isoformat()}"}
    add_lead(
        cast(UnitOfWork, enquiry),
        source=source,
        contact=contact,
        facts=facts,
        reading=None,
        signals=[(kind, at) for kind in BROUGHT.get(source, ())],
        playbook=script.playbook,
        now=at,
    )


def _leaving(prospect: Prospect, asking: str) -> float:
    return LEAVES.get(asking, 2.2) / 100 * (1.75 - 1.3 * prospect.patience)


def _answer(prospect: Prospect, asking: str, turn: Turn, random: Random) -> tuple[Reading, Mapping[str, str]]:
    """What the prospect says to a question, as it is read."""
    if asking == "consent":
        return Reading(text="Yes, that's fine", act="affirm"), {}
    if asking == "confirm":
        return Reading(text="Yes", act="affirm"), {}
    if random.random() < SKIPS.get(asking, 1.5) / 100 * (1.7 - 1.2 * prospect.patience):
        return (
            Reading(text="I'd rather not say", act="refuse") if random.random() < 0.6 else Reading(text="I don't know", act="dont_know")
        ), {}
    if asking in CONTACT_FIELDS:
        return Reading(text=f"[{asking}]", act="answer", contact=(asking,)), {asking: prospect.contact[asking]}
    if random.random() < 0.045:
        return Reading(text="Hm, it depends", act="answer", confidence=0.4), {}
    if asking not in prospect.facts:
        return Reading(text="I don't know", act="dont_know"), {}
    said = [asking]
    if random.random() < 0.14:  # people say more than they are asked
        said += [
            fact for fact in random.sample(["timeline", "org_size", "current_solution"], 1) if fact in prospect.facts and fact != asking
        ]
    signals = ("pricing_request",) if prospect.near and random.random() < 0.07 else ()
    return _reading("answer", {fact: prospect.facts[fact] for fact in said}, random, signals), {}


def _correction(random: Random) -> Reading:
    fact, value = random.choice(
        (
            ("use_case", "patient_intake"),
            ("use_case", "care_coordination"),
            ("timeline", "half_year"),
            ("org_size", {"sites": 7}),
            ("budget_status", "requested"),
            ("handles_phi", "yes"),
        )
    )
    return _reading("correct", {fact: value}, random)


def _reading(act: str, facts: Mapping[str, Any], random: Random, signals: tuple[str, ...] = ()) -> Reading:
    words = "; ".join(_words(fact, value) for fact, value in facts.items())
    taken = {fact: ReadFact(fact, value, round(random.uniform(0.82, 0.99), 3), _words(fact, value)) for fact, value in facts.items()}
    text = words + (". What would that cost?" if signals else "")
    return Reading(text=("Actually, " if act == "correct" else "") + text, act=act, confidence=0.95, taken=taken, signals=signals)


def _words(fact: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {unit}" for unit, count in value.items())
    if isinstance(value, list):
        return ", ".join(word.replace("_", " ") for word in value) or "nobody else"
    return str(value).replace("_", " ")


def _reply(turn: Turn, responses: Mapping[str, str]) -> dict[str, Any]:
    """What the visitor is told, as the channel words it."""
    messages = [
        {
            "text": reply["text"] or responses.get(reply["response"], "").format_map(reply["values"]),
            "kind": reply["kind"],
            "quick_replies": reply["quick_replies"],
        }
        for reply in turn.replies
    ]
    return {"messages": messages, "state": turn.state}


def _signal(random: Random, kind: str, at: datetime, visitor: str) -> Signal:
    return Signal(id=uuid.UUID(int=random.getrandbits(128)).hex, kind=kind, at=at, visitor=visitor)
