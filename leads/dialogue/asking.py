"""Going on after a message: the open question again, the next one, or the end."""

from __future__ import annotations

from leads import qualification
from leads.dialogue import answering, closing, contact, recording, wording
from leads.dialogue.contact import CONTACT_FIELDS
from leads.dialogue.context import TurnContext
from leads.dialogue.replies import respond
from leads.records import Lead
from scoring.engine import Assessment

# After two answers that could not be used choices are offered, after three the question is left.
CHOICES_AFTER, LEAVE_AFTER = 2, 3
# Messages that are no try to answer the open question, so not answering it is no trouble.
DIGRESSIONS = frozenset({
    "faq", "ask_why", "greet", "thanks", "chitchat", "human", "book", "correct", "out_of_scope", "other_language",
})
# Once a person is promised, these end the talk rather than skip a question.
ENOUGH = frozenset({"that_is_all", "thanks", "goodbye", "deny", "human"})


def go_on(turn: TurnContext, lead: Lead, recorded: recording.Recorded, assessment: Assessment) -> None:
    """Put the next question, or close."""
    asking = turn.state.asking
    if turn.state.changing:
        if asking and not _is_changed(turn, lead, recorded, turn.state.changing) and _put_again(turn, lead, asking, recorded):
            return
        turn.state.changing = None
        if turn.state.finished:
            turn.state.asking, turn.state.confirming = None, None
        elif not turn.promised_before:
            _put_next(turn, lead, assessment)
            return
    if turn.state.finished:
        _after_the_end(turn, lead, assessment)
        return
    enough = turn.reading.act in ENOUGH and not recorded and asking not in CONTACT_FIELDS and asking != "confirm"
    if turn.reading.act == "that_is_all" or (turn.promised_before and enough):
        close(turn, lead, assessment)
        return
    if turn.reading.act == "goodbye" and turn.replies and (asking is None or _is_open(turn, lead, asking)):
        return  # the question stays open for when they come back
    if asking and _is_open(turn, lead, asking) and _put_again(turn, lead, asking, recorded):
        return
    _put_next(turn, lead, assessment)


def put_for_change(turn: TurnContext, field: str) -> None:
    """Put a question again whose answer the visitor wants to change; facts that have no question are changed in words."""
    if field not in turn.playbook.questions:
        turn.replies.append(respond("utter_what_to_change", "notice"))
        return
    turn.state.changing = field
    turn.state.guesses.pop(field, None)
    turn.ask(field)


def _is_changed(turn: TurnContext, lead: Lead, recorded: recording.Recorded, field: str) -> bool:
    """Was the answer that is put again given anew, taken back, or left by ending the talk?"""
    given = field in recorded.changed or field in turn.reading.taken or field in turn.reading.contact
    return given or (field not in lead.facts and not lead.contact.get(field)) or turn.reading.act in ("that_is_all", "goodbye")


def _after_the_end(turn: TurnContext, lead: Lead, assessment: Assessment) -> None:
    """What is said after the goodbye may still bring a person in; nobody is taken back who was promised."""
    owed = assessment.route in closing.ANSWERED_BY_A_PERSON or turn.state.wants is not None
    reachable_now = bool(turn.reading.contact) and contact.is_reachable(lead) and lead.respond_by is None
    if owed and lead.stage in qualification.MOVED_BY_RULES and (turn.conversation.outcome != "handed_off" or reachable_now):
        lead.status, turn.conversation.outcome = "handed_off", "handed_off"
        qualification.start_clock(turn.uow, lead, assessment, turn.playbook, now=turn.now, reachable=contact.is_reachable(lead))
        turn.replies.append(closing.tell_when(lead, assessment, turn.playbook, now=turn.now))
    if not turn.replies:
        turn.replies.append(respond("utter_noted_after_the_end", "notice"))


def _is_open(turn: TurnContext, lead: Lead, asking: str) -> bool:
    if asking == "confirm":
        return turn.state.confirming is not None
    if asking in CONTACT_FIELDS:
        return not lead.contact.get(asking) and asking not in turn.state.contact_refused
    return asking not in lead.facts and asking not in lead.not_known


