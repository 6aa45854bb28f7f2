"""A person is wanted, contact is asked, the interview closes: who gets the lead, by when, and what is said about it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from scoring.hours import respond_by
from tests.unit.leads.chatting import HOT, PLAYBOOK, Chat, asks

ANA = {"name": "Ana Ruiz", "email": "ana@cedar.example", "company": "Cedar Hollow", "phone": "614-555-0100"}


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_who_asks_for_a_person_is_asked_how_to_reach_them_first(chat: Chat) -> None:
    chat.say("human")
    assert chat.said == ["utter_person_wanted", asks("name")] and chat.state["asking"] == "name"
    assert "call_request" in [signal.kind for signal in chat.unit.signals.of(chat.lead.id)]


def test_once_contact_is_there_a_time_is_promised_and_the_rest_is_voluntary(chat: Chat) -> None:
    chat.say("human")
    while chat.state["asking"] in ANA:
        chat.say(contact={chat.state["asking"]: ANA[chat.state["asking"]]})
    assert "utter_person_promised" in chat.said and not chat.state["finished"]
    assert chat.state["asking"] == "org_type"
    assert chat.last.replies[-1]["quick_replies"][-1]["value"] == "that_is_all"
    chat.say("that_is_all")
    assert chat.state["finished"] and chat.state["outcome"] == "handed_off" and chat.lead.status == "handed_off"
    assert chat.lead.respond_by is not None and chat.lead.queue == PLAYBOOK.routes["direct_sales"].queue


def test_the_clock_of_a_promise_runs_from_the_promise(chat: Chat) -> None:
    chat.say("human", contact=ANA)
    promised_at = chat.now
    due = respond_by(PLAYBOOK, "direct_sales", promised_at)
    for _ in range(5):
        chat.now += timedelta(minutes=20)
        chat.say("chitchat")
    chat.say("that_is_all")
    assert chat.lead.respond_by is not None and due is not None and chat.lead.respond_by <= due


def test_the_goodbye_repeats_the_time_that_was_promised() -> None:
    chat = Chat(prefill=ANA)
    chat.say("human")
    promised = next(reply["values"]["when"] for reply in chat.last.replies if reply["response"] == "utter_person_promised")
    chat.now += timedelta(minutes=45)
    chat.say("that_is_all")
    told = [reply["values"]["when"] for reply in chat.last.replies if "when" in reply["values"]]
    assert told == [promised]


def test_who_can_be_reached_already_is_promised_an_answer_at_once() -> None:
    chat = Chat(prefill=ANA)
    chat.say("human")
    assert chat.said[0] == "utter_person_promised" and chat.state["asking"] == "org_type"


def test_who_wants_a_person_but_gives_no_contact_is_told_the_truth(chat: Chat) -> None:
    chat.say("human")
    for _ in range(10):
        if chat.state["finished"]:
            break
        chat.say("refuse")
    said = chat.said
    chat.answer({})
    assert "utter_closing_person" not in said + chat.said
    assert chat.said[-1] == "utter_closing_unreachable"


def test_booking_gives_the_link_and_asks_for_contact(chat: Chat) -> None:
    chat.say("book")
    assert chat.said == ["utter_book", asks("name")]
    assert chat.last.replies[0]["values"] == {"link": PLAYBOOK.booking_url}
    assert [signal.kind for signal in chat.unit.signals.of(chat.lead.id)] == ["meeting_request"]


def test_an_open_fact_waits_while_a_person_is_wanted(chat: Chat) -> None:
    chat.say(org_type="hospital")
    chat.say("human")
    assert chat.state["asking"] == "name"
    chat.answer({"use_case": "telehealth"}, ANA)
    assert chat.values()["use_case"] == "telehealth"


# -- contact ---------------------------------------------------------------------------------------------------------------


def test_a_hot_lead_is_asked_for_contact_after_the_questions(chat: Chat) -> None:
    asked: list[Any] = []
    while not chat.state["finished"]:
        asking = chat.state["asking"]
        asked.append(asking)
        chat.say(**{asking: HOT[asking]}) if asking in HOT else chat.say(contact={asking: ANA[asking]})
    facts = [name for name in asked if name in HOT]
    assert asked == facts + [name for name in asked if name in ANA]
    assert {"name", "email", "company", "phone"} <= set(asked)
    assert chat.lead.contact["consent"].startswith("given in the chat on 2026-11-24")


def test_contact_given_in_passing_is_not_asked(chat: Chat) -> None:
    chat.say(contact={"email": ANA["email"], "name": ANA["name"]}, org_type="hospital")
    asked = []
    while not chat.state["finished"]:
        asking = chat.state["asking"]
        asked.append(asking)
        chat.say(**{asking: HOT[asking]}) if asking in HOT else chat.say("refuse")
    assert not {"email", "name"} & set(asked)


def test_a_refused_contact_field_is_not_asked_again_and_the_phone_is_asked_instead(chat: Chat) -> None:
    asked = []
    while not chat.state["finished"]:
        asking = chat.state["asking"]
        asked.append(asking)
        chat.say(**{asking: HOT[asking]}) if asking in HOT else chat.say("refuse")
    contact = [field for field in asked if field not in HOT]
    assert len(contact) == len(set(contact)) and "phone" in contact
    assert "consent" not in contact, "there is nothing to agree to"
    assert chat.lead.status == "handed_off" and chat.said[-1] == "utter_closing_unreachable"


def test_an_answer_that_is_no_address_is_asked_for_again_once(chat: Chat) -> None:
    chat.say("human")
    chat.say("refuse")
    assert chat.state["asking"] == "email"
    chat.say()
    assert chat.said == ["utter_not_a_email", asks("email")]
    chat.say()
    assert chat.state["asking"] != "email"


def test_a_contact_answer_that_reads_like_small_talk_gets_no_small_talk_back(chat: Chat) -> None:
    chat.say("human")
    chat.say("out_of_scope", contact={"name": "Ana Ruiz"})
    assert "utter_out_of_scope" not in chat.said and chat.state["asking"] == "email"


def test_a_question_while_contact_is_asked_is_answered_and_contact_asked_again(chat: Chat) -> None:
    chat.say("human")
    chat.say("faq", topic=("hosting", 0.9))
    assert chat.said == ["In the US.", asks("name")]


def test_consent_is_asked_where_contact_came_without_it_and_a_yes_is_kept() -> None:
    chat = Chat(prefill={key: ANA[key] for key in ("name", "email", "company")})
    while chat.state["asking"] in HOT:
        chat.say(**{chat.state["asking"]: HOT[chat.state["asking"]]})
    while chat.state["asking"] != "consent":
        chat.say("refuse")
    chat.say(text="Yes, that's fine")
    assert chat.state["finished"] and chat.lead.contact["consent"] == "given in the chat on 2026-11-24"
    assert chat.said[-1] == "utter_closing_person"


def test_who_does_not_consent_is_not_promised_a_call() -> None:
    chat = Chat(prefill={key: ANA[key] for key in ("name", "email", "company")})
    while chat.state["asking"] in HOT:
        chat.say(**{chat.state["asking"]: HOT[chat.state["asking"]]})
    while chat.state["asking"] != "consent":
        chat.say("refuse")
    chat.say("deny")
    assert chat.state["finished"] and chat.lead.contact["consent"] == "refused in the chat on 2026-11-24"
    assert "utter_closing_person" not in chat.said and chat.lead.respond_by is None


# -- closing -----------------------------------------------------------------------------------------------------------------

LARGE = {**HOT, "org_type": "health_system", "org_size": {"beds": 900}, "budget_status": "planning_cycle", "buying_role": "recommender"}
CLOSINGS = {
    "direct_sales": (HOT, "handed_off", "handed_off", "utter_closing_person"),
    "account_based": (LARGE, "handed_off", "handed_off", "utter_closing_person"),
    "nurture": (HOT | {"timeline": "none", "budget_status": "none", "buying_role": "user"}, "completed", "nurture", "utter_closing_nurture"),
    "disqualified": (HOT | {"org_type": "other"}, "completed", "not_a_fit", "utter_closing_not_a_fit"),
}


@pytest.mark.parametrize("route", CLOSINGS)
def test_each_route_closes_with_its_status_its_outcome_and_its_words(chat: Chat, route: str) -> None:
    answers, status, outcome, response = CLOSINGS[route]
    chat.answer(answers, ANA)
    assert (chat.lead.route, chat.lead.status, chat.state["outcome"], chat.said[-1]) == (route, status, outcome, response)
    assert chat.lead.queue == PLAYBOOK.routes[route].queue
    assert (chat.lead.respond_by is None) == (route == "disqualified")
    assert chat.state == {**chat.state, "asking": None, "confirming": None, "remaining": 0, "finished": True}
    assert chat.conversation.closed_at == chat.now


def test_a_partner_is_told_that_the_partner_team_answers(chat: Chat) -> None:
    chat.say(relationship="partner", org_type="digital_health")
    chat.answer({"use_case": "telehealth"}, ANA)
    assert (chat.lead.route, chat.state["outcome"], chat.said[-1]) == ("partner_review", "handed_off", "utter_closing_partner")


def test_who_is_nurtured_without_contact_is_not_promised_mail(chat: Chat) -> None:
    chat.answer(CLOSINGS["nurture"][0], {})
    assert chat.said[-1] == "utter_closing_nurture_unreachable" and chat.state["outcome"] == "nurture"


def test_the_promised_time_is_the_time_of_the_clock(chat: Chat) -> None:
    chat.answer(HOT, ANA)
    due = chat.lead.respond_by
    assert isinstance(due, datetime) and chat.now < due <= chat.now + timedelta(minutes=30), "a hot lead has the short clock"
    assert "today by" in chat.last.replies[-1]["values"]["when"]


def test_a_nurtured_lead_that_asked_for_a_person_goes_to_sales_all_the_same(chat: Chat) -> None:
    chat.say("human", contact=ANA)
    chat.answer(CLOSINGS["nurture"][0], ANA)
    assert chat.lead.status == "handed_off" and chat.lead.queue == PLAYBOOK.routes["direct_sales"].queue
    assert chat.lead.respond_by is not None


def test_stopping_closes_at_once_and_starts_no_clock(chat: Chat) -> None:
    chat.say(org_type="hospital", contact=ANA)
    chat.say("stop")
    assert chat.said == ["utter_stopped"] and chat.state["finished"] and chat.state["outcome"] == "stopped"
    assert chat.lead.status == "stopped" and chat.lead.respond_by is None and chat.lead.route is not None


def test_stopping_before_anything_was_said_makes_no_lead(chat: Chat) -> None:
    chat.say("stop")
    assert chat.conversation.lead_id is None and chat.state["outcome"] == "stopped"


# -- after the end -----------------------------------------------------------------------------------------------------------


def test_a_correction_after_the_end_scores_again_and_keeps_the_clock(chat: Chat) -> None:
    chat.answer(HOT, ANA)
    due, points = chat.lead.respond_by, chat.lead.assessment["scores"]["fit"]["points"]
    chat.now += timedelta(minutes=25)
    chat.say("correct", org_size={"sites": 2})
    assert chat.values()["org_size"] == {"sites": 2} and chat.state["finished"] and chat.state["asking"] is None
    assert chat.lead.assessment["scores"]["fit"]["points"] < points and chat.lead.respond_by == due


def test_a_note_after_the_end_is_taken_without_another_question(chat: Chat) -> None:
    chat.answer(HOT, ANA)
    chat.say()
    assert chat.said == ["utter_noted_after_the_end"] and chat.state["outcome"] == "handed_off"


def test_a_correction_after_the_end_that_changes_the_route_starts_that_routes_clock(chat: Chat) -> None:
    chat.answer(CLOSINGS["nurture"][0], ANA)
    chat.say("correct", timeline="now", budget_status="approved", buying_role="final_approver")
    assert chat.lead.route == "direct_sales" and chat.lead.stage == "mql"
    assert chat.lead.respond_by == respond_by(PLAYBOOK, "direct_sales", chat.now, priority=True)
    assert chat.lead.status == "handed_off" and chat.state["outcome"] == "handed_off"


def test_who_asks_for_a_person_after_the_end_gets_one(chat: Chat) -> None:
    chat.answer(CLOSINGS["nurture"][0], ANA)
    chat.say("human")
    assert "utter_closing_person" in chat.said
    assert chat.lead.status == "handed_off" and chat.state["outcome"] == "handed_off"
    assert chat.lead.queue == PLAYBOOK.routes["direct_sales"].queue and chat.lead.respond_by is not None


def test_who_asks_for_a_person_after_the_end_without_contact_is_asked_for_it(chat: Chat) -> None:
    chat.answer(CLOSINGS["nurture"][0], {})
    chat.say("human")
    assert chat.state["asking"] in ANA and not chat.state["finished"]
    chat.answer({}, ANA)
    assert chat.lead.status == "handed_off" and chat.state["outcome"] == "handed_off" and chat.lead.respond_by is not None


def test_who_leaves_an_address_after_the_end_starts_the_clock(chat: Chat) -> None:
    chat.answer(HOT, {})
    assert chat.said[-1] == "utter_closing_unreachable" and chat.lead.respond_by is None
    chat.now += timedelta(hours=1)
    chat.say(contact={"email": ANA["email"]})
    assert chat.said[-1] == "utter_closing_person"
    assert chat.lead.respond_by == respond_by(PLAYBOOK, "direct_sales", chat.now, priority=True)


def test_every_message_gets_an_answer_however_often_a_person_is_asked_for(chat: Chat) -> None:
    for _ in range(8):
        assert chat.say("human").replies
