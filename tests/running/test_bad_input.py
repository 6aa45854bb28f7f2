"""Whatever a visitor types gets a clear sentence, nothing typed is lost, and what identifies a person stays where it belongs."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.running.product import Chat, Product

pytestmark = pytest.mark.running

THREAD = """Hi there, see below, can you help us with referrals?

Thanks,
Renata Castellano
Director of Access | Halcyon Heart Group
renata.castellano@halcyonheart.example | 503-555-0129

> On Monday Piet wrote:
> our fax queue for referrals is three days behind, please find us a tool
"""


@pytest.fixture
def chat(product: Product) -> Chat:
    """A fresh conversation."""
    return product.chat()


def _typed(chat: Chat) -> list[str]:
    return [message["text"] for message in chat.history()["messages"] if message["from"] == "visitor"]


def _problem(answer: Any, status: int) -> str:
    """The sentence of a refusal in the form of RFC 9457."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and len(body["detail"]) > 20
    return str(body["detail"])


def _rows(product: Product, query: str, *values: str) -> list[Any]:
    database = sqlite3.connect(f"file:{product.folder / 'leadtriage.db'}?mode=ro", uri=True)
    try:
        return database.execute(query, values).fetchall()
    finally:
        database.close()


@pytest.mark.parametrize("text", ["", "   \n\t ", "\x00\x07\x1b", "\u200b\u202e", "<br><p></p>"])
def test_a_message_with_nothing_to_read_is_refused_with_a_sentence_and_not_kept(chat: Chat, text: str) -> None:
    _problem(chat.send({"text": text}), 422)
    assert _typed(chat) == []
    chat.say("hospital")
    assert chat.facts()["org_type"] == "hospital"


def test_a_body_without_text_or_choice_is_refused(chat: Chat) -> None:
    _problem(chat.send({}), 422)
    _problem(chat.send({"text": ["a", "b"]}), 422)
    assert _typed(chat) == []


def test_four_thousand_characters_are_taken_and_one_more_is_too_long(chat: Chat) -> None:
    assert "4,000" in _problem(chat.send({"text": "x" * 4001}), 413)
    assert _typed(chat) == []
    text = ("we are a hospital. " + "the day is long. " * 300)[:4000].strip()
    chat.say(text)
    assert _typed(chat) == [text]


def test_markup_is_taken_out_and_what_is_left_is_stored_as_text(chat: Chat) -> None:
    chat.say('<b>We are a hospital</b> <img src=x onerror="alert(1)"> with 220 beds <!-- hello --> & more')
    assert _typed(chat) == ["We are a hospital with 220 beds & more"]
    assert chat.facts() == {"org_type": "hospital", "org_size": {"beds": 220}}
    assert not any("<img" in line["text"] for line in chat.lead()["transcript"])


def test_less_and_greater_than_are_no_markup(chat: Chat) -> None:
    chat.say("a hospital, <300 beds but > 200")
    assert _typed(chat) == ["a hospital, <300 beds but > 200"]


def test_emoji_alone_are_kept_and_the_question_is_put_again(chat: Chat) -> None:
    chat.say("😀👍🏽👨‍👩‍👧")
    assert _typed(chat) == ["😀👍🏽👨‍👩‍👧"]
    assert chat.state["asking"] == "org_type" and chat.kinds == ["notice", "question"]
    assert chat.facts() == {}


def test_control_characters_between_words_are_dropped(chat: Chat) -> None:
    chat.say("a hos\x00pital\x1b[31m with\r\n\u202e80 beds")
    assert _typed(chat) == ["a hospital[31m with\n80 beds"]
    assert chat.facts()["org_type"] == "hospital"


def test_a_pasted_mail_gives_the_contact_and_keeps_it_out_of_the_transcript(product: Product, chat: Chat) -> None:
    chat.say(THREAD)
    lead = chat.lead()
    assert lead["contact"]["email"] == "renata.castellano@halcyonheart.example"
    assert lead["contact"]["phone"].endswith("503-555-0129")
    assert lead["facts"]["use_case"]["value"] == "referral_management"
    for secret in ("renata.castellano", "503-555-0129", "Castellano"):
        assert not any(secret in line["text"] for line in lead["transcript"])
        assert not any(secret in text for text in _typed(chat))
    chat.answer({}, values={"org_type": "specialty_group"})
    assert chat.state["asking"] not in ("email", "phone")


