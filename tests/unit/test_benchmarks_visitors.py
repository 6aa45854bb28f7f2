"""The benchmarks check every reply: whatever is wrong, empty or not stored must not become a fast turn."""

import json
import re
from typing import Any

import pytest

from benchmarks.conversations import FOLDER, Line, Prospect, read_long_talks, read_prospects, read_scripts
from benchmarks.long_chats import EARLY, LATE
from benchmarks.system import LONG_TURNS, TURNS
from benchmarks.visitors import CONTACT, ChatApiVisitor, RasaVisitor, WrongReply, wrong_facts
from scoring.facts import check_value
from scoring.playbook import DEFAULT_PLAYBOOK, load_playbook

ANA = Prospect(
    "Ana", answers={"org_type": "we are a hospital", "timeline": "by March", "name": "Ana Ruiz"},
    facts={"org_type": "hospital", "timeline": "half_year"}, lines={2: Line("what does it cost?", "price depends")},
)


def reply(asking: str | None, *, answered: int = 0, text: str = "And now?", confirming: dict[str, Any] | None = None) -> bytes:
    state = {"asking": asking, "confirming": confirming, "answered": answered}
    return json.dumps({"conversation_id": "c1", "token": "t1", "messages": [{"text": text}], "state": state}).encode()


def opened(prospect: Prospect = ANA, *, asking: str = "org_type", turns: int = TURNS) -> ChatApiVisitor:
    visitor = ChatApiVisitor(prospect, turns=turns, reference_date="2026-11-24")
    assert json.loads(visitor.opening().body)["consent"] is True
    visitor.take(201, reply(asking))
    return visitor


def said(visitor: ChatApiVisitor) -> str:
    request = visitor.next_message()
    assert request is not None
    text: str = json.loads(request.body)["text"]
    return text


# -- Rasa's REST channel -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "content"),
    [(200, b"[]"), (200, b'[{"text": "What is your name?"}]'), (200, b'[{"image": "x"}]'), (500, b'[{"text": "Hello"}]')],
    ids=["nothing", "something else", "no text", "an error"],
)
def test_a_rasa_reply_that_is_not_the_expected_one_is_wrong(status: int, content: bytes) -> None:
    visitor = RasaVisitor([Line("hi", "Hello")])
    visitor.next_message()
    with pytest.raises(WrongReply, match="'hi'"):
        visitor.take(status, content)


def test_rasa_is_told_line_after_line_by_one_sender_and_then_no_more() -> None:
    visitor = RasaVisitor([Line("hi", "Hello"), Line("a demo", "name")])
    first, second = visitor.next_message(), visitor.next_message()
    assert first is not None and second is not None
    told = [json.loads(request.body) for request in (first, second)]
    assert [body["message"] for body in told] == ["hi", "a demo"]
    assert told[0]["sender"] == told[1]["sender"] != json.loads(RasaVisitor([Line("hi", "")]).next_message().body)["sender"]  # type: ignore[union-attr]
    visitor.take(200, b'[{"text": "What is"}, {"text": "your name?"}]')
    assert visitor.next_message() is None


# -- LeadTriage's chat API ---------------------------------------------------------------------------------------------


def test_what_is_asked_is_answered_with_token_and_a_key_of_its_own() -> None:
    visitor = opened()
    request = visitor.next_message()
    assert request is not None
    assert request.path == "/api/chat/conversations/c1/messages"
    assert json.loads(request.body) == {"text": "we are a hospital"}
    assert request.headers["Authorization"] == "Bearer t1"
    visitor.take(200, reply("timeline", answered=1))
    visitor._said = 2  # past the line of turn 2
    other = visitor.next_message()
    assert other is not None and other.headers["Idempotency-Key"] != request.headers["Idempotency-Key"]


@pytest.mark.parametrize("status", [200, 429, 503])
def test_a_chat_that_is_not_opened_is_wrong(status: int) -> None:
    visitor = ChatApiVisitor(ANA, turns=TURNS, reference_date="2026-11-24")
    visitor.opening()
    with pytest.raises(WrongReply, match=str(status)):
        visitor.take(status, b"{}")


def test_a_refused_message_is_wrong() -> None:
    visitor = opened()
    visitor.next_message()
    with pytest.raises(WrongReply, match="503"):
        visitor.take(503, b"{}")


def test_an_empty_reply_is_wrong() -> None:
    visitor = opened()
    visitor.next_message()
    with pytest.raises(WrongReply, match="Ana, turn 1"):
        visitor.take(200, reply("timeline", answered=1, text=" "))


def test_the_same_question_again_is_wrong() -> None:
    visitor = opened()
    visitor.next_message()
    with pytest.raises(WrongReply, match="another question than 'org_type'"):
        visitor.take(200, reply("org_type", answered=0, text="Sorry?"))


