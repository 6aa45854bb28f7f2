"""The public chat API: the contract's answers and refusals, and that nothing a visitor typed is lost or told to anyone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx import Response

from tests.unit.web.conftest import PAGE, SERIOUS, Office
from tests.unit.web.fake_engine import parse


def problem(answer: Response, status: int) -> str:
    """Check that this is a problem of the contract; return its sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status and body["title"] and len(body["detail"].split()) > 3
    return str(body["detail"])


# -- opening -----------------------------------------------------------------------------------------------------------------


def test_opening_greets_and_asks_the_first_question(office: Office) -> None:
    answer = office.client.post("/api/chat/conversations", json=PAGE | {"utm": {"source": "ad"}, "visitor": "v1"})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"conversation_id", "token", "messages", "state"}
    assert [m["kind"] for m in body["messages"]] == ["notice", "question"] and body["messages"][1]["quick_replies"]
    assert all(set(m) == {"from", "text", "kind", "quick_replies"} and m["from"] == "bot" for m in body["messages"])
    assert body["state"]["asking"] == "org_type"
    assert body["token"] not in office.everything_stored()


def test_without_consent_no_conversation_is_opened(office: Office) -> None:
    sentence = problem(office.client.post("/api/chat/conversations", json=PAGE | {"consent": False}), 422)
    assert "consent" in sentence and body_count(office) == 0


def test_contact_the_page_knows_is_kept_with_the_lead(office: Office) -> None:
    talk = office.open(prefill={"email": "ana@cedar.example", "name": "Ana Ruiz"})
    assert talk.lead()["contact"] == {"email": "ana@cedar.example", "name": "Ana Ruiz"}


def test_the_demo_may_pretend_another_day_and_nobody_else(make_office: Callable[..., Office]) -> None:
    demo, serious = make_office(), make_office(SERIOUS)
    talk = demo.open(reference_date="2026-06-02")
    talk.say("hello")
    assert demo.engine.heard[-1][3]["today"] == "2026-06-02"
    sentence = problem(serious.client.post("/api/chat/conversations", json=PAGE | {"reference_date": "2026-06-02"}), 422)
    assert "demo" in sentence


def test_the_query_of_an_address_is_not_kept(office: Office) -> None:
    office.open(page={"url": "https://meridian.example/a?email=ana%40cedar.example", "referrer": "https://search.example/?q=pat+smith"})
    assert "cedar.example" not in office.everything_stored() and "smith" not in office.everything_stored()


def test_the_call_script_is_for_staff(office: Office) -> None:
    problem(office.client.post("/api/chat/conversations", json=PAGE | {"channel": "rep"}), 401)
    answer = office.client.post("/api/chat/conversations", json=PAGE | {"channel": "rep"}, headers=office.staff)
    assert answer.status_code == 201


@pytest.mark.parametrize("body", [{}, {"page": {}}, PAGE | {"consent": "perhaps"}, PAGE | {"prefill": {"shoe_size": "9"}}, PAGE | {"reference_date": "soon"}])
def test_a_malformed_opening_says_what_is_wrong_without_repeating_it(office: Office, body: dict[str, Any]) -> None:
    sentence = problem(office.client.post("/api/chat/conversations", json=body), 422)
    assert sentence.startswith("The request is not as expected") and "perhaps" not in sentence and "soon" not in sentence


# -- talking -----------------------------------------------------------------------------------------------------------------


def test_a_message_is_stored_read_in_its_context_and_answered(office: Office) -> None:
    office.engine.means["we run 7 dental offices"] = parse(org_type="specialty_group", org_size={"sites": 7})
    talk = office.open()
    talk.say("we run 7 dental offices")
    assert talk.state["asking"] == "use_case" and talk.state["answered"] == 2
    _, text, payload, metadata = office.engine.heard[-1]
    assert (text, payload) == ("we run 7 dental offices", None)
    assert (metadata["asked"], metadata["today"], metadata["channel"]) == ("org_type", "2026-11-24", "website")
    assert talk.lead()["facts"]["org_size"]["value"] == {"sites": 7}


