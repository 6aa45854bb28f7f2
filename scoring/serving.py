"""Several playbooks side by side: which one serves a page or a campaign, and what can be wrong with the set."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from scoring.playbook import Playbook
from scoring.problems import Problem

KINDS = ("pages", "campaigns")


def choose(playbooks: Sequence[Playbook], *, page: str | None, campaign: str | None) -> Playbook:
    """Return the playbook that serves a conversation: the first whose pattern matches, else the one without `serves`.

    Args:
        playbooks: a set that check_set finds nothing wrong with, in order.
        page: the address the chat was opened on; what stands behind ? or # in it is not looked at.
        campaign: utm_campaign, if there is one.
    """
    address, named = plain_address(page or ""), (campaign or "").strip().lower()
    for playbook in playbooks:
        serves = playbook.data.serves
        if serves is None:
            continue
        if address and any(_matches(address, plain_address(pattern)) for pattern in serves.pages):
            return playbook
        if named and any(_matches(named, pattern.lower()) for pattern in serves.campaigns):
            return playbook
    return next(playbook for playbook in playbooks if playbook.data.serves is None)


def plain_address(url: str) -> str:
    """Return a page's address as patterns are compared with it: host in small letters, nothing behind ? or #.

    >>> plain_address("https://Example.com/Scheduling/?utm_campaign=x#top")
    'https://example.com/Scheduling/'
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path or '/'}" if parts.netloc else ""


def check_set(playbooks: Sequence[Playbook]) -> list[Problem]:
    """Return what is wrong with playbooks that stand side by side; [] means that each conversation is served by exactly one.

    Two of one name, none or several without `serves`, and patterns that an earlier playbook has caught already.
    """
    return [*_double_names(playbooks), *_defaults(playbooks), *_hidden(playbooks)]


def _double_names(playbooks: Sequence[Playbook]) -> Iterator[Problem]:
    first: dict[str, Playbook] = {}
    for playbook in playbooks:
        other = first.setdefault(playbook.name, playbook)
        if other is not playbook:
            message = f"the name '{playbook.name}' is taken by {other.where(other.source.line(('name',)))}. Give each playbook its own name"
            yield playbook.source.problem(("name",), message)


def _defaults(playbooks: Sequence[Playbook]) -> Iterator[Problem]:
    others = [playbook for playbook in playbooks if playbook.data.serves is None]
    for playbook in others[1:]:
        message = (
            f"expected 'serves' with pages or campaigns, found none here and none in {others[0].file}: only one playbook "
            f"can serve everything else. Add 'serves' to one of them"
        )
        yield playbook.source.problem(("name",), message, at_key=True)
    if playbooks and not others:
        last = playbooks[-1]
        message = (
            "every playbook has 'serves', so no one serves the other pages. Expected exactly one without it: remove "
            "'serves' from the playbook that is the default"
        )
        yield last.source.problem(("serves",), message, at_key=True)


def _hidden(playbooks: Sequence[Playbook]) -> Iterator[Problem]:
    """A pattern that is caught by one further up never chooses its playbook."""
    seen: list[tuple[str, str, str]] = []
    for playbook in playbooks:
        serves = playbook.data.serves
        for kind in KINDS:
            for index, written in enumerate(getattr(serves, kind) if serves else ()):
                pattern = plain_address(written) if kind == "pages" else written.lower()
                place = playbook.where(playbook.source.line(("serves", kind, index)))
                # A star of the later pattern is a sign that only a star of the earlier one matches.
                caught = next((where for other, known, where in seen if other == kind and _matches(pattern, known)), None)
                if caught:
                    message = (
                        f"'{written}' never chooses this playbook, because {caught} matches all of it and comes first. Remove "
                        f"one, or put the narrower playbook first (files of a folder are read by name)"
                    )
                    yield playbook.source.problem(("serves", kind, index), message)
                seen.append((kind, pattern, place))


def _matches(text: str, pattern: str) -> bool:
    """Only * stands for anything; [ and ? are themselves."""
    return fnmatchcase(text, pattern.replace("[", "[[]").replace("?", "[?]"))
