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

# A year, a season or a postponement says when; only with a word of money it says where the money comes from.
_MONEY = re.compile(
    r"\b(?:budget|money|fund|financ|spend|spent|dollar|capital|capex|opex|alloc|approp|earmark|set aside|afford|grant|cash|invest|pay"
    r"|cost|purse|line item|reserve|number)|\$",
    re.IGNORECASE,
)
# Of whom a message does not speak nobody needs to be asked: some word of the trade, as a beginning, has to stand there.
_PEOPLE = {
    value: re.compile(rf"\b(?:{'|'.join(beginnings.split())})", re.IGNORECASE)
    for value, beginnings in {
        "executive": r"""
            c\.?e\.?o chief\sex cheif c-?suite presi owne own\b founder partner board trustee exec chair principal leader
            corporate boss upstairs higher.?up director managing management manager administrator dean governing wife husband
            brother father sister dad mom family parent top\b big\sguy proprietor head\b senior gm\b md\b s?vp\b vice coo\b elder
            council shareholder investor
        """,
        "finance": r"""
            c\.?f\.?o fin account acct control comptrol treasur budget bill rev rcm money purse book payer payroll cost fiscal
            bean a/?[rp]\b spend dollar bursar econom check cash fund numbers business
        """,
        "clinical": r"""
            clin nurs rns?\b l[pv]n\b do[ck] drs?\b phys provider med cmi?o cni?o ther pharm surg dent care case mds?\b nps?\b
            pas?\b midwi hyg psych counsel radiol cardio derm pedia ortho onco hospitalist a?don\b champion practitioner bedside
            floor ward unit charge pathol lab\b quality bcba social\swork aide tech health \w+ologist \w+iatrist vet optom pt\b
            ot\b slp resident triage
        """,
        "operations": r"""
            op[se] coo manag mgr admin front desk office access schedul call\scent recept site pract logist regist intake
            experience facil super coordinat lead chief\sof admission clerk secretar quality transform program project director
            innovation benefit people hr\b human staff
        """,
        "procurement": r"procu purch suppl sourc contract vendor buy gpo value material rfp strategic",
        "legal": r"legal lawy counsel attorn gc\b law\b contract general\sco paralegal solicitor",
        "compliance": r"complian privac hipaa risk audit regul quality policy irb ethic",
        "marketing": r"market commun comms brand outreach growth pr\b digital social engag media campaign sales cmo",
    }.items()
}


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
    if fact == "budget_status" and value in ("planning_cycle", "renewal_dependent") and not is_asked:
        return bool(_MONEY.search(text))
    if fact == "integrations":
        return is_asked or value in ("other", "[]")
    if fact in ("department", "stakeholders") and value == "it":
        has_capitals = bool(_CAPITALS.search(text)) and not text.isupper()
        return has_capitals or any(sign.search(text) for sign in (_TRADE, _IN_A_LIST, _WITH_ITS_OWN_WORDS))
    if fact == "stakeholders" and value in _PEOPLE:
        return bool(_PEOPLE[value].search(text))
    return True
