"""What must be true of every conversation, whatever is read in its messages."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.state import DialogueState
from leads.dialogue.turn import take_turn
from leads.reading import Reading
from scoring.facts import CLOSED, FACTS, LISTS, SIGNALS, FactKind, check_value, merge
from tests.unit.leads.chatting import FAQ, SCRIPT, Chat, fact
from wiring.settings import ROOT

# No deadline: the machine is shared, and a slow moment is no mistake of the code.
LIGHT = settings(deadline=None, max_examples=40)
FEW = settings(deadline=None, max_examples=20)
# What the NLU may read; `start` comes from the gateway alone.
ACTS = (
    "emergency", "stop", "human", "book", "correct", "faq", "ask_why", "refuse", "dont_know", "answer", "affirm", "deny", "greet", "thanks",
    "goodbye", "chitchat", "out_of_scope", "that_is_all", "other_language",
)  # fmt: skip
UNUSABLE = ("answer", "affirm", "deny", "correct", "out_of_scope", "greet", "thanks", "chitchat", "other_language", "faq", "ask_why", "refuse", "dont_know")
CONTACT = {"name": "Ana Ruiz", "email": "ana@cedar.example", "phone": "614-555-0100", "company": "Cedar"}
RESPONSES = {
    name: [variation["text"] for variation in variations]
    for path in (ROOT / "domain/responses").glob("*.yml")
    for name, variations in YAML(typ="safe").load(path)["responses"].items()
}


def value_of(name: str) -> st.SearchStrategy[Any]:
    kind = FACTS[name]
    if kind is FactKind.CLOSED:
        return st.sampled_from(CLOSED[name])
    if kind is FactKind.LIST:
        return st.lists(st.sampled_from(LISTS[name]), unique=True, max_size=3)
    if kind is FactKind.SIZE:
        return st.dictionaries(st.sampled_from(("sites", "beds", "members")), st.integers(1, 90_000), min_size=1)
    if kind is FactKind.AMOUNT:
        return st.integers(1, 900_000).map(lambda dollars: {"min": None, "max": dollars})
    if kind is FactKind.DATE:
        return st.dates(datetime(2026, 12, 1).date(), datetime(2029, 1, 1).date()).map(lambda day: day.isoformat())
    return st.sampled_from(("manual", "Weave", "OH"))


FOUND = st.sampled_from(sorted(FACTS)).flatmap(
    lambda name: st.builds(fact, st.just(name), value_of(name), st.floats(0.41, 1.0), st.text("abc ", min_size=1, max_size=9))
)
FOUNDS = st.lists(FOUND, max_size=4).map(lambda found: {one.fact: one for one in found})
TOPICS = st.none() | st.tuples(st.sampled_from([*FAQ, "gone"]), st.floats(0, 1))


@st.composite
def readings(draw: Any, acts: tuple[str, ...] = ACTS) -> Reading:
    taken, doubtful = draw(FOUNDS), draw(FOUNDS)
    return Reading(
        text=draw(st.sampled_from(("their words", "yes", "no", "?"))), act=draw(st.sampled_from(acts)), taken=taken,
        doubtful={name: guess for name, guess in doubtful.items() if name not in taken or name in LISTS},
        signals=tuple(draw(st.lists(st.sampled_from(SIGNALS), max_size=2))), topic=draw(TOPICS),
        contact=tuple(draw(st.lists(st.sampled_from(sorted(CONTACT)), unique=True, max_size=2))),
    )


def say(chat: Chat, reading: Reading) -> None:
    chat.say(reading, contact={field: CONTACT[field] for field in reading.contact})


@LIGHT
@given(st.lists(readings(), min_size=1, max_size=14), st.sampled_from(("website", "rep")))
def test_no_conversation_breaks_and_every_message_is_answered(said: list[Reading], channel: str) -> None:
    chat = Chat(channel=channel)
    for reading in said:
        if chat.conversation.outcome == "stopped":
            break
        say(chat, reading)
        assert chat.last.replies, "the gateway takes silence for an engine that is away"
        for reply in chat.last.replies:
            for words in RESPONSES[reply["response"]] if reply["response"] else [reply["text"]]:
                assert words.format(**reply["values"]) if reply["response"] else words
        state = chat.state
        assert state["asking"] is None or state["asking"] in FACTS or state["asking"] in CONTACT_FIELDS or state["asking"] == "confirm"
        assert (state["confirming"] is not None) == (state["asking"] == "confirm")
        assert not (state["finished"] and state["asking"]), "nothing is asked after the end"
        assert (state["outcome"] is not None) == state["finished"]
        assert json.loads(json.dumps(chat.last.as_json())) == chat.last.as_json()
        stored = json.loads(json.dumps(chat.conversation.state))
        assert DialogueState.of(stored) == chat.notes and DialogueState.of(stored).as_json() == stored


@LIGHT
@given(st.lists(readings(), min_size=1, max_size=14))
def test_no_answer_is_lost_except_by_a_correction_or_a_confirmed_change(said: list[Reading]) -> None:
    chat = Chat()
    for reading in said:
        before = deepcopy(chat.lead.facts) if chat.conversation.lead_id else {}
        put, asking = chat.notes.confirming, chat.state["asking"]
        say(chat, reading)
        if chat.conversation.outcome in ("stopped", "not_a_lead"):
            break
        after = chat.lead.facts
        for name, old in before.items():
            if name == "timeline_date" and (name not in after or "timeline" in reading.taken):
                assert "timeline" in {*reading.taken, (put or {}).get("fact")}, "a day goes only with its timing"
                continue
            assert name in after
            new = after[name]
            if new["value"] == old["value"]:
                continue
            heard = reading.taken.get(name)
            confirmed = put is not None and put["fact"] == name and reading.act == "affirm" and new["value"] == put["value"]
            assert confirmed or (heard is not None and new["value"] == merge(name, old["value"], heard.value, correction=reading.act == "correct"))
            if name in CLOSED and name != "timeline" and not confirmed:
                assert reading.act == "correct" or asking in (name, "confirm")
            assert [version["value"] for version in new["history"]] == [*[v["value"] for v in old["history"]], old["value"]]


@LIGHT
@given(st.lists(readings(), min_size=1, max_size=14))
def test_nothing_is_asked_that_is_known_or_was_refused(said: list[Reading]) -> None:
    chat = Chat()
    for reading in said:
        say(chat, reading)
        if chat.conversation.outcome in ("stopped", "not_a_lead"):
            break
        if reading.act == "emergency":
            continue  # nothing but where help is was said; the question that was open waits
        asking, lead = chat.state["asking"], chat.lead
        if asking in FACTS:
            assert asking not in lead.facts and asking not in lead.not_known
        elif asking in CONTACT_FIELDS:
            assert not lead.contact.get(asking) and asking not in chat.notes.contact_refused
        elif asking == "confirm":
            put = chat.notes.confirming or {}
            assert put.get("changes") or put["fact"] not in lead.facts


@FEW
@given(st.lists(st.sampled_from(("answer", "affirm", "deny", "refuse", "dont_know")), min_size=60, max_size=60), st.booleans())
def test_an_interview_of_unusable_answers_ends_within_sixty_messages(acts: list[str], wants_a_person: bool) -> None:
    chat = Chat()
    if wants_a_person:
        chat.say("human")
    for act in acts[:59]:
        if chat.state["finished"]:
            break
        chat.say(act)
    assert chat.state["finished"] and chat.state["outcome"] is not None
    assert chat.lead.route is not None and chat.lead.status in ("completed", "handed_off")


@FEW
@given(st.lists(readings(UNUSABLE), min_size=1, max_size=25))
def test_no_question_and_no_guess_is_put_more_often_than_four_times(said: list[Reading]) -> None:
    chat = Chat()
    for reading in said:
        say(chat, reading)
        if chat.conversation.outcome == "not_a_lead":
            return
    assert max(chat.notes.asked.values()) <= 4


@FEW
@given(st.lists(readings(), min_size=1, max_size=10))
def test_a_message_that_is_sent_again_changes_nothing(said: list[Reading]) -> None:
    chat = Chat()
    for reading in said:
        say(chat, reading)
        if chat.conversation.outcome in ("stopped", "not_a_lead"):
            return
    facts, state, first = deepcopy(chat.lead.facts), deepcopy(chat.conversation.state), chat.last.as_json()
    again = take_turn(
        chat.unit, SCRIPT, conversation_id=chat.id, message_id=chat.messages[-1].id, reading=Reading("x", "stop"),
        now=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert again.as_json() == first and chat.lead.facts == facts and chat.conversation.state == state


@FEW
@given(st.lists(readings(), min_size=1, max_size=10))
def test_every_stored_value_is_one_of_the_catalogue_and_every_score_adds_up(said: list[Reading]) -> None:
    chat = Chat()
    for reading in said:
        say(chat, reading)
        if chat.conversation.outcome in ("stopped", "not_a_lead"):
            break
    if chat.conversation.lead_id is None:
        return
    for name, stored in chat.lead.facts.items():
        assert check_value(name, stored["value"]) == stored["value"] and stored["quote"] and 0 <= stored["confidence"] <= 1
    for score in chat.lead.assessment["scores"].values():
        assert score["points"] == sum(part["points"] for part in score["contributions"])