def test_a_button_is_an_answer_that_needs_no_reading_and_shows_its_label(office: Office) -> None:
    talk = office.open()
    talk.choose("hospital")
    assert office.engine.heard[-1][2] == {"act": "answer", "facts": {"org_type": "hospital"}}
    assert talk.lead()["facts"]["org_type"]["value"] == "hospital"
    assert [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["Hospital"]


@pytest.mark.parametrize(("value", "act"), [("skip", "refuse"), ("dont_know", "dont_know"), ("that_is_all", "that_is_all")])
def test_the_buttons_beside_the_answers_are_acts(office: Office, value: str, act: str) -> None:
    office.open().choose(value)
    assert office.engine.heard[-1][2] == {"act": act}


def test_a_guess_is_confirmed_by_its_buttons(office: Office) -> None:
    office.engine.means["some kind of plan"] = parse(org_type="payer", confidence=0.5)
    talk = office.open()
    talk.say("some kind of plan")
    assert talk.state["confirming"] == {"fact": "org_type", "value": "payer"} and talk.messages[-1]["kind"] == "confirm"
    talk.choose("yes")
    stored = talk.lead()["facts"]["org_type"]
    assert stored["value"] == "payer" and stored["confirmed"] is True


@pytest.mark.parametrize("value", ["now", "circus", ["epic"], {"sites": 3}, 7, True, "yes", ""])
def test_a_button_of_another_question_is_refused_not_guessed(office: Office, value: Any) -> None:
    talk = office.open()
    sentence = problem(talk.post({"quick_reply": value}), 422)
    assert "earlier question" in sentence and len(office.engine.heard) == 1


def test_consent_can_be_given_by_its_button(office: Office) -> None:
    talk = office.open(prefill={"email": "ana@cedar.example", "name": "Ana", "company": "Cedar"})
    while talk.state["asking"] != "consent":
        talk.choose("skip")
    talk.choose("yes")
    assert talk.lead()["contact"]["consent"] == "given in the chat on 2026-11-24" and talk.state["finished"]


def test_the_whole_conversation_can_be_resumed(office: Office) -> None:
    talk = office.open()
    talk.choose("hospital")
    shown = talk.shown()
    assert shown["conversation_id"] == talk.id and shown["state"] == talk.state
    assert [m["from"] for m in shown["messages"]] == ["bot", "bot", "visitor", *["bot"] * len(talk.messages)]
    assert shown["messages"][-1]["quick_replies"] == talk.messages[-1]["quick_replies"]


def test_another_language_is_told_to_the_engine(office: Office) -> None:
    talk = office.open()
    talk.say("Buenos días, quisiera saber si su sistema sirve para nuestra clínica dental")
    assert office.engine.heard[-1][3]["language"] == "es" and "inglés" in talk.messages[0]["text"]


# -- refusals ----------------------------------------------------------------------------------------------------------------


def test_a_wrong_token_is_told_from_a_missing_conversation(office: Office) -> None:
    talk, other = office.open(), office.open()
    assert "token" in problem(talk.post({"text": "hi"}, token=other.token), 401)
    for headers in ({}, {"Authorization": talk.token}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}):
        answer = office.client.post(f"/api/chat/conversations/{talk.id}/messages", json={"text": "hi"}, headers=headers)
        assert "Bearer" in problem(answer, 401)
    missing = office.client.get("/api/chat/conversations/nothing", headers={"Authorization": f"Bearer {talk.token}"})
    assert "no such chat" in problem(missing, 404)
    assert len(office.engine.heard) == 2


def test_after_a_stop_nothing_more_is_taken(office: Office) -> None:
    office.engine.means["please stop"] = parse("stop")
    talk = office.open()
    talk.say("please stop")
    assert talk.state["finished"] and talk.state["outcome"] == "stopped"
    assert "as you asked" in problem(talk.post({"text": "one more thing"}), 409)
    assert "one more thing" not in office.everything_stored()


def test_four_thousand_characters_are_taken_and_one_more_is_not(office: Office) -> None:
    talk = office.open()
    talk.say("y" * 4000)
    assert "4,000" in problem(talk.post({"text": "y" * 4001}), 413)


