"""Reads the size of an organisation: how many sites, beds, providers, members and employees."""

from __future__ import annotations

from dataclasses import dataclass

from bot.values import count_words as nouns
from bot.values.found import DOUBTFUL, LIKELY, SURE, Found
from bot.values.numerals import Number, read_number, starts_number
from bot.values.words import Words, split_words, word_set

_ONE_BY_NAME = frozenset(("single", "solo", "sole"))
_ONE_LEADS = word_set("just only have got run own has single = : with a")
_CLINICAL = word_set("seeing see treating treat doctors docs physicians providers dentists therapists clinicians surgeons practicing")
_PAYERS = word_set(
    "cover covers covered covering insure insures insured administer administers pay pays paying coverage medicare medicaid enrolled"
)
_STAFF = word_set("payroll employ employs employed staff")
_GROUPS = word_set("team staff company headcount workforce crew organization organisation office firm practice group outfit shop")
_OURS = word_set("we we're are have has us employ employs at")
_CORRECTING = word_set("sorry actually actualy make meant rather wait it's its correction scratch should no so now really be said")
# Right before a number they leave no doubt, whatever follows it: "I said 12 sites, it's actually 14 with the new ones".
_SURELY_CORRECTING = word_set("actually actualy said meant rather correction")
_ALONE_BEFORE = frozenset(("", ",", ".", ";", ")", "and", "!", "total", "altogether", "&", "+"))
_ADDING = (("and",), ("+",), ("plus",), ("&",), (",", "and"), ("n",))
_FEW = 3
_A_STAFF = 20
_KIND_OF_BEDS = 5  # words at most between the beds of two kinds, the joining one included
_PUNCTUATION = frozenset(",:=-(~#")
_LINKING = word_set("is are about abt count around roughly of total was at approx currently number now should read be")


@dataclass(frozen=True)
class _Count:
    """A count in the text: its unit, whole number, word indices (end excluded), noun and confidence."""

    unit: str
    value: int
    start: int
    end: int
    noun: str
    confidence: float
    is_correction: bool = False


def read_counts(text: str, *, asked: str | None) -> list[Found]:
    """Read how large the organisation is.

    Args:
        text: the message.
        asked: the fact that was asked for; under "org_size" bare people are employees. A number without a noun is
            never read.
    Returns:
        One Found a unit, in reading order. Its value is {unit: whole number} with unit sites, beds, providers, members
        or employees. Of two counts of one unit the corrected one stays ("9 sites, not 90"); two kinds of sites in
        one breath are added up and marked as doubtful. Rates, percentages, staffing news and counts in questions are
        not sizes.

    >>> [f.value for f in read_counts("640 beds, 4 campuses", asked="org_size")]
    [{'beds': 640}, {'sites': 4}]
    """
    words = split_words(text)
    if not any(starts_number(word) or word in _ONE_BY_NAME for word in words.at):
        return []
    counts: dict[str, _Count] = {}
    index, used = 0, 0
    while index < len(words.at):
        word = words.at[index]
        number = _number_at(words, index) if starts_number(word) or word in _ONE_BY_NAME else None
        if not number:
            index += 1
            continue
        count = _count(words, index, number, used, asked) or _correction(words, index, number, counts)
        if count:
            _keep(words, counts, count)
            index = used = max(count.end, number.end)
        else:
            index = number.end
    return [
        Found({count.unit: count.value}, words.starts[count.start], words.ends[count.end - 1], count.confidence)
        for count in sorted(counts.values(), key=lambda count: count.start)
    ]


def _number_at(words: Words, index: int) -> Number | None:
    word = words.at[index]
    if word in _ONE_BY_NAME:
        return Number(1.0, index + 1)
    number = read_number(words, index)
    if not number or not 1 <= number.value <= 50_000_000 or number.value % 1:
        return None
    return number


def _count(words: Words, index: int, number: Number, used: int, asked: str | None) -> _Count | None:
    """The count a number belongs to, by the words after it, then by those before it."""
    if words.is_question(index) or not _may_count(words, index, number):
        return None
    if number.value == 1 and not _is_one(words, index, asked):
        return None
    end = number.end
    sure = DOUBTFUL if number.vague else SURE
    value = int(number.value)
    if words.word(end) in ("-", "to", "or") and starts_number(words.word(end + 1)):
        upper = read_number(words, end + 1)
        if upper and upper.value > number.value and upper.value % 1 == 0:
            low = number.value if number.scale > 1 else number.value * upper.scale
            value, end, sure = int((low + upper.value) / 2), upper.end, DOUBTFUL
            if words.word(index - 1) == "from":  # "from 4 to 8 clinics": grown, not between
                value, sure = int(upper.value), LIKELY
    read = _noun_after(words, end, asked)
    if read:
        unit, after = read
        noun = words.at[after - 1]
        if _is_rate(words, after) or (noun in nouns.COLLEAGUES and _is_a_few(value, asked)):
            return None
        if noun in ("fte", "ftes") and value < _A_STAFF:
            return None  # "4 FTEs on the phones" are a team
        if words.word(index - 1) in ("the", "those", "these") and value <= _FEW and asked != "org_size":
            sure = DOUBTFUL  # "the two hospitals we bought" are some of them
        return _Count(unit, value, index, after, noun, sure)
    return _people(words, index, end, value, sure, asked) or _noun_before(words, index, end, value, used, sure)


