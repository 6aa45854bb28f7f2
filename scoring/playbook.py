"""Load a playbook: one readable YAML file becomes checked, frozen data with the line of every rule."""

import hashlib
import types
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scoring import blocks
from scoring.compiled import CompiledPlaybook, compile_playbook
from scoring.points import OTHERWISE
from scoring.problems import PlaybookError, Problem
from scoring.references import check_references
from scoring.shape_problems import shape_problems
from scoring.yaml_source import YamlSource, parse_yaml, read_yaml

__all__ = ["DEFAULT_PLAYBOOK", "Playbook", "PlaybookError", "Problem", "load_playbook", "parse_playbook"]

DEFAULT_PLAYBOOK = Path(__file__).parent / "playbooks" / "default.yml"


class Playbook:
    """A checked playbook; nothing in it changes after loading. Made by load_playbook or parse_playbook."""

    def __init__(self, data: blocks.PlaybookFile, source: YamlSource) -> None:
        """Keep the data, compile its rules and take the digest of its text."""
        self.data = data
        self.source = source
        self.file = source.file
        self.digest = hashlib.sha256(source.text.encode()).hexdigest()[:12]
        self.compiled: CompiledPlaybook = compile_playbook(data, source.line)

    @property
    def name(self) -> str:
        """Name of the playbook, e.g. "default"."""
        return self.data.name

    @property
    def version(self) -> str:
        """Version as written in the file, e.g. "1.0"."""
        return self.data.version

    @property
    def vendor(self) -> blocks.Vendor:
        """Whose playbook this is, with product lines."""
        return self.data.vendor

    @property
    def booking_url(self) -> str | None:
        """Link to the vendor's booking page, if there is one."""
        return self.data.vendor.booking_url

    @property
    def business_hours(self) -> blocks.BusinessHours:
        """Time zone, days, opening and closing time, holidays."""
        return self.data.business_hours

    @property
    def interview(self) -> blocks.Interview:
        """When which question may come and when to stop."""
        return self.data.interview

    @cached_property
    def questions(self) -> Mapping[str, blocks.Question]:
        """Question by fact; contact fields (name, email, ...) stand behind the facts."""
        block = self.data.questions
        return types.MappingProxyType({**block.facts, **block.contact})

    @cached_property
    def contact_fields(self) -> tuple[str, ...]:
        """Contact fields in the order they are asked."""
        return tuple(self.data.questions.contact)

    @cached_property
    def routes(self) -> Mapping[str, blocks.Route]:
        """Queues and response time by route."""
        return types.MappingProxyType({str(name): route for name, route in self.data.routes.to.items()})

    @cached_property
    def people(self) -> Mapping[str, blocks.Person]:
        """The people who may own leads, by short name; empty where the playbook names none."""
        return types.MappingProxyType(dict(self.data.team.people) if self.data.team else {})

    @cached_property
    def queues(self) -> Mapping[str, Mapping[str, int]]:
        """Weight by short name of each member, in the order of the file, by queue."""
        return types.MappingProxyType(dict(self.data.queues.members) if self.data.queues else {})

    def unanswered(self, route: str) -> blocks.Unanswered | None:
        """What happens to a lead of a route that nobody answers; None where the playbook says nothing of it."""
        steps = {str(name): block for name, block in self.data.clock.unanswered.items()} if self.data.clock else {}
        return steps.get(route, steps.get(OTHERWISE))

    def lead_of(self, queue: str | None) -> blocks.Person | None:
        """Who leads a queue, so is told when nobody answers its leads; None where the playbook names nobody."""
        leads = self.data.clock.leads if self.data.clock else {}
        name = leads.get(queue or "", leads.get(OTHERWISE))
        return self.people[name] if name else None

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Words for values by fact: labels["org_type"]["clinic_group"] is "multi-site clinic group"."""
        return types.MappingProxyType({fact: words.values for fact, words in self.data.facts.words.items()})

    def fact_name(self, fact: str) -> str:
        """Return what a fact is called in a sentence, e.g. "timing"."""
        words = self.data.facts.words.get(fact)
        return words.name if words else fact.replace("_", " ")

    def label(self, fact: str, value: Any) -> str:
        """Return a value in words: labels of closed values, "4 sites, 30 providers", "$40,000 to $60,000 a year".

        Used to phrase guesses and recaps; an empty list is "none".
        """
        if isinstance(value, list | tuple):
            return _join([self.label(fact, word) for word in value]) if value else "none"
        if isinstance(value, Mapping):
            return _amount(value) if "min" in value or "max" in value else _size(value)
        found: str | None = self.labels.get(fact, {}).get(str(value))
        return found or str(value)

    def where(self, line: int) -> str:
        """Return "default.yml:42" for a line."""
        return f"{self.file}:{line}"


def load_playbook(path: Path | str = DEFAULT_PLAYBOOK) -> Playbook:
    """Load one playbook file.

    Raises:
        PlaybookError: `.problems` lists every mistake of the file with line and column, found in one run.
    """
    return _checked(read_yaml(Path(path)))


def parse_playbook(text: str, file: str = "playbook.yml") -> Playbook:
    """Load a playbook from its text, as load_playbook does; `file` is the name used in messages and sources."""
    return _checked(parse_yaml(text, file))


def _checked(source: YamlSource) -> Playbook:
    problems = list(source.problems)
    try:
        data = blocks.PlaybookFile.model_validate(source.data)
    except ValidationError as error:
        problems += shape_problems(source, [dict(found) for found in error.errors()])
        data = None
    problems += check_references(source)
    if problems or data is None:
        raise PlaybookError(problems)
    return Playbook(data, source)


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _size(value: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {unit if count != 1 else unit[:-1]}" for unit, count in value.items())


def _amount(value: Mapping[str, float | None]) -> str:
    low, high = value.get("min"), value.get("max")
    if low is not None and high is not None:
        return f"${low:,.0f} a year" if low == high else f"${low:,.0f} to ${high:,.0f} a year"
    return f"at least ${low:,.0f} a year" if low is not None else f"up to ${high:,.0f} a year"
