"""The words by which a name is told from an organisation, a vendor, a month or an ordinary word."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import regex
from spacy.lookups import Lookups

FOLDER = Path(__file__).resolve().parent.parent / "data" / "vocabularies"
_MARKS = regex.compile(r"\p{M}")
_SUFFIXES = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "er", "ers", "al")


@dataclass(frozen=True)
class NameVocabulary:
    """Word lists, all lower case. `ordinary` may be large (the dictionary of the language model)."""

    given: frozenset[str]
    ambiguous: frozenset[str]
    family: frozenset[str]
    organisation_words: frozenset[str]
    organisations: tuple[str, ...]
    ordinary: frozenset[str]
    never_names: frozenset[str]

    @classmethod
    def load(cls, folder: Path = FOLDER, dictionary: Iterable[str] = ()) -> "NameVocabulary":
        """Read the word lists of `folder`; `dictionary` adds ordinary words.

        Raises:
            FileNotFoundError: a list is missing; it names the file.
        """
        ambiguous = _words(folder / "privacy_ambiguous_names.txt")
        never = _words(folder / "privacy_ordinary_words.txt")
        given = _words(folder / "privacy_given_names.txt") - ambiguous
        organisations = tuple(sorted(_lines(folder / "privacy_organisation_names.txt"), key=len, reverse=True))
        return cls(
            given=frozenset(given - never),
            ambiguous=frozenset(ambiguous),
            family=frozenset(_words(folder / "privacy_family_names.txt")),
            organisation_words=frozenset(_words(folder / "organisation_words.txt")),
            organisations=organisations,
            ordinary=frozenset(dictionary) | never,
            never_names=frozenset(never - ambiguous),
        )

    def is_ordinary(self, word: str) -> bool:
        """Say whether a word, in any usual inflection, is an everyday word; lists of names are not consulted."""
        low = plain(word).strip("'")
        if low in self.ordinary:
            return True
        stems = (low.removesuffix(s) for s in _SUFFIXES if low.endswith(s) and len(low) - len(s) >= 3)
        return any(stem in self.ordinary or stem + "e" in self.ordinary or stem[:-1] in self.ordinary for stem in stems)

    def is_organisation_word(self, word: str) -> bool:
        """Say whether the word makes its neighbours an organisation."""
        return plain(word) in self.organisation_words

    def could_be_name(self, word: str) -> bool:
        """Say whether a word beside a cue may be a name: a listed name, or no everyday or organisation word."""
        low = plain(word)
        if low in self.given or low in self.ambiguous or low in self.family:
            return True
        return not (self.is_ordinary(low) or low in self.organisation_words or low in self.organisations)

    @cached_property
    def organisation_pattern(self) -> "regex.Pattern[str]":
        """One pattern for every listed organisation, longest first, any case."""
        names = "|".join(regex.escape(name) for name in self.organisations)
        return regex.compile(rf"\b(?:{names})(?![\p{{L}}-])", regex.IGNORECASE)


def plain(word: str) -> str:
    """Spell a word as the lists do: lower case, no accents, no final dot, straight apostrophe.

    >>> plain("Luís"), plain("O’Brien"), plain("Dr.")
    ('luis', "o'brien", 'dr')
    """
    low = word.lower().strip(".").replace("’", "'")
    return low if low.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", low))


def dictionary_of(model_folder: Path) -> frozenset[str]:
    """Read the lemma index a spaCy English model ships with: some 80,000 lower-case words.

    Its nouns include well-known surnames, which is why lists of names go before it. A model without the index gives an
    empty set: then only `privacy_ordinary_words.txt` is ordinary and more lower-case words look like names.
    """
    folder = model_folder / "lemmatizer" / "lookups"
    if not folder.exists():
        return frozenset()
    lookups = Lookups().from_disk(folder)
    words: set[str] = set()
    for name in ("lemma_index", "lemma_exc"):
        if lookups.has_table(name):
            for group in lookups.get_table(name).values():
                words.update(group)
    return frozenset(words)


def _lines(path: Path) -> set[str]:
    rows = (line.split("#")[0].strip().lower() for line in path.read_text(encoding="utf-8").splitlines())
    return {row for row in rows if row}


def _words(path: Path) -> set[str]:
    return {word for line in _lines(path) for word in line.split()}
