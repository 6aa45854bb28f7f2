"""What sales does with the leads of a demo: how fast, what is accepted, why not, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any, cast

from leads import decisions, staff
from leads.demo_data.one_enquiry import Enquiry
from leads.demo_data.prospects import Prospect, draw
from leads.ports import UnitOfWork
from leads.records import Lead
from leads.response import WAITING
from scoring.hours import later
from scoring.playbook import Playbook
from scoring.stages import IllegalMove

FORGOTTEN_AFTER = timedelta(days=4)
# Of a hundred leads two lie for days of business time, in minutes of it.
FORGOTTEN, FOUND_AFTER = 0.02, (1_500, 5_000)
NOTES = {
    "no_project": "They read around; nothing is planned.",
    "poor_segment": "Not who we sell to.",
    "wrong_contact": "Could not bring us to whoever decides.",
    "no_budget_path": "No money this year and nobody to ask for it.",
    "other": "Already talking to our partner.",
}
# Minutes of business time to the first act, as a share of the time that was promised: the middle of a wide spread.
USUAL_SHARE, SPREAD = 0.42, 0.85


def work_on(enquiry: Enquiry, prospect: Prospect, playbook: Playbook, random: Random, *, until: datetime) -> None:
    """Decide on the lead of an enquiry, if sales does, and tell what became of it; nothing happens after `until`."""
    lead = enquiry.lead
    if lead is None or lead.status in ("open", "stopped"):
        return
    uow = cast(UnitOfWork, enquiry)
    came = lead.answer_from_at or lead.created_at
    if lead.answer_route not in WAITING or lead.respond_by is None:
        if lead.respond_by is not None and came + FORGOTTEN_AFTER < until:
            lead.respond_by = None  # the nurture desk wrote to them
        return
    promised = 120 if lead.answer_route == "direct_sales" else 480
    progress = max(0.0, 1 - (until - came).days / 190)  # the team gets faster over the months
    minutes = promised * USUAL_SHARE * (1.25 - 0.5 * progress) * random.lognormvariate(0, SPREAD)
    if random.random() < FORGOTTEN:  # until somebody finds it days later
        minutes = random.uniform(*FOUND_AFTER)
    at = later(playbook, came, max(2, round(minutes)))
    if at > until:
        return
    by = lead.owner or "desk-a@example.com"
    if random.random() < 0.04:
        _try(decisions.back_to_nurture, uow, lead.id, why="Too early; call again next quarter.", playbook=playbook, by=by, now=at)
        return
    reason = _reason(prospect, lead, random)
    if reason:
        _try(decisions.reject, uow, lead.id, reason=reason, note=NOTES[reason], playbook=playbook, by=by, now=at)
        return
    _accept(uow, lead, prospect, playbook, random, by=by, at=at, until=until)


def _reason(prospect: Prospect, lead: Lead, random: Random) -> str | None:
    """Why sales says no: by what is true of the prospect, which is not always what the chat heard."""
    true = prospect.facts
    weights = {
        "poor_segment": {"employer_group": 0.55, "digital_health": 0.5, "other": 0.6}.get(true["org_type"], 0.03),
        "no_project": {"later": 0.5, "none": 0.6, "year": 0.22}.get(true["timeline"], 0.03),
        "wrong_contact": {"user": 0.42, "recommender": 0.12}.get(true["buying_role"], 0.02),
        "no_budget_path": {"none": 0.45, "planning_cycle": 0.16, "renewal_dependent": 0.1}.get(true["budget_status"], 0.02), "other": 0.025,
    }  # fmt: skip
    score = lead.assessment["scores"]
    ease = {"low": 1.1, "medium": 0.8, "high": 0.5}[score["readiness"]["band"]]
    stays = 1.0
    for weight in weights.values():
        stays *= 1 - min(0.95, weight * ease)
    return None if random.random() < stays else draw(random, weights)


def _accept(
    uow: UnitOfWork, lead: Lead, prospect: Prospect, playbook: Playbook, random: Random, *, by: str, at: datetime, until: datetime
) -> None:
    """Accept, talk, open an opportunity, win or lose it."""
    if not _try(decisions.accept, uow, lead.id, playbook=playbook, by=by, now=at):
        return
    at += timedelta(days=random.randrange(1, 6), hours=random.randrange(1, 5))
    if at < until and random.random() < 0.72:  # a call confirms what the chat heard and finds who else decides
        known = {fact: prospect.facts[fact] for fact in ("use_case", "timeline", "stakeholders", "budget_status")}
        staff.correct_facts(uow, lead.id, known, playbook=playbook, by=by, now=at)
    at += timedelta(days=random.randrange(4, 24))
    chance = 0.62 if lead.stage == "sql" else 0.22
    if at > until or random.random() > chance * (1.15 if prospect.near else 0.75):
        return
    if not _try(decisions.tell_outcome, uow, lead.id, outcome="opportunity", note=None, playbook=playbook, by=by, now=at):
        return
    at += timedelta(days=random.randrange(14, 75))
    if at < until:
        won = random.random() < (0.46 if prospect.facts["budget_status"] in ("approved", "grant") else 0.27)
        _try(decisions.tell_outcome, uow, lead.id, outcome="won" if won else "lost", note=None, playbook=playbook, by=by, now=at)


def _try(act: Any, *what: Any, **how: Any) -> bool:
    """Do an act, if the playbook allows it where the lead is now."""
    try:
        act(*what, **how)
    except IllegalMove:
        return False
    return True
