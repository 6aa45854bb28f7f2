"""What identifiers look like: Presidio recognizers for numbers, dates and addresses of persons.

Names are another matter and live in `privacy.names`. Every pattern carries its own context (a label such as "MRN"), since
a bare number in this trade is usually a count of beds, members or dollars and has to survive.
"""

# ruff: noqa: E501 - a pattern broken over lines is harder to check than a long one

import ipaddress
from collections.abc import Iterable

import phonenumbers
import regex
from presidio_analyzer import EntityRecognizer, LocalRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import IbanRecognizer

from privacy.addresses import ADDRESS_PATTERNS

FLAGS = regex.IGNORECASE | regex.MULTILINE | regex.VERSION1
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?"
    + MONTH
    + r",?\s+(?:\d{4}|'?\d{2})|"
    + MONTH
    + r"\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:\d{4}|'\d{2})|\d{8})\b"
)
IS = r"(?:\s*(?:(?:is|was|no\.?|number|num|nbr|id)\b|[:#=.,]))*\s*"
# A record number holds a digit and at least four characters: "MRN is required" and "chart notes" are no record numbers.
RECORD = r"(?=[\p{L}\d/-]*\d)#?[\p{L}\d](?:[\p{L}\d/-]{2,}[\p{L}\d])\b"

