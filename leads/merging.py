"""Two leads of one person put together by hand, and taken apart again.

The lead that stays has facts, signals and talks of both and is scored again; the other one leaves every list, and its id leads to the
one that stays. All of it is one unit of work: it is done, or nothing of it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leads import audit, lead_snapshot, merged_facts, qualification
from leads.conversations import NotFound
from leads.decisions import OVER, ChangedMeanwhile, in_hand
from leads.lead_snapshot import value_in
from leads.ports import UnitOfWork
from leads.records import Lead, LeadEvent, Merge
from scoring.playbook import Playbook
from scoring.stages import IllegalMove

UNDO_FOR = timedelta(days=30)
_CLOCK = ("respond_by", "answer_route", "answer_from_at", "answer_due_at")
# Where a lead stands: it goes back as a whole, or stays as a whole if it was moved since.
STANDING = (
    "stage", "stage_since", "route", "queue", "owner", "snoozed_until", "status", "furthest", "answered_at", "answered_minutes", *_CLOCK,
)  # fmt: skip


class CannotUndo(IllegalMove):
    """A merge that stays as it is; the sentence says why."""


def merge(
    uow: UnitOfWork, kept_id: str, gone_id: str, *, playbook: Playbook, by: str, now: datetime, seen: int | None = None,
    seen_other: int | None = None,
) -> Merge:
    """Put the lead `gone_id` into the lead `kept_id`.

    Args:
        playbook: by which the lead that stays is scored. seen, seen_other: the versions of both that the person saw.
    Raises:
        NotFound: one of them is not there. ChangedMeanwhile: somebody acted on one of them since. IllegalMove: not this way round; the
        sentence says why and what to do. ValueError: a lead with itself.
    """
    if kept_id == gone_id:
        raise ValueError("from: expected the id of another lead, found that of the lead itself.")
    for talk in sorted(uow.conversations.with_lead(gone_id), key=lambda talk: talk.id):
        uow.conversations.get(talk.id, lock=True)  # before the leads, as a chat does: nothing is said to a lead that is about to go
    in_order = sorted(((kept_id, seen), (gone_id, seen_other)), key=lambda each: each[0])
    both = {lead_id: in_hand(uow, lead_id, version) for lead_id, version in in_order}
    kept, gone = both[kept_id], both[gone_id]
    _check(kept, gone)
    before = {"kept": lead_snapshot.taken(kept), "gone": lead_snapshot.taken(gone)}
    signals, talks = list(uow.signals.of(gone.id)), list(uow.conversations.with_lead(gone.id))
    for signal in signals:
        signal.lead_id = kept.id
    for talk in talks:
        talk.lead_id = kept.id
    promised = _earlier_promise(kept, gone)
    _put_together(kept, gone)
    gone.merged_into = kept.id
    gone.route = gone.queue = gone.owner = gone.respond_by = gone.snoozed_until = None  # nobody's work, and no clock runs
    _happened(uow, kept, "merged", f"with {_enquiry(gone)}", by=by, now=now)
    _happened(uow, gone, "merged", f"into {_enquiry(kept)}", by=by, now=now)
    _score(uow, kept, playbook, promised, now=now)
    done = Merge(
        id=uuid.uuid4().hex, kept_id=kept.id, gone_id=gone.id, at=now, by=by, before=before, after=lead_snapshot.taken(kept),
        moved={"signals": [signal.id for signal in signals], "conversations": [talk.id for talk in talks]},
    )
    uow.merges.add(done)
    audit.note(uow, "merge", by=by, now=now, lead_id=kept.id, detail=f"from {gone.id}")
    return done


def undo(uow: UnitOfWork, merge_id: str, *, playbook: Playbook, by: str, now: datetime) -> tuple[Merge, list[str]]:
    """Take two leads apart again; return the merge, and in sentences what stays with the lead that stayed.

    Both are as they were, in every field. Only what was learned or done after the merge stays with the lead it was done to.

    Args:
        playbook: by which the lead that stayed is scored again, where something stays with it.
    Raises:
        NotFound: there is no such merge. CannotUndo: the sentence says why.
    """
    known = uow.merges.get(merge_id)
    if known is None:
        raise NotFound(merge_id)
    for talk_id in sorted(known.moved["conversations"]):
        uow.conversations.get(talk_id, lock=True)
    both = {lead_id: uow.leads.get(lead_id, lock=True) for lead_id in sorted((known.kept_id, known.gone_id))}
    done, kept, gone = uow.merges.get(merge_id, lock=True), both[known.kept_id], both[known.gone_id]
    if done is None or kept is None or gone is None:
        raise NotFound(merge_id)
    reason = why_not_undone(uow, done, kept, now=now)
    if reason:
        raise CannotUndo(reason)
    stays = what_stays(done, kept)
    _give_back_parts(uow, done)
    lead_snapshot.give_back(gone, done.before["gone"], but=frozenset({"version"}))
    as_before = _give_back(kept, done)
    _happened(uow, kept, "unmerged", f"{_enquiry(gone)} is a lead of its own again", by=by, now=now)
    _happened(uow, gone, "unmerged", f"from {_enquiry(kept)}", by=by, now=now)
    if not as_before:
        _score(uow, kept, playbook, None, now=now)
    done.undone_at, done.undone_by = now, by
    audit.note(uow, "unmerge", by=by, now=now, lead_id=kept.id, detail=f"from {gone.id}")
    return done, stays


def why_not_undone(uow: UnitOfWork, done: Merge, kept: Lead, *, now: datetime) -> str:
    """Say in a sentence why a merge cannot be undone now; "" if it can."""
    if done.undone_at is not None:
        return f"{done.undone_by} has undone this merge already, on {_day(done.undone_at)}."
    if now - done.at > UNDO_FOR:
        return f"A merge can be undone for {UNDO_FOR.days} days; this one is of {_day(done.at)}."
    if kept.merged_into is not None:
        return f"The lead that stayed was itself merged into {kept.merged_into} since. Undo that merge first."
    for other in uow.merges.of(kept.id):
        if other.kept_id == kept.id and other.undone_at is None and other.after["version"] > done.after["version"]:
            return f"Another lead ({other.gone_id}) was merged into this one later. Undo that merge first."
    return ""


def what_stays(done: Merge, kept: Lead) -> list[str]:
    """Return in sentences what would stay with the lead that stayed if its merge were undone, since it was done after."""
    now, after, before = lead_snapshot.taken(kept), done.after, done.before["kept"]
    _, newer = merged_facts.give_back(before["facts"], after["facts"], now["facts"])
    sentences = []
    if newer:
        sentences.append(f"Learned or corrected since: {', '.join(fact.replace('_', ' ') for fact in newer)}.")
    fields = [name for name in (*now["contact"], *after["contact"]) if now["contact"].get(name) != after["contact"].get(name)]
    if fields:
        sentences.append(f"Contact changed since: {', '.join(dict.fromkeys(fields))}.")
    if _stands_elsewhere(now, after):
        sentences.append(f"It was moved or handed on since: stage {kept.stage}, owner {kept.owner or 'nobody'}.")
    if now["note"] != after["note"]:
        sentences.append("Notes were added since.")
    return sentences


def _check(kept: Lead, gone: Lead) -> None:
    if kept.stage in OVER and gone.stage not in OVER:
        raise IllegalMove(
            f"The lead that would stay is {kept.stage}: its work is over, and the other one would wait for nobody. Merge it the other way "
            "round, or let the two stay apart."
        )
    taken = {lead.id: lead.stage not in qualification.MOVED_BY_RULES for lead in (kept, gone)}
    if taken[gone.id] and gone.stage not in OVER and not taken[kept.id]:
        raise IllegalMove(
            f"The lead that would go is further along: {gone.stage}, accepted by {gone.owner or 'somebody'}. Merge the two the other way "
            "round, so that it stays."
        )


def _earlier_promise(kept: Lead, gone: Lead) -> dict[str, Any] | None:
    """The clock that runs out first: the person was promised an answer by then, whichever lead stays. None where nobody waits."""
    if kept.stage not in qualification.MOVED_BY_RULES:
        return None
    clocks = [lead for lead in (kept, gone) if lead.respond_by is not None]
    first = min(clocks, key=lambda lead: lead.respond_by or datetime.max, default=None)
    return {name: getattr(first, name) for name in _CLOCK} if first else None


def _put_together(kept: Lead, gone: Lead) -> None:
    kept.facts = merged_facts.combine(kept.facts, gone.facts)
    kept.contact = {**gone.contact, **{field: value for field, value in kept.contact.items() if value}}
    kept.not_known = {fact: why for fact, why in {**gone.not_known, **kept.not_known}.items() if fact not in kept.facts}
    kept.note = "\n".join(dict.fromkeys(note for note in (kept.note, gone.note) if note)) or None
    if gone.status == "stopped" and gone.created_at > kept.created_at:
        kept.status = "stopped"  # the last we heard of them is that they want to be left alone
    elif kept.status == "abandoned" and gone.status in ("completed", "handed_off"):
        kept.status = gone.status
    if kept.owner is None and gone.owner is not None and kept.route is not None:
        kept.owner, kept.queue = gone.owner, gone.queue


def _score(uow: UnitOfWork, kept: Lead, playbook: Playbook, promised: Mapping[str, Any] | None, *, now: datetime) -> None:
    assessment = qualification.requalify(kept, uow.signals.of(kept.id), playbook, now=now)
    qualification.settle(uow, kept, assessment, playbook, now=now, open=kept.status == "open")
    if kept.status == "stopped":
        kept.respond_by = None
    elif promised and kept.route is not None and (kept.respond_by is None or promised["respond_by"] <= kept.respond_by):
        for name, value in promised.items():
            setattr(kept, name, value)


def _give_back_parts(uow: UnitOfWork, done: Merge) -> None:
    moved = set(done.moved["signals"])
    for signal in uow.signals.of(done.kept_id):
        if signal.id in moved:
            signal.lead_id = done.gone_id
    for talk_id in done.moved["conversations"]:
        talk = uow.conversations.get(talk_id)
        if talk is not None and talk.lead_id == done.kept_id:
            talk.lead_id = done.gone_id


def _give_back(kept: Lead, done: Merge) -> bool:
    """Undo in the lead that stayed what the merge did to it; False if something stays with it, so that it has to be scored again."""
    now, after, before = lead_snapshot.taken(kept), done.after, done.before["kept"]
    kept.facts, newer = merged_facts.give_back(before["facts"], after["facts"], now["facts"])
    kept.contact = _keys_back(before["contact"], after["contact"], now["contact"])
    kept.not_known = _keys_back(before["not_known"], after["not_known"], now["not_known"])
    kept.note = _note_back(before["note"], after["note"], now["note"])
    if not _stands_elsewhere(now, after):
        for name in STANDING:
            setattr(kept, name, value_in(before, name))
    if newer or now["assessment"] != after["assessment"] or now["not_known"] != after["not_known"]:
        return False
    kept.assessment, kept.playbook = value_in(before, "assessment"), value_in(before, "playbook")
    return True


def _stands_elsewhere(now: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return any(now[name] != after[name] for name in STANDING if name in after)


def _keys_back(before: Mapping[str, str], after: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    changed = {key for key in {*after, *now} if now.get(key) != after.get(key)}
    names = [*before, *(key for key in now if key not in before)]
    sources = {key: now if key in changed else before for key in names}
    return {key: source[key] for key, source in sources.items() if key in source}


def _note_back(before: str | None, after: str | None, now: str | None) -> str | None:
    if now == after:
        return before
    if now and after and now.startswith(after):
        return f"{before or ''}{now.removeprefix(after)}".strip("\n") or None
    return now


def _happened(uow: UnitOfWork, lead: Lead, kind: str, words: str, *, by: str, now: datetime) -> None:
    lead.version += 1
    lead.updated_at = now
    uow.leads.add_event(LeadEvent(id=uuid.uuid4().hex, lead_id=lead.id, at=now, by=by, kind=kind, words=words))


def _enquiry(lead: Lead) -> str:
    return f"the enquiry that came in by {lead.source.replace('_', ' ')} on {_day(lead.created_at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


__all__ = ["UNDO_FOR", "CannotUndo", "ChangedMeanwhile", "merge", "undo", "what_stays", "why_not_undone"]
