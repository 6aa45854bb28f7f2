"""Reading the answer to a question about the prospect himself: name, e-mail, phone, company, title."""

# ruff: noqa: E501 - a pattern broken over lines is harder to check than a long one

import regex

from privacy.vocabulary import NameVocabulary
from privacy.words import Word, words_of

_I = regex.IGNORECASE
_REFUSAL = regex.compile(
    r"\b(?:skip|pass|no|nope|nah|none|never|not|don[’']?t|dont|doesn[’']?t|won[’']?t|wont|can[’']?t|cant|cannot|why|what|who|how|huh|rather|prefer|private|anonymous|anon|later|next|refuse|decline|stop|sure"
    r"|idk|whatever|maybe|sorry|question|n/?a|yes|yeah|yep|ok|okay|help|please|person|human|agent|rep|already|told)\b|\?",
    _I,
)
_LEAD_IN = regex.compile(
    r"^\s*(?:(?:sure|ok|okay|yes|yeah|yep|hi|hello|hey|of course|certainly|well|uh|um)\b[,.!:;]?\s*)*"
    r"(?:(?:it\s*(?:is|[’']?s)|i\s*(?:am|[’']?m)|this\s+is|that\s*(?:is|[’']?s|would\s+be)|(?:my\s+|the\s+)?(?:full\s+|first\s+)?name\s*(?:is|[’']?s|:)|name:?|call\s+me|you\s+can\s+call\s+me|they\s+call\s+me|me\s+llamo|soy|mi\s+nombre\s+es)\s+)?"
    r"(?:(?:mr|mrs|ms|dr|prof|miss)\b\.?\s+)?",
    _I,
)
_COMPANY_LEAD_IN = regex.compile(
    r"^\s*(?:(?:sure|ok|okay|yes|hi|well)\b[,.!:;]?\s*)*(?:(?:it\s*(?:is|[’']?s)|we\s*(?:are|[’']?re)|i\s*(?:am|[’']?m)\s+(?:with|at|from)|i\s+work\s+(?:for|at|with)|this\s+is|that\s*(?:is|[’']?s)"
    r"|(?:my|our|the)?\s*(?:company|organi[sz]ation|employer|practice|clinic|hospital|org)(?:\s+name)?\s*(?:is|:|[’']s)|(?:it\s*(?:is|[’']?s)\s+)?called|named|from|with|at)\s+)?(?:called\s+|named\s+)?",
    _I,
)
_DIGITS = regex.compile(r"\+?\(?\d(?:[-. /()]{0,2}\d){6,14}(?:[\s,;]{0,2}(?:x|ext\.?|extension)\s?\d{1,6})?(?!\d)", _I)
_INTRODUCTION = regex.compile(
    r"^,?\s+(?:(?:and\s+)?i\s*[’']?\s*a?m\s+)?(?:the\s+|an?\s+)?([\p{L}][\p{L}/&. -]{1,48}?)\s+(?:at|of|for|with|@)\s+(?:the\s+)?(\p{Lu}[\p{L}\d'’&.-]*(?:\s+(?:(?:of|and|&|the)\s+)?\p{Lu}[\p{L}\d'’&-]*){0,6})",
    regex.VERSION1,
)
_JOB = regex.compile(
    r"\b(?:c[a-z]{1,2}o|chief|vp|svp|evp|president|director|manager|head|lead|owner|founder|administrator|coordinator|specialist|analyst|nurse|physician|counsel|controller|treasurer|officer|supervisor|buyer|partner|dean|chair)\b",
    _I,
)
_AFTER_NAME = frozenset(
    [
        "here",
        "speaking",
        "from",
        "at",
        "with",
        "and",
        "by",
        "in",
        "the",
        "not",
        "but",
        "is",
        "for",
        "please",
        "thanks",
        "i",
    ]
)
_REVERSED = regex.compile(r"^\s*([\p{L}'’-]+),\s*([\p{L}'’-]+)\.?$")
_COMPANY_END = regex.compile(
    r"(?<!\b(?:St|Mt|Ft|Dr|Inc|Co|Corp))\.(?:\s|$)|[!?](?:\s|$)|[\n;()]|,\s+(?=\p{Ll})|\s+(?:but|which|and\s+(?:we|i|it[’']?s))\b",
    regex.VERSION0,
)
_TITLE_LEAD_IN = regex.compile(
    r"^\s*(?:(?:i\s*[’']?\s*a?m|it\s*(?:is|[’']?s)|my\s+(?:job\s+)?(?:title|role)\s*(?:is|:))\s+)?(?:(?:the|an?|our)\s+)?",
    _I,
)
_SMALL = frozenset(["of", "the", "and", "for", "at", "in", "on", "de", "la", "&", "von", "van", "der"])
_ACRONYMS = frozenset(["llc", "llp", "pllc", "pc", "inc", "hca", "ucsf", "ucla", "usa"])


