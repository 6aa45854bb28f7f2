"""Values that meaning alone must not claim: some word of the message has to allow them."""

from __future__ import annotations

import re
from typing import Any

# Words of the trade of the department IT.
_TRADE = re.compile(
    r"\b(?:c[it]o|ciso|infosec|cyber\w*|security (?:team|office|officer|people)|informatic\w*|tech\w*|systems|applications|analysts?"
    r"|ehr|emr|interfaces?"
    r"|integrations?|developers?|engineer\w*|help ?desk|servers?|programmers?|computers?|hosting)\b",
    re.IGNORECASE,
)
# The department itself, and not the pronoun of every third message: in capitals, alone, in a list, or before a noun of its own.
_CAPITALS = re.compile(r"\b(?:IT|I\.T)\b")
_IN_A_LIST = re.compile(
    r"(?:^|[,+&/;(:]|\b(?:and|plus|n|with|w/?|both|our|the|by|via|ask|then|or|from|in|head of|run))\s*\bi\.?t\b\.?\s*"
    r"(?:$|[,+&/;.)!?]|(?:and|plus|n|or)\b)",
    re.IGNORECASE,
)
_WITH_ITS_OWN_WORDS = re.compile(
    r"\b(?:our|their|my|your|his|her) it\b"
    r"|\bit (?:dept|department|team|guys?|folks|people|ppl|directors?|dir|managers?|mgr|lead|side|staff|head|review|approval|office|shop"
    r"|security|steering|person|vp|committee|service|services|project|ops|operations|group|crew|desk)\b",
    re.IGNORECASE,
)


def words_allow(fact: str, value: Any, text: str, *, is_named: bool, is_asked: bool, is_counted: bool = False) -> bool:
    """Tell whether a value that a classifier read out of a text may be claimed.

    Args:
        is_named: a vocabulary found the value in the text.
        is_asked: the fact is the open question's; a misspelt name is then likelier than a wrong thought.
        is_counted: a size without sites was read; beds, doctors or members alone do not say what kind of organisation has them.

    >>> words_allow("stakeholders", "it", "our cno is pushing for it", is_named=False, is_asked=True)
    False
    >>> words_allow("stakeholders", "it", "cfo and it", is_named=False, is_asked=True)
    True
    """
    if is_named:
        return True
    if fact == "org_type" and is_counted and not is_asked:
        return False
    if fact == "integrations":
        return is_asked or value in ("other", "[]")
    if fact in ("department", "stakeholders") and value == "it":
        has_capitals = bool(_CAPITALS.search(text)) and not text.isupper()
        return has_capitals or any(sign.search(text) for sign in (_TRADE, _IN_A_LIST, _WITH_ITS_OWN_WORDS))
    return True