PATTERNS: dict[str, tuple[str, ...]] = {
    "MRN": (
        r"\b(?:mrns?|m\.r\.n\.?|med(?:ical)?\s*rec(?:ord)?s?(?:\s*(?:no|num|number|id|#))|med(?:ical)?\s*rec(?:ord)?)\b"
        + IS
        + RECORD,
        r"\b(?:patient|pt|case|encounter|visit|chart|client|resident|health\s*record|hospital)\s*(?:id|no\.?|num|number|nbr|identifier|#|account|acct)+\b?"
        + IS
        + RECORD,
        r"\b(?:chart|records?|file)\s*#\s*" + RECORD,
        r"\b(?:case|patient|pt|ref(?:erence)?)\.?\s*code\b" + IS + r"(?=[\p{L}\d-]*\d{3})" + RECORD,
        r"\b(?:driver'?s?\s+licen[sc]e|passport|licen[sc]e\s+plate|device\s+serial|serial)\s*(?:no\.?|num|number|#)?"
        + IS
        + r"(?=[\p{L}\d-]*\d{3})"
        + RECORD,
        r"(?<=\()\s*(?:id|identifier)\b" + IS + RECORD,
    ),
    "MEMBER_ID": (
        r"\b(?:member|policy|subscriber|beneficiary|insurance|insur|ins|insured|health\s*plan|plan|group|medicare|medicaid|enrollee|claim)\s*(?:policy\s+)?"
        r"(?:id|ids|no\.?|num|number|nbr|#|beneficiary(?:\s+(?:id|number))?)+" + IS + r"(?=[\p{L}\d-]*\d{3})" + RECORD,
        r"\b(?:mbi|hicn|health\s*plan\s*beneficiary)\b" + IS + r"(?=[\p{L}\d-]*\d{2})" + RECORD,
        r"\b(?:policy|subscriber)\s+#?(?=[\p{L}-]*\d)[A-Z]{1,4}-?\d{5,}\b",
        # Medicare beneficiary identifier, format published by CMS (11 characters, fixed places of letters and digits).
        r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}\b",
    ),
    "DATE_OF_BIRTH": (
        r"\b(?:d\.?o\.?b\.?|date\s+of\s+birth|birth\s*-?date|birth\s*day|born(?:\s+on)?|bday|fecha\s+de\s+nacimiento|naci(?:ó|do|da)(?:\s+el)?)"
        r"(?:\s*(?:is|was|on|[:=,.)(-]|it'?s|it\s+is))*\s*" + DATE,
        DATE + r"\s*[(,]?\s*(?:d\.?o\.?b\b\.?|date\s+of\s+birth|birth\s*-?date)\)?",
        r"(?<=\bborn\s+(?:in\s+)?)" + MONTH + r"\s+(?:of\s+)?\d{4}\b",
    ),
    "US_SSN": (
        r"(?<![\w-])(?:ss\s*[#n]:?\s*)?(?<!\d)\d{3}-\d{2}-\d{4}(?![\w-]|\.\d)",
        r"\b(?:ssn|ss\s*(?:#|no\.?|num|number)|soc(?:ial)?\.?(?:\s+sec(?:urity)?\.?)?(?:\s*(?:#|no\.?|num|number))?)\s*"
        r"(?:(?:is|was|no\.?|number)\b|[:#=.,])*\s*(?:\d{3}[ .-]?\d{2}[ .-]?\d{4}|(?:x{3}|\*{3})[ -]?(?:x{2}|\*{2})[ -]?\d{4})\b",
        r"\b(?:ssn|soc(?:ial)?(?:\s+security)?)\b\s*(?:number\s*)?(?:ends|ending)\s+(?:in|with)\s+\d{4}\b",
        r"(?<![\w$,.-])(?!000|666|9\d\d)\d{3} (?!00)\d{2} (?!0000)\d{4}(?![\w-]|[.,]\d)",
    ),
    "EMAIL_ADDRESS": (
        r"(?<![\p{L}\d._%+-])[\p{L}\d](?:[\p{L}\d._%+'-]*[\p{L}\d_+-])?@[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?(?:\.[\p{L}\d](?:[\p{L}\d-]*[\p{L}\d])?)+",
        # Spoken: "bob at zenith dot org", "bob (at) zenith.org", "bob @ zenith.org"
        r"(?<![\p{L}\d._+-])[\p{L}\d._+-]{1,64}+(?:\sdot\s[\p{L}\d]{1,30}+)?(?:(?:\s?[(\[]at[)\]]\s?|\s?@\s?)[\p{L}\d-]{1,60}+(?:(?:\s?[(\[]dot[)\]]\s?|\sdot\s|\.)[\p{L}\d-]{1,60}+){0,3}?"
        r"(?:\s?[(\[]dot[)\]]\s?|\sdot\s|\.)|\sat\s[\p{L}\d-]{1,60}+(?:(?:\sdot\s|\.)[\p{L}\d-]{1,60}+){0,3}?\sdot\s)"
        r"(?:com|org|net|edu|gov|health|care|io|co|us|example|clinic|dental|ai|info|biz|med|app)\b",
    ),
    "IP_ADDRESS": (
        r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)",
        r"(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:.])",
    ),
    "CREDIT_CARD": (
        r"(?<![\w.,$-])\d{4}[ -]?(?:\d{4}[ -]?){2}\d{1,7}(?![\w-]|[.,]\d)",
        r"(?<![\w.,$-])3\d{3}[ -]?\d{6}[ -]?\d{4,5}(?![\w-]|[.,]\d)",
        r"(?:\b(?:card|cc|visa|mastercard|amex|maestro|discover)\b[\s:#]*(?:(?:number|no|num|is|was|ending)\b[\s.:#]*)*)\d(?:[ -]?\d){11,18}(?![\w-])",
    ),
}


class TextPatternRecognizer(PatternRecognizer):
    """Patterns of one kind, with the checks only arithmetic can make (IP parts, card checksum)."""

    def __init__(self, entity: str, patterns: Iterable[str]) -> None:
        named = [Pattern(f"{entity.lower()}_{i}", p, 0.9) for i, p in enumerate(patterns)]
        super().__init__(supported_entity=entity, patterns=named, global_regex_flags=FLAGS, name=f"{entity}_patterns")

    def invalidate_result(self, pattern_text: str) -> bool | None:
        """Say whether a match cannot be what its pattern says."""
        if self.supported_entities == ["IP_ADDRESS"]:
            return not _is_address(pattern_text)
        if self.supported_entities == ["CREDIT_CARD"]:
            labelled = not pattern_text[:1].isdigit()
            return not labelled and not _passes_luhn(pattern_text)
        return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _passes_luhn(text: str) -> bool:
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) if i % 2 else d for i, d in enumerate(digits)]
    return len(digits) >= 12 and sum(doubled) % 10 == 0


