"""What a visitor told us, shown to the visitor, and changed there."""

from leads.recap import recap
from tests.unit.leads.chatting import HOT, PLAYBOOK, Chat, asks

ANA = {"name": "Ana Ruiz", "email": "ana@cedar.example", "phone": "617-555-0134"}


def told(chat: Chat) -> dict[str, str]:
    return {row["field"]: row["text"] for row in recap(chat.lead, PLAYBOOK)}


def test_nobody_has_told_anything_yet() -> None:
    assert recap(None, PLAYBOOK) == []


def test_it_says_facts_in_words_in_the_order_of_the_questions_and_contact_last() -> None:
    chat = Chat()
    chat.say(use_case="scheduling_reminders", org_type="clinic_group", org_size={"sites": 14}, contact=ANA)
    rows = recap(chat.lead, PLAYBOOK)
    assert rows[:2] == [
        {"field": "org_type", "label": "Organization type", "text": "Multi-site clinic group"},
        {"field": "use_case", "label": "Need", "text": "Scheduling and reminders"},
    ]
    assert [row["field"] for row in rows] == ["org_type", "use_case", "org_size", "name", "email", "phone"]
    assert told(chat)["org_size"] == "14 sites" and rows[-2] == {"field": "email", "label": "E-mail", "text": "ana@cedar.example"}


def test_a_date_is_said_with_the_timing_it_belongs_to() -> None:
    chat = Chat()
    chat.say(timeline="half_year", timeline_date="2027-04-01")
    assert told(chat) == {"timeline": "Within six months (2027-04-01)"}


def test_changing_an_answer_puts_its_question_again_and_what_is_said_replaces_it() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    before = chat.state["asking"]
    chat.change("org_type")
    assert chat.said == [asks("org_type")] and chat.state["asking"] == "org_type"
    assert chat.last.replies[0]["quick_replies"]
    chat.say(org_type="payer")
    assert chat.values()["org_type"] == "payer" and "utter_changed" in chat.said
    assert chat.lead.facts["org_type"]["history"][0]["value"] == "hospital"
    assert chat.state["asking"] == before


def test_a_list_is_replaced_and_not_added_to() -> None:
    chat = Chat()
    chat.say(security_needs=["baa", "sso"])
    chat.change("security_needs")
    chat.say(security_needs=["soc2"])
    assert chat.values()["security_needs"] == ["soc2"]


def test_the_same_answer_again_stays_as_it_was_and_the_talk_goes_on() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.change("org_type")
    chat.say(org_type="hospital")
    assert chat.said[0] == "utter_left_as_it_was" and chat.state["asking"] == "use_case" and not chat.lead.facts["org_type"]["history"]


def test_refusing_it_takes_the_answer_back() -> None:
    chat = Chat()
    chat.say(org_type="hospital", budget_status="approved")
    chat.change("budget_status")
    chat.say("refuse")
    assert "budget_status" not in chat.values() and chat.lead.not_known == {"budget_status": "refused"}
    assert chat.said[0] == "utter_withdrawn" and chat.state["asking"] not in (None, "budget_status")


def test_a_question_in_between_is_answered_and_the_change_stays_open() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.change("org_type")
    chat.say("faq", topic=("hosting", 0.9))
    assert chat.said == ["In the US.", asks("org_type")]
    chat.say(org_type="payer")
    assert chat.values()["org_type"] == "payer" and chat.state["asking"] == "use_case"


def test_a_doubtful_answer_is_confirmed_first_and_then_replaces() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.change("org_type")
    chat.say(doubtful={"org_type": "payer"})
    assert chat.state["confirming"] == {"fact": "org_type", "value": "payer"} and chat.values()["org_type"] == "hospital"
    chat.say("affirm")
    assert chat.values()["org_type"] == "payer" and chat.state["asking"] == "use_case"


def test_what_cannot_be_understood_leaves_the_answer_and_ends_after_some_tries() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.change("org_type")
    for _ in range(4):
        chat.say()
        if chat.state["asking"] != "org_type":
            break
    assert chat.values()["org_type"] == "hospital" and chat.state["asking"] == "use_case" and chat.lead.not_known == {}


def test_a_contact_field_is_changed_the_same_way() -> None:
    chat = Chat()
    chat.say(org_type="hospital", contact=ANA)
    chat.change("email")
    assert chat.said == [asks("email")]
    chat.say(contact={"email": "a.ruiz@cedar.example"})
    assert chat.lead.contact["email"] == "a.ruiz@cedar.example" and chat.said[0] == "utter_contact_changed"
    assert chat.state["asking"] == "use_case"


def test_a_contact_field_can_be_taken_back() -> None:
    chat = Chat()
    chat.say(org_type="hospital", contact=ANA)
    chat.change("phone")
    chat.say("refuse")
    assert "phone" not in chat.lead.contact and chat.said[0] == "utter_withdrawn"


def test_after_the_end_a_change_is_taken_and_scored_and_nothing_more_is_asked() -> None:
    chat = Chat()
    chat.answer(HOT, ANA | {"consent": "yes"})
    before = chat.lead.assessment["scores"]["intent"]["points"]
    chat.change("timeline")
    assert chat.state["finished"] and chat.state["asking"] == "timeline"
    chat.say(timeline="later")
    assert chat.values()["timeline"] == "later" and chat.lead.assessment["scores"]["intent"]["points"] < before
    assert chat.state["finished"] and chat.state["asking"] is None and "utter_changed" in chat.said


def test_a_fact_without_a_question_is_changed_in_words() -> None:
    chat = Chat()
    chat.say(org_type="hospital", urgency="high")
    chat.change("urgency")
    assert chat.said == ["utter_what_to_change"] and chat.state["asking"] == "use_case"


def test_a_change_that_was_decided_is_the_same_turn_again() -> None:
    chat = Chat()
    chat.say(org_type="hospital")
    chat.change("org_type")
    message = chat.messages[-1]
    assert message.turn == chat.last.as_json()
