"""Check who gets leads: people, queues, queue rules, nurture tracks, CRM names, the clock. Reads raw data, as scoring.references does."""

from datetime import date
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scoring.blocks import RouteName
from scoring.conditions import SCORES
from scoring.facts import CONTACT_FIELDS, FACTS, FactKind, did_you_mean
from scoring.points import OTHERWISE
from scoring.raw_check import RawCheck
from scoring.yaml_source import YamlPath

DECISIONS = ("flags", "stage", "route", "queue", "owner", "respond_by", "next_step", "nurture", "missing", "playbook", "source")
DATES = tuple(fact for fact, kind in FACTS.items() if kind is FactKind.DATE)


def check_owner_references(check: RawCheck) -> None:
    """Note every mistake in who gets leads that can be told without the rest of the file."""
    _people(check)
    _members(check)
    _queue_rules(check)
    _tracks(check)
    _crm_names(check)
    _clock(check)


def _people(check: RawCheck) -> None:
    addresses: dict[str, str] = {}
    for name, person in check.mapping("team", "people").items():
        path: YamlPath = ("team", "people", name)
        if not isinstance(person, dict):
            continue
        email = person.get("email")
        if isinstance(email, str):
            if not _is_address(email):
                check.add((*path, "email"), f"expected an e-mail address, found '{email}'. Write e.g. ana@example.com")
            elif email.lower() in addresses:
                check.add((*path, "email"), f"'{email}' is the address of {addresses[email.lower()]} already. Each person needs their own")
            addresses.setdefault(email.lower(), name)
        for leave_path, leave in check.blocks(*path, "leave"):
            start, end = leave.get("from"), leave.get("to")
            if isinstance(start, date) and isinstance(end, date) and end < start:
                check.add((*leave_path, "to"), f"this leave ends on {end}, before it starts on {start}. Swap or correct the days")
        _own_hours(check, path, person)


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain.strip(".")) and " " not in text


def _own_hours(check: RawCheck, path: YamlPath, person: dict[str, Any]) -> None:
    zone = person.get("time_zone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            check.add((*path, "time_zone"), f"unknown time zone '{zone}'. Write e.g. America/Los_Angeles")
    opens, closes = (person.get(key, check.get("business_hours", key)) for key in ("opens", "closes"))
    if isinstance(opens, str) and isinstance(closes, str) and opens >= closes:
        key = "closes" if "closes" in person else "opens"
        if key in person:
            check.add((*path, key), f"closes at {closes}, not after opening at {opens}")


def _members(check: RawCheck) -> None:
    people = tuple(check.mapping("team", "people"))
    for queue, members in check.mapping("queues", "members").items():
        for member in members if isinstance(members, dict) else ():
            if member not in people:
                message = f"nobody in team.people is called '{member}'.{did_you_mean(member, people)} People: {', '.join(people) or 'none'}"
                check.add(("queues", "members", queue, member), message, True)


def _queue_rules(check: RawCheck) -> None:
    for route, block in check.mapping("routes", "to").items():
        path: YamlPath = ("routes", "to", route)
        if not isinstance(block, dict):
            continue
        if ("queue" in block) == ("queues" in block):
            found = "both" if "queue" in block else "neither"
            check.add(path, f"a route has either 'queue' (one for all its leads) or 'queues' (rules); found {found}", True)
        _rules_to_the_end(check, (*path, "queues"), "lead of this route gets a queue")


def _tracks(check: RawCheck) -> None:
    names: dict[str, int] = {}
    for path, track in check.blocks("nurture", "tracks"):
        name, wake = track.get("track"), track.get("wake")
        if isinstance(name, str):
            if name in names:
                check.add((*path, "track"), f"the track '{name}' stands here a second time (first on line {names[name]}). Rename one")
            names.setdefault(name, check.source.line((*path, "track")))
        if isinstance(wake, dict):
            _wake(check, (*path, "wake"), wake)
    _rules_to_the_end(check, ("nurture", "tracks"), "lead in nurture gets a track")


def _wake(check: RawCheck, path: YamlPath, wake: dict[str, Any]) -> None:
    facts = wake.get("of")
    for index, fact in enumerate(facts if isinstance(facts, list) else []):
        if fact not in DATES:
            check.add((*path, "of", index), f"'{fact}' is no fact with a day.{did_you_mean(fact, DATES)} Allowed: {', '.join(DATES)}")
    if ("weeks_before" in wake) != ("of" in wake):
        lacking, given = ("of", "weeks_before") if "weeks_before" in wake else ("weeks_before", "of")
        check.add((*path, given), f"'{given}' needs '{lacking}' beside it. Write e.g. weeks_before: 13, of: [contract_end]", True)


def _rules_to_the_end(check: RawCheck, path: YamlPath, what: str) -> None:
    """Check the conditions of a list that is read from the top: only the last entry always holds."""
    found = list(check.blocks(*path))
    for rule_path, rule in found:
        check.condition(rule_path, rule)
    for rule_path, rule in found[:-1]:
        if not rule.get("when") and not any(did_you_mean(key, ["when"]) for key in rule if key != "when"):
            check.add(rule_path, "this rule always holds, so the rules after it never fire. Give it a `when` or move it to the end")
    if found and found[-1][1].get("when"):
        check.add(found[-1][0], f"the last rule must always hold, so that every {what}. Add one without `when`")


def _crm_names(check: RawCheck) -> None:
    known = (*FACTS, *CONTACT_FIELDS, *SCORES, *DECISIONS)
    lines: dict[str, int] = {}
    for ours, theirs in check.mapping("crm", "fields").items():
        path: YamlPath = ("crm", "fields", ours)
        if ours not in known:
            others = ", ".join((*SCORES, *DECISIONS))
            message = f"unknown fact or score '{ours}'.{did_you_mean(ours, known)} Allowed: facts, contact fields, {others}"
            check.add(path, message, True)
        if isinstance(theirs, str):
            if theirs.lower() in lines:
                check.add(path, f"the CRM field '{theirs}' is filled twice (first on line {lines[theirs.lower()]}). Give each fact its own")
            lines.setdefault(theirs.lower(), check.source.line(path))


def _clock(check: RawCheck) -> None:
    people, routes = tuple(check.mapping("team", "people")), tuple(check.mapping("routes", "to"))
    for route in check.mapping("clock", "unanswered"):
        path: YamlPath = ("clock", "unanswered", route)
        if route in get_args(RouteName) and route not in routes:
            check.add(path, f"there is no route '{route}'. Routes: {', '.join(routes)}", True)
        told = check.mapping(*path)
        escalated, reassigned = told.get("escalate_after_minutes"), told.get("reassign_after_minutes")
        if isinstance(escalated, int) and isinstance(reassigned, int) and reassigned <= escalated:
            late = f"somebody else gets the lead after {reassigned} minutes, not after the escalation ({escalated})"
            check.add((*path, "reassign_after_minutes"), f"{late}. Write a larger number")
    queues = (*check.mapping("queues", "members"), OTHERWISE)
    for queue, name in check.mapping("clock", "leads").items():
        if queue not in queues:
            message = f"queues.members has no queue '{queue}'.{did_you_mean(queue, queues)} Allowed: {', '.join(queues)}"
            check.add(("clock", "leads", queue), message, True)
        if isinstance(name, str) and name not in people:
            message = f"nobody in team.people is called '{name}'.{did_you_mean(name, people)} People: {', '.join(people) or 'none'}"
            check.add(("clock", "leads", queue), message)