def test_rude_words_get_a_calm_answer_and_the_question_again(chat: Chat) -> None:
    chat.say("this is fucking useless, you idiots")
    assert chat.state["asking"] == "org_type" and chat.state["finished"] is False
    assert chat.kinds[-1] == "question"
    assert "fuck" not in " ".join(message["text"] for message in chat.messages)


def test_spanish_is_answered_in_spanish_too_with_a_way_to_a_person(chat: Chat) -> None:
    chat.say("Hola, buenos días, quisiera saber si ustedes pueden ayudarnos con las llamadas que recibimos")
    assert chat.kinds == ["notice", "question"]
    assert re.search(r"[áéíóúñ]", chat.messages[0]["text"]) and "911" in chat.messages[0]["text"]
    assert "person" in chat.messages[0]["text"]
    chat.say("person")
    assert chat.state["asking"] == "name", "the word we told them to write does not bring a person"


@pytest.mark.parametrize("text", ['/answer{"training_need": "small"}', "/that_is_all", "/restart", "/session_start", "/action_listen", " /back{}"])
def test_a_slash_is_typed_text_and_never_a_command(chat: Chat, text: str) -> None:
    chat.say("hello")
    before = chat.state
    chat.say(text)
    assert chat.state["asking"] in (before["asking"], "confirm") and chat.state["finished"] is False
    assert "training_need" not in chat.facts() and _typed(chat)[-1] == text.strip()
    assert chat.messages, "Rasa swallowed it"


def test_what_identifies_a_patient_is_answered_with_a_notice_and_is_nowhere(product: Product, chat: Chat) -> None:
    secrets = {"ssn": "529-61-7384", "mrn": "88213047", "born": "04/17/1961", "name": "Thaddeus Wexcombe"}
    chat.choose("hospital")
    chat.say(
        f"Our patient {secrets['name']} (SSN {secrets['ssn']}, MRN {secrets['mrn']}, DOB {secrets['born']}) kept missing visits, "
        "zanzibarish reminders would help"
    )
    assert chat.kinds[0] == "notice"
    assert chat.facts()["use_case"] == "scheduling_reminders"
    seen = json.dumps([chat.messages, chat.history(), chat.lead(), product.staff("GET", "/api/leads")])
    assert "zanzibarish" in seen, "the rest of the message is kept"
    assert product.places_of("zanzibarish"), "this search would not find anything"
    for secret in secrets.values():
        assert secret not in seen
        assert product.places_of(secret) == []
    assert product.places_of("529617384") == [] and product.places_of("1961-04-17") == []


def test_the_words_of_a_visitor_are_in_no_log(product: Product, chat: Chat) -> None:
    chat.say("quixotryx hospital, we run on paper")
    chat.send({"text": ["quixotryx", 1]})
    assert product.places_of("quixotryx") and all(".db" in place for place in product.places_of("quixotryx"))


def test_a_prospects_own_address_is_with_the_contact_and_neither_in_messages_nor_in_logs(product: Product, chat: Chat) -> None:
    local = f"wilhelmina.{uuid.uuid4().hex[:10]}"
    chat.say(f"We're a hospital, you can write to me at {local}@birchlake.example or call 971-555-0163")
    lead = chat.lead()
    assert lead["contact"]["email"] == f"{local}@birchlake.example"
    assert _rows(product, "select count(*) from leads where contact like '%' || ? || '%'", local) == [(1,)]
    for column in ("text", "turn", "reply", "payload", "quick_replies", "contact_fields"):
        for secret in (local, "971-555-0163", "9715550163"):
            assert _rows(product, f"select id from messages where {column} like '%' || ? || '%'", secret) == [], column
    assert _rows(product, "select id from conversations where state like '%' || ? || '%'", local) == []
    assert all(".db" in place for place in product.places_of(local))


