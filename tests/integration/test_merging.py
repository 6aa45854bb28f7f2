"""Merges on SQLite and on PostgreSQL: kept and undone to every field, nothing of a half-done one, and two people at once."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from leads import decisions, staff
from leads.accounts import account, listing
from leads.dialogue import recording
from leads.inbox import Wanted, look
from leads.intake import add_lead, add_signal
from leads.lead_view import view
from leads.merging import merge, undo
from leads.reading import ReadFact
from leads.records import Conversation
from scoring.stages import IllegalMove
from store import tables
from store.unit_of_work import SqlUnitOfWork
from tests.integration.test_owners import HOT, NOW, PLAYBOOK

ANA, BEN = "ana@meridian.example", "ben@meridian.example"
LATER = NOW + timedelta(hours=1)
ROUNDS = 6
# They count acts, and the clocks look again at what was written.
BESIDE = ("version", "updated_at", "clock_at")


def a_lead(engine: Engine, email: str, facts: dict[str, Any] | None = None, *, name: str = "Priya", minutes: int = 0) -> str:
    """A lead with a chat, a signal and a fact that was read."""
    with SqlUnitOfWork(engine) as unit:
        now = NOW + timedelta(minutes=minutes)
        contact = {"name": name, "email": email, "company": "Cedar Clinics"}
        lead = add_lead(unit, source="form", contact=contact, facts=HOT if facts is None else facts, reading=None, signals=[("webinar", now)],
                        playbook=PLAYBOOK, now=now)  # fmt: skip
        recording.store(lead, ReadFact("region", f"R{minutes}", 0.6, "up north"), channel="website", now=now)
        unit.conversations.add(
            Conversation(id=uuid.uuid4().hex, token_hash="", channel="website", playbook="default", page={}, utm={}, visitor=None, consent_at=None,
                         reference_date=None, opened_at=now, last_message_at=now, lead_id=lead.id)
        )
        unit.commit()
        return lead.id


def pair(engine: Engine) -> tuple[str, str]:
    email = f"{uuid.uuid4().hex}@cedar.example"
    return a_lead(engine, email, {"org_type": "clinic_group"}), a_lead(engine, email.upper(), minutes=5)


def rows(engine: Engine, *lead_ids: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        found = connection.execute(select(tables.leads).where(tables.leads.c.id.in_(lead_ids)).order_by(tables.leads.c.id)).mappings()
        return [{name: value for name, value in row.items() if name not in BESIDE} for row in found]


def whose(engine: Engine, table: Any) -> dict[str, str]:
    with engine.connect() as connection:
        return dict(connection.execute(select(table.c.id, table.c.lead_id)).all())


def put_together(engine: Engine, kept: str, gone: str, by: str = ANA) -> str:
    with SqlUnitOfWork(engine) as unit:
        done = merge(unit, kept, gone, playbook=PLAYBOOK, by=by, now=LATER)
        unit.commit()
        return done.id


def take_apart(engine: Engine, merge_id: str, by: str = ANA) -> list[str]:
    with SqlUnitOfWork(engine) as unit:
        stays = undo(unit, merge_id, playbook=PLAYBOOK, by=by, now=LATER + timedelta(days=1))[1]
        unit.commit()
        return stays


def test_a_merge_that_is_undone_leaves_every_column_as_it_was(engine: Engine) -> None:
    kept, gone = pair(engine)
    before = rows(engine, kept, gone), whose(engine, tables.signals), whose(engine, tables.conversations)
    merge_id = put_together(engine, kept, gone)
    assert set(whose(engine, tables.signals).values()) == set(whose(engine, tables.conversations).values()) == {kept}
    assert take_apart(engine, merge_id) == []
    assert (rows(engine, kept, gone), whose(engine, tables.signals), whose(engine, tables.conversations)) == before


def test_a_merge_that_is_cut_off_has_not_happened(engine: Engine) -> None:
    kept, gone = pair(engine)
    before = rows(engine, kept, gone), whose(engine, tables.signals)
    with SqlUnitOfWork(engine) as unit:
        merge(unit, kept, gone, playbook=PLAYBOOK, by=ANA, now=LATER)
    assert (rows(engine, kept, gone), whose(engine, tables.signals)) == before
    with engine.connect() as connection:
        assert connection.execute(select(tables.merges)).all() == []


def test_a_merged_lead_is_in_no_list_and_its_id_and_its_chat_lead_to_the_one_that_stays(engine: Engine) -> None:
    kept, gone = pair(engine)
    put_together(engine, kept, gone)
    with SqlUnitOfWork(engine, read_only=True) as unit:
        inbox = look(unit, Wanted(view="all"), playbook_of=lambda _: PLAYBOOK, default=PLAYBOOK, now=LATER)
        assert [row.id for row in inbox.rows] == [kept] and inbox.rows[0].same == [] and inbox.counts["team"] <= 1
        assert staff.search(unit, q="priya")["items"][0]["id"] == kept and len(staff.search(unit)["items"]) == 1
        assert [lead.id for lead in unit.leads.of_domain("mail.cedar.example", but="", limit=9)] == [kept]
        assert sum(unit.leads.open_by_owner([str(staff.get(unit, kept).owner)], but="").values()) == 1
        seen = view(unit, gone, playbook=PLAYBOOK, scored_by=PLAYBOOK, now=LATER)
        assert seen.lead["id"] == kept and [merged.gone_id for merged in seen.merged] == [gone] and seen.merged[0].stays == []
        assert sum(happening.what == "Came in by form." for happening in seen.timeline) == 2
        talk = next(talk.id for talk in unit.conversations.with_lead(kept))
        assert [item["id"] for item in staff.search(unit, conversation=talk)["items"]] == [kept]


def test_erasing_the_lead_that_stays_erases_what_was_merged_into_it(engine: Engine) -> None:
    kept, gone = pair(engine)
    put_together(engine, kept, gone)
    with SqlUnitOfWork(engine) as unit:
        unit.leads.remove(staff.get(unit, kept))
        unit.commit()
    assert rows(engine, kept, gone) == [] and whose(engine, tables.signals) == {}
    with engine.connect() as connection:
        assert connection.execute(select(tables.merges)).all() == []


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do several things at the same moment; return what each is told, "" for done."""
    begin = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        begin.wait(timeout=20)
        try:
            act()
            return ""
        except (IllegalMove, decisions.ChangedMeanwhile) as refusal:
            return str(refusal)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_of_two_merges_the_other_way_round_one_wins_and_the_other_is_told(engine: Engine) -> None:
    for _ in range(ROUNDS):
        one, other = pair(engine)
        told = at_once(lambda a=one, b=other: put_together(engine, a, b, ANA), lambda a=one, b=other: put_together(engine, b, a, BEN))
        assert sorted(map(bool, told)) == [False, True] and any("was merged into" in words for words in told), told
        found = rows(engine, one, other)
        assert sorted(row["merged_into"] is None for row in found) == [False, True]


