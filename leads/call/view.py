"""What the rep sees of a call: one plain structure that the page draws after every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from leads import qualification
from leads.call.account import stakeholder_map
from leads.call.context import Call
from leads.call.end import OUTCOMES
from leads.call.notes import Read
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.wording import in_words, listing
from leads.presenting import moment
from leads.records import Lead
from scoring.conditions import SCORES
from scoring.engine import assess
from scoring.facts import CLOSED, FACTS, LISTS, FactKind
from scoring.playbook import Playbook
from scoring.what_would_change import Change, what_would_change

# A fact the prospect gave is asked about again when it was read less surely than this, or is older (chosen, not measured).
DOUBTFUL_BELOW = 0.7
OLD_AFTER = timedelta(days=90)
MOST_CHANGES = 6
CONTACT_NAMES = {
    "name": "Name", "title": "Title", "company": "Organization", "email": "E-mail", "phone": "Phone", "consent": "May follow up",
}
SIGNAL_NAMES = {"pricing_request": "Asks for prices", "meeting_request": "Wants to meet", "call_request": "Wants a call"}
LEFT_NAMES = {"dont_know": "Does not know", "refused": "Would rather not say"}


def view(call: Call) -> dict[str, Any]:
    """Return everything that the page shows."""
    lead, playbook = call.lead, call.playbook
    return {
        "call": {
            "id": call.id, "opened_at": moment(call.conversation.opened_at), "by": call.state.by, "wrapped_up": call.state.wrapped_up,
            "unread": len(call.state.unread), "today": call.today().isoformat(),
        },
        "lead": {"id": lead.id, "stage": lead.stage, "owner": lead.owner, "queue": lead.queue} if lead else None,
        "contact": [
            {"field": field, "name": CONTACT_NAMES[field], "value": (lead.contact.get(field) if lead else "") or ""}
            for field in CONTACT_NAMES
        ],
        "question": _question(call),
        "questions": _questions(call),
        "facts": [_fact(lead, fact, playbook, call.now) for fact in _in_order(lead.facts, playbook)] if lead else [],
        "not_known": [
            {"fact": fact, "name": _capital(playbook.fact_name(fact)), "how": LEFT_NAMES.get(how, how)}
            for fact, how in lead.not_known.items()
        ] if lead else [],
        "waiting": [shown_reading(one, call) for one in call.state.waiting],
        "account": stakeholder_map(call),
        **_decision(call),
    }


def shown_readings(found: Iterable[Read], call: Call) -> list[dict[str, Any]]:
    """Return what was read in a note as the page shows it."""
    return [shown_reading(one.as_json(), call) for one in found]


def shown_reading(one: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """Return one reading in words, with what was known before where that is something else."""
    kind, name, value = one["kind"], one["name"], one["value"]
    before = None
    if kind == "fact":
        label, words = _capital(call.playbook.fact_name(name)), in_words(call.playbook, name, value)
        known = call.lead.facts.get(name) if call.lead else None
        if known is not None and known["value"] != value and name not in LISTS:
            before = {"words": in_words(call.playbook, name, known["value"]), "quote": known["quote"], "channel": known["channel"]}
    elif kind == "contact":
        label, words = CONTACT_NAMES.get(name, _capital(name)), value
    elif kind == "signal":
        label, words = "Signal", SIGNAL_NAMES.get(name, _capital(name.replace("_", " ")))
    else:
        label, words = "Answer", LEFT_NAMES.get(name, name)
    return {**one, "label": label, "words": words, "before": before, "form": form_of(name, call.playbook) if kind == "fact" else None}


def form_of(fact: str, playbook: Playbook) -> dict[str, Any]:
    """Return how a value of a fact is entered by hand: its kind, and for closed values each with its words."""
    kind = FACTS[fact]
    values = CLOSED.get(fact) or LISTS.get(fact) or ()
    return {
        "fact": fact, "name": _capital(playbook.fact_name(fact)), "kind": kind.name.lower(),
        "choices": [{"value": value, "label": _capital(playbook.label(fact, value))} for value in values],
    }


def _question(call: Call) -> dict[str, Any] | None:
    asking = call.state.asking
    if asking is None:
        return None
    block = call.playbook.questions[asking]
    is_fact = asking in FACTS
    known = call.lead.facts.get(asking) if call.lead and is_fact else None
    held = known["value"] if known else None
    return {
        "name": asking, "title": _capital(call.playbook.fact_name(asking)) if is_fact else CONTACT_NAMES[asking], "say": block.rep,
        "why": block.why, "listen_for": block.listen_for, "is_list": asking in LISTS, "is_contact": asking in CONTACT_FIELDS,
        "chips": [
            {"label": reply.label, "value": reply.value, "chosen": _holds(held, reply.value)} for reply in block.quick_replies
        ],
        "known": in_words(call.playbook, asking, held) if held is not None else None,
        "form": form_of(asking, call.playbook) if is_fact else None,
    }


def _holds(held: Any, offered: Any) -> bool:
    if isinstance(held, list) and isinstance(offered, list):
        return bool(set(offered) <= set(held)) if offered else held == []
    return bool(held == offered)


def _questions(call: Call) -> list[dict[str, Any]]:
    lead = call.lead
    return [
        {
            "name": name, "title": _capital(call.playbook.fact_name(name)) if name in FACTS else CONTACT_NAMES[name],
            "answered": bool(lead and (name in lead.facts or lead.contact.get(name))),
        }
        for name in call.playbook.questions
    ]


def _in_order(facts: Mapping[str, Any], playbook: Playbook) -> list[str]:
    order = {fact: number for number, fact in enumerate(playbook.questions)}
    return sorted(facts, key=lambda fact: order.get(fact, len(order)))


def _fact(lead: Lead, fact: str, playbook: Playbook, now: datetime) -> dict[str, Any]:
    known = lead.facts[fact]
    doubtful = known["confidence"] < DOUBTFUL_BELOW
    old = now - datetime.fromisoformat(known["at"]) > OLD_AFTER
    others = [one for one in known["history"] if one["value"] != known["value"]]
    return {
        "fact": fact, "name": _capital(playbook.fact_name(fact)), "value": known["value"],
        "words": in_words(playbook, fact, known["value"]),
        "quote": known["quote"], "channel": known["channel"], "at": known["at"], "confirmed": known["confirmed"],
        "confirm": None if known["confirmed"] else "doubtful" if doubtful else "old" if old else None,
        "conflict": FACTS[fact] is not FactKind.LIST and bool(others) and others[-1]["channel"] != known["channel"],
        "before": [
            {"words": in_words(playbook, fact, one["value"]), "value": one["value"], "quote": one["quote"], "channel": one["channel"],
             "at": one["at"]}
            for one in reversed(others)
        ],
        "form": form_of(fact, playbook),
    }


def _decision(call: Call) -> dict[str, Any]:
    """Scores, flags, stage, route, next step, and what the next answers would change of them."""
    lead, playbook = call.lead, call.playbook
    answers = qualification.answers_of(lead) if lead else {}
    signals = qualification.signals_of(call.uow.signals.of(lead.id)) if lead else []
    not_known = lead.not_known if lead else {}
    assessment = assess(answers, signals, playbook, on=call.today(), not_known=not_known)
    changes = what_would_change(answers, signals, playbook, on=call.today(), refused=not_known)
    return {
        "scores": [
            {"name": name, "points": score.points, "band": score.band, "coverage": round(100 * score.coverage), "lowest": score.lowest,
             "highest": score.highest}
            for name, score in ((name, assessment.scores[name]) for name in SCORES)
        ],
        "flags": [{"id": flag.id, "reason": flag.reason, "quote": flag.quote} for flag in assessment.flags],
        "stage": assessment.stage if lead is None or lead.stage in qualification.MOVED_BY_RULES else lead.stage,
        "route": playbook.routes[assessment.route].words, "priority": assessment.priority, "why": assessment.why[0],
        "next_step": assessment.next_step, "changes": [_change(change, assessment.stage, playbook) for change in changes[:MOST_CHANGES]],
    }


def _change(change: Change, stage: str, playbook: Playbook) -> dict[str, str]:
    values = [in_words(playbook, change.fact, value) for value in change.values]
    route = playbook.routes[change.route].words + (" with priority" if change.priority else "")
    return {
        "fact": change.fact, "if": f"{_capital(playbook.fact_name(change.fact))}: {listing(values).replace(' and ', ' or ')}",
        "then": route if change.stage == stage else f"{route}, stage {change.stage}",
    }


def wrap_up_choices() -> list[dict[str, str]]:
    """Return the outcomes that a call can have, in words."""
    return [{"value": value, "label": label} for value, label in OUTCOMES.items()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
