"""Words that name a value: data/vocabularies/*.yml, matched with spaCy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import spacy
from ruamel.yaml import YAML
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

# "not a hospital", "no sso", "isn't hitrust": up to three words may stand between.
_NEGATIONS = frozenset({"not", "no", "n't", "nt", "never", "without", "isnt", "arent", "dont", "neither", "nor", "non", "ain't", "scratch",
                        "forget", "minus"})
_REACH = 3
_BREAKS = frozenset({",", ".", ";", "but", "!", "?", "-", "just", "only"})

_HYPHEN = re.compile(r"(?<=[^\W_])(?<!\bno)(?<!\bnon)(?<!\bnot)-(?=[^\W_])", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    """A vocabulary word found in a text.

    Attributes:
        strong: saying it is saying the value under any question; otherwise only when its fact is asked.
        negated: a "not" stands before it.
    """

    fact: str
    value: str
    start: int
    end: int
    strong: bool
    negated: bool


class Vocabularies:
    """All vocabularies of a folder in one matcher."""

    def __init__(self, folder: Path) -> None:
        """Read the folder's fact vocabularies.

        Raises:
            ValueError: a file has another form than `version`, `fact`, `values: {value: {strong: [], asked: []}}`.
        """
        self._nlp = spacy.blank("en")
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        self._meaning: dict[int, list[tuple[str, str, bool]]] = {}
        for path in sorted(folder.glob("*.yml")):
            content = YAML(typ="safe").load(path)
            if not isinstance(content, dict) or not {"fact", "values"} <= set(content):
                raise ValueError(f"{path}: expected the keys version, fact and values.")
            for value, terms in content["values"].items():
                for strength in ("strong", "asked"):
                    for term in terms.get(strength) or []:
                        self._add(str(content["fact"]), str(value), str(term), strength == "strong")

    def _add(self, fact: str, value: str, term: str, strong: bool) -> None:
        forms = {_spaced(term), term.replace("-", " ")}
        forms |= {form + "s" for form in forms if form[-1:].isalpha() and not form.endswith("s")}
        for form in forms:
            doc = self._nlp.make_doc(form.lower())
            key = " ".join(token.text for token in doc)
            if not doc.text.strip():
                continue
            known = self._meaning.setdefault(self._nlp.vocab.strings.add(key), [])
            if not known:
                self._matcher.add(key, [doc])
            if (fact, value, strong) not in known:
                known.append((fact, value, strong))

    def find(self, text: str) -> list[Term]:
        """Return the terms in a text; of overlapping terms of one fact the longest, then the stronger."""
        doc = self._nlp.make_doc(_spaced(text))
        found: list[tuple[int, int, Term]] = []
        for key, first, last in self._matcher(doc):
            span = doc[first:last]
            for fact, value, strong in self._meaning[key]:
                term = Term(fact, value, span.start_char, span.end_char, strong, _negated(doc, first))
                found.append((first, last, term))
        found.sort(key=lambda hit: (hit[0] - hit[1], not hit[2].strong))
        kept: list[tuple[int, int, Term]] = []
        for first, last, term in found:
            if not any(term.fact == other.fact and first < end and start < last for start, end, other in kept):
                kept.append((first, last, term))
        return [term for _, _, term in sorted(kept, key=lambda hit: hit[0])]


def _spaced(text: str) -> str:
    """Write hyphenated words apart, letter by letter as long as before; people hyphenate as they like.

    A "no-" or "non-" keeps its hyphen: it belongs to its word and denies nothing behind it.

    >>> _spaced("a fill-rate of 60-70 - no-show")
    'a fill rate of 60 70 - no-show'
    """
    return _HYPHEN.sub(" ", text)


def _negated(doc: Doc, first: int) -> bool:
    for position in range(first - 1, max(-1, first - 1 - _REACH), -1):
        word = doc[position].lower_
        if word in _BREAKS:
            return False
        if word in _NEGATIONS:
            return True
    return False


