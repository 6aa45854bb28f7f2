"""What people write just before, or just after, a name."""

# ruff: noqa: E501 - a pattern broken over lines is harder to check than a long one

from typing import Literal

import regex

Lower = Literal["no", "known", "any"]
"""Which lower-case words may be a name after a cue: none, listed given names only, or any that is no everyday word."""

_I = regex.IGNORECASE | regex.MULTILINE
_ROLE = (
    r"(?:ceo|cfo|cio|ciso|cmo|cmio|coo|cno|cto|don|director|manager|mgr|boss|owner|president|vp|administrator|admin|controller|treasurer|counsel|supervisor|lead"
    r"|officer|colleague|coworker|co-worker|assistant|coordinator|nurse|buyer|analyst|physician|doctor|therapist|partner|friend|rep)"
)
_KIN = r"(?:patients?|pt|client|resident|beneficiary|son|daughter|wife|husband|mother|father|mom|dad|kid|child|brother|sister|baby|spouse|aunt|uncle|grandmother|grandfather)"

# (pattern that ends where the name starts, speaker?, what lower-case words may be)
CUES: tuple[tuple["regex.Pattern[str]", bool, Lower], ...] = (
    (
        regex.compile(
            r"\b(?:my\s+(?:full\s+)?name\s*(?:is|'s|’s|:)|(?:^|[.,;!?]\s*)name[’']?s|me\s+llamo|mi\s+nombre\s+es)\s+",
            _I,
        ),
        True,
        "any",
    ),
    (
        regex.compile(
            r"(?<!\b(?:with|and|like|than|if)\s)\b(?:i\s*[’']?\s*a?m|this\s+is|soy|you[’']re\s+(?:talking|speaking|chatting)\s+(?:to|with))\s+(?:(?:mr|mrs|ms|dr|prof)\b\.?\s+)?",
            _I,
        ),
        True,
        "known",
    ),
    (regex.compile(r"\b(?:you\s+can\s+)?call\s+me\s+", _I), True, "known"),
    (regex.compile(r"^[> \t]*from:\s*\"?", _I), True, "any"),
    (regex.compile(r"^[> \t]*(?:to|cc|bcc|attn):\s*\"?", _I), False, "known"),
    (regex.compile(r"(?<![\p{L}'’])(?:mr|mrs|dr|miss|prof|professor)\b\.?\s+", _I), False, "any"),
    (regex.compile(r"(?<![\p{L}'’])(?:ms|mx|sra?|doctor|nurse)\b\.?\s+", _I), False, "known"),
    (
        regex.compile(
            rf"\b{_KIN}\b(?:[,:]?\s+(?:is\s+)?(?:(?:first|last|full)\s+)?(?:named?|called|name\s+is|name:|like)|\s+name\s*(?:is|:))?\s*[,:(]?\s+",
            _I,
        ),
        False,
        "known",
    ),
    (regex.compile(r"\b(?:patient|pt)(?:[’']?s)?\s+(?:full\s+)?name\s*(?:is|was|:)?\s+", _I), False, "any"),
    (
        regex.compile(
            r"\b(?:(?:his|her|their|maiden|last|first|full|maiden)\s+name\s*(?:is|was|[’']s|:)|named\s+(?:him|her|them)|last\s+name\?|name\s+on\s+the\s+account\?\s+user:|\bfull\s+name:)\s+",
            _I,
        ),
        False,
        "any",
    ),
    (regex.compile(r"^[> \t]*(?:full\s+)?name:\s+", _I), False, "any"),
    (regex.compile(r"\b(?:named|called)\s+", _I), False, "no"),
    (regex.compile(rf"\b{_ROLE}\b\s*[,:(]?\s+(?:is\s+|named\s+)?", _I), False, "known"),
    (regex.compile(r"(?:^|[.!?]\s+)(?:hi|hello|hey|dear)\s+", _I), False, "no"),
    (regex.compile(r"\b(?:said|says|told|asked|emailed|spoke\s+(?:to|with)|ask\s+for|contacted)\s+", _I), False, "no"),
)
SIGN_OFF = regex.compile(
    r"^[> \t]*(?:best|best regards|kind regards|warm regards|warmly|regards|thanks|thanks again|thank you|many thanks|sincerely|cheers|yours|respectfully|--+)\s*[,.!]?[ \t]*\n(?:[> \t]*\n)?[> \t]*[-–—]{0,3}[ \t]*",
    _I,
)
HERE = regex.compile(
    r"(?:^|[.!?]\s+)(?:(?:hi|hello|hey|yes)[,!.]?\s+)?([\p{L}][\p{L}'’.\- ]{1,40}?)\s+here\b(?!\s+(?:is|are|we|in|at)\b)",
    _I,
)
BEFORE_ORGANISATION = regex.compile(
    r"(?:\bwe\s*[’']?\s*a?re|\bcompany(?:\s+is|:|\s+name\s+is)|\borgani[sz]ation(?:\s+is|:)|\b(?:seen|treated|admitted|evaluated|work|works|worked|working|based|hospitalized|employed|"
    r"diagnosed|visited|referred)\s+(?:at|for|by|with|to|in)|\bi[’']?m\s+(?:with|at|from)|\b(?:office|address|team|people)\s+(?:of|at)|\bat|\bin|\busing|\bon|\buse|\bhave|\breplac(?:e|ing))\s+(?:the\s+)?$",
    regex.IGNORECASE,
)
LOWER_FROM = regex.compile(r"(\p{Ll}{2,20}+)\s(?:from|with)\b")
LISTED = regex.compile(r"\b(\p{Lu}[\p{L}'’]+),\s(\p{Lu}\p{L}+)(?:\s\p{Lu}\b\.?)?")
# What follows a person who is spoken to, or whose relatives are spoken of; a product can say things too, so verbs are not here.
CALLED = regex.compile(rf"(?:,\s+(?:can|could|would)\s+(?:i|you|we)\b|:\s*\"|['’]s\s+{_KIN}\b)", regex.IGNORECASE)
SAYS = regex.compile(
    r"[\"”]?[ ]?[,:]?[ ]?(?:(?:can|could|would)\s+(?:i|you|we)\b|shouted|said|says|told|asked|explained|flew|lives\b|is\s+(?:a\s+)?very|is\s+from\b|:\s*\")",
    regex.IGNORECASE,
)