def find_name(text: str, vocabulary: NameVocabulary) -> tuple[int, int] | None:
    """Find the name in an answer to "May I have your name?".

    Returns:
        Place of the name (start, end), or None where the answer refuses, asks back or says something else.
    """
    start = _LEAD_IN.match(text).end()
    reversed_name = _REVERSED.match(text)
    if reversed_name and all(vocabulary.could_be_name(part) for part in reversed_name.groups()):
        return (int(reversed_name.start()), int(reversed_name.end()))
    words: list[Word] = []
    is_short = len(text[start:].split()) <= 3
    for word in words_of(text, start):
        at = words[-1].end if words else start
        goes_on = _may_belong(word, words, vocabulary) or (
            is_short and words and word.low not in vocabulary.never_names and word.low not in _AFTER_NAME
        )
        if text[at : word.start].strip(" \t\"'") or len(words) == 5 or not goes_on:
            break
        words.append(word)
    while words and words[-1].low in ("de", "da", "van", "von", "la", "del", "y"):
        words.pop()
    if not words:
        return None
    end = words[-1].end
    if len(text) > end and text[end] == "." and words[-1].is_initial:
        end += 1
    named = words[0].low in vocabulary.given or words[0].low in vocabulary.ambiguous
    if _REFUSAL.search(text[words[0].start : end]) and not (named and len(words) > 1):
        return None
    rest = text[end:].strip(" .,!")
    if not named and start == 0 and len(rest.split()) > 4:
        return None  # a sentence about something else, not a name
    return words[0].start, end


def _may_belong(word: Word, words: list[Word], vocabulary: NameVocabulary) -> bool:
    low = word.low
    if low in _AFTER_NAME:
        return False
    if low in vocabulary.given or low in vocabulary.ambiguous or low in vocabulary.family:
        return True
    if len(low) == 1 or (words and low in ("de", "da", "van", "von", "la", "del", "der", "al", "el", "bin", "y")):
        return low != "i" or word.text.endswith(".") or bool(words)
    if low in vocabulary.never_names and not (
        words and word.is_capitalised and words[0].is_capitalised and not vocabulary.is_organisation_word(low)
    ):
        return False
    if word.is_capitalised and (not words or words[0].is_capitalised):
        return not vocabulary.is_ordinary(low) or bool(words)
    return not vocabulary.is_ordinary(low)


def tidy_name(name: str) -> str:
    """Write a name with capitals where it was typed without (or all in capitals); mixed writing is the owner's and stays.

    >>> tidy_name("pierre fontaine-webb"), tidy_name("Ana de la Cruz")
    ('Pierre Fontaine-Webb', 'Ana de la Cruz')
    """
    name = " ".join(name.split()).strip(" ,;:\"'")
    if comma := _REVERSED.match(name):
        name = f"{comma.group(2)} {comma.group(1)}"
    if regex.fullmatch(r"\p{L}+\.", name):
        name = name[:-1]
    if name.islower() or (name.isupper() and len(name) > 3):
        name = regex.sub(r"(?<![\p{L}’'])\p{L}|(?<=\b[Oo]['’]|\b[Mm]c)\p{L}", lambda m: m.group().upper(), name.lower())
    return str(name)


