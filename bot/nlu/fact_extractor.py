"""Graph component: every fact in a message, with a normalised value, the words it stands in and a confidence.

Three kinds of evidence meet here: vocabularies (the word names the value), classifiers of meaning (the sentence means it), and
readers of times, money and counts. The open question decides how short answers are read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import linear
from bot.nlu.context import Context, context_of
from bot.nlu.evidence import Evidence, settle
from bot.nlu.fact_heads import LABELS, FactHeads, train_heads
from bot.nlu.lessons import lessons_of
from bot.nlu.nearest_examples import NEAREST, NearestExamples, Shares
from bot.nlu.sentence_encoder import MEANING, Meaning, SentenceEncoder
from bot.nlu.vocabulary import Vocabularies
from bot.progress import Stage
from bot.values.contract_end import read_contract_end
from bot.values.counts import read_counts
from bot.values.found import SURE
from bot.values.money import read_money
from bot.values.product_name import read_product_name
from bot.values.timeline import read_timeline

# Acts that say nothing about the prospect's organisation, whatever words are in them.
SILENT_ACTS = frozenset({"chitchat", "greet", "thanks", "goodbye", "stop", "ask_why", "refuse"})
# A bare "yes" or "no" to a guess is not the answer to anything else; "no, we are a hospital" is.
BARE_ACTS = frozenset({"affirm", "deny"})
WORDS_OF_A_BARE_ACT = 4


# What a short answer with a joke in it may be taken for: "small. two offices, laugh if you like".
UNHEARD_ANSWERS = frozenset({"chitchat", "out_of_scope", "greet", "thanks"})
WORDS_OF_AN_ANSWER = 14
# Before a vendor's name that is a common word too ("weave", "notable"), these say that the vendor is meant.
_INCUMBENT = re.compile(
    r"\b(?:drop(?:ping|ped)?|left|leav(?:e|ing)|replac\w+|renew\w*|contract with|deal with|using|use|uses|on|from|let|cancel\w*|ditch\w*"
    r"|switch\w*|moved to|incumbent is|live on)\s+(?:\w+\s+)?$",
    re.I,
)
# Before a vendor's name these say that it is looked at, not in use: "comparing you against Luma and Relatient".
_LOOKED_AT = re.compile(
    r"\b(?:compar\w+|versus|vs\.?|against|shortlist\w*|also (?:talking|seeing)|considering|looking at|evaluating|finalists?"
    r"|demos? (?:of|from|with)|bids? from|quotes? from)\b[^.;!?]*$",
    re.I,
)
# A system that was left: "finished our migration from Allscripts to Epic".
_LEFT = re.compile(
    r"\b(?:(?:finish|complet)\w+|migrated|moved|switched|converted|transitioned|went|came|got|just|left)\b[^.;!?]{0,40}?"
    r"\b(?:from|off|left)(?: of)?(?: (?:our|the|old))*\s*$",
    re.I,
)
# Commands, code and markup mean nothing to a classifier of speech, which would call them an organization of another kind.
_NO_SPEECH = re.compile(r"^\s*/\w|\{.*\}|</?[a-z][^<>]*>", re.I | re.S)
# A value less likely than this is not even a hint.
WORTH_WEIGHING = 0.2
# Someone read this surely as a partner is not out of scope.
SURE_PARTNER = 0.6
# Someone read this surely as no buyer does not answer, whatever the words of the message.
SURE_NO_BUYER = 0.8


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FactExtractor(GraphComponent):
    """Reads facts as entities: {"entity": fact, "value", "confidence", "start", "end"}."""

    @classmethod
    def required_components(cls) -> List[type]:
        """The encoder gives meaning. (The act is used too, but Rasa asks for this also in training, where it is not.)"""
        return [SentenceEncoder, NearestExamples]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`vocabularies`: the folder of vocabulary files."""
        return {"vocabularies": "data/vocabularies"}

    def __init__(
        self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, heads: Optional[FactHeads] = None
    ) -> None:
        self._storage, self._resource, self._heads = model_storage, resource, heads
        self._vocabularies = Vocabularies(Path(config["vocabularies"]))

    @classmethod
    def create(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "FactExtractor":
        """Build an untrained component (see GraphComponent)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "FactExtractor":
        """Load the trained component (see GraphComponent)."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, FactHeads(linear.load(folder / "facts.npz")["facts"]))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifiers on the blocks' labelled facts."""
        lessons = lessons_of(training_data)
        with Stage(f"{len(LABELS)} values of facts, {len(lessons)} lessons"):
            self._heads = train_heads(lessons)
        with self._storage.write_to(self._resource) as folder:
            linear.save({"facts": self._heads.model}, folder / "facts.npz")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the facts found to each message's entities."""
        for message in messages:
            meaning = message.get(MEANING)
            if meaning is not None:
                act = (message.get(INTENT) or {}).get("name") or "answer"
                if act in UNHEARD_ANSWERS and _is_answered(message.get(TEXT), context_of(message)):
                    act = "answer"
                    message.set(INTENT, {**message.get(INTENT), "name": act}, add_to_output=True)
                found = self._read(message.get(TEXT), act, meaning, message.get(NEAREST), context_of(message))
                if act == "out_of_scope" and any(_is_partner(e) for e in found):
                    # Who would sell with us is welcome, and so is what they say of themselves.
                    act = "answer"
                    more = self._read(message.get(TEXT), act, meaning, message.get(NEAREST), context_of(message))
                    found += [e for e in more if e.fact not in {known.fact for known in found}]
                    message.set(INTENT, {**message.get(INTENT), "name": act}, add_to_output=True)
                elif act not in ("emergency", "out_of_scope") and any(_is_no_buyer(e) for e in found):
                    act, found = "out_of_scope", [e for e in found if e.fact in ("relationship", "signal")]
                    message.set(INTENT, {**message.get(INTENT), "name": act}, add_to_output=True)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *(e.as_entity() for e in found)], add_to_output=True)
        return messages

    def _read(self, text: str, act: str, meaning: Meaning, nearest: Optional[Shares], context: Context) -> List[Evidence]:
        context = context.for_facts()
        named = self._from_vocabulary(text, context)
        signals = [e for e in named if e.fact == "signal" and e.kind == "word"]
        if act in SILENT_ACTS or (act in BARE_ACTS and len(text.split()) <= WORDS_OF_A_BARE_ACT):
            return signals
        evidence = [e for e in named if e.fact != "signal"]
        evidence += self._from_meaning(text, meaning, nearest) + _from_values(text, context) + _from_names(text, context, named)
        return signals + settle(text, act, evidence, meaning.parts, context)

    def _from_vocabulary(self, text: str, context: Context) -> List[Evidence]:
        found = []
        for term in self._vocabularies.find(text):
            as_incumbent = term.fact == "current_solution" and _INCUMBENT.search(text[: term.start])
            is_looked_at = term.fact == "current_solution" != context.asked and not as_incumbent and _LOOKED_AT.search(text[: term.start])
            if is_looked_at or not (term.strong or term.fact == context.asked or as_incumbent):
                found.append(Evidence(term.fact, term.value, term.start, term.end, 0.0, "mention"))
                continue
            is_left = term.fact == "integrations" and _LEFT.search(text[: term.start])
            kind = "negated" if term.negated or is_left else "word"
            found.append(Evidence(term.fact, term.value, term.start, term.end, 0.95 if term.strong else 0.85, kind))
        return found

    def _from_meaning(self, text: str, meaning: Meaning, nearest: Optional[Shares]) -> List[Evidence]:
        if self._heads is None or _NO_SPEECH.search(text):
            return []
        read = self._heads.read(np.vstack([meaning.instead[None], meaning.vectors]), near=None if nearest is None else nearest.values)
        found: List[Evidence] = []
        for fact, rows in read.items():
            for number, row in enumerate(rows):
                part = meaning.parts[number - 1] if number else None
                start, end = (part.start, part.end) if part else (0, len(text))
                kind = "whole" if part is None else "question" if part.is_question else "part"
                found += [Evidence(fact, value, start, end, share, kind) for value, share in row.items() if share >= WORTH_WEIGHING]
        return found


