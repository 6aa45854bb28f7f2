"""People who are not buyers: in danger, patients, job seekers, sellers, students and press."""

from __future__ import annotations

from leads.dialogue.replies import NO, YES, QuickReply, Reply, respond
from leads.reading import Reading
from leads.records import Lead

NOT_BUYERS = ("patient", "job_seeker", "vendor_selling", "press_or_student")
# Someone who has told this much of an organisation is a buyer; a stray remark does not change that.
FACTS_OF_A_BUYER = 3
_RESPONSES = {
    "patient": "utter_for_patients", "job_seeker": "utter_for_job_seekers", "vendor_selling": "utter_for_sellers",
    "press_or_student": "utter_for_press_and_students",
}


def who_else(reading: Reading, lead: Lead | None) -> str | None:
    """Return `emergency` or the relationship of a visitor who is no buyer, None for everyone else."""
    if reading.act == "emergency":
        return "emergency"
    relationship = reading.taken.get("relationship")
    if relationship is None or relationship.value not in NOT_BUYERS or is_a_buyer(lead):
        return None
    return str(relationship.value)


def may_be(reading: Reading, lead: Lead | None) -> str | None:
    """Return the relationship of a visitor who may be no buyer: worth asking."""
    guess = reading.doubtful.get("relationship")
    if guess is None or guess.value not in NOT_BUYERS or is_a_buyer(lead) or reading.act != "out_of_scope":
        return None
    return str(guess.value)


def is_a_buyer(lead: Lead | None) -> bool:
    """Has this person told enough of an organisation?"""
    return lead is not None and len(lead.facts) >= FACTS_OF_A_BUYER


def advice(who: str) -> Reply:
    """Point the right way; to someone in danger, at once."""
    if who == "emergency":
        return respond("utter_emergency", "notice")
    return respond(_RESPONSES[who], "goodbye")


def ask_which(who: str) -> Reply:
    """Ask someone who may be no buyer."""
    return respond(f"utter_are_you_{who}", "confirm", QuickReply("Yes, that's me", YES), QuickReply("No, I'm here for my organization", NO))
