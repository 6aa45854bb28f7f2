"""Places of organisations in a text: the words a name finder has to leave alone."""

import regex

from privacy.vocabulary import NameVocabulary
from privacy.words import PARTICLES, Span, Word, runs_of, words_of

_SAINT = regex.compile(r"\b(?:St|Saint|Mt|Ft)\.?\s\p{Lu}\p{L}+(?:['’]s)?")
_PARTNERS = regex.compile(r"\b\p{Lu}[\p{L}'’]+,\s+\p{Lu}[\p{L}'’]+,?\s+(?:and|&)\s+\p{Lu}[\p{L}'’]+\b")


def find_organisations(text: str, vocabulary: NameVocabulary) -> list[Span]:
    """Find listed organisations, runs with an organisation word, saints, and partners ("Ortiz, Keller and Boyd")."""
    spans = [m.span() for m in vocabulary.organisation_pattern.finditer(text)]
    for match in _PARTNERS.finditer(text):
        if not any(w.low in vocabulary.given for w in words_of(match.group())):
            spans.append(match.span())
    spans += [m.span() for m in _SAINT.finditer(text)]
    for run in runs_of(text):
        if is_organisation(text, run, vocabulary):
            spans.append((_start(run, vocabulary), run[-1].end))
    return spans


def _start(run: list[Word], vocabulary: NameVocabulary) -> int:
    """Where the organisation begins: after a person and his particle ("María López de Clínica Norte")."""
    for before, particle, word in zip(run, run[1:], run[2:], strict=False):
        if particle.low in PARTICLES and vocabulary.is_organisation_word(word.low) and before.low in vocabulary.family:
            return word.start
    return run[0].start


def is_organisation(text: str, run: list[Word], vocabulary: NameVocabulary) -> bool:
    """Say whether a run of capitalised words is an organisation: by one of its words, or by what it is joined to."""
    if any(vocabulary.is_organisation_word(w.low) and w.low not in vocabulary.family for w in run):
        return True
    return _joined_to_organisation(text, run, vocabulary)


def _joined_to_organisation(text: str, run: list[Word], vocabulary: NameVocabulary) -> bool:
    """Say whether an ampersand or a possessive ties the run to an organisation ("Brigham & Women's Hospital")."""
    after = text[run[-1].end :]
    match = regex.match(
        r"(?:[’']s?)?(?:\s+(?:&|of|for)\s+|\s+and\s+|[’']s?\s+|\s+)((?:\p{Lu}[\p{L}'’-]*\s*){1,4})", after
    )
    if not match:
        return False
    if regex.match(r"\s+and\s", after) and (len(run) > 1 or run[0].low in vocabulary.given):
        return False
    return any(vocabulary.is_organisation_word(w.text.removesuffix("'s")) for w in words_of(match.group(1)))