def _may_count(words: Words, index: int, number: Number) -> bool:
    """Rule out money, dates, versions, ordinals, percentages and news of staffing."""
    lead, after = words.word(index - 1), words.word(number.end)
    if (lead in ("$", "q", "fy", "#") and words.glued[index] and lead != "#") or after in (
        "%",
        "percent",
        "pct",
        "st",
        "nd",
        "rd",
        "th",
    ):
        return False
    if lead == "not" or (lead in ("/", "-", ".") and words.glued[index] and words.word(index - 2)[-1:].isdecimal()):
        return False
    if after == "/" and words.word(number.end + 1)[:1].isdecimal():
        return False
    if after == "of" and words.word(number.end + 1) in (
        "our",
        "the",
        "my",
        "your",
        "those",
        "these",
        "his",
        "her",
        "their",
    ):
        return False
    if lead in nouns.WANTING:
        return False
    low = max(0, index - 5)
    return not any(word in nouns.STAFFING for word in words.at[low:index] if words.word(index - 1) not in (",", ".", ";"))


def _is_one(words: Words, index: int, asked: str | None) -> bool:
    return words.at[index] in _ONE_BY_NAME or asked == "org_size" or words.word(index - 1) in _ONE_LEADS


def _noun_after(words: Words, index: int, asked: str | None) -> tuple[str, int] | None:
    """The unit of the noun behind a number, over adjectives: "30 walk in clinics", "600 hospital employees"."""
    at = index
    passed: list[str] = []
    if words.word(at) == "not" and starts_number(words.word(at + 1)):
        denied = read_number(words, at + 1)  # "9 not 8 clinics"
        at = denied.end if denied else at
    for _ in range(6):
        word = words.word(at)
        if word in ("care", "cares") and words.word(at - 1) == "urgent" and words.word(at + 1) not in nouns.UNITS:
            return "sites", at + 1
        unit = nouns.UNITS.get(word)
        if unit and words.word(at + 1) == "=":
            return None  # "sites=12 beds=80": the noun opens the next pair
        if unit and not _is_only_a_modifier(words, at):
            return _checked(words, unit, at, passed, asked)
        if not unit and word not in nouns.BETWEEN and word not in nouns.TEAM_WORDS and word not in nouns.NOT_MEMBERS:
            return None
        passed.append(word)
        at += 1
    return None


def _is_only_a_modifier(words: Words, at: int) -> bool:
    """A singular noun before another noun only describes it: "12 physician practices", but not "200 bed hospital"."""
    word = words.at[at]
    if word == "staff" and words.word(at + 1) in ("members", "member"):
        return True
    if word not in nouns.SINGULAR or word in ("bed", "bedded", "bedder"):
        return False
    following = words.word(at + 1)
    if following == "-":
        following = words.word(at + 2)
    return following in nouns.PLURAL or (following in ("living", "care", "health") and words.word(at + 2) in nouns.PLURAL)


def _checked(words: Words, unit: str, at: int, passed: list[str], asked: str | None) -> tuple[str, int] | None:
    word = words.at[at]
    if word in nouns.NEEDS_CARE and asked != "org_size" and not any(p in nouns.CARE_WORDS for p in passed):
        return None
    if word.startswith(("center", "centre")) and any(p in nouns.NOT_A_SITE for p in (*passed, words.word(at - 1))):
        return None
    if unit == "members":
        if any(p in nouns.NOT_MEMBERS for p in passed):
            return None
        if any(p in nouns.TEAM_WORDS for p in passed) or (words.word(at + 1) == "of" and words.word(at + 2) in ("staff", "our")):
            return "employees", at + 1
    return unit, at + 1


def _is_a_few(value: int, asked: str | None) -> bool:
    """Two or three colleagues are people in the room, not the size of an organisation."""
    return value <= _FEW and asked != "org_size"


def _is_rate(words: Words, after: int) -> bool:
    """ "40 new members a month" is a pace, not a size."""
    return words.word(after) in ("a", "per", "each", "every", "/", "an") and words.word(after + 1) in nouns.RATES