@pytest.mark.parametrize("body", [{"text": ""}, {"text": "  \n "}, {"text": "\x00\x07"}, {}, {"text": None}, {"text": "<br><p></p>"}])
def test_a_message_with_nothing_to_read_is_refused(office: Office, body: dict[str, Any]) -> None:
    assert "a few words" in problem(office.open().post(body), 422)


def test_markup_is_taken_out_before_it_is_stored(office: Office) -> None:
    office.open().say("we are <script>alert('x')</script><b>urgent care</b>")
    assert "<script>" not in office.everything_stored() and "<b>" not in office.everything_stored()


def test_a_typed_command_reaches_the_engine_as_text(office: Office) -> None:
    office.open().say('/answer{"org_type": "hospital"}')
    assert office.engine.heard[-1][2] is None


def test_too_many_messages_are_told_when_to_come_back(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, MESSAGES_A_MINUTE="2")
    talk, other = office.open(), office.open()
    talk.say("one")
    talk.say("two")
    answer = talk.post({"text": "three"})
    assert "nothing is lost" in problem(answer, 429) and int(answer.headers["Retry-After"]) > 0
    other.say("another conversation goes on")


def test_too_many_conversations_of_an_address_are_refused(make_office: Callable[..., Office]) -> None:
    office = make_office(SERIOUS, CONVERSATIONS_AN_HOUR="2")
    office.open()
    office.open()
    answer = office.client.post("/api/chat/conversations", json=PAGE)
    assert "your network" in problem(answer, 429) and "Retry-After" in answer.headers


def test_an_address_of_nothing_is_a_problem_too(office: Office) -> None:
    assert "nothing at this address" in problem(office.client.get("/api/chat/nowhere"), 404)