class PhoneNumberRecognizer(LocalRecognizer):
    """Telephone numbers: what `phonenumbers` accepts for the United States or with a country code, and labelled local ones.

    Fictional 555 numbers are possible numbers and not valid ones, so possibility is asked for, and separators with it:
    "140000" or "1200-1500" is a count.
    """

    _EXTENSION = r"(?:[\s,;]*(?:x|ext\.?|extension)\s*\d{1,6}\b)?"
    _CALL = (
        r"(?<=\b(?:call|phone|ph|tel|telephone|mobile|cell|fax|desk|direct|text|reach|dial|messages|answering|registered|whatsapp)\b"
        r"(?:\s(?:me|us|is|at|on|to|no|number|line|him|her|them)\b){0,3}[\s:.#]{0,4})"
    )
    _NUMBER_IS = r"(?<=\b(?:phone|ph|tel|telephone|mobile|cell|fax|registered|(?:phone|cell|mobile|my|his|her|direct)\snumber(?:\sis)?|(?:call|reach)\s(?:me|us|him|her|them)\sat)\b[\s:.#]{0,4})"
    _SHAPES = (
        # North American, with separators or parentheses.
        regex.compile(
            r"(?<![\w$.,/-])(?:\+?1[-. ]?)?(?:\(\d{3}\)\s?|\d{3}[-. /])\d{3}[-. ]\d{4}"
            + _EXTENSION
            + r"(?![\w-]|[.,]\d)",
            FLAGS,
        ),
        # International with a plus sign.
        regex.compile(r"(?<![\w$])\+\d{1,3}(?:[-. ]?\(?\d{1,4}\)?){2,6}" + _EXTENSION + r"(?!\w)", FLAGS),
        # An extension said before its number.
        regex.compile(
            r"\bext(?:ension)?\.?\s*\d{1,6}\s+(?:at|on|of|,)\s*(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}\b", FLAGS
        ),
        # Ten or eleven digits without separators, and shorter groups, only where a word says they are a number to call:
        # "call 1200-1500 patients" is none.
        regex.compile(_CALL + r"1?\d{10}" + _EXTENSION + r"(?![\w-]|[.,]\d)", FLAGS),
        regex.compile(
            _CALL + r"(?:\+?\d{1,3}[-. ])?\(?\d{2,4}\)?(?:[-. ]\d{2,4}){2,5}" + _EXTENSION + r"(?![\w-]|[.,]\d)", FLAGS
        ),
        regex.compile(_NUMBER_IS + r"\d{3}[-. ]\d{4}" + _EXTENSION + r"(?![\w-]|[.,]\d)", FLAGS),
        regex.compile(
            r"(?<!\d[-. ]?)\b\d{2,4}(?:[-. ]\d{2,4}){1,4}"
            + _EXTENSION
            + r"(?=\s*(?:\(?(?:office|mobile|cell|fax|desk|direct|home|work)\b))",
            FLAGS,
        ),
    )

    def __init__(self) -> None:
        super().__init__(supported_entities=["PHONE_NUMBER"], name="phone_numbers")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Find telephone numbers; Presidio's recognizer interface."""
        if sum(c.isdigit() for c in text) < 7:
            return []
        spans = {m.span() for shape in self._SHAPES for m in shape.finditer(text)}
        for match in phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.VALID):
            if not match.raw_string.isdigit():  # ten bare digits may be a member count or an account
                spans.add((match.start, match.end))
        return [RecognizerResult("PHONE_NUMBER", start, end, 0.8) for start, end in spans]


def identifier_recognizers() -> list[EntityRecognizer]:
    """Build every recognizer that works on the shape of the text alone.

    Returns:
        Recognizers for MRN, MEMBER_ID, DATE_OF_BIRTH, US_SSN, EMAIL_ADDRESS, IP_ADDRESS, CREDIT_CARD, IBAN_CODE,
        PHONE_NUMBER and STREET_ADDRESS. E-mail is our own pattern: Presidio's asks a public-suffix list that may be fetched
        from the internet and refuses reserved names such as `.example`.
    """
    shapes: list[EntityRecognizer] = [TextPatternRecognizer(entity, patterns) for entity, patterns in PATTERNS.items()]
    shapes += [TextPatternRecognizer("STREET_ADDRESS", ADDRESS_PATTERNS), PhoneNumberRecognizer(), IbanRecognizer()]
    return shapes
