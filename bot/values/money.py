"""Reads a budget: US dollars a year as a point, a range or a bound."""

from __future__ import annotations

from dataclasses import replace

from bot.values.amounts import Amount, read_amounts
from bot.values.found import DOUBTFUL, LIKELY, SURE, Found
from bot.values.numerals import read_number, starts_number
from bot.values.words import Words, split_words, word_set

_PERIODS = {
    "year": 1.0,
    "yr": 1.0,
    "annum": 1.0,
    "yearly": 1.0,
    "annually": 1.0,
    "annual": 1.0,
    "y": 1.0,
    "month": 12.0,
    "mo": 12.0,
    "mth": 12.0,
    "mnth": 12.0,
    "monthly": 12.0,
    "mthly": 12.0,
    "m": 12.0,
    "mos": 12.0,
    "quarter": 4.0,
    "qtr": 4.0,
    "quarterly": 4.0,
    "week": 52.0,
    "wk": 52.0,
    "weekly": 52.0,
}
_EACH = word_set("per a an each every / for p")
_ADVERBS = word_set("yearly annually annual monthly mthly quarterly weekly")
_PLACES = word_set(
    "site sites location locations loc locs clinic clinics office offices facility building bldg practice hospital "
    "hosp branch center centre campus store"
)
_HEADS = word_set(
    "provider doc doctor physician clinician user seat bed member patient pt visit claim message msg text call "
    "employee head life encounter appointment appt session hour hr license day night shift referral fte person unit"
)
_COUNTED = word_set(
    "lives members member patients pts pt people ppl beds bed employees staff workers docs doctors physicians "
    "providers clinicians visits claims calls msgs messages texts encounters sites locations locs clinics hospitals "
    "hosps offices enrollees subscribers beneficiaries appointments appts sq feet records users seats nurses "
    "residents clients customers procedures referrals forms charts hours hrs days weeks wks months mos minutes min "
    "mins miles students families households rows admissions discharges transactions units percent % x km times "
    "cases tests denials covered"
)
_ADJECTIVES = word_set(
    "covered unique active licensed total annual new unpaid enrolled patient clinic medicare medicaid commercial monthly attributed open"
)
_CUES = word_set(
    "budget budgeted budgets approved approve approves ok'd okd oked ok'ed okayed okays signed greenlit greenlighted "
    "blessed set funded funding fund funds grant grants award awarded spend spending earmarked allocated allotted "
    "reserved cleared available requested ask put submitted pot purse money allowance appropriation appropriated "
    "invest investment spare afford capex opex authorized authorised sanctioned secured foundation line pool "
    "allocation green lit go cap capped ceiling"
)
_LOSSES = word_set(
    "unpaid denied denials denial lost losing lose loses loss losses leak leaking leakage leaks writeoffs owed owe "
    "owes outstanding receivable receivables backlog missed penalties penalty fines fine fined ar revenue refunds "
    "underpaid uncollected uncollectible recoup stuck collect wasted"
)
_AGAIN = word_set("again same similar repeat likewise")  # what was paid once is what can be paid
_BILLS = word_set(
    "copay copays copayment deductible bill billed bills invoice invoices premium coinsurance insurance rent salary salaries paycheck wage"
)
_PRICES = word_set(
    "cost costs costing price priced prices pricing starts charges charge discount sticker sells starter package "
    "offer make makes made earn earns bought sold won paid"
)


def read_money(text: str, *, asked: str | None, sites: int | None = None) -> list[Found]:
    """Read a budget amount.

    Args:
        text: the message.
        asked: the fact that was asked for. Under "budget_status" or "budget_amount" a bare amount is the budget; else
            it needs a mark of money ($, k, dollars) and a word of a budget in the same sentence.
        sites: how many sites the prospect has, if known; an amount per site is read only then.
    Returns:
        At most one Found. Its value is {"min": float or None, "max": float or None} in US dollars a year: a point has
        both sides equal, a bound has one open side. Monthly amounts count twelve times, an amount over several years
        by its yearly share. Amounts in other currencies, losses, patients' bills, prices and amounts per head are
        not budgets.

    >>> read_money("2k a month", asked="budget_status")[0].value
    {'min': 24000.0, 'max': 24000.0}
    """
    words = split_words(text)
    if not any(starts_number(word) or word in ("figures", "figure") for word in words.at):
        return []
    is_asked = asked in ("budget_status", "budget_amount")
    best: Found | None = None
    amounts = read_amounts(words)
    for amount in amounts:
        if len(amounts) > 1 and _is_taken_back(words, amount):
            continue
        score = _confidence(words, amount, is_asked)
        if score <= 0 or (best and score <= best.confidence):
            continue
        yearly = _per_year(words, amount, sites)
        if yearly:
            value = {"min": yearly.low, "max": yearly.high}
            best = Found(value, words.starts[yearly.start], words.ends[yearly.end - 1], score)
    return [best] if best else []


