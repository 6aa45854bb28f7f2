"""Reads the name of a product in use today that no vocabulary lists: "we rely on Solvanta", "the Tidewell contract is up"."""

from __future__ import annotations

import re

from bot.values.found import Found
from bot.values.words import word_set

# Where a name stands that is the product in use, whichever question is open. {name} is one to three words with a capital.
_NAME = r"(?P<name>[A-Z][a-z]+[A-Za-z0-9]*(?:\.[a-z]{2,3}\b)?(?:\s[A-Z][a-z]+[A-Za-z0-9]*){0,2})"
_ANYWHERE = [re.compile(pattern.replace("{name}", _NAME)) for pattern in (
    r"\b(?:product|tool|vendor|system|platform|software|app|solution|service)s? (?:called|named) {name}",
    r"\b(?:[Rr]id of|[Rr]eplac(?:e|ing)|[Rr]enew(?:al|ing)? (?:with|of|for)|[Cc]ontracts? with|[Dd]eal with|[Ss]witch(?:ing)? (?:from|off)"
    r"|[Mm]ov(?:e|ing) off|[Oo]utgr(?:own|ew)) (?:of )?{name}",
    r"\b(?:the|The|our|Our) {name}(?:'s)? (?:contract|deal|agreement|licen[sc]e|renewal|subscription)",
    r"\b(?:[Cc]urrently|[Tt]oday|[Rr]ight now|[Aa]t present|[Pp]resently),? (?:we |they |it is |it's )?"
    r"(?:use |using |uses |on |run |rely (?:on|upon) |have )?{name}",
    r"\b(?:[Ii]ncumbent|[Cc]urrent (?:vendor|tool|system|solution|product|platform))(?: is|:)? {name}",
    r"{name} (?:isn't|is not|isnt|doesn't|does not|doesnt|just isn't|never) (?:cut|work|do|keep|handl|scal|help|talk)\w*",
    r"{name}(?:,)? (?:our|their) (?:present|current|existing|incumbent) (?:system|vendor|tool|platform|product|solution)",
)]  # fmt: skip
# Only as the answer to "how do you handle this today".
_ANSWERS = [re.compile(pattern.replace("{name}", _NAME)) for pattern in (
    r"\b(?:called|named|us(?:e|es|ing|ed)|on|with|through|via|runs?|running|rely (?:on|upon)|pay(?:s|ing)? for|bought|have|has|had|got"
    r"|is|it's|its|It's) {name}",
    r"^{name}(?:[,.;!]|$| (?:for|since|but|and|until|right|today|now|mostly|does|handles|covers|sends|takes|and|free|version))",
    r"\b(?:ours|Ours) (?:is|was) {name}",
)]  # fmt: skip
# A lower-case answer of one word is asked back, not taken.
_ONE_WORD = re.compile(r"^\s*(?P<name>[a-z]{5,}[0-9]*)\s*[.!]?\s*$")
# Capitals that are no product's: days, months, seasons, places, programs, and words that open a sentence.
_NO_PRODUCT = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays january "
    "february march april may june july august september october november december spring summer fall autumn winter christmas "
    "thanksgiving easter medicare medicaid advantage english spanish french america american congress texas ohio florida georgia "
    "california oregon virginia carolina dakota york jersey mexico hampshire our we the it they he she this that these those there here "
    "what when who how why yes no none not nothing nobody everyone everything just mostly honestly frankly currently today at by in for "
    "from if as an and but or so paper phone phones fax spreadsheets excel i my their his her its one two three four five some a nurses "
    "staff front people patients doctors manually half still only all each every well"
)
CERTAIN, LIKELY_NAME, ASK_BACK = 0.82, 0.8, 0.5


def read_product_name(text: str, *, asked: str | None) -> list[Found]:
    """Read the name of the product in use.

    Args:
        text: the message as it was typed: capitals matter.
        asked: the fact that was asked for. Under "current_solution" a name alone, or behind "we use", is the answer.
    Returns:
        At most one Found whose value is the name as it was written.

    >>> [f.value for f in read_product_name("the Tidewell contract is up in May", asked="budget_status")]
    ['Tidewell']
    >>> read_product_name("The money is there", asked="current_solution")
    []
    """
    is_asked = asked == "current_solution"
    if not is_asked and _is_all_capitals(text):
        return []
    for patterns, confidence in ((_ANYWHERE, LIKELY_NAME), (_ANSWERS if is_asked else [], CERTAIN)):
        for pattern in patterns:
            for match in pattern.finditer(text):
                if not any(word.lower() in _NO_PRODUCT for word in match["name"].split()):
                    return [Found(match["name"], match.start("name"), match.end("name"), confidence)]
    alone = _ONE_WORD.match(text) if is_asked else None
    if alone and alone["name"] not in _NO_PRODUCT:
        return [Found(alone["name"], alone.start("name"), alone.end("name"), ASK_BACK)]
    return []


def _is_all_capitals(text: str) -> bool:
    """In A Text Like This capitals say nothing."""
    words = re.findall(r"[A-Za-z]+", text)
    return len(words) > 3 and sum(word[0].isupper() for word in words) > 0.6 * len(words)