def test_two_messages_at_once_are_both_taken_one_after_the_other(chat: Chat) -> None:
    with ThreadPoolExecutor(2) as visitor:
        answers = list(visitor.map(lambda text: chat.send({"text": text}), ["We are a hospital", "we want fewer no-shows"]))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(_typed(chat)) == ["We are a hospital", "we want fewer no-shows"]
    assert {"org_type": "hospital", "use_case": "scheduling_reminders"}.items() <= chat.facts().items()
    history = [message["from"] for message in chat.history()["messages"]]
    first, second = (place for place, sender in enumerate(history) if sender == "visitor")
    assert "bot" in history[first:second] and history[-1] == "bot", "each is answered before the next is read"


def test_the_same_key_is_the_same_message_and_gives_the_same_answer(chat: Chat) -> None:
    key = uuid.uuid4().hex
    first = chat.send({"text": "We are a hospital"}, key=key)
    again = chat.send({"text": "We are a hospital"}, key=key)
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert _typed(chat) == ["We are a hospital"]


def test_the_same_key_twice_at_once_is_one_message(chat: Chat) -> None:
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(2) as visitor:
        answers = list(visitor.map(lambda _: chat.send({"text": "We are a hospital"}, key=key), range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert _typed(chat) == ["We are a hospital"]


def test_the_same_words_without_the_same_key_are_a_new_message(chat: Chat) -> None:
    chat.say("We are a hospital")
    chat.say("We are a hospital")
    assert _typed(chat) == ["We are a hospital"] * 2


def test_a_button_of_an_earlier_question_is_refused_and_changes_nothing(chat: Chat) -> None:
    chat.choose("hospital")
    asked = chat.state["asking"]
    _problem(chat.send({"quick_reply": "clinic_group"}), 422)
    _problem(chat.send({"quick_reply": {"$where": "1"}}), 422)
    _problem(chat.send({"quick_reply": "yes"}), 422)
    assert chat.history()["state"]["asking"] == asked and chat.facts() == {"org_type": "hospital"}
    assert _typed(chat) == ["Hospital"]


def test_only_the_token_of_a_conversation_opens_it(product: Product, chat: Chat) -> None:
    other = product.chat()
    for token in ("wrong", other.token):
        _problem(chat.send({"text": "hello"}, token=token), 401)
        _problem(product.request("GET", f"/api/chat/conversations/{chat.id}", token=token), 401)
    nobody = product.request("GET", f"/api/chat/conversations/{chat.id}", headers={"Authorization": ""})
    _problem(nobody, 401)
    assert _typed(chat) == []


def test_a_conversation_that_does_not_exist_is_said_so(product: Product, chat: Chat) -> None:
    _problem(product.request("POST", f"/api/chat/conversations/{uuid.uuid4().hex}/messages", token=chat.token, json={"text": "hi"}), 404)
    _problem(product.request("GET", f"/api/chat/conversations/{uuid.uuid4().hex}", token=chat.token), 404)


def test_a_conversation_token_is_no_key_to_the_leads(product: Product, chat: Chat) -> None:
    for path in ("/api/leads", f"/api/leads/{uuid.uuid4().hex}"):
        _problem(product.request("GET", path, token=chat.token), 401)
    _problem(product.request("POST", "/api/interpret", token="nonsense", json={"items": []}), 401)


def test_without_consent_no_conversation_begins(product: Product) -> None:
    body = {"page": {"url": "https://meridian.example/"}, "consent": False}
    _problem(product.request("POST", "/api/chat/conversations", json=body), 422)


def test_a_reload_shows_the_whole_conversation_with_its_state(chat: Chat) -> None:
    chat.choose("hospital")
    chat.say("our phones never stop ringing about appointments")
    shown = chat.history()
    assert shown["state"] == chat.state
    assert [message["text"] for message in shown["messages"] if message["from"] == "bot"] == [message["text"] for message in chat.said]
    assert shown["messages"][-1]["quick_replies"] == chat.messages[-1]["quick_replies"]
