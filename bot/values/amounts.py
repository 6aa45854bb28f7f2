"""The grammar of money: points, ranges and bounds in US dollars as they stand in the text, before it is decided what
they are for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.values.numerals import Number, read_number, starts_number
from bot.values.words import Words, word_set

DOLLARS = word_set("$ usd dollars dollar bucks buck dolars dollers dollor dollors dols")
OTHER_CURRENCIES = word_set(
    "€ £ ¥ ₹ eur eurs euro euros gbp pound pounds quid sterling cad aud nzd inr rs rupee rupees yen jpy chf franc "
    "francs peso pesos mxn krona rmb yuan"
)
_MILLION_DOLLARS = {"musd": 1e6, "kusd": 1e3}


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    """Phrases parted by |, the longest first, so that "not more than" is tried before "more than"."""
    return tuple(sorted((tuple(phrase.split()) for phrase in text.split("|")), key=len, reverse=True))


_UPPER = _phrases(
    "no more than|not more than|not over|not above|not to exceed|not exceed|not exceeding|no greater than|"
    "no higher than|nothing over|nothing above|less than"
    "|fewer than|lower than|smaller than|up to|at most|at the most|can't exceed|cant exceed|cannot exceed|"
    "capped at|cap of|cap is|cap at|ceiling of|ceiling is"
    "|max of|max is|maximum of|maximum is|limit of|limit is|go over|go above|south of|as much as|stay under|"
    "keep it under|under|below|beneath|max|maximum|<|< =|≤"
    "|within|inside|max :|cap :|cap|ceiling|topped at|tops out at|maxes out at|limited to|shy of|"
    "smaller or equal than|smaller or equal to|smaller than or equal to"
    "|less or equal than|less or equal to|less than or equal to|lower or equal than|fewer than or equal to|"
    "not bigger than|not larger than|not greater than"
)
_NEGATED_UPPER = frozenset(("go over", "go above"))
_LOWER = _phrases(
    "no less than|not less than|not under|not below|no fewer than|not fewer than|no lower than|more than|"
    "greater than|bigger than|larger than|higher than|at least"
    "|north of|in excess of|upwards of|upward of|starting at|starts at|starting from|minimum of|min of|min is|"
    "floor of|over|above|exceeding|exceeds|exceed"
    "|surpass|surpasses|surpassing|minimum|min|min :|>|> =|≥|beyond|well over|just over|not smaller than|"
    "bigger or equal than|bigger or equal to"
    "|bigger than or equal to|greater or equal than|greater or equal to|greater than or equal to|"
    "more or equal than|more or equal to|more than or equal to"
    "|larger or equal than|larger than or equal to|higher or equal than|higher than or equal to"
)
_UPPER_AFTER = _phrases(
    "or less|or under|or below|or fewer|or lower|or smaller|and under|and below|and less|max|tops|maximum|at most"
    "|at the most|cap|ceiling|or less than"
)
_LOWER_AFTER = _phrases(
    "or more|or over|or above|or greater|or higher|or better|or bigger|or larger|and up|and above|and more|"
    "and over|plus|+|minimum|min|at least|at minimum"
)
_OR_EQUAL = _phrases("or equal to|or equal|or equals to")
_NEVER = word_set("can't cant cannot won't wont not don't dont couldn't")
_TIMES_AND_PLACES = word_set("year yr annually month mo quarter qtr week site location clinic office")
_SOFT = word_set(
    "a the about around abt approx approximately roughly ~ like maybe say some circa nearly almost just only is of "
    "so = ≈ us equal to or our budget at was be"
)


@dataclass(frozen=True)
class Amount:
    """An amount as it stands in the text.

    Attributes:
        low, high: its sides in dollars; equal for a point, None for an open side.
        start, end: word indices, end excluded.
        currency: whether dollars are named.
        scaled: whether k, thousand, million or a thousands comma marks it as large.
        vague: whether "a couple of" or "six figures" stands for the number.
    """

    low: float | None
    high: float | None
    start: int
    end: int
    currency: bool = False
    scaled: bool = False
    vague: bool = False


@dataclass(frozen=True)
class _Side:
    number: Number
    end: int
    currency: bool


def read_amounts(words: Words) -> list[Amount]:
    """List the amounts of a message in reading order; those in other currencies are left out."""
    found: list[Amount] = []
    index, count = 0, len(words.at)
    while index < count:
        word = words.at[index]
        amount = None
        if starts_number(word) or word in DOLLARS or word in ("us", "five", "six", "seven", "low", "mid", "high"):
            amount = _figures(words, index) or _amount(words, index)
        elif word in OTHER_CURRENCIES:
            side = _side(words, index + 1, splits=False)
            index = side.end if side else index + 1
            continue
        if not amount:
            index += 1
            continue
        index = amount.end
        if words.word(index) in OTHER_CURRENCIES and words.word(index + 1) != "-":
            continue
        amount = _with_bound(words, amount)
        index = max(index, amount.end)
        if found and _completes(words, found[-1], amount):
            before = found.pop()
            amount = replace(amount, low=before.low or amount.low, high=before.high or amount.high, start=before.start)
        found.append(amount)
    return found


def _side(words: Words, index: int, *, splits: bool) -> _Side | None:
    """One number with its currency on either side."""
    at, currency = index, False
    while words.word(at) in ("us", "$", "usd") and at - index < 2:
        currency, at = True, at + 1
    number = read_number(words, at, splits_at_and=splits)
    if not number:
        return None
    number = _with_spaced_thousands(words, number, currency) or number
    end = number.end
    if words.word(end) in _MILLION_DOLLARS:
        scale = _MILLION_DOLLARS[words.at[end]]
        return _Side(Number(number.value * scale, end + 1, scale, number.digits), end + 1, True)
    if words.word(end) == "us" and words.word(end + 1) in DOLLARS:
        end += 1
    if words.word(end) in DOLLARS and not (words.word(end) == "$" and words.word(end + 1)[:1].isdecimal()):
        currency, end = True, end + 1
    if words.word(end) == "-" and words.word(end + 1) in ("dollar", "dollars"):
        currency, end = True, end + 2
    return _Side(number, end, currency)


def _with_spaced_thousands(words: Words, number: Number, currency: bool) -> Number | None:
    """Read "100 000 dollars" and "$ 1 200 000", as written in much of the world."""
    value, end = number.value, number.end
    while number.digits and number.scale == 1 and value < 1e9 and len(words.word(end)) == 3 and words.at[end].isdecimal():
        value, end = value * 1000 + int(words.at[end]), end + 1
    if end == number.end or number.value >= 1000 or not (currency or words.word(end) in DOLLARS):
        return None
    return Number(value, end, 1000.0, digits=True)


def _amount(words: Words, index: int) -> Amount | None:
    lead = words.word(index - 1)
    if lead in ("-", "/", ",") and words.glued[index] and words.word(index - 2)[-1:].isdecimal():
        return None  # the tail of a date, a phone number or a range already read
    between = "between" in words.at[max(0, index - 2) : index] or "btwn" in words.at[max(0, index - 2) : index]
    left = _side(words, index, splits=between)
    if not left:
        return None
    scaled = left.number.scale > 1 or "," in words.word(left.number.end - 1)
    point = Amount(left.number.value, left.number.value, index, left.end, left.currency, scaled, left.number.vague)
    join, at = words.word(left.end), left.end + 1
    if join not in ("-", "to", "through", "thru", "til", "or") and not (join in ("and", "&", "n") and between):
        return point
    while words.word(at) in ("about", "maybe", "around", "like", "even", "say", "-"):
        at += 1
    right = _side(words, at, splits=False)
    if not right:
        return point
    low, high = left.number.value, right.number.value
    if left.number.scale == 1 and right.number.scale > 1 and low < high / right.number.scale:
        low *= right.number.scale  # "40-50k"
    elif join == "or" and not (left.number.scale > 1 and right.number.scale > 1):
        return point
    if low > high:
        return point
    return Amount(
        low,
        high,
        index,
        right.end,
        left.currency or right.currency,
        scaled or right.number.scale > 1 or "," in words.at[right.number.end - 1],
    )


def _figures(words: Words, index: int) -> Amount | None:
    """Read "six figures" and "low six figures"."""
    at = index
    part = ""
    if words.word(at) in ("low", "mid", "high"):
        part, at = words.at[at], at + 1
        if words.word(at) == "-":
            at += 1
    digits = {"five": 5, "six": 6, "seven": 7, "5": 5, "6": 6, "7": 7}.get(words.word(at))
    if not digits:
        return None
    at += 2 if words.word(at + 1) == "-" else 1
    if words.word(at) not in ("figures", "figure"):
        return None
    unit = 10.0 ** (digits - 1)
    if not part and words.word(index - 1) in ("under", "below"):
        return Amount(None, unit, index - 1, at + 1, scaled=True, vague=True)
    low, high = {"": (1.0, 9.99999), "low": (1.0, 3.5), "mid": (3.5, 6.5), "high": (6.5, 9.99999)}[part]
    return Amount(unit * low, unit * high, index, at + 1, scaled=True, vague=True)


def _with_bound(words: Words, amount: Amount) -> Amount:
    """Open one side of a point that stands behind "under" or before "or more"."""
    if amount.low != amount.high:
        return amount
    at = amount.start
    for _ in range(4):
        for phrases, is_upper in ((_UPPER, True), (_LOWER, False)):
            length = _ends_with(words, at, phrases)
            if length:
                end = amount.end
                tail = _starts_with(words, end, _OR_EQUAL)
                return _opened(replace(amount, start=at - length, end=end + tail), is_upper and not _reverses(words, at, length))
        if words.word(at - 1) not in _SOFT:
            break
        at -= 1
    end = amount.end
    while words.word(end) in ("usd", "dollars", "total", "a", "per", "/") and words.word(end + 1) in _TIMES_AND_PLACES:
        end += 2
    for phrases, is_upper in ((_UPPER_AFTER, True), (_LOWER_AFTER, False)):
        length = _starts_with(words, end, phrases)
        if length:
            extra = 1 if words.word(end + length) == "than" else 0
            return _opened(replace(amount, end=amount.end if end > amount.end else end + length + extra), is_upper)
    return _opened(amount, is_upper=True) if _is_not_exceeded(words, end) else amount


def _is_not_exceeded(words: Words, end: int) -> bool:
    """ "18k a year and I won't go above that"."""
    _, high = words.sentence(end - 1)
    rest = words.at[end:high]
    return any(
        rest[at] in _NEVER and rest[at + 1] in ("go", "spend", "pay") and rest[at + 2] in ("above", "over", "more", "beyond", "higher")
        for at in range(len(rest) - 2)
    )



def _reverses(words: Words, at: int, length: int) -> bool:
    """ "go over" alone is no cap; "can't go over" is."""
    if " ".join(words.at[at - length : at]) not in _NEGATED_UPPER:
        return False
    return words.word(at - length - 1) not in (
        "can't",
        "cant",
        "cannot",
        "won't",
        "wont",
        "not",
        "don't",
        "dont",
        "couldn't",
    )


def _opened(amount: Amount, is_upper: bool) -> Amount:
    return replace(amount, low=None) if is_upper else replace(amount, high=None)


def _ends_with(words: Words, end: int, phrases: tuple[tuple[str, ...], ...]) -> int:
    last = words.word(end - 1)
    for phrase in phrases:
        if phrase[-1] == last and end >= len(phrase) and words.at[end - len(phrase) : end] == phrase:
            return len(phrase)
    return 0


def _starts_with(words: Words, start: int, phrases: tuple[tuple[str, ...], ...]) -> int:
    first = words.word(start)
    for phrase in phrases:
        if phrase[0] == first and words.at[start : start + len(phrase)] == phrase:
            return len(phrase)
    return 0


def _completes(words: Words, before: Amount, amount: Amount) -> bool:
    """Whether two bounds make one range: "above 1000 and below 1500", "at least 50k, max 80k"."""
    if amount.start - before.end > 2 or any(word not in ("and", "but", ",") for word in words.at[before.end : amount.start]):
        return False
    if before.high is None and amount.low is None:
        return (before.low or 0) <= (amount.high or 0)
    return before.low is None and amount.high is None and (amount.low or 0) <= (before.high or 0)
