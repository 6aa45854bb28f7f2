"""Numbers as people write them: digits, number words, scales, halves and dozens."""

from __future__ import annotations

from dataclasses import dataclass

from bot.values.words import Words, word_list

UNITS = {
    word: value
    for value, word in enumerate(
        word_list(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen"
        )
    )
}
TENS = {
    word: value
    for value, words in zip(
        range(20, 100, 10),
        ("twenty", "thirty", "forty fourty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        strict=True,
    )
    for word in words.split()
}
SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "thou": 1e3,
    "grand": 1e3,
    "m": 1e6,
    "mm": 1e6,
    "mil": 1e6,
    "mill": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
}
_GLUED_ONLY = frozenset(("m", "b", "mm"))  # "5 m" is five metres or a typo, "5m" is five million
_FEW = {"couple": 2.0, "few": 3.0, "several": 4.0}
ORDINALS = {
    word: value
    for value, word in enumerate(
        word_list(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        start=1,
    )
}
ORDINALS |= {"thirtieth": 30, "last": -1}


@dataclass(frozen=True)
class Number:
    """A number read from words.

    Attributes:
        value: its value, scale applied.
        end: index after its last word.
        scale: the scale that was said (1000 for "40k"), 1 if none: a range lends it to its first side.
        digits: whether it was written in digits.
        vague: whether a word such as "couple" or "few" stood for it.
    """

    value: float
    end: int
    scale: float = 1.0
    digits: bool = False
    vague: bool = False


def starts_number(word: str) -> bool:
    """Whether a word can open a number; a cheap test before `read_number`."""
    return word[:1].isdecimal() or word in _OPENERS


_OPENERS = frozenset([*UNITS, *TENS, "hundred", "thousand", "million", "half", "quarter", "a", "dozen", "couple", "few", "several"])


def read_number(words: Words, index: int, *, splits_at_and: bool = False, scales: bool = True) -> Number | None:
    """Read one number that starts at a word.

    Args:
        words: the message.
        index: where the number must start.
        splits_at_and: after "between" the word "and" parts two numbers instead of joining one.
        scales: whether k, m and the like may follow digits (not wanted for days and years).
    Returns:
        Number, or None when no number starts there. "a" counts only before hundred, thousand, million, dozen, couple,
        half ...

    >>> from bot.values.words import split_words
    >>> read_number(split_words("two hundred and two thousand"), 0).value
    202000.0
    """
    word = words.word(index)
    if not word:
        return None
    if word[0].isdecimal():
        return _from_digits(words, index, scales)
    if word not in _OPENERS:
        return None
    fraction = _fraction(words, index)
    if fraction:
        return fraction
    if word == "a":
        follower = words.word(index + 1)
        if follower in _FEW or follower == "dozen" or follower in ("hundred", "thousand", "million"):
            return read_number(words, index + 1, splits_at_and=splits_at_and)
        return None
    if word in _FEW:
        return _few(words, index)
    return _from_words(words, index, splits_at_and)


def read_ordinal(words: Words, index: int) -> tuple[int, int] | None:
    """Read "3rd", "third" or "twenty-first": the number (-1 for "last") and the index after it."""
    word = words.word(index)
    if word in ORDINALS:
        return ORDINALS[word], index + 1
    if word.isdecimal() and len(word) <= 2 and words.word(index + 1) in ("st", "nd", "rd", "th") and words.glued[index + 1]:
        return int(word), index + 2
    if word in ("twenty", "thirty"):
        after = index + 2 if words.word(index + 1) == "-" else index + 1
        unit = ORDINALS.get(words.word(after), 0)
        if 0 < unit < 10:
            return TENS[word] + unit, after + 1
    return None


def _from_digits(words: Words, index: int, scales: bool) -> Number | None:
    word = words.at[index]
    try:
        value = float(word.replace(",", ""))
    except ValueError:  # a numeric date, or digits of another script
        return None
    end = index + 1
    if words.word(end) == "." and words.word(end + 1)[:1].isdecimal() and words.glued[end] and words.glued[end + 1]:
        return None  # a version or an address, not a number
    half = _and_a_half(words, end)
    if half:
        value, end = value + 0.5, half
    scale = 1.0
    if scales:
        scale, end = _scale(words, end)
        if scale == 1.0 and words.word(end) == "hundred":
            scale, end = 100.0, end + 1
            further, end = _scale(words, end)
            scale *= further
    value *= scale
    if scale >= 1e6 and (after := _and_a_half(words, end)):
        value, end = value + scale / 2, after
    return Number(value, end, scale, digits=True)


def _scale(words: Words, index: int) -> tuple[float, int]:
    word = words.word(index)
    if word not in SCALES or (word in _GLUED_ONLY and not words.glued[index]):
        return 1.0, index
    return SCALES[word], index + 1


def _and_a_half(words: Words, index: int) -> int:
    """Index after "and a half", or 0."""
    return index + 3 if words.at[index : index + 3] == ("and", "a", "half") else 0


def _fraction(words: Words, index: int) -> Number | None:
    """Read half a million, a quarter million, three quarters of a million."""
    at = index + 1 if words.word(index) == "a" else index
    share = {"half": 0.5, "quarter": 0.25}.get(words.word(at))
    if words.word(index) == "three" and words.word(index + 1) == "quarters":
        share, at = 0.75, index + 1
    if share is None:
        return None
    at += 1
    if words.word(at) == "of":
        at += 1
    if words.word(at) == "a":
        at += 1
    word = words.word(at)
    if SCALES.get(word, 0) >= 1e6 and word not in _GLUED_ONLY:
        return Number(share * SCALES[word], at + 1, SCALES[word])
    if word == "dozen" and share == 0.5:
        return Number(6.0, at + 1)
    return None


def _few(words: Words, index: int) -> Number:
    """Read couple (of), few, several, with an optional hundred and scale behind."""
    value, end = _FEW[words.at[index]], index + 1
    if words.word(end) == "of" and words.word(index) == "couple":
        end += 1
    scale = 1.0
    if words.word(end) in ("hundred", "dozen"):
        scale, end = (100.0 if words.word(end) == "hundred" else 12.0), end + 1
    further, end = _scale(words, end)
    return Number(value * scale * further, end, scale * further, vague=True)


def _from_words(words: Words, index: int, splits_at_and: bool) -> Number | None:
    total, part = 0.0, 0.0
    last = ""  # what kind of word came last: a grammar of its own would be longer than this
    end, scale = index, 1.0
    at = index
    while True:
        word = words.word(at)
        if word == "-" and end and at == end and words.glued[at] and last == "tens" and words.word(at + 1) in UNITS:
            at += 1
            continue
        if word == "and" and last in ("hundred", "scale") and not splits_at_and:
            following = words.word(at + 1)
            if following not in UNITS and following not in TENS:
                break
            if last == "hundred" and words.word(at + 2) == "hundred":
                break
            at += 1
            continue
        if (word in UNITS and last in ("", "hundred", "scale")) or (word in UNITS and last == "tens" and 0 < UNITS[word] < 10):
            part += UNITS[word]
            last = "unit"
        elif word in TENS and last == "unit" and end == index + 1 and 0 < part < 10 and words.word(at + 1) in SCALES:
            part = part * 100 + TENS[word]  # "two fifty k" is two hundred and fifty thousand
            last = "tens"
        elif word in TENS and last in ("", "hundred", "scale"):
            part += TENS[word]
            last = "tens"
        elif word == "dozen" and last in ("", "unit"):
            return Number(total + max(part, 1) * 12, at + 1)
        elif word == "hundred" and last in ("", "unit", "tens"):
            part = max(part, 1) * 100
            last = "hundred"
        elif word in SCALES and word not in _GLUED_ONLY and not (last == "" and word not in ("thousand", "million")):
            said = SCALES[word]
            if last == "scale" and said >= scale:
                break
            total += max(part, 1) * said
            part, scale, last = 0.0, said, "scale"
        else:
            break
        at += 1
        end = at
    if end == index:
        return None
    return _with_half(words, Number(total + part, end, scale))


def _with_half(words: Words, number: Number) -> Number:
    """Add "and a half" to "five and a half million" or "one million and a half"."""
    after = _and_a_half(words, number.end)
    if not after:
        return number
    if number.scale > 1:
        return Number(number.value + number.scale / 2, after, number.scale)
    scale, end = _scale(words, after)
    return Number((number.value + 0.5) * scale, end, scale)
