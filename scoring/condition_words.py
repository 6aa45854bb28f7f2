"""Conditions in words: "timing is within 30 days or within three months, and there is a pricing request"."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scoring.conditions import SCORES, as_list
from scoring.facts import FACTS

if TYPE_CHECKING:
    from scoring.playbook import Playbook

LIMITS = {
    "at_least": "at least ${:,}",
    "at_most": "at most ${:,}",
    "within_days": "within {:,} days",
    "beyond_days": "more than {:,} days away",
}


def condition_words(when: Mapping[str, Any], playbook: "Playbook") -> str:
    """Return a condition of a checked playbook in words, to stand after "if" or "while"; {} is "always".

    Commas separate what must hold together, so the choices of an inner condition stand in brackets.
    """
    parts = [_entry(key, wanted, playbook) for key, wanted in when.items()]
    return _and(parts) if parts else "always"


def wanted_words(fact: str, wanted: Any, playbook: "Playbook") -> str:
    """Return the values a condition asks of a fact, e.g. "approved or requested", "at least 5 sites or 100 beds"."""
    if not isinstance(wanted, Mapping):
        return either([playbook.label(fact, value) for value in as_list(wanted)])
    parts = []
    for key, limit in wanted.items():
        if isinstance(limit, Mapping):
            parts.append("at least " + either([f"{count:,} {unit}" for unit, count in limit.items()]))
        else:
            parts.append(LIMITS[key].format(limit))
    return " and ".join(parts)


def signal_words(kind: str) -> str:
    """Return a kind of signal in words, e.g. "pricing page"."""
    return kind.replace("_", " ")


def either(words: list[str]) -> str:
    """Join words by commas and "or".

    >>> either(["one"]), either(["one", "two", "three"])
    ('one', 'one, two or three')
    """
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def sentence(text: str) -> str:
    """Return a text with a capital at the start and a full stop at the end."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def _and(parts: list[str]) -> str:
    return ", and ".join(parts)


def _bracketed(words: str) -> str:
    return f"({words})" if " or " in words or ", and " in words else words


def _entry(key: str, wanted: Any, playbook: "Playbook") -> str:
    if key == "any":
        return either([_bracketed(condition_words(part, playbook)) for part in wanted])
    if key == "not":
        return f"not ({condition_words(wanted, playbook)})"
    if key in FACTS:
        return f"{playbook.fact_name(key)} is {wanted_words(key, wanted, playbook)}"
    names = [str(name) for name in as_list(wanted)]
    if key in SCORES:
        return f"{key} is {either(names)}"
    if key == "stage":
        return f"the stage is {either(names)}"
    if key == "signals":
        return f"there is a {either([signal_words(name) for name in names])}"
    if key == "flags":
        return f"the flag {either(names)} is raised"
    facts = [playbook.fact_name(name) for name in names]
    return f"{' and '.join(facts)} {'is' if len(facts) == 1 else 'are'} {'not known' if key == 'unknown' else key}"