# -- keys, and an engine that is away ------------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_one_stored_message(office: Office) -> None:
    office.engine.means["a hospital"] = parse(org_type="hospital")
    talk = office.open()
    first = talk.say("a hospital", key="k1")
    assert talk.say("a hospital", key="k1") == first and talk.say("something else", key="k1") == first
    assert [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["a hospital"]
    assert len(office.engine.heard) == 2


def test_the_same_text_without_a_key_is_a_new_message(office: Office) -> None:
    talk = office.open()
    talk.say("hm")
    talk.say("hm")
    assert len([m for m in talk.shown()["messages"] if m["from"] == "visitor"]) == 2


def test_a_button_sent_again_with_its_key_gives_the_same_answer_although_the_question_has_moved_on(office: Office) -> None:
    talk = office.open()
    first = talk.choose("hospital", key="k1")
    assert talk.state["asking"] == "use_case"
    assert talk.choose("hospital", key="k1") == first
    assert len([m for m in talk.shown()["messages"] if m["from"] == "visitor"]) == 1


def test_while_the_engine_is_away_the_message_is_kept_and_the_retry_answered_once(office: Office) -> None:
    office.engine.means["a hospital"] = parse(org_type="hospital")
    talk = office.open()
    office.engine.away = True
    answer = talk.post({"text": "a hospital"}, key="k1")
    assert "Your message is kept" in problem(answer, 503) and int(answer.headers["Retry-After"]) > 0
    assert [m["text"] for m in talk.shown()["messages"]][-1] == "a hospital"
    office.engine.away = False
    reply = talk.say("a hospital", key="k1")
    assert talk.say("a hospital", key="k1") == reply
    assert [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"] == ["a hospital"]
    assert talk.lead()["facts"]["org_type"]["value"] == "hospital"


@pytest.mark.parametrize("button", [False, True])
def test_an_answer_that_was_lost_on_the_way_is_given_again_and_nothing_decided_twice(office: Office, button: bool) -> None:
    office.engine.means["a hospital"] = parse(org_type="hospital")
    talk = office.open()
    body: dict[str, Any] = {"quick_reply": "hospital"} if button else {"text": "a hospital"}
    office.engine.lost = True
    problem(talk.post(body, key="k1"), 503)
    answer = talk.post(body, key="k1")
    assert answer.status_code == 200 and answer.json()["state"]["asking"] == "use_case"
    lead = talk.lead()
    assert lead["facts"]["org_type"]["history"] == [] and lead["facts"]["org_type"]["value"] == "hospital"


def test_opening_while_the_engine_is_away_is_refused_kindly(office: Office) -> None:
    office.engine.away = True
    answer = office.client.post("/api/chat/conversations", json=PAGE)
    assert "try again" in problem(answer, 503) and "Retry-After" in answer.headers


# -- what is stored ------------------------------------------------------------------------------------------------------------


def test_identifiers_are_taken_out_before_anything_is_stored_or_read(office: Office) -> None:
    talk = office.open()
    talk.say("our patient John Whitcomb, MRN 7741902, SSN 219-09-9999, missed his visit again")
    everything = office.everything_stored() + repr(office.engine.heard)
    for secret in ("Whitcomb", "7741902", "219-09-9999"):
        assert secret not in everything
    assert "not stored" in talk.messages[0]["text"]


def test_contact_goes_to_the_lead_and_not_into_the_transcript_or_the_engine(office: Office) -> None:
    talk = office.open()
    talk.say("I'm Dana Whitfield, reach me at dana@cedarhollow.example")
    lead = talk.lead()
    assert lead["contact"]["email"] == "dana@cedarhollow.example" and lead["account"]["domain"] == "cedarhollow.example"
    told = repr(lead["transcript"]) + repr(office.engine.heard) + repr(talk.shown()["messages"])
    assert "dana@cedarhollow.example" not in told and "Whitfield" not in told


def test_nothing_is_kept_of_someone_who_is_no_buyer_but_a_count(office: Office) -> None:
    office.engine.means["i need a refill of my pills"] = parse("out_of_scope", relationship="patient")
    talk = office.open(visitor="visitor-77", utm={"source": "newsletter"})
    talk.say("i need a refill of my pills", key="k1")
    assert talk.state["outcome"] == "not_a_lead" and "portal" in talk.messages[-1]["text"]
    everything = office.everything_stored()
    assert not any(trace in everything for trace in ("refill", "visitor-77", "newsletter", "portal"))
    assert office.client.get("/api/leads", headers=office.staff).json()["items"] == []
    talk.say("ok thanks, bye")
    assert "thanks" not in office.everything_stored() and talk.state["outcome"] == "not_a_lead"


def test_page_views_after_consent_become_signals_of_the_lead(office: Office) -> None:
    for page in ("https://meridian.example/pricing", "https://meridian.example/blog/no-shows", "https://meridian.example/access"):
        assert office.client.post("/api/chat/visits", json={"visitor": "v5", "page": page}).status_code == 204
    talk = office.open(visitor="v5")
    talk.choose("hospital")
    values = {part["value"] for part in talk.lead()["scores"]["intent"]["contributions"]}
    assert {"pricing_page", "solution_page", "blog_page"} <= values


def test_two_messages_at_once_are_both_answered_in_turn(office: Office) -> None:
    talk = office.open()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda text: talk.post({"text": text}), ["first thought", "second thought"]))
    assert [answer.status_code for answer in answers] == [200, 200]
    said = [m["text"] for m in talk.shown()["messages"] if m["from"] == "visitor"]
    assert sorted(said) == ["first thought", "second thought"]


def test_a_page_of_an_allowed_site_may_use_the_api_and_others_may_not(make_office: Callable[..., Office]) -> None:
    office = make_office(ALLOWED_ORIGINS="https://clinic.example, https://other.example")
    for origin, allowed in (("https://clinic.example", True), ("https://evil.example", False)):
        answer = office.client.options(
            "/api/chat/conversations", headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        )
        assert ("access-control-allow-origin" in answer.headers) is allowed


def body_count(office: Office) -> int:
    with office.application.engine.connect() as connection:
        return int(connection.exec_driver_sql("select count(*) from conversations").scalar_one())



def test_the_widgets_files_go_out_compressed_and_answers_of_the_api_do_not(office: Office) -> None:
    widget = office.client.get("/widget/lead-chat.js", headers={"Accept-Encoding": "gzip"})
    assert widget.status_code == 200 and widget.headers["Content-Encoding"] == "gzip" and "javascript" in widget.headers["Content-Type"]
    assert int(widget.headers["Content-Length"]) < len(widget.text) / 2
    assert "Content-Encoding" not in office.client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers
