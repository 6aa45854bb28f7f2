"""One turn after another: what is stored, said and asked next."""

from datetime import date, timedelta
from typing import Any

import pytest

from leads.dialogue.turn import UnknownConversation, take_turn
from leads.intake import add_signal
from leads.reading import Reading
from scoring.facts import CLOSED
from tests.unit.leads.chatting import HOT, NINE, PLAYBOOK, SCRIPT, Chat, asks, reading
from tests.unit.leads.fake_unit import FakeUnit


@pytest.fixture
def chat() -> Chat:
    return Chat()


def test_the_greeting_says_who_is_talking_and_asks_what_kind_of_organization(chat: Chat) -> None:
    assert chat.said == ["utter_greet", asks("org_type")]
    assert chat.last.replies[0]["values"] == {"vendor": PLAYBOOK.vendor.name}
    assert chat.state["asking"] == "org_type" and chat.state["remaining"] > 0 and not chat.state["finished"]
    assert chat.conversation.lead_id is None, "nobody is a lead before they said anything"


def test_the_buttons_of_a_question_carry_values_of_its_fact(chat: Chat) -> None:
    assert {reply["value"] for reply in chat.last.replies[-1]["quick_replies"]} <= set(CLOSED["org_type"])


def test_an_unknown_conversation_is_refused() -> None:
    with pytest.raises(UnknownConversation):
        take_turn(FakeUnit(), SCRIPT, conversation_id="gone", message_id=None, reading=reading(), now=NINE)


def test_the_conversation_is_locked_for_the_turn(chat: Chat) -> None:
    chat.say(org_type="hospital")
    assert chat.id in chat.unit.conversations.locked


def test_several_facts_of_one_message_are_all_stored_and_none_of_them_asked(chat: Chat) -> None:
    chat.say(org_type="specialty_group", org_size={"providers": 31}, use_case="prior_authorization", timeline="half_year")
    assert chat.values() == {
        "org_type": "specialty_group", "org_size": {"providers": 31}, "use_case": "prior_authorization", "timeline": "half_year",
    }
    assert chat.state["asking"] not in chat.lead.facts
    assert chat.said[0] == "utter_noted", "what was understood beyond the question is said, so that a slip is seen"


def test_a_stored_fact_keeps_the_words_the_channel_the_time_and_how_sure_it_is(chat: Chat) -> None:
    chat.say(reading(org_type="payer", confidence=0.8))
    stored = chat.lead.facts["org_type"]
    assert stored == {
        "value": "payer", "confidence": 0.8, "quote": "org_type in their words", "channel": "website", "at": chat.now.isoformat(),
        "confirmed": False, "history": [],
    }


def test_the_same_message_is_decided_once(chat: Chat) -> None:
    chat.say(org_type="hospital")
    message, version = chat.messages[-1], chat.lead.version
    again = take_turn(
        chat.unit, SCRIPT, conversation_id=chat.id, message_id=message.id, reading=reading(use_case="telehealth"), now=chat.now,
    )
    assert again.as_json() == chat.last.as_json()
    assert set(chat.lead.facts) == {"org_type"} and chat.lead.version == version


# -- corrections -------------------------------------------------------------------------------------------------------


def test_a_correction_replaces_is_said_and_leaves_the_old_answer_in_the_history(chat: Chat) -> None:
    chat.say(org_type="clinic_group")
    chat.say("correct", org_type="senior_care")
    stored = chat.lead.facts["org_type"]
    assert (stored["value"], [old["value"] for old in stored["history"]]) == ("senior_care", ["clinic_group"])
    assert "utter_changed" in chat.said and chat.state["asking"] == "use_case", "the open question stays open"


def test_several_corrections_keep_every_older_version_in_order(chat: Chat) -> None:
    for value in ("clinic_group", "hospital", "payer"):
        chat.say("correct", org_type=value)
    assert [old["value"] for old in chat.lead.facts["org_type"]["history"]] == ["clinic_group", "hospital"]
    assert all("history" not in old for old in chat.lead.facts["org_type"]["history"])


def test_a_correction_without_a_readable_value_asks_what_is_right(chat: Chat) -> None:
    chat.say(org_type="clinic_group")
    chat.say("correct")
    assert chat.said == ["utter_what_to_change", asks("use_case")]


def test_a_value_that_merely_contradicts_is_put_as_a_guess_and_a_yes_changes_it(chat: Chat) -> None:
    chat.say(org_type="clinic_group")
    chat.say(use_case="telehealth", org_type="hospital")
    assert chat.values()["org_type"] == "clinic_group"
    assert chat.said[-1] == "utter_confirm_change" and chat.state["confirming"] == {"fact": "org_type", "value": "hospital"}
    chat.say("affirm")
    stored = chat.lead.facts["org_type"]
    assert stored["value"] == "hospital" and stored["confirmed"] and [old["value"] for old in stored["history"]] == ["clinic_group"]
    assert "utter_changed" in chat.said and chat.state["confirming"] is None


def test_a_contradiction_that_is_denied_changes_nothing_and_is_not_put_again(chat: Chat) -> None:
    chat.say(org_type="clinic_group")
    chat.say(use_case="telehealth", org_type="hospital")
    chat.say("deny")
    assert chat.values()["org_type"] == "clinic_group" and chat.state["asking"] != "confirm"
    chat.say(org_type="hospital")
    assert chat.state["asking"] != "confirm"


def test_a_contradiction_read_unsurely_is_not_worth_a_question(chat: Chat) -> None:
    chat.say(org_type="clinic_group")
    chat.say(reading(use_case="telehealth", org_type="hospital", confidence=0.8))
    assert chat.values()["org_type"] == "clinic_group" and chat.state["asking"] != "confirm"


def test_lists_add_up_and_a_correction_replaces_the_list(chat: Chat) -> None:
    chat.say(integrations=["epic"])
    chat.say(integrations=["salesforce"])
    assert chat.values()["integrations"] == ["epic", "salesforce"]
    chat.say("correct", integrations=["meditech"])
    assert chat.values()["integrations"] == ["meditech"]


def test_sizes_merge_by_unit_and_the_newer_count_wins(chat: Chat) -> None:
    chat.say(org_size={"sites": 6})
    chat.say(org_size={"providers": 40})
    chat.say(org_size={"sites": 7})
    assert chat.values()["org_size"] == {"sites": 7, "providers": 40}


def test_a_new_timing_takes_the_old_target_date_with_it(chat: Chat) -> None:
    chat.say(timeline="half_year", timeline_date="2027-03-31")
    chat.say("correct", timeline="year")
    assert chat.values() == {"timeline": "year"}
    chat.say("correct", timeline="this_quarter", timeline_date="2027-02-01")
    assert chat.values() == {"timeline": "this_quarter", "timeline_date": "2027-02-01"}


# -- not knowing, refusing, not being understood -------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "why", "response"), [("refuse", "refused", "utter_refused"), ("dont_know", "dont_know", "utter_not_known")])
def test_who_refuses_or_does_not_know_is_not_asked_again(chat: Chat, act: str, why: str, response: str) -> None:
    chat.say(act)
    assert chat.lead.not_known == {"org_type": why} and chat.lead.facts == {}
    assert chat.said == [response, asks("use_case")] and chat.state["answered"] == 1


def test_not_knowing_about_patient_information_is_an_answer_of_its_own(chat: Chat) -> None:
    chat.say(org_type="hospital")
    chat.say(use_case="referral_management")
    while chat.state["asking"] != "handles_phi":
        chat.say("refuse")
    chat.say("dont_know")
    assert chat.values()["handles_phi"] == "unsure" and "handles_phi" not in chat.lead.not_known


