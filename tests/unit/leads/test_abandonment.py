"""Conversations that fell quiet are scored and routed on what is known."""

from datetime import timedelta

import pytest

from leads.abandonment import close_quiet
from leads.decisions import accept
from leads.dialogue.turn import take_turn
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK, SCRIPT, Chat, reading
from tests.unit.leads.fake_unit import FakeUnit

QUIET = timedelta(minutes=30)
HOT_START = {name: HOT[name] for name in ("org_type", "use_case", "buying_role", "budget_status", "timeline")}


def close(unit: FakeUnit, chat: Chat, minutes: int = 31) -> int:
    return close_quiet(unit, playbook_of=lambda _: PLAYBOOK, quiet=QUIET, now=chat.now + timedelta(minutes=minutes))


@pytest.fixture
def unit() -> FakeUnit:
    return FakeUnit()


def test_a_quiet_conversation_is_settled_once(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(**HOT_START, contact={"email": "ana@cedar.example"})
    assert chat.lead.route is None
    assert close(unit, chat, 29) == 0 and chat.lead.status == "open"
    assert close(unit, chat) == 1 and close(unit, chat, 60) == 0
    assert (chat.lead.status, chat.lead.route, chat.lead.stage) == ("abandoned", "direct_sales", "mql")
    assert chat.lead.respond_by is not None and chat.conversation.closed_at is not None


def test_nobody_is_on_the_clock_for_someone_who_cannot_be_answered(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(**HOT_START)
    close(unit, chat)
    assert chat.lead.route == "direct_sales" and chat.lead.respond_by is None


def test_a_conversation_in_which_nothing_was_said_is_closed_without_a_lead(unit: FakeUnit) -> None:
    chat = Chat(unit)
    assert close(unit, chat) == 0
    assert chat.conversation.closed_at is not None and not unit.leads.kept


def test_who_comes_back_goes_on_where_they_were_and_is_settled_again(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(org_type="clinic_group", contact={"email": "ana@cedar.example"})
    close(unit, chat)
    assert chat.lead.status == "abandoned" and chat.lead.route == "nurture"
    chat.now += timedelta(hours=3)
    chat.say(use_case="telehealth", budget_status="approved", buying_role="final_approver", timeline="now")
    assert chat.lead.status == "open" and chat.state["asking"] and not chat.state["finished"]
    assert close(unit, chat) == 1
    assert (chat.lead.status, chat.lead.route) == ("abandoned", "direct_sales")


def test_who_comes_back_and_finishes_is_handed_off(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(org_type="clinic_group")
    close(unit, chat)
    chat.answer(HOT, {"name": "Ana", "email": "ana@cedar.example", "company": "Cedar"})
    assert chat.lead.status == "handed_off" and chat.state["outcome"] == "handed_off"


def test_who_was_promised_a_person_gets_one_although_they_left(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say("human", contact={"name": "Ana", "email": "ana@cedar.example", "company": "Cedar", "phone": "614-555-0100"})
    assert "utter_person_promised" in chat.said
    due = chat.lead.respond_by
    close(unit, chat)
    assert chat.lead.queue == PLAYBOOK.routes["direct_sales"].queue and chat.lead.respond_by is not None
    assert due is None or chat.lead.respond_by <= due


def test_a_persons_decision_is_not_undone_by_who_goes_on_chatting(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(**HOT_START)
    close(unit, chat)
    accept(unit, chat.lead.id, playbook=PLAYBOOK, by="dana@meridian.example", now=chat.now)
    stage = chat.lead.stage
    chat.say(handles_phi="yes")
    assert chat.lead.stage == stage and stage in ("sal", "sql")


def test_a_conversation_of_a_playbook_that_was_renamed_is_settled_with_the_one_in_use(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(**HOT_START)
    chat.conversation.playbook = "an older name"
    assert close(unit, chat) == 1
    assert chat.lead.playbook["name"] == "default"


def test_a_finished_conversation_is_left_alone(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.answer(HOT, {"name": "Ana", "email": "ana@cedar.example", "company": "Cedar"})
    before = chat.lead.respond_by
    assert close(unit, chat, 500) == 0 and chat.lead.respond_by == before and chat.lead.status == "handed_off"


def test_a_message_that_arrives_while_the_job_runs_is_taken_as_usual(unit: FakeUnit) -> None:
    chat = Chat(unit)
    chat.say(org_type="hospital")
    close(unit, chat)
    turn = take_turn(unit, SCRIPT, conversation_id=chat.id, message_id=None, reading=reading(use_case="telehealth"), now=NINE + QUIET * 3)
    assert turn.state["asking"] not in (None, "org_type", "use_case")
