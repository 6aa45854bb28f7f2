"""Which organisation an e-mail address belongs to: the domain that somebody registered, and nobody's for free mail."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from publicsuffixlist import PublicSuffixList

from scoring.problems import PlaybookError, Problem
from scoring.yaml_source import YamlSource, read_yaml

FREE_MAIL_FILE = Path(__file__).resolve().parent.parent / "data" / "free_mail.yml"
LONGEST_DOMAIN = 255
KEYS = frozenset({"name", "since", "source", "domains"})


def person_key(email: str | None) -> str | None:
    """Return what tells one person from another: the address in small letters without spaces around it.

    Nothing else is taken for the same: `ana+demo@` may be Ana's, and may be somebody's who shares a mailbox.

    >>> person_key("  Ana@CedarHollow.example "), person_key("ana+demo@cedarhollow.example"), person_key("")
    ('ana@cedarhollow.example', 'ana+demo@cedarhollow.example', None)
    """
    return (email or "").strip().lower() or None


def account_domain(address: str | None) -> str | None:
    """Return the domain that stands for the organisation of an e-mail address or a host name; None where it is nobody's.

    Departments and mail hosts of one organisation go together; whoever rents a name below a public ending is one of their own.

    >>> account_domain("ana@mail.CedarHollow.example"), account_domain("clinic.nhs.uk"), account_domain("ana@gmail.com")
    ('cedarhollow.example', 'clinic.nhs.uk', None)
    """
    host = (address or "").strip().rpartition("@")[2].strip().rstrip(".").lower()
    return _registered(host) if host else None


@lru_cache(maxsize=20_000)
def _registered(host: str) -> str | None:
    found = _endings().privatesuffix(host)
    if found is None or len(found) > LONGEST_DOMAIN or not free_mail().isdisjoint((host, found)):
        return None
    return str(found)


@cache
def _endings() -> PublicSuffixList:
    return PublicSuffixList()  # the list comes with the package; nothing is fetched


@cache
def free_mail() -> frozenset[str]:
    """Return the domains of data/free_mail.yml."""
    return read_free_mail(FREE_MAIL_FILE)


def read_free_mail(path: Path) -> frozenset[str]:
    """Return the domains of a list of free-mail providers.

    Raises:
        PlaybookError: every mistake of the file in one run, with line and column.
    """
    source = read_yaml(path)
    problems, domains = list(source.problems), set()
    blocks = source.data.get("providers") if isinstance(source.data, dict) else None
    if not isinstance(blocks, list):
        problems.append(source.problem((), "expected a list under 'providers', each with name, since, source and domains."))
        raise PlaybookError(problems)
    for number, block in enumerate(blocks):
        where = ("providers", number)
        if not isinstance(block, dict) or set(block) != KEYS or not isinstance(block["domains"], list):
            problems.append(source.problem(where, "expected name, since, source and a list of domains, and nothing else."))
            continue
        for place, domain in enumerate(block["domains"]):
            if not _is_domain(domain):
                problems.append(_no_domain(source, (*where, "domains", place), domain))
            domains.add(domain)
    if problems:
        raise PlaybookError(problems)
    return frozenset(domains)


def _is_domain(found: object) -> bool:
    return isinstance(found, str) and found == found.strip().lower() and "." in found and not set(found) & set("@ /,;")


def _no_domain(source: YamlSource, where: tuple[str | int, ...], found: object) -> Problem:
    hint = "Write e.g. gmail.com, and in quotes what looks like a number."
    return source.problem(where, f"expected a domain in small letters, found {found!r}. {hint}")
