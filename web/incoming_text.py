"""What a visitor typed, made fit for reading: no control characters, no markup, not too long, in a language we read."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LONGEST = 4000
# Of these, what healthcare staff in the US is likely to type; a smaller choice guesses better on short texts.
LANGUAGES = ["en", "es", "pt", "fr", "de", "it", "zh", "vi", "ru", "ar", "ko", "tl"]
WORDS_TO_TELL = 4
SURE = 0.97
KEPT = frozenset("\n\t\u200d")  # the joiner holds composed emoji together
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # controls, formats, surrogates, private and unassigned code points
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<!--.*?-->", re.S)
_ENGLISH = frozenset(
    "a an and are at by do for has have i in is it my need needs no not of on our the to us want we what with you".split()
)


class EmptyText(ValueError):
    """Nothing to read is left."""


class LongText(ValueError):
    """More than we take in one message."""


def tidy(text: str) -> str:
    """Return a visitor's text without control characters and markup.

    Raises:
        EmptyText: nothing is left. LongText: over 4,000 characters.

    >>> tidy("<b>14 clinics</b>\\x00 in TX ")
    '14 clinics in TX'
    """
    if len(text) > LONGEST:
        raise LongText
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    text = "".join(char for char in text if char in KEPT or unicodedata.category(char) not in UNSEEN)
    while (bare := _MARKUP.sub("", text)) != text:  # a tag may hide in another's rest
        text = bare
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not text:
        raise EmptyText
    return text


def other_language(text: str) -> str | None:
    """Return the code of the language a text is surely in, if that is not English; None when in doubt.

    >>> other_language("Hola, quisiera saber si su programa sirve para nuestra clínica")
    'es'
    >>> other_language("6 locs, ecw, need it b4 summer") is None
    True
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < WORDS_TO_TELL and not re.search(r"[\u0400-\u9fff\uac00-\ud7af]{4}", text):
        return None
    if len(_ENGLISH.intersection(words)) >= max(1, len(words) // 8):
        return None
    language, share = _identifier().classify(text)
    return str(language) if language != "en" and share >= SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