def _put_again(turn: TurnContext, lead: Lead, asking: str, recorded: recording.Recorded) -> bool:
    """The open question was not answered: put it again, offer choices, or leave it. True if it was put."""
    if turn.state.wants and asking not in CONTACT_FIELDS and turn.reading.act in ("human", "book"):
        return False  # contact comes first now
    if asking == "confirm" and turn.state.confirming:
        asking = str(turn.state.confirming["fact"])
        if turn.state.asked.get(f"confirm:{asking}", 0) < LEAVE_AFTER:
            turn.state.count_question(f"confirm:{asking}")
            turn.replies.append(wording.guess(turn.playbook, turn.state.confirming))
            return True
        turn.state.confirming, turn.state.asking = None, asking  # they talk past it: the open question is easier
        if not _is_open(turn, lead, asking):
            return False
    if asking in turn.state.guesses and _put_guess(turn, asking):
        return True
    if turn.reading.act in DIGRESSIONS or recorded:
        if turn.state.asked.get(asking, 0) < LEAVE_AFTER:
            turn.ask(asking)
            return True
        if not recorded and turn.replies:
            return True  # they heard the question often enough; it stays open without being repeated
        if asking not in CONTACT_FIELDS:  # they talk about everything but this
            recording.mark_not_known(lead, asking, "dont_know")
        return False
    troubles = turn.state.count_trouble(asking)
    if asking in CONTACT_FIELDS:
        if troubles >= CHOICES_AFTER:
            turn.state.contact_refused = [*turn.state.contact_refused, asking]
            return False
        turn.replies.append(respond(f"utter_not_a_{asking}" if asking in ("email", "phone") else "utter_say_again", "notice"))
        turn.ask(asking)
        return True
    if troubles >= LEAVE_AFTER or turn.state.asked.get(asking, 0) > LEAVE_AFTER:
        recording.mark_not_known(lead, asking, "dont_know")
        turn.replies.append(respond("utter_moving_on", "notice"))
        return False
    turn.replies.append(respond("utter_say_again" if troubles < CHOICES_AFTER else "utter_choose", "notice"))
    if troubles >= CHOICES_AFTER:
        turn.replies.append(wording.choices(turn.playbook, asking, channel=turn.conversation.channel))
        turn.state.count_question(asking)
        turn.state.asking = asking
    else:
        turn.ask(asking)
    return True


def _put_next(turn: TurnContext, lead: Lead, assessment: Assessment) -> None:
    changing = next((fact for fact, guess in turn.state.guesses.items() if guess.get("changes")), None)
    if changing and _put_guess(turn, changing):
        return
    if turn.state.wants and not turn.state.handed_over:
        field = contact.next_contact_field(turn.playbook.contact_fields, lead, turn.state, call=True)
        if field:
            turn.ask(field)
            return
        answering.hand_over(turn, lead, assessment)
    fact = turn.next_fact(lead)
    if fact:
        if not (fact in turn.state.guesses and _put_guess(turn, fact)):
            turn.ask(fact)
        return
    if (fact := _list_to_complete(turn, lead, assessment)) is not None:
        turn.state.asking, turn.state.confirming = fact, None
        turn.state.count_question(fact)
        turn.replies.append(wording.anything_else(turn.playbook, fact, lead.facts[fact]["value"]))
        return
    field = _contact_to_ask(turn, lead, assessment)
    if field:
        turn.ask(field)
        return
    close(turn, lead, assessment)


def _list_to_complete(turn: TurnContext, lead: Lead, assessment: Assessment) -> str | None:
    """A list that was only mentioned in passing, where sales wants the whole record: one need said is seldom the only one."""
    interview = turn.playbook.interview
    if assessment.route not in interview.whole_record_for:
        return None
    mentioned = (fact for fact in interview.complete if lead.facts.get(fact, {}).get("value"))
    return next((fact for fact in mentioned if not turn.state.asked.get(fact)), None)


def _contact_to_ask(turn: TurnContext, lead: Lead, assessment: Assessment) -> str | None:
    if assessment.route not in turn.playbook.interview.contact_for:
        return None
    call = assessment.route in closing.ANSWERED_BY_A_PERSON
    return contact.next_contact_field(turn.playbook.contact_fields, lead, turn.state, call=call)


def _put_guess(turn: TurnContext, fact: str) -> bool:
    guess = turn.state.guesses.pop(fact)
    if turn.state.asked.get(f"confirm:{fact}"):
        return False  # a guess is put once
    turn.state.count_question(f"confirm:{fact}")
    turn.state.asking, turn.state.confirming = "confirm", guess
    turn.replies.append(wording.guess(turn.playbook, guess))
    return True


def close(turn: TurnContext, lead: Lead, assessment: Assessment) -> None:
    """End the interview: say goodbye and settle route and clock."""
    turn.replies.append(closing.close(lead, turn.conversation, turn.state, assessment, turn.playbook, now=turn.now))
    lead.note = "\n".join(turn.state.unanswered) or lead.note
    turn.score(lead)
    if not contact.is_reachable(lead):
        lead.respond_by = None  # no clock for someone who cannot be answered
    elif lead.status == "handed_off" and lead.route not in closing.ANSWERED_BY_A_PERSON:
        qualification.promise_answer(turn.uow, lead, assessment, turn.playbook, now=turn.now)