def test_of_two_who_undo_at_once_one_wins_and_the_other_is_told(engine: Engine) -> None:
    for _ in range(ROUNDS):
        kept, gone = pair(engine)
        before = rows(engine, kept, gone)
        merge_id = put_together(engine, kept, gone)
        told = at_once(lambda m=merge_id: take_apart(engine, m, ANA), lambda m=merge_id: take_apart(engine, m, BEN))
        assert sorted(map(bool, told)) == [False, True] and any("has undone this merge already" in words for words in told), told
        assert rows(engine, kept, gone) == before


def test_what_arrives_while_two_leads_are_merged_is_kept_with_one_of_them(engine: Engine) -> None:
    for _ in range(ROUNDS):
        kept, gone = pair(engine)

        def arrive(gone: str = gone) -> None:
            with SqlUnitOfWork(engine) as unit:
                add_signal(unit, kind="pricing_page", at=LATER, playbook=PLAYBOOK, now=LATER, lead_id=gone)
                unit.commit()

        told = at_once(lambda a=kept, b=gone: put_together(engine, a, b), arrive)
        assert told == ["", ""]
        with engine.connect() as connection:
            found = connection.execute(select(tables.signals.c.lead_id).where(tables.signals.c.kind == "pricing_page", tables.signals.c.lead_id.in_((kept, gone))))
            assert len(found.all()) == 1


def test_accounts_go_together_by_registered_domain_and_free_mail_is_of_none(engine: Engine) -> None:
    emails = ("a@cedar.example", "b@mail.Cedar.example", "A@CEDAR.example", "c@pine.example", "d@gmail.com", "e@ward.nhs.uk", "f@other.nhs.uk")
    ids = {email: a_lead(engine, email, minutes=place) for place, email in enumerate(emails)}
    with SqlUnitOfWork(engine, read_only=True) as unit:
        found, cursor = listing(unit)
        assert {row.domain: (row.people, row.leads, row.name) for row in found} == {
            "cedar.example": (2, 3, "Cedar Clinics"), "pine.example": (1, 1, "Cedar Clinics"), "ward.nhs.uk": (1, 1, "Cedar Clinics"), "other.nhs.uk": (1, 1, "Cedar Clinics"),
        }
        assert cursor is None and [row.domain for row in found] == ["other.nhs.uk", "ward.nhs.uk", "pine.example", "cedar.example"]
        assert [row.domain for row in listing(unit, text="PINE")[0]] == ["pine.example"] and len(listing(unit, text="priya")[0]) == 4
        assert listing(unit, text="100%_")[0] == []
        pages, after = [], None
        while True:
            page, after = unit.leads.accounts(text=None, after=after, limit=1)
            pages += [row.domain for row in page]
            if after is None:
                break
        assert pages == [row.domain for row in found]
        shown = account(unit, "mail.cedar.example")
        assert [(contact.lead_id, contact.others) for contact in shown.contacts] == [(ids["A@CEDAR.example"], 1), (ids["b@mail.Cedar.example"], 0)]
        assert next(said for said in shown.said if said.fact == "region").conflict
        assert {place.name: place.state for place in shown.roles}["budget_holder"] == "known"
    with SqlUnitOfWork(engine, read_only=True) as unit, pytest.raises(ValueError, match="cursor"):
        listing(unit, after="nonsense")
