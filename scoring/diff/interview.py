"""Changes of what is asked and how it is worded: the interview, its questions, the words for facts, business hours."""

from collections.abc import Mapping
from typing import Any

from scoring.blocks import FactWords, Question
from scoring.diff.changes import Comparison, Say, moved_names, shown
from scoring.yaml_source import YamlPath

LISTS_OF_FACTS = {"first": "Asked first", "basics": "Asked of everybody still in the running", "record": "Asked for the record"}
LISTS_OF_ROUTES = {
    "whole_record_for": "Routes with the whole record",
    "only_first_for": "Routes that are asked the first questions only",
    "contact_for": "Routes that are asked for contact data",
}
NUMBERS: Mapping[str, Say] = {
    "early": lambda old, new: f"now asks early about {new} instead of {old}",
    "early_within": lambda old, new: f"now asks it within {new} questions instead of {old}",
    "patience": lambda old, new: f"now ends after {new} questions instead of {old}",
    "ask_at_most": lambda old, new: f"now asks the same at most {new} times instead of {old}",
    "enough": lambda old, new: f"now leaves out a question that matters less than {new} percent, before {old}",
}
QUESTION: Mapping[str, Say] = {
    "ask": lambda old, new: f"is now worded {shown(new)} instead of {shown(old)}",
    "rep": lambda old, new: f"is now worded for a call {shown(new)} instead of {shown(old)}",
    "why": lambda old, new: f"now explains itself by {shown(new)} instead of {shown(old)}",
    "listen_for": lambda old, new: f"now listens for {shown(new)} instead of {shown(old)}",
    "friction": lambda old, new: f"now costs {new} of 5 in patience instead of {old}",
    "asked_by": lambda old, new: f"is now asked {_asked_by(new)} instead of {_asked_by(old)}",
    "choices_after_trouble": lambda old, new: f"now offers choices with {shown(new)} instead of {shown(old)}",
}


def compare_interview(found: Comparison) -> None:
    """Note what changed in when which question comes."""
    old, new = found.old.data.interview, found.new.data.interview
    lists = {**LISTS_OF_FACTS, **LISTS_OF_ROUTES}
    found.fields("The interview", old, new, ("interview",), say=NUMBERS, leave=tuple(lists))
    for key, subject in lists.items():
        before, now = getattr(old, key), getattr(new, key)
        if key in LISTS_OF_FACTS:
            before, now = [found.old.fact_name(name) for name in before], [found.new.fact_name(name) for name in now]
        found.names(subject, before, now, ("interview", key))


def compare_questions(found: Comparison) -> None:
    """Note what changed in the questions."""
    old, new = found.old.data.questions, found.new.data.questions
    found.fields("The questions", old, new, ("questions",), leave=("facts", "contact"))
    for part in ("facts", "contact"):
        before, now = getattr(old, part), getattr(new, part)
        moved = moved_names(list(before), list(now))
        for fact in dict.fromkeys([*before, *now]):
            path: YamlPath = ("questions", part, fact)
            if fact not in before:
                found.added(f"there is a new question about {found.new.fact_name(fact)}: {_question(now[fact])}", path)
            elif fact not in now:
                found.removed(f"the question about {found.old.fact_name(fact)} is gone: {_question(before[fact])}", path)
            else:
                _compare_question(found, f"The question about {found.new.fact_name(fact)}", before[fact], now[fact], path)
            if fact in moved:
                found.moved(f"the question about {found.new.fact_name(fact)} stands elsewhere in the list", path, path)


def _compare_question(found: Comparison, subject: str, old: Question, new: Question, path: YamlPath) -> None:
    found.fields(subject, old, new, path, say=QUESTION, leave=("quick_replies",))
    before, now = ({str(reply.value): reply.label for reply in block.quick_replies} for block in (old, new))
    place = (*path, "quick_replies")
    for value in dict.fromkeys([*before, *now]):
        if value not in before:
            found.added(f"{subject} now offers {shown(now[value])}", place)
        elif value not in now:
            found.removed(f"{subject} no longer offers {shown(before[value])}", place)
        elif before[value] != now[value]:
            found.changed(f"{subject} now offers {shown(now[value])} instead of {shown(before[value])}", place)
    if list(before) != list(now) and set(before) == set(now):
        found.changed(f"{subject} now offers its choices in the order {', '.join(now.values())}", place)


def compare_facts(found: Comparison) -> None:
    """Note what changed in the words for facts and their values."""
    old, new = found.old.data.facts, found.new.data.facts
    found.fields("The words", old, new, ("facts",), leave=("words",))
    for fact in dict.fromkeys([*old.words, *new.words]):
        path: YamlPath = ("facts", "words", fact)
        if fact not in old.words:
            found.added(f"the fact {fact} is now called {shown(new.words[fact].name)}", path)
        elif fact not in new.words:
            found.removed(f"the fact {fact} has no words any more", path)
        else:
            _words(found, fact, old.words[fact], new.words[fact], path)


def _words(found: Comparison, fact: str, old: FactWords, new: FactWords, path: YamlPath) -> None:
    say: Mapping[str, Say] = {"name": lambda one, other: f"is now called {shown(other)} instead of {shown(one)}"}
    found.fields(f"The fact {fact}", old, new, path, say=say, leave=("values", "worst_to_best", "likely"))
    name = found.new.fact_name(fact)
    for value in dict.fromkeys([*old.values, *new.values]):
        one, other = old.values.get(value), new.values.get(value)
        place = (*path, "values", value)
        if one is None:
            found.added(f"{name}: {value} is new: {shown(other)}", place)
        elif other is None:
            found.removed(f"{name}: {value} has no words any more, before {shown(one)}", place)
        elif one != other:
            found.changed(f"{name}: {value} is now called {shown(other)} instead of {shown(one)}", place)
    found.names(f"{name}, from worst to best", old.worst_to_best, new.worst_to_best, (*path, "worst_to_best"))
    for value in dict.fromkeys([*old.likely, *new.likely]):
        chance, before = new.likely.get(value, 0), old.likely.get(value, 0)
        if (value in new.likely, chance) != (value in old.likely, before):
            words = found.new.label(fact, value)
            found.changed(f"{name}: {words} is now heard {chance} times instead of {before}", (*path, "likely", value))


def compare_hours(found: Comparison) -> None:
    """Note what changed in business hours."""
    old, new = found.old.data.business_hours, found.new.data.business_hours
    say: Mapping[str, Say] = {
        "time_zone": lambda one, other: f"are now in the time zone {other} instead of {one}",
        "spoken_zone": lambda one, other: f"are now called {shown(other)} time instead of {shown(one)}",
        "opens": lambda one, other: f"now begin at {other:%H:%M} instead of {one:%H:%M}",
        "closes": lambda one, other: f"now end at {other:%H:%M} instead of {one:%H:%M}",
    }
    found.fields("Business hours", old, new, ("business_hours",), say=say, leave=("days", "holidays"))
    found.names("Business days", old.days, new.days, ("business_hours", "days"))
    before, now = ([f"{day:%B} {day.day}, {day.year}" for day in block.holidays] for block in (old, new))
    found.names("Holidays", before, now, ("business_hours", "holidays"))


def _question(question: Question) -> str:
    return f"{shown(question.ask)}, asked {_asked_by(question.asked_by)}"


def _asked_by(who: Any) -> str:
    return "by reps only" if who == "rep" else "on the website and by reps"
