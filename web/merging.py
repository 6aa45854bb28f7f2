"""Merging two leads of one person and taking them apart again, in the staff API and on the page of a lead."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from leads import merging
from leads.conversations import NotFound
from leads.merging import UNDO_FOR
from leads.presenting import moment, present
from leads.records import Merge
from leads.rights import Actor
from leads.staff import get
from scoring.stages import IllegalMove
from web.console import STALE_FORM, from_own_form, person, refused
from web.problems import Refusal
from web.who_calls import may
from wiring.build import Application

router = APIRouter()
NOT_THERE = "There is no lead with this id."
_ID = re.compile(r"[0-9a-f]{32}")


class MergeFrom(BaseModel):
    """The lead that goes, and the versions of both that were seen."""

    model_config = ConfigDict(extra="forbid")
    gone_id: str = Field(alias="from", max_length=64)
    version: int | None = None
    from_version: int | None = None


class MergedLeads(BaseModel):
    """What was done, and the leads as they are now: after a merge the one that stays, after undoing it both."""

    merge: dict[str, Any]
    leads: list[dict[str, Any]]
    stays: list[str] = []


Merger = Annotated[Actor, Depends(may("merge"))]


@router.post("/api/leads/{lead_id}/merge", tags=["decisions"])
def merge(request: Request, lead_id: str, body: MergeFrom, who: Merger) -> MergedLeads:
    """Merge the lead `from` into this one, which stays; can be undone for 30 days."""
    try:
        done = _merge(_application(request), lead_id, body.gone_id, by=who.name, seen=body.version, seen_other=body.from_version)
    except NotFound:
        raise Refusal(404, NOT_THERE) from None
    except ValueError as error:
        raise _refusal(error) from None
    return _told(_application(request), done, [done.kept_id], [])


@router.post("/api/merges/{merge_id}/undo", tags=["decisions"])
def undo(request: Request, merge_id: str, who: Merger) -> MergedLeads:
    """Take two merged leads apart again. What was learned or done since stays with the one that stayed; `stays` says what."""
    try:
        done, stays = _undo(_application(request), merge_id, by=who.name)
    except NotFound:
        raise Refusal(404, "There is no merge with this id.") from None
    except ValueError as error:
        raise _refusal(error) from None
    return _told(_application(request), done, [done.kept_id, done.gone_id], stays)


@router.post("/console/leads/{lead_id}/merge", include_in_schema=False)
def merge_by_form(
    request: Request, lead_id: str, other: Annotated[str, Form()] = "", stays: Annotated[str, Form()] = "this",
    version: Annotated[str, Form()] = "", other_version: Annotated[str, Form()] = "", token: Annotated[str, Form()] = "",
) -> Response:
    """Merge this lead with another one, whichever stays."""
    actor = person(request, "merge")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    found = _ID.search(other.lower())
    if found is None:
        return refused(request, "Nothing was merged: give the id of the other lead, or the address of its page.", status=422)
    this, that = (lead_id, _version(version)), (found[0], _version(other_version))
    (kept, seen), (gone, seen_other) = (this, that) if stays == "this" else (that, this)
    try:
        _merge(_application(request), kept, gone, by=actor.name, seen=seen, seen_other=seen_other)
    except NotFound:
        return refused(request, NOT_THERE, status=404)
    except ValueError as error:
        return refused(request, str(error), status=409)
    return RedirectResponse(f"/console/leads/{kept}?done=merge", 303)


@router.post("/console/merges/{merge_id}/undo", include_in_schema=False)
def undo_by_form(request: Request, merge_id: str, token: Annotated[str, Form()] = "") -> Response:
    """Take two merged leads apart again."""
    actor = person(request, "merge")
    if not from_own_form(request, token):
        return refused(request, STALE_FORM)
    try:
        done, _ = _undo(_application(request), merge_id, by=actor.name)
    except NotFound:
        return refused(request, "There is no merge with this id.", status=404)
    except ValueError as error:
        return refused(request, str(error), status=409)
    return RedirectResponse(f"/console/leads/{done.kept_id}?done=unmerge", 303)


def _merge(app: Application, kept: str, gone: str, *, by: str, seen: int | None, seen_other: int | None) -> Merge:
    with app.unit() as unit:
        playbook = app.playbooks.of_lead(unit.leads.get(kept))
        done = merging.merge(unit, kept, gone, playbook=playbook, by=by, now=app.now(), seen=seen, seen_other=seen_other)
        unit.commit()
        return done


def _undo(app: Application, merge_id: str, *, by: str) -> tuple[Merge, list[str]]:
    with app.unit() as unit:
        known = unit.merges.get(merge_id)
        playbook = app.playbooks.of_lead(unit.leads.get(known.kept_id) if known else None)
        done = merging.undo(unit, merge_id, playbook=playbook, by=by, now=app.now())
        unit.commit()
        return done


def _told(app: Application, done: Merge, lead_ids: list[str], stays: list[str]) -> MergedLeads:
    with app.unit(read_only=True) as unit:
        leads = [present(unit, get(unit, lead_id)) for lead_id in lead_ids]
    until: datetime = done.at + UNDO_FOR
    told = {
        "id": done.id, "kept": done.kept_id, "gone": done.gone_id, "at": moment(done.at), "by": done.by, "undo_until": moment(until),
        "undone_at": moment(done.undone_at), "undone_by": done.undone_by,
    }
    return MergedLeads(merge=told, leads=leads, stays=stays)


def _refusal(error: ValueError) -> Refusal:
    is_conflict = isinstance(error, IllegalMove | merging.ChangedMeanwhile)
    return Refusal(409 if is_conflict else 422, str(error))


def _version(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _application(request: Request) -> Application:
    application: Application = request.app.state.application
    return application