def test_another_question_without_one_more_answer_is_wrong() -> None:
    visitor = opened()
    visitor.next_message()
    with pytest.raises(WrongReply, match="more than 0 answers"):
        visitor.take(200, reply("timeline", answered=0))


def test_a_contact_field_need_not_count_as_an_answer() -> None:
    visitor = opened(asking="name")
    assert said(visitor) == "Ana Ruiz"
    visitor.take(200, reply("email", answered=0))


def test_a_line_of_its_own_leaves_the_question_open_and_must_be_answered() -> None:
    visitor = opened()
    visitor.next_message()
    visitor.take(200, reply("timeline", answered=1))
    assert said(visitor) == "what does it cost?"
    with pytest.raises(WrongReply, match="price depends"):
        visitor.take(200, reply("timeline", answered=1, text="When?"))
    visitor.take(200, reply("timeline", answered=1, text="The price depends on your size. When?"))
    assert said(visitor) == "by March"


def test_a_question_the_prospect_has_no_answer_to_is_wrong() -> None:
    with pytest.raises(WrongReply, match="'budget_status'"):
        opened(asking="budget_status").next_message()


def test_a_right_guess_is_confirmed_and_a_wrong_one_is_put_right() -> None:
    right = opened()
    right.next_message()
    right.take(200, reply("confirm", confirming={"fact": "org_type", "value": "hospital"}))
    right._said = 2
    assert said(right) == "yes, that's right"
    wrong = opened()
    wrong.next_message()
    wrong.take(200, reply("confirm", confirming={"fact": "timeline", "value": "now"}))
    wrong._said = 2
    assert said(wrong) == "by March"
    with pytest.raises(WrongReply, match="found it again"):
        wrong.take(200, reply("confirm", confirming={"fact": "timeline", "value": "now"}))


def test_the_conversation_has_exactly_its_turns() -> None:
    visitor = opened(turns=1)
    visitor.next_message()
    visitor.take(200, reply("timeline", answered=1))
    assert visitor.next_message() is None


def test_an_answer_that_was_stored_as_another_value_or_not_at_all_is_found() -> None:
    visitor = opened()
    visitor.next_message()
    visitor.take(200, reply("timeline", answered=1))
    visitor._said = 2
    visitor.next_message()
    assert wrong_facts(visitor, {"org_type": {"value": "hospital"}, "timeline": {"value": "half_year"}}) == []
    found = wrong_facts(visitor, {"org_type": {"value": "payer"}})
    assert len(found) == 2
    assert "'payer'" in found[0] and "timeline" in found[1] and "None" in found[1]


def test_the_order_in_which_the_values_of_a_list_were_heard_says_nothing() -> None:
    visitor = opened(Prospect("Cy", answers={"stakeholders": "legal and IT"}, facts={"stakeholders": ["it", "legal"]}), asking="stakeholders")
    visitor.next_message()
    assert wrong_facts(visitor, {"stakeholders": {"value": ["legal", "it"]}}) == []
    assert len(wrong_facts(visitor, {"stakeholders": {"value": ["legal"]}})) == 1


# -- the conversations that are shipped --------------------------------------------------------------------------------


def test_both_systems_hold_conversations_of_the_same_length() -> None:
    assert {len(script) for script in read_scripts(FOLDER / "textbook.yml")} == {TURNS}
    for prospect in read_prospects(FOLDER / "leadtriage.yml"):
        assert all(1 <= turn <= TURNS for turn in prospect.lines), prospect.name


@pytest.mark.parametrize("prospect", read_prospects(FOLDER / "leadtriage.yml"), ids=lambda prospect: prospect.name)
def test_a_prospect_has_an_answer_to_whatever_the_website_may_ask(prospect: Prospect) -> None:
    playbook = load_playbook(DEFAULT_PLAYBOOK)
    interview = playbook.interview
    asked = {*interview.first, interview.early, *interview.basics, *interview.record, *playbook.contact_fields}
    assert asked <= set(prospect.answers)
    assert set(prospect.facts) == set(prospect.answers) - CONTACT
    for fact, value in prospect.facts.items():
        checked = check_value(fact, value)
        assert checked == value or sorted(checked) == sorted(value)


@pytest.mark.parametrize("file", ["textbook_long.yml", "leadtriage_long.yml"])
def test_a_long_talk_says_the_same_kind_of_thing_early_and_late(file: str) -> None:
    for name, lines in read_long_talks(FOLDER / file, turns=LONG_TURNS).items():
        assert len(lines) == LONG_TURNS >= LATE.stop, name
        kinds = [re.sub(r"\d+", "N", line.say) for line in lines]
        assert [kinds[turn - 1] for turn in EARLY] == [kinds[turn - 1] for turn in LATE], name
        assert len(EARLY) == len(LATE)
