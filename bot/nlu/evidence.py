"""Weighing the evidence for each fact of a message into one value with one confidence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bot.nlu.clauses import Clause, begins_to_ask
from bot.nlu.context import Context
from bot.nlu.questions import CHOICES, LISTS, NOTHING
from bot.nlu.words_needed import words_allow

# Below this a reading is not even worth a question.
WORTH_MENTIONING = 0.3
# A clause that is so much less sure than the best is not what the value was read from.
WORTH_QUOTING = 0.7
# Said unasked, this is read too easily into a message that was meant for somebody else, so it has to be surer. (Other facts were shy as
# well before the encoder was tuned on more examples; since then that cost recall and bought nothing.)
SHY_UNASKED = {"relationship": 0.97}
# A product or a habit in use that no word names is put as a guess when nobody asked: a clipboard may be the pain, not the way of working.
SHY_UNNAMED = {"current_solution": 0.85}
# How often a volunteered value was right, by what the classifiers said; an answer to the open question is as sure as they say. Measured
# on held-out examples and messages (docs/understanding.md).
VOLUNTEERED = ((0.0, 0.0), (0.5, 0.15), (0.7, 0.35), (0.8, 0.45), (0.85, 0.62), (0.9, 0.8), (0.95, 0.86), (0.98, 0.95), (1.0, 0.98))
# Of these a word that names the value, surer than this, beats whatever the sentence seems to mean: a product's name, "resell your".
NAMED_BEATS_MEANT, SURE_OF_A_NAME = frozenset({"current_solution", "relationship"}), 0.7
# Kinds of evidence that come out of the classifiers.
_MEANT = frozenset({"whole", "part", "question"})
# Words of a correction that point at the old answer: "i said hospital", "not approved", "scratch nextgen".
_OLD = re.compile(
    r"\b(?:said|told|mentioned|gave|quoted|put down|wrote|confused|mixed|scratch|forget|disregard|instead of|rather than|no longer|used to"
    r"|was|were|had)\b|^not\b|^no (?:not|longer|more)\b|\b(?:is|are|was|it'?s|am)(?: not|n'?t)\b|\bisnt\b|\barent\b",
    re.I,
)
# What follows is the new answer: "was jan, now 6/30".
_NEW = re.compile(r"\b(?:now|make (?:it|that)|should (?:be|read|say))\s+(?:it'?s\s+)?", re.I)
# The old answer is taken back in so many words.
_DENIED = re.compile(r"\b(?:not|no longer|isn'?t|aren'?t|wasn'?t|don'?t|never|scratch|forget|disregard|drop|remove|strike)\b", re.I)
_SPEAKER = re.compile(r"\b(?:i'?m|i am|im|my (?:role|job|title|team)|i (?:work|sit|run|lead|head|manage|direct|look after))\b", re.I)
# Short answers to these name people and teams, never what they ask for ("infosec" is a department, not a review).
_NAMES_PEOPLE = frozenset({"department", "stakeholders", "buying_role"})


@dataclass(frozen=True)
class Evidence:
    """One hint at a value: where it stands, how sure it is, and its kind.

    kind: `word` (a vocabulary names it), `negated` (named after a "not"), `mention` (a vocabulary's word that alone
    is no evidence), `whole` / `part` / `question` (meaning of the text, of a clause, of a clause that asks), `value` (a time, an amount, a
    count, an unlisted name).
    """

    fact: str
    value: Any
    start: int
    end: int
    confidence: float
    kind: str

    def as_entity(self) -> dict[str, Any]:
        """The entity Rasa carries on."""
        return {"entity": self.fact, "value": self.value, "start": self.start, "end": self.end,
                "confidence_entity": round(self.confidence, 3), "extractor": "FactExtractor"}


def settle(text: str, act: str, evidence: Sequence[Evidence], parts: Sequence[Clause], context: Context) -> list[Evidence]:
    """Return at most one value a fact (several for lists), sorted by place.

    A word inside a question ("do you work with hospitals?") is no evidence, unless the whole message is the answer to that very
    question. Someone who only asks, chats or is no buyer says nothing about an organisation.
    """
    by_fact: dict[str, list[Evidence]] = defaultdict(list)
    named = {(hint.fact, str(hint.value)) for hint in evidence if hint.kind in ("word", "mention")}
    counted = {unit for hint in evidence if hint.fact == "org_size" for unit in hint.value}
    is_counted = bool(counted) and "sites" not in counted
    evidence = [hint for hint in evidence if hint.kind != "mention"]
    for hint in _without_old_answers(evidence, parts, text) if act == "correct" else evidence:
        if hint.kind in _MEANT and not words_allow(
            hint.fact, hint.value, text, is_named=(hint.fact, str(hint.value)) in named, is_asked=hint.fact == context.asked,
            is_counted=is_counted,
        ):
            continue
        if _counts(hint, text, act, parts, context):
            by_fact[hint.fact].append(hint)
    settled: list[Evidence] = []
    for fact, hints in by_fact.items():
        if fact in LISTS:
            settled += [_as_sure_as_seen(one, context, act) for one in _settle_list(fact, hints, asked=fact == context.asked)]
        elif fact in CHOICES:
            best = _settle_choice(hints, asked=fact == context.asked)
            if best and fact != context.asked and act != "correct":
                shy = SHY_UNASKED | (SHY_UNNAMED if best.kind in _MEANT else {})
                best = replace(best, confidence=best.confidence * shy.get(fact, 1.0))
            settled += [_as_sure_as_seen(best, context, act)] if best else []
        elif fact == "org_size":
            settled += _settle_sizes(hints)
        else:
            settled.append(max(hints, key=lambda hint: hint.confidence))
    settled = _agree(settled, text, context)
    return sorted((hint for hint in settled if hint.confidence >= WORTH_MENTIONING), key=lambda hint: (hint.start, hint.fact))


def _as_sure_as_seen(hint: Evidence, context: Context, act: str) -> Evidence:
    """A volunteered value with the share of such that were right. What a correction names is no volunteer: it is why it was written."""
    if hint.fact == context.asked or hint.kind == "value" or act == "correct":
        return hint
    levels, shares = zip(*VOLUNTEERED, strict=True)
    return replace(hint, confidence=float(np.interp(hint.confidence, levels, shares)))


def _counts(hint: Evidence, text: str, act: str, parts: Sequence[Clause], context: Context) -> bool:
    if act in ("out_of_scope", "emergency"):
        return hint.fact == "relationship"
    if hint.kind == "question":
        return False
    if act == "faq":
        # What stands beside the question may be a fact; the question itself is not.
        if hint.kind == "whole":
            return False
        statements = [part for part in parts if not part.is_question and not begins_to_ask(part.text)]
        return any(part.start <= hint.start and hint.end <= part.end for part in statements)
    if act == "dont_know":
        return hint.fact == "handles_phi" and context.asked == "handles_phi"
    return True


def _settle_choice(hints: Sequence[Evidence], *, asked: bool) -> Evidence | None:
    scores: dict[Any, float] = {}
    place: dict[Any, Evidence] = {}
    negated = {hint.value for hint in hints if hint.kind == "negated"}
    for hint in hints:
        if hint.kind == "negated" or (hint.value in negated and hint.kind == "word"):
            continue
        # Unasked, a clause alone must be surer than the whole text that carries it.
        confidence = hint.confidence * (0.93 if hint.kind == "part" and not asked else 1.0)
        known = scores.get(hint.value)
        if known is None:
            scores[hint.value], place[hint.value] = confidence, hint
        else:
            words_and_meaning = {hint.kind, place[hint.value].kind} & {"word"} and hint.kind != place[hint.value].kind
            scores[hint.value] = min(0.99, max(known, confidence) + (0.03 if words_and_meaning else 0))
            if _better_place(hint, place[hint.value]) and confidence >= WORTH_QUOTING * known:
                place[hint.value] = hint
    for value in negated & set(scores):
        scores[value] *= 0.35
    if hints[0].fact in NAMED_BEATS_MEANT and any(hint.kind in ("word", "value") and hint.confidence > SURE_OF_A_NAME for hint in hints):
        scores = {value: score for value, score in scores.items() if place[value].kind in ("word", "value")}
    if not scores:
        return None
    ranked = sorted(scores, key=lambda value: -scores[value])
    best = ranked[0]
    confidence = scores[best]
    if len(ranked) > 1 and scores[ranked[1]] > 0.5:
        confidence = confidence - 0.5 * scores[ranked[1]] + 0.1  # two values claim it: worth a question
    return replace(place[best], confidence=confidence)


def _better_place(new: Evidence, old: Evidence) -> bool:
    """The shorter span is the better quote; a vocabulary word the best."""
    return (new.kind == "word", old.end - old.start) > (old.kind == "word", new.end - new.start)


def _settle_list(fact: str, hints: Sequence[Evidence], *, asked: bool) -> list[Evidence]:
    found: list[Evidence] = []
    negated = {hint.value for hint in hints if hint.kind == "negated"}
    for value in (*LISTS[fact], NOTHING):
        own = [hint for hint in hints if hint.value == value and hint.kind != "negated"]
        if own:
            best = max(own, key=lambda hint: hint.confidence * (0.93 if hint.kind == "part" and not asked else 1.0))
            named = any(hint.kind == "word" for hint in own)
            confidence = best.confidence * (0.35 if value in negated else 1.0)
            quote = next((hint for hint in own if hint.kind == "word"), best)
            found.append(replace(quote, confidence=min(0.99, confidence + (0.03 if named else 0))))
    values = [hint for hint in found if hint.value != NOTHING]
    nothing = [hint for hint in found if hint.value == NOTHING]
    if values and nothing and max(v.confidence for v in values) >= nothing[0].confidence:
        return values
    return nothing or values


def _settle_sizes(hints: Sequence[Evidence]) -> list[Evidence]:
    """One count a unit, all in one entity each."""
    kept: dict[str, Evidence] = {}
    for hint in hints:
        for unit in hint.value:
            if unit not in kept or hint.confidence > kept[unit].confidence:
                kept[unit] = hint
    return list({id(hint): hint for hint in kept.values()}.values())


def _same_place(hint: Evidence, settled: Sequence[Evidence], fact: str) -> bool:
    return any(other.fact == fact and other.start < hint.end and hint.start < other.end for other in settled)


def _without_old_answers(evidence: Sequence[Evidence], parts: Sequence[Clause], text: str) -> list[Evidence]:
    """In a correction the clause about the old answer is no evidence, and the whole text mixes both."""
    new = _NEW.search(text)
    if new and _OLD.search(text[: new.start()]):
        return [hint for hint in evidence if hint.start >= new.end() or hint.kind == "whole"]
    old = [part for part in parts if _OLD.search(part.text)]
    if not parts:
        return list(evidence)
    # A clause inside another one is judged by itself: "i said hospital but we are the whole system" has a good half.
    good = [part for part in parts if part not in old] or [part for part in old if not _DENIED.search(part.text)]
    if not old or not good:
        return list(evidence)

    def stands_in_a_good_part(hint: Evidence) -> bool:
        return any(part.start <= hint.start and hint.end <= part.end for part in good)

    return [hint for hint in evidence if stands_in_a_good_part(hint)]


def _agree(settled: list[Evidence], text: str, context: Context) -> list[Evidence]:
    """Facts of one message must not contradict each other.

    A day on the calendar beats "no project". A title belongs to the speaker or to somebody else, not to both: under the question for
    departments it is the speaker's, under the one for stakeholders the others', otherwise what the words say.
    """
    asked = context.asked
    if asked == "department":
        settled = [h for h in settled if h.fact != "stakeholders" or not _same_place(h, settled, "department")]
    elif asked == "stakeholders":
        settled = [h for h in settled if h.fact != "department" or _SPEAKER.search(text)]
    else:
        speaker = next((h for h in settled if h.fact == "department"), None)
        if speaker is not None:
            settled = [h for h in settled if h.fact != "stakeholders" or h.value != speaker.value]
    if asked in _NAMES_PEOPLE and len(text.split()) <= 4:
        settled = [h for h in settled if h.fact in _NAMES_PEOPLE or h.kind == "value"]
    times = [hint for hint in settled if hint.fact == "timeline"]
    if len(times) == 1 and times[0].value == "none":
        return [hint for hint in settled if hint.fact != "timeline_date"]
    return settled