def _confidence(words: Words, amount: Amount, is_asked: bool) -> float:
    """How surely the amount is the budget: 0 when it is not."""
    if not _is_money(words, amount) or words.is_question(amount.start):
        return 0.0
    low, high = words.sentence(amount.start)
    near = words.at[low:high]
    has_cue = any(word in _CUES for word in near) or (is_asked and any(word in _AGAIN for word in near))
    if any(word in _BILLS for word in near):
        return 0.0
    clause_low, clause_high = words.clause(amount.start)
    clause = words.at[clause_low:clause_high]
    if any(word in _LOSSES for word in clause) and not any(word in _CUES for word in clause):
        return 0.0
    if any(word in _PRICES for word in clause) and not has_cue:
        return 0.0
    if _is_paid_already(clause) and not has_cue:
        return 0.0
    if not is_asked:
        if not (amount.currency or amount.scaled):
            return 0.0
        if not has_cue:  # an amount a year or a month, with nothing said of who pays it to whom, is what somebody has to spend
            return LIKELY if _has_period(words, amount) else 0.0
        return DOUBTFUL if amount.vague else LIKELY if not amount.currency else SURE
    if amount.vague:
        return DOUBTFUL
    if amount.currency or amount.scaled:
        return SURE
    is_round = (amount.high or amount.low or 0.0) % 50 == 0
    return LIKELY if is_round and (amount.low != amount.high or high - low <= 6) else DOUBTFUL


def _has_period(words: Words, amount: Amount) -> bool:
    """ "300-400k/yr", "$20k a year"."""
    return words.word(amount.end) in _EACH and _PERIODS.get(words.word(amount.end + 1)) in (1.0, 12.0)


def _is_paid_already(clause: tuple[str, ...]) -> bool:
    """ "we pay Luma 30k" is what the incumbent gets; "we can pay 30k" is a budget."""
    if "paying" in clause:
        return True
    return any(
        word == "pay" and clause[max(0, at - 1) : at] in (("we",), ("they",), ("i",), ("currently",), ("already",))
        for at, word in enumerate(clause)
    )


def _is_money(words: Words, amount: Amount) -> bool:
    size = amount.high if amount.high is not None else amount.low or 0.0
    if not amount.currency and not amount.scaled:
        if size < 1000 or size > 99_999_999:
            return False
        if amount.low == amount.high and 1990 <= size <= 2060:
            return False
        if words.word(amount.start - 1) in ("fy", "in", "since", "by", "#", "-", "/", "ext", "zip", "@") or words.word(amount.end) in (
            "/",
            "@",
        ):
            return False
    if amount.currency and size < 1:
        return False
    at = amount.end
    if amount.currency and words.word(at - 1) != "k":
        return True
    for _ in range(3):
        word = words.word(at)
        if word in _COUNTED:
            return False
        if word not in _ADJECTIVES and not (word == "of" and at == amount.end):
            return True
        at += 1
    return True


def _is_taken_back(words: Words, amount: Amount) -> bool:
    near = words.at[max(0, amount.start - 3) : amount.start]
    return near[-1:] in (("not",), ("was",), ("were",)) or near[-2:] in (
        ("instead", "of"),
        ("rather", "than"),
        ("i", "said"),
        ("told", "you"),
        ("not", "the"),
        ("was", "at"),
        ("up", "from"),
        ("down", "from"),
        ("not", "like"),
    )


def _per_year(words: Words, amount: Amount, sites: int | None) -> Amount | None:
    """Apply "a month", "per site", "over three years"; None when the amount is per head or per an unknown number of
    sites."""
    before = words.at[max(0, amount.start - 4) : amount.start]
    period = 12.0 if "monthly" in before or "mthly" in before else 4.0 if "quarterly" in before else 0.0
    places, end = 1, amount.end
    while True:
        at = end
        if words.word(at) in ("usd", "dollars", "total", ",", "each") and words.word(at + 1) in _EACH:
            at += 1
        word = words.word(at)
        if word in _ADVERBS:
            period, end = period or _PERIODS[word], at + 1
            continue
        if word == "pmpm":
            return None
        if word not in _EACH:
            break
        unit_at = at + 1
        if words.word(unit_at) in ("each", "every", "of"):
            unit_at += 1
        unit = words.word(unit_at)
        if unit in _PERIODS and word != "for":
            period, end = period or _PERIODS[unit], unit_at + 1
        elif unit in _PLACES and (word != "for" or unit_at > at + 1):
            if not sites:
                return None
            places, end = sites, unit_at + 1
        elif unit in _HEADS and word != "for":
            return None
        else:
            break
    factor = (period or 1.0) * places
    years = _years_covered(words, end)
    if years:
        factor, end = factor / years[0], years[1]
    low = round(amount.low * factor, 2) if amount.low is not None else None
    high = round(amount.high * factor, 2) if amount.high is not None else None
    return replace(amount, low=low, high=high, end=end)


def _years_covered(words: Words, index: int) -> tuple[float, int] | None:
    """Read "over three years" behind an amount."""
    at = index
    if words.word(at) in ("total", "all", ","):
        at += 1
    if words.word(at) not in ("over", "across", "for", "spread"):
        return None
    while words.word(at) in ("over", "across", "for", "spread", "the", "next"):
        at += 1
    number = read_number(words, at, scales=False)
    if number and 1 <= number.value <= 10:
        end = number.end + 1 if words.word(number.end) == "-" else number.end
        if words.word(end) in ("years", "yrs", "year", "yr"):
            return number.value, end + 1
    return None
