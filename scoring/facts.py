"""The catalogue of facts: what may be known about a lead, and which values each fact can take."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

type FactValue = str | list[str] | dict[str, int] | dict[str, float | None]


class FactKind(StrEnum):
    """How a fact's value is written and how two values of it combine."""

    CLOSED = "one of a closed list"
    LIST = "any of a closed list"
    SIZE = "counts by unit"
    AMOUNT = "US dollars a year, from and to"
    DATE = "a day"
    TEXT = "a short name"


DEPARTMENTS = (
    "clinical", "it", "operations", "finance", "procurement", "legal", "compliance", "marketing", "executive",
)  # fmt: skip
SIZE_KEYS = ("sites", "beds", "providers", "members", "employees")
AMOUNT_KEYS = ("min", "max")
CONTACT_FIELDS = ("name", "email", "company", "phone", "title", "consent")

# Closed values in the order of the labelling guide; lists are stored in this order so that equal lists compare equal.
CLOSED: Mapping[str, tuple[str, ...]] = {
    "org_type": (
        "health_system", "hospital", "clinic_group", "specialty_group", "senior_care", "payer", "employer_group",
        "digital_health", "other",
    ),
    "use_case": (
        "scheduling_reminders", "referral_management", "patient_intake", "member_engagement", "prior_authorization",
        "care_coordination", "revenue_cycle", "telehealth", "other",
    ),
    "buying_role": ("user", "recommender", "evaluator", "budget_holder", "final_approver"),
    "department": DEPARTMENTS,
    "budget_status": ("approved", "requested", "planning_cycle", "grant", "renewal_dependent", "none"),
    "timeline": ("now", "this_quarter", "half_year", "year", "later", "none"),
    "handles_phi": ("yes", "no", "unsure"),
    "relationship": ("buyer", "partner", "vendor_selling", "patient", "job_seeker", "press_or_student"),
    "urgency": ("high", "normal", "low"),
    "comparing": ("yes", "no"),
    "it_review": ("not_started", "under_way", "done"),
    "workflow_change": ("small", "large"),
    "training_need": ("small", "large"),
    "procurement_path": ("direct", "rfp", "gpo", "committee"),
    "patient_communication": ("yes", "no"),
}  # fmt: skip
LISTS: Mapping[str, tuple[str, ...]] = {
    "security_needs": ("baa", "security_review", "soc2", "hitrust", "sso", "pen_test", "data_residency", "on_prem"),
    "integrations": (
        "epic", "oracle_health", "athenahealth", "meditech", "eclinicalworks", "nextgen", "allscripts", "salesforce",
        "other",
    ),
    "stakeholders": DEPARTMENTS,
}  # fmt: skip
FACTS: Mapping[str, FactKind] = {
    **dict.fromkeys(CLOSED, FactKind.CLOSED),
    **dict.fromkeys(LISTS, FactKind.LIST),
    "org_size": FactKind.SIZE,
    "budget_amount": FactKind.AMOUNT,
    "timeline_date": FactKind.DATE,
    "contract_end": FactKind.DATE,
    "current_solution": FactKind.TEXT,
    "region": FactKind.TEXT,
}
SIGNALS = (
    "pricing_page", "solution_page", "blog_page", "guide_download", "webinar", "nurture_reply", "meeting_request",
    "pricing_request", "call_request",
)  # fmt: skip
LONGEST_TEXT = 120
LARGEST_COUNT = 1_000_000_000


class InvalidFact(ValueError):
    """A value does not belong to its fact. The message says where, what was expected, what was found, what to do."""

    def __init__(self, fact: str, message: str) -> None:
        """Keep the fact's name beside the sentence, so that a form can mark the field."""
        super().__init__(f"{fact}: {message}")
        self.fact = fact


