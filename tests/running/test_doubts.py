"""A doubtful reading is put as a guess: confirmed it is a fact, denied it is none.

Which words are doubtful changes with each training, so the tests look for some that are: plain answers which a person, too, might take
one way or the other.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.running.product import TODAY, Chat, Product

pytestmark = pytest.mark.running

VAGUE = {
    "use_case": [
        "communication with patients", "too many calls", "people slip through the cracks", "our front office is overwhelmed", "the desk",
        "better contact with the people we serve", "things around the visit", "getting people in", "getting paid", "the handover to others",
        "keeping an eye on people at home", "reaching people", "papers", "less chaos in the mornings", "the phones", "what happens afterwards",
        "too much time on hold with insurers", "people going elsewhere", "our members", "following up", "messages", "insurance stuff",
        "a smoother day at the front", "phone tag", "the back office", "our queues", "handing people over to specialists", "paper everywhere",
        "talking to insurers all day", "patients getting lost", "questions we answer a hundred times a day", "the follow-up after surgery",
        "staff spend hours chasing people", "people who don't come back", "the first visit", "seeing people remotely", "the waiting room",
    ],
    "org_type": [
        "a network of providers", "we look after older people", "a regional organization", "we run a few places", "a medical business",
        "a management company for practices", "a non-profit", "public health", "a foundation with a few sites", "we are a group",
        "a membership practice", "hospice and more", "we staff nursing facilities", "an ACO", "a hospital's outpatient arm", "three doctors",
        "a birth center", "school nurses", "a call center for clinics", "a purchasing group", "a self-insured company",
        "a surgery center", "a rehab facility", "a lab", "a pharmacy", "a county agency", "we do home visits", "the university",
        "a company with doctors", "a digital clinic", "an insurance broker", "a tribal organization", "a campus", "an academic center",
    ],
}


@pytest.fixture(scope="session")
def doubts(product: Product) -> list[dict[str, Any]]:
    """Texts that are read doubtfully under the question they answer: {"asked", "text", "value"}."""
    items = [{"id": f"{asked}|{text}", "text": text, "asked": asked} for asked, texts in VAGUE.items() for text in texts]
    read = product.staff("POST", "/api/interpret", {"reference_date": TODAY, "items": items})["items"]
    found = []
    for item in read:
        asked, text = item["id"].split("|")
        if asked in item["doubtful"] and item["act"] == "answer" and set(item["doubtful"]) == {asked} and not item["facts"]:
            found.append({"asked": asked, "text": text, "value": item["doubtful"][asked]["value"]})
    assert found, f"none of {len(items)} vague answers is read doubtfully"
    return found


def _asked(product: Product, fact: str) -> Chat:
    chat = product.chat()
    if fact == "use_case":
        chat.choose("hospital")
    assert chat.state["asking"] == fact
    return chat


def test_a_doubtful_reading_is_no_fact_before_it_is_confirmed_and_one_afterwards(product: Product, doubts: list[dict[str, Any]]) -> None:
    doubt = doubts[0]
    chat = _asked(product, doubt["asked"])
    chat.say(doubt["text"])
    assert chat.state["asking"] == "confirm"
    assert chat.state["confirming"] == {"fact": doubt["asked"], "value": doubt["value"]}
    assert chat.kinds == ["confirm"] and chat.choices == ["yes", "no"]
    assert doubt["asked"] not in chat.facts()
    chat.choose("yes")
    stored = chat.lead()["facts"][doubt["asked"]]
    assert stored["value"] == doubt["value"] and stored["confirmed"] is True and stored["quote"]
    assert chat.state["asking"] not in ("confirm", doubt["asked"])


def test_a_guess_that_is_denied_is_dropped_and_the_question_comes_openly(product: Product, doubts: list[dict[str, Any]]) -> None:
    doubt = doubts[-1]
    chat = _asked(product, doubt["asked"])
    chat.say(doubt["text"])
    assert chat.state["asking"] == "confirm"
    chat.say("no")
    assert doubt["asked"] not in chat.facts()
    assert chat.state["asking"] == doubt["asked"] and chat.state["confirming"] is None
    chat.say(doubt["text"])
    assert chat.state["asking"] != "confirm", "the same guess is put twice"


def test_a_question_in_the_middle_of_a_guess_leaves_the_guess_open(product: Product, doubts: list[dict[str, Any]]) -> None:
    doubt = doubts[len(doubts) // 2]
    chat = _asked(product, doubt["asked"])
    chat.say(doubt["text"])
    chat.say("why do you ask?")
    assert chat.kinds == ["answer", "confirm"] and chat.state["confirming"]["fact"] == doubt["asked"]
    chat.choose("yes")
    assert chat.facts()[doubt["asked"]] == doubt["value"]