def test_not_knowing_whether_a_guess_about_patient_information_is_right_is_unsure_too(chat: Chat) -> None:
    chat.say(doubtful={"handles_phi": "yes"}, org_type="hospital", use_case="referral_management")
    while chat.state["asking"] != "confirm":
        chat.say("refuse")
    chat.say("dont_know")
    assert chat.values()["handles_phi"] == "unsure"


def test_an_answer_given_later_wins_over_a_refusal(chat: Chat) -> None:
    chat.say("refuse")
    chat.say(org_type="hospital")
    assert chat.lead.not_known == {} and chat.values() == {"org_type": "hospital"}


def test_a_refusal_never_takes_away_an_answer(chat: Chat) -> None:
    chat.say(org_type="hospital", use_case="telehealth")
    chat.say("correct")
    chat.say("refuse")
    assert chat.values() == {"org_type": "hospital", "use_case": "telehealth"}


def test_two_unusable_answers_bring_choices_and_a_third_leaves_the_question(chat: Chat) -> None:
    chat.say()
    assert chat.said == ["utter_say_again", asks("org_type")]
    chat.say()
    assert chat.said[0] == "utter_choose" and chat.state["asking"] == "org_type"
    offered = [reply["value"] for reply in chat.last.replies[-1]["quick_replies"]]
    assert offered[-2:] == ["dont_know", "skip"] and len(offered) > 5
    chat.say()
    assert chat.said == ["utter_moving_on", asks("use_case")]
    assert chat.lead.not_known == {"org_type": "dont_know"}


def test_choices_are_made_from_the_catalogue_where_the_question_has_no_buttons(chat: Chat) -> None:
    while chat.state["asking"] != "org_size":
        chat.say(**{chat.state["asking"]: HOT[chat.state["asking"]]})
    chat.say()
    chat.say()
    assert [reply["value"] for reply in chat.last.replies[-1]["quick_replies"]] == ["dont_know", "skip"]


def test_small_talk_is_answered_and_the_question_put_again_without_counting_as_trouble(chat: Chat) -> None:
    chat.say("chitchat")
    assert chat.said == ["utter_chitchat", asks("org_type")] and chat.notes.trouble == {}


def test_a_goodbye_leaves_the_question_open_for_later(chat: Chat) -> None:
    chat.say("goodbye")
    assert chat.said == ["utter_until_later"] and chat.state["asking"] == "org_type" and not chat.state["finished"]


def test_a_text_in_another_language_gets_a_kind_answer_and_the_question(chat: Chat) -> None:
    chat.say("other_language")
    assert chat.said == ["utter_other_language", asks("org_type")]


def test_an_identifier_of_a_patient_is_answered_with_a_notice(chat: Chat) -> None:
    chat.say(removed=("mrn",), org_type="hospital")
    assert chat.said[0] == "utter_identifiers_removed"
    chat.say(removed=("person_name",), use_case="telehealth")
    assert "utter_identifiers_removed" not in chat.said


# -- guesses -------------------------------------------------------------------------------------------------------------