def did_you_mean(found: object, allowed: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the closest allowed word, or "" when none is close.

    >>> did_you_mean("wieght", ["weight", "since"])
    " Did you mean 'weight'?"
    """
    close = difflib.get_close_matches(str(found).lower(), list(allowed), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


def allowed_values(fact: str) -> tuple[str, ...]:
    """Return the closed values of a closed or list fact, and () for facts of any other kind."""
    return CLOSED.get(fact) or LISTS.get(fact) or ()


def check_value(fact: str, value: object) -> FactValue:
    """Return `value` as it is stored: trimmed, lists without doubles in catalogue order, amounts as floats.

    Args:
        fact: a name in FACTS.
        value: closed facts a string, list facts a list ([] means known to be none), org_size a mapping of SIZE_KEYS to
            whole counts, budget_amount {"min", "max"} in US dollars a year (one side may be None), dates ISO days.
    Raises:
        InvalidFact: the fact or the value is not in the catalogue.

    >>> check_value("stakeholders", ["legal", "it", "it"])
    ['it', 'legal']
    """
    kind = FACTS.get(fact)
    if kind is None:
        raise InvalidFact(fact, f"expected the name of a fact, found '{fact[:40]}'.{did_you_mean(fact, FACTS)}")
    if kind is FactKind.CLOSED:
        return _one_of(fact, value)
    if kind is FactKind.LIST:
        return _any_of(fact, value)
    if kind is FactKind.SIZE:
        return _size(fact, value)
    if kind is FactKind.AMOUNT:
        return _amount(fact, value)
    if kind is FactKind.DATE:
        return _day(fact, value)
    return _text(fact, value)


def merge(fact: str, old: FactValue | None, new: FactValue, *, correction: bool) -> FactValue:
    """Combine a stored value with a new one, both as check_value returns them.

    Lists add up unless `correction` (a correction replaces the list); org_size merges by unit, the newer count winning;
    every other kind is replaced.

    >>> merge("integrations", ["epic"], ["salesforce"], correction=False)
    ['epic', 'salesforce']
    """
    if old is None:
        return new
    kind = FACTS[fact]
    if kind is FactKind.SIZE and isinstance(old, dict) and isinstance(new, dict):
        return {key: (new if key in new else old)[key] for key in SIZE_KEYS if key in new or key in old}
    if kind is FactKind.LIST and not correction and isinstance(old, list) and isinstance(new, list):
        held = {*old, *new}
        return [value for value in LISTS[fact] if value in held]
    return new


def _found(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _one_of(fact: str, value: object) -> str:
    allowed = CLOSED[fact]
    word = value.strip().lower() if isinstance(value, str) else value
    if word is True or word is False:  # A YAML or JSON boolean where "yes" or "no" was meant.
        word = "yes" if word else "no"
    if word not in allowed:
        hint = did_you_mean(word, allowed)
        raise InvalidFact(fact, f"expected one of {', '.join(allowed)}, found {_found(value)}.{hint}")
    return str(word)


def _any_of(fact: str, value: object) -> list[str]:
    allowed = LISTS[fact]
    if not isinstance(value, list | tuple | set | frozenset):
        example = f'["{allowed[0]}"]'
        raise InvalidFact(
            fact, f"expected a list, found {_found(value)}. Write e.g. {example}, or [] for known to be none"
        )
    held = {word.strip().lower() if isinstance(word, str) else word for word in value}
    for word in held:
        if word not in allowed:
            hint = did_you_mean(word, allowed)
            raise InvalidFact(fact, f"expected any of {', '.join(allowed)}, found {_found(word)}.{hint}")
    return [word for word in allowed if word in held]


def _size(fact: str, value: object) -> dict[str, int]:
    if not isinstance(value, Mapping) or not value:
        raise InvalidFact(fact, f'expected counts by unit, found {_found(value)}. Write e.g. {{"sites": 4}}')
    for unit, count in value.items():
        if unit not in SIZE_KEYS:
            hint = did_you_mean(unit, SIZE_KEYS)
            raise InvalidFact(fact, f"expected units {', '.join(SIZE_KEYS)}, found {_found(unit)}.{hint}")
        whole = (isinstance(count, int) and not isinstance(count, bool)) or (
            isinstance(count, float) and count.is_integer()
        )
        if not whole or not 0 < count <= LARGEST_COUNT:
            raise InvalidFact(fact, f"expected a whole count above 0 for {unit}, found {_found(count)}. Write e.g. 12")
    return {unit: int(value[unit]) for unit in SIZE_KEYS if unit in value}


def _amount(fact: str, value: object) -> dict[str, float | None]:
    example = 'Write e.g. {"min": 40000, "max": 60000}; one side may be null'
    if not isinstance(value, Mapping) or not set(value) <= set(AMOUNT_KEYS):
        raise InvalidFact(fact, f"expected min and max, found {_found(value)}. {example}")
    sides: dict[str, float | None] = {}
    for key in AMOUNT_KEYS:
        side = value.get(key)
        if side is not None and (isinstance(side, bool) or not isinstance(side, int | float) or not 0 <= side < 1e12):
            raise InvalidFact(fact, f"expected US dollars a year for {key}, found {_found(side)}. {example}")
        sides[key] = None if side is None else float(side)
    low, high = sides["min"], sides["max"]
    if low is None and high is None:
        raise InvalidFact(fact, f"expected at least one of min and max, found neither. {example}")
    if low is not None and high is not None and low > high:
        raise InvalidFact(fact, f"expected min at most max, found {low:g} and {high:g}. Swap them")
    return sides


def _day(fact: str, value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise InvalidFact(fact, f"expected a day, found {_found(value)}. Write e.g. 2027-03-31") from None


def _text(fact: str, value: object) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(text) <= LONGEST_TEXT:
        raise InvalidFact(
            fact, f"expected 1 to {LONGEST_TEXT} characters, found {_found(value)}. Shorten or fill it in"
        )
    if fact == "region" and len(text) == 2:  # US state codes and country codes are written in capitals.
        return text.upper()
    return text.lower() if fact == "current_solution" and text.lower() in ("manual", "spreadsheets") else text