def _is_answered(text: str, context: Context) -> bool:
    """Is a time, an amount or a count read surely where one was asked for?"""
    if len(text.split()) > WORDS_OF_AN_ANSWER or context.confirming:
        return False
    if context.asked == "timeline":
        found = read_timeline(text, context.today, asked="timeline")
    elif context.asked == "org_size":
        found = read_counts(text, asked="org_size")
    elif context.asked in ("budget_status", "budget_amount"):
        found = read_money(text, asked=context.asked, sites=context.sites)
    else:
        return False
    return any(value.confidence >= SURE - 0.02 for value in found)


def _is_no_buyer(evidence: Evidence) -> bool:
    return evidence.fact == "relationship" and evidence.value != "partner" and evidence.confidence >= SURE_NO_BUYER


def _is_partner(evidence: Evidence) -> bool:
    return evidence.fact == "relationship" and evidence.value == "partner" and evidence.confidence >= SURE_PARTNER


def _from_names(text: str, context: Context, named: List[Evidence]) -> List[Evidence]:
    """The product in use, where its name is none that a vocabulary lists."""
    return [
        Evidence("current_solution", name.value, name.start, name.end, name.confidence, "value")
        for name in read_product_name(text, asked=context.asked)
        if not any(term.start < name.end and name.start < term.end for term in named)
    ]


def _from_values(text: str, context: Context) -> List[Evidence]:
    """Times, money and counts."""
    found = []
    for time in read_timeline(text, context.today, asked=context.asked):
        found.append(Evidence("timeline", time.value["timeline"], time.start, time.end, time.confidence, "value"))
        if time.value.get("timeline_date"):
            found.append(Evidence("timeline_date", time.value["timeline_date"], time.start, time.end, time.confidence, "value"))
    for end in read_contract_end(text, context.today, asked=context.asked):
        found.append(Evidence("contract_end", end.value, end.start, end.end, end.confidence, "value"))
    counts = read_counts(text, asked=context.asked)
    sites = next((count.value["sites"] for count in counts if "sites" in count.value), context.sites)
    for money in read_money(text, asked=context.asked, sites=sites):
        found.append(Evidence("budget_amount", money.value, money.start, money.end, money.confidence, "value"))
    for count in counts:
        found.append(Evidence("org_size", count.value, count.start, count.end, count.confidence, "value"))
    return found