def test_a_doubtful_answer_is_put_as_a_guess_and_a_yes_stores_it_confirmed(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    assert chat.said == ["utter_confirm"] and chat.kinds == ["confirm"]
    assert chat.state["asking"] == "confirm" and chat.state["confirming"] == {"fact": "org_type", "value": "payer"}
    assert "org_type" not in chat.lead.facts
    chat.say("affirm")
    assert chat.lead.facts["org_type"]["confirmed"] and chat.values() == {"org_type": "payer"}
    assert chat.state["asking"] == "use_case"


def test_a_denied_guess_brings_the_question_itself_and_is_not_put_twice(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    chat.say("deny")
    assert chat.state["asking"] == "org_type" and chat.lead.facts == {}
    chat.say(doubtful={"org_type": "payer"})
    assert chat.state["asking"] == "org_type"


def test_what_is_said_instead_of_a_guess_is_taken(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    chat.say("deny", org_type="health_system")
    assert chat.values() == {"org_type": "health_system"} and chat.state["asking"] == "use_case"


def test_a_question_of_the_visitor_does_not_lose_the_guess(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    chat.say("faq", topic=("hosting", 0.9))
    assert chat.said == ["In the US.", "utter_confirm"] and chat.state["asking"] == "confirm"


def test_small_talk_without_end_does_not_repeat_a_guess_without_end(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    for _ in range(12):
        chat.say("chitchat")
    assert chat.state["asking"] != "confirm"


def test_a_doubtful_reading_of_another_fact_waits_until_its_question_comes_up(chat: Chat) -> None:
    chat.say(org_type="hospital", doubtful={"use_case": "telehealth"})
    assert chat.state["confirming"] == {"fact": "use_case", "value": "telehealth"}


@pytest.mark.parametrize(("guess", "stored"), [("yes", "no"), ("no", "yes")])
def test_the_opposite_of_a_denied_yes_or_no_about_patient_information_is_known(chat: Chat, guess: str, stored: str) -> None:
    chat.say(doubtful={"handles_phi": guess}, org_type="hospital", use_case="telehealth")
    while chat.state["asking"] != "confirm":
        chat.say("refuse")
    assert chat.state["confirming"] == {"fact": "handles_phi", "value": guess}
    chat.say("deny")
    assert chat.values()["handles_phi"] == stored


def test_a_doubtful_change_in_a_correction_is_confirmed_first(chat: Chat) -> None:
    chat.say(org_type="hospital")
    chat.say("correct", doubtful={"org_type": "health_system"})
    assert chat.values()["org_type"] == "hospital"
    while chat.state["asking"] != "confirm":
        chat.say("refuse")
    assert chat.said[-1] == "utter_confirm_change"


# -- questions of the visitor --------------------------------------------------------------------------------------------


def test_a_question_is_answered_in_the_vendors_words_and_the_open_one_put_again(chat: Chat) -> None:
    chat.say("faq", topic=("hosting", 0.8))
    assert chat.said == ["In the US.", asks("org_type")] and chat.kinds == ["answer", "question"]
    assert chat.unit.signals.of(chat.lead.id) == []


def test_asking_for_a_price_is_a_signal_kept_once(chat: Chat) -> None:
    for _ in range(2):
        chat.say("faq", topic=("price", 0.8))
    assert [signal.kind for signal in chat.unit.signals.of(chat.lead.id)] == ["pricing_request"]


@pytest.mark.parametrize("topic", [None, ("hosting", 0.2), ("gone", 0.9)])
def test_a_question_without_an_answer_is_kept_for_whoever_follows_up(chat: Chat, topic: tuple[str, float] | None) -> None:
    chat.say("faq", topic=topic, text="do you have a fax bridge?")
    assert chat.said[0] == "utter_question_noted" and chat.notes.unanswered == ["do you have a fax bridge?"]
    chat.answer(HOT, {"name": "Ana", "email": "ana@cedar.example", "company": "Cedar"})
    assert "do you have a fax bridge?" in (chat.lead.note or "")


def test_why_do_you_ask_is_answered_for_the_open_question(chat: Chat) -> None:
    chat.say("ask_why")
    assert chat.said == [PLAYBOOK.questions["org_type"].why, asks("org_type")]


def test_why_do_you_ask_about_a_guess_is_answered_for_its_fact(chat: Chat) -> None:
    chat.say(doubtful={"org_type": "payer"})
    chat.say("ask_why")
    assert chat.said[0] == PLAYBOOK.questions["org_type"].why and chat.state["asking"] == "confirm"


# -- signals -------------------------------------------------------------------------------------------------------------


def test_what_a_visitor_did_before_belongs_to_the_lead_once_it_begins() -> None:
    unit = FakeUnit()
    add_signal(unit, kind="pricing_page", at=NINE, playbook=PLAYBOOK, now=NINE, visitor="v1")
    add_signal(unit, kind="webinar", at=NINE, playbook=PLAYBOOK, now=NINE, visitor="somebody else")
    chat = Chat(unit, visitor="v1")
    chat.say(org_type="hospital")
    assert [signal.kind for signal in unit.signals.of(chat.lead.id)] == ["pricing_page"]


def test_signals_in_the_words_are_dated_with_the_day_of_the_conversation() -> None:
    chat = Chat(reference_date=date(2026, 6, 2))
    chat.say(signals=("guide_download",), org_type="hospital")
    (signal,) = chat.unit.signals.of(chat.lead.id)
    assert (signal.kind, signal.at.date()) == ("guide_download", date(2026, 6, 2))


# -- the call script -----------------------------------------------------------------------------------------------------


def test_a_rep_gets_the_reps_words_and_the_lead_comes_from_a_call() -> None:
    chat = Chat(channel="rep")
    assert chat.said[-1] == PLAYBOOK.questions["org_type"].rep
    chat.say(org_type="hospital")
    assert chat.lead.source == "call" and chat.lead.facts["org_type"]["channel"] == "call"


def test_prefilled_contact_makes_a_lead_at_once_and_is_not_asked() -> None:
    chat = Chat(prefill={"name": "Ana Ruiz", "email": "ana@cedar.example", "company": "Cedar"})
    assert chat.lead.contact["email"] == "ana@cedar.example" and chat.lead.stage == "inquiry"
    seen: list[Any] = []
    while not chat.state["finished"]:
        seen.append(chat.state["asking"])
        asking = chat.state["asking"]
        chat.say(**{asking: HOT[asking]}) if asking in HOT else chat.say("refuse")
    assert not {"name", "email", "company"} & set(seen)


def test_state_is_plain_data_of_the_contract(chat: Chat) -> None:
    chat.say(org_type="hospital")
    assert set(chat.state) == {"asking", "confirming", "answered", "remaining", "finished", "outcome"}
    assert chat.state["outcome"] is None and chat.state["answered"] == 1


def test_time_passing_changes_no_decision_that_was_stored(chat: Chat) -> None:
    chat.say(org_type="hospital")
    message = chat.messages[-1]
    later = take_turn(
        chat.unit, SCRIPT, conversation_id=chat.id, message_id=message.id, reading=Reading("x", "stop"), now=chat.now + timedelta(days=2),
    )
    assert later.as_json() == message.turn and chat.conversation.outcome is None


def test_a_list_that_was_mentioned_in_passing_is_completed_once_where_sales_wants_the_whole_record() -> None:
    chat = Chat()
    chat.say(org_type="hospital", security_needs=["security_review"], signals=("pricing_request",))
    answers = {name: value for name, value in HOT.items() if name != "security_needs"}
    while chat.state["asking"] in answers:
        chat.say(**{chat.state["asking"]: answers[chat.state["asking"]]})
    assert chat.said[-1] == "utter_anything_else" and chat.state["asking"] == "security_needs"
    offered = [reply["value"] for reply in chat.last.replies[-1]["quick_replies"]]
    assert ["baa"] in offered and ["security_review"] not in offered and offered[-1] == "no"
    chat.say(security_needs=["baa", "soc2"])
    assert set(chat.values()["security_needs"]) == {"security_review", "baa", "soc2"}
    assert chat.state["asking"] == "name"


def test_nothing_to_add_leaves_a_list_as_it_is() -> None:
    chat = Chat()
    chat.say(org_type="hospital", security_needs=["security_review"], signals=("pricing_request",))
    answers = {name: value for name, value in HOT.items() if name != "security_needs"}
    while chat.state["asking"] in answers:
        chat.say(**{chat.state["asking"]: answers[chat.state["asking"]]})
    chat.say("deny")
    assert chat.values()["security_needs"] == ["security_review"] and chat.state["asking"] == "name"
