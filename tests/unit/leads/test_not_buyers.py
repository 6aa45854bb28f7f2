"""People who are not buyers are pointed the right way, and nothing of them is kept but a count."""

import pytest

from leads.dialogue.not_buyers import NOT_BUYERS
from tests.unit.leads.chatting import HOT, Chat, asks

ADVICE = {
    "patient": "utter_for_patients", "job_seeker": "utter_for_job_seekers", "vendor_selling": "utter_for_sellers",
    "press_or_student": "utter_for_press_and_students",
}


@pytest.fixture
def chat() -> Chat:
    return Chat(visitor="v9")


def is_empty(chat: Chat) -> bool:
    """Nothing of the visitor is left but the count."""
    kept = chat.conversation
    return (
        not chat.messages and not chat.unit.leads.kept and not chat.unit.signals.kept and not chat.unit.leads.moves
        and kept.lead_id is None and kept.visitor is None and kept.page == {} and kept.utm == {}
    )


def test_every_relationship_that_is_no_buyer_has_advice() -> None:
    assert set(ADVICE) == set(NOT_BUYERS)


@pytest.mark.parametrize("who", ADVICE)
def test_who_is_no_buyer_is_pointed_the_right_way_and_only_counted(chat: Chat, who: str) -> None:
    chat.say("out_of_scope", relationship=who, contact={"email": "pat@home.example"})
    assert chat.said == [ADVICE[who]] and chat.kinds == ["goodbye"]
    assert chat.state["outcome"] == "not_a_lead" and chat.state["finished"]
    assert is_empty(chat) and chat.unit.tallies.total(who) == 1


def test_someone_in_danger_is_told_at_once_where_help_is_and_only_counted(chat: Chat) -> None:
    chat.say("emergency", signals=("call_request",))
    assert chat.said == ["utter_emergency"] and is_empty(chat) and chat.unit.tallies.total("emergency") == 1


def test_what_was_told_before_is_erased_with_the_rest(chat: Chat) -> None:
    chat.say(org_type="hospital", signals=("webinar",), contact={"name": "Pat"})
    assert chat.unit.leads.kept and chat.messages
    chat.say("out_of_scope", relationship="patient")
    assert is_empty(chat)


def test_an_emergency_in_the_middle_keeps_an_established_buyer_and_the_open_question(chat: Chat) -> None:
    chat.say(org_type="hospital", use_case="telehealth", timeline="now")
    asking = chat.state["asking"]
    chat.say("emergency")
    assert chat.said == ["utter_emergency"] and chat.state["asking"] == asking
    assert len(chat.lead.facts) == 3 and chat.state["outcome"] is None and chat.unit.tallies.total("emergency") == 0


def test_a_stray_remark_does_not_turn_an_established_buyer_away(chat: Chat) -> None:
    chat.say(org_type="hospital", use_case="telehealth", timeline="now")
    chat.say("out_of_scope", relationship="patient")
    assert len(chat.lead.facts) >= 3 and not chat.state["finished"]


def test_a_partner_is_a_lead(chat: Chat) -> None:
    chat.say(relationship="partner")
    assert chat.values() == {"relationship": "partner"}


def test_a_buyer_after_all_goes_on_from_the_start(chat: Chat) -> None:
    chat.say("out_of_scope", relationship="patient")
    chat.say(org_type="specialty_group")
    assert chat.values() == {"org_type": "specialty_group"} and chat.state["outcome"] is None and chat.conversation.closed_at is None
    assert chat.state["asking"] == "use_case" and not chat.state["finished"]
    chat.answer(HOT, {"name": "Ana", "email": "ana@cedar.example", "company": "Cedar"})
    assert chat.lead.status == "handed_off" and chat.state["outcome"] == "handed_off"


def test_a_buyer_after_all_who_wants_a_person_gets_one(chat: Chat) -> None:
    chat.say("out_of_scope", relationship="job_seeker")
    chat.say("human")
    assert chat.state["asking"] == "name" and chat.state["outcome"] is None


@pytest.mark.parametrize("act", ["thanks", "goodbye", "greet", "chitchat", "out_of_scope", "affirm", "deny", "answer", "refuse"])
def test_a_few_polite_words_after_the_advice_are_no_lead(chat: Chat, act: str) -> None:
    chat.say("out_of_scope", relationship="patient")
    chat.say(act, contact={"phone": "614-555-0100"} if act == "answer" else {})
    assert chat.said and chat.state["outcome"] == "not_a_lead" and chat.state["asking"] is None
    assert is_empty(chat) and chat.unit.tallies.total("patient") == 1


@pytest.mark.parametrize("who", NOT_BUYERS)
def test_who_may_be_no_buyer_is_asked(chat: Chat, who: str) -> None:
    chat.say("out_of_scope", doubtful={"relationship": who})
    assert chat.said == [f"utter_are_you_{who}"] and chat.state["confirming"] == {"fact": "relationship", "value": who}
    chat.say("affirm")
    assert chat.said == [ADVICE[who]] and is_empty(chat)


def test_who_says_no_to_being_a_patient_goes_on_and_is_not_asked_again(chat: Chat) -> None:
    chat.say("out_of_scope", doubtful={"relationship": "patient"})
    chat.say("deny")
    assert chat.state["asking"] == "org_type" and chat.said[-1] == asks("org_type")
    chat.say("out_of_scope", doubtful={"relationship": "patient"})
    assert chat.state["asking"] == "org_type"


def test_what_a_perhaps_patient_told_of_an_organization_is_not_lost(chat: Chat) -> None:
    chat.say("out_of_scope", doubtful={"relationship": "patient"}, org_type="clinic_group")
    chat.say("deny")
    assert chat.values() == {"org_type": "clinic_group"} and chat.state["asking"] == "use_case"