def _people(words: Words, index: int, end: int, value: int, sure: float, asked: str | None) -> _Count | None:
    """ "twenty of us", "45 people", "team of 35": employees unless they see patients or are paid for by a plan."""
    word = words.word(end)
    low, high = words.sentence(index)
    if word == "of" and words.word(end + 1) in ("us", "them"):
        near = words.at[end + 2 : min(high, end + 7)]
        if words.word(end + 1) == "us":
            if _is_a_few(value, asked) and words.word(index - 1) not in _ONE_LEADS | _OURS:
                return None
            unit = "providers" if any(w in _CLINICAL for w in near) else "employees"
            return _Count(unit, value, index, end + 2, "us", sure)
        return _Count("employees", value, index, end + 2, "them", sure) if any(w in _STAFF for w in near) else None
    if word == "on" and words.word(end + 1) in _STAFF:
        return _Count("employees", value, index, end + 2, "staff", sure)
    if word in nouns.PEOPLE:
        if _is_rate(words, end + 1):
            return None
        before = words.at[low:index]
        if any(w in _PAYERS for w in before):
            return _Count("members", value, index, end + 1, word, LIKELY)
        is_ours = any(w in _OURS for w in words.at[max(low, index - 3) : index]) or words.word(index - 2) in _GROUPS
        if asked == "org_size" or is_ours:
            return _Count("employees", value, index, end + 1, word, sure if asked == "org_size" else LIKELY)
        return None
    group = words.word(index - 2)
    if words.word(index - 1) in ("of", ":") and group in (
        "team",
        "staff",
        "company",
        "headcount",
        "workforce",
        "crew",
        "firm",
    ):
        return _Count("employees", value, index - 2, end, group, sure)
    if words.word(index - 1) in ("headcount", "payroll"):
        return _Count("employees", value, index - 1, end, words.at[index - 1], sure)
    return None


def _noun_before(words: Words, index: int, end: int, value: int, used: int, sure: float) -> _Count | None:
    """ "imaging centers, 12", "beds: 120", "bed count is 250"; the number must stand alone."""
    if not _stands_alone(words, end):
        return None
    at, linked = index - 1, False
    while at >= used and index - at < 5 and (words.at[at] in _PUNCTUATION or words.at[at] in _LINKING):
        linked, at = True, at - 1
    if at < used or not linked:
        return None
    word = words.at[at]
    unit = nouns.PLURAL.get(word) or (nouns.UNITS.get(word) if "count" in words.at[at:index] else None)
    if not unit or not _checked(words, unit, at, list(words.at[max(0, at - 2) : at]), None):
        return None
    return _Count(unit, value, at, end, word, min(sure, LIKELY + 0.1))


def _stands_alone(words: Words, end: int) -> bool:
    """Whether no noun of its own follows a number."""
    if words.word(end) in _ALONE_BEFORE or words.word(end + 1) == "=":
        return True
    return words.at[end : end + 2] in (("of", "them"), ("in", "total"), ("in", "all"), ("all", "told"), ("at", "last"))


def _correction(words: Words, index: int, number: Number, counts: dict[str, _Count]) -> _Count | None:
    """A bare number that takes back the one count before it: "twelve sites, sorry, eleven"."""
    if len(counts) != 1 or words.word(index - 1) in ("not", "$"):
        return None
    (old,) = counts.values()
    after = words.at[number.end : number.end + 3]
    is_right = after[:1] in (("is",), ("was",), ("it's",)) and any(word in ("right", "correct", "accurate") for word in after)
    is_bare = words.word(number.end) in ("", ".", ",", "!", "not", ";")
    is_meant = is_bare and any(word in _CORRECTING for word in words.at[max(old.end, index - 3) : index])
    is_meant = is_meant or (index > old.end and words.word(index - 1) in _SURELY_CORRECTING)
    if not is_right and not is_meant:
        return None
    return _Count(old.unit, int(number.value), index, number.end, old.noun, LIKELY, is_correction=True)


def _keep(words: Words, counts: dict[str, _Count], count: _Count) -> None:
    """Settle two counts of one unit: a correction replaces, two kinds of sites add up, else the first stays."""
    old = counts.get(count.unit)
    if old is None:
        counts[count.unit] = count
        return
    between = words.at[old.end : count.start]
    if (
        count.is_correction
        or any(word in _CORRECTING for word in between)
        or (count.noun == old.noun and "not" in words.at[max(0, old.start - 2) : old.start])
    ):
        counts[count.unit] = count
    elif count.unit == "beds" and between[-1:] in _ADDING and len(between) <= _KIND_OF_BEDS:  # "64 bed ALF + 40 bed memory care"
        counts[count.unit] = _Count(count.unit, old.value + count.value, old.start, count.end, count.noun, LIKELY)
    elif count.unit in ("sites", "providers") and count.noun != old.noun and between in _ADDING:
        counts[count.unit] = _Count(count.unit, old.value + count.value, old.start, count.end, count.noun, DOUBTFUL)