def find_phone(text: str) -> tuple[int, int] | None:
    """Find the number in an answer to "Which number may we call?": seven to fifteen digits, with or without separators.

    >>> find_phone("it is 2125550143"), find_phone("call 24/7")
    ((6, 16), None)
    """
    for match in _DIGITS.finditer(text):
        if 7 <= sum(c.isdigit() for c in match.group()) <= 15:
            return (int(match.start()), int(match.end()))
    return None


def tidy_phone(text: str) -> str:
    """Keep the number and, unless it only repeats the last digits, the extension.

    >>> tidy_phone("ext 12 at 918 555 0144"), tidy_phone("(212) 555-0143")
    ('918 555 0144 ext 12', '(212) 555-0143')
    """
    extension = regex.search(r"(?:x|ext\.?|extension)\s*(\d{1,6})", text, _I)
    number = regex.sub(
        r"(?:[\s,;]*(?:x|ext\.?|extension)\s*\d{1,6}(?:\s*(?:at|on|of|,))?\s*)", " ", text, flags=_I
    ).strip(" ,;")
    digits = regex.sub(r"\D", "", number)
    if extension and not digits.endswith(extension.group(1)):
        return f"{number} ext {extension.group(1)}"
    return str(number)


def tidy_email(text: str) -> str:
    """Write a spoken address as one.

    >>> tidy_email("bob at zenith dot org")
    'bob@zenith.org'
    """
    text = regex.sub(r"\s*(?:\(dot\)|\[dot\]|\s+dot\s+)\s*", ".", text.strip(), flags=_I)
    return str(regex.sub(r"\s*(?:\(at\)|\[at\]|\s+at\s+|@)\s*", "@", text, count=1, flags=_I).replace(" ", ""))


def find_company(text: str) -> str | None:
    """Read the company's name out of an answer to "Which organisation are you with?"; None where it refuses or asks back.

    >>> find_company("we're cedar hollow clinics"), find_company("skip"), find_company("It's StepLedger.")
    ('Cedar Hollow Clinics', None, 'StepLedger')
    """
    start = _COMPANY_LEAD_IN.match(text).end()
    name = _COMPANY_END.split(text[start:].strip())[0].strip(" ,.\"'")
    if not name or len(name) > 80 or len(name.split()) > 9 or not regex.search(r"\p{L}", name) or "?" in text:
        return None
    if start == 0 and (
        _REFUSAL.match(name)
        or regex.match(r"(?:i|you|it|that|this|they|he|she|my|we|our|there)\b", name, _I)
        or regex.search(r"\b(?:why|rather|not sure|don[’']?t|dont)\b", text, _I)
    ):
        return None
    if start and _REFUSAL.match(name) and len(name.split()) < 3:
        return None
    if name.islower():
        name = " ".join(_company_word(w, i) for i, w in enumerate(name.split()))
    return str(name)


def find_title(text: str) -> str | None:
    """Read the job title out of an answer to "What is your role there?"; None where it refuses or asks back.

    >>> find_title("I'm the practice manager"), find_title("no"), find_title("VP Operations")
    ('practice manager', None, 'VP Operations')
    """
    start = _TITLE_LEAD_IN.match(text).end()
    title = regex.split(r"[.!?\n;]|,?\s+(?:at|for|with)\s", text[start:])[0].strip(" ,\"'")
    if (
        not title
        or "?" in text
        or len(title.split()) > 8
        or _REFUSAL.match(title)
        or (start == 0 and regex.match(r"(?:i|you|it|we|they)\b", title, _I))
    ):
        return None
    return str(title)


def read_introduction(after: str) -> dict[str, str]:
    """Read title and company from what follows a writer's own name.

    >>> read_introduction(", COO at Cedar Hollow Clinics.")
    {'title': 'COO', 'company': 'Cedar Hollow Clinics'}
    >>> read_introduction(", thanks for the call at Noon")
    {}
    """
    match = _INTRODUCTION.match(after[:160])
    if not match or not _JOB.search(match.group(1)):
        return {}
    return {"title": match.group(1).strip(), "company": match.group(2).strip(" .")}


def _company_word(word: str, place: int) -> str:
    if word in _ACRONYMS:
        return word.upper()
    if place and word in _SMALL:
        return word
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))
