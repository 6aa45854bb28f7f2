"""Check what a playbook refers to: facts, values, flags, routes, ids. Reads raw data: broken blocks do not stop it."""

from collections.abc import Iterator
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scoring.blocks import RouteName
from scoring.conditions import NONE_NAMED, SCORES, as_list, check_size
from scoring.facts import (
    CLOSED,
    CONTACT_FIELDS,
    FACTS,
    LISTS,
    SIGNALS,
    FactKind,
    InvalidFact,
    check_value,
    did_you_mean,
)
from scoring.owner_references import check_owner_references
from scoring.points import OTHERWISE
from scoring.problems import Problem
from scoring.raw_check import RawCheck
from scoring.yaml_source import YamlPath, YamlSource

FACT_WORDS = ("signals", "known", "unknown", "any", "not")  # What a rule may look at before bands and flags exist.
ROUTES: tuple[str, ...] = get_args(RouteName)
REACHED_BY_FACTS = ("inquiry", "mql", "nurture", "disqualified")


def check_references(source: YamlSource) -> list[Problem]:
    """Return every reference of a playbook that leads nowhere, every double id and every rule list without an end."""
    check = RawCheck(source)
    _scores(check)
    _ids(check)
    _rules(check)
    _endings(check)
    _words(check)
    _questions(check)
    _interview(check)
    _hours(check)
    check_owner_references(check)
    _flag_names(check)
    _serves(check)
    return check.problems


def _scores(check: RawCheck) -> None:
    for score in SCORES:
        for group, block in check.mapping("scores", score, "groups").items():
            path: YamlPath = ("scores", score, "groups", group)
            for rule_path, rule in check.blocks(*path, "rules"):
                _point_rule(check, rule_path, rule)
            signals = block.get("signals") if isinstance(block, dict) else None
            _keys(check, (*path, "signals"), signals, SIGNALS, "signal")
        for cap_path, cap in check.blocks("scores", score, "caps"):
            check.condition(cap_path, cap, FACT_WORDS)
        bands = check.mapping("scores", score, "bands")
        medium, high = bands.get("medium"), bands.get("high")
        if isinstance(medium, int) and isinstance(high, int) and medium >= high:
            check.add(
                ("scores", score, "bands", "high"),
                f"high begins at {high}, not above medium ({medium}). Write a larger number",
            )


def _keys(check: RawCheck, path: YamlPath, found: Any, allowed: tuple[str, ...], kind: str) -> None:
    for key in found if isinstance(found, dict) else ():
        if key not in allowed:
            check.add(
                (*path, key), f"unknown {kind} '{key}'.{did_you_mean(key, allowed)} Allowed: {', '.join(allowed)}", True
            )


def _point_rule(check: RawCheck, path: YamlPath, rule: dict[str, Any]) -> None:
    shape = {key for key in ("fact", "when", "tiers") if rule.get(key) is not None}
    if shape not in ({"fact"}, {"when"}, {"fact", "tiers"}):
        check.add(
            path, "a point rule needs either 'fact' (with 'points' or 'tiers') or 'when' (with 'points'), not both"
        )
        return
    if "fact" in shape and not isinstance(rule["fact"], str):
        return  # The block model reports it.
    if rule.get("most") is not None and FACTS.get(rule.get("fact") or "") is not FactKind.LIST:
        check.add(
            (*path, "most"), "'most' limits facts that are lists; for other rules write the points you mean", True
        )
    if "tiers" in shape and rule.get("points") is not None:
        check.add((*path, "points"), "a rule with 'tiers' takes its points from them. Remove 'points'", True)
    if "when" in shape:
        check.condition(path, rule, FACT_WORDS)
        if isinstance(rule.get("points"), bool) or not isinstance(rule.get("points"), int):
            check.add((*path, "points"), f"expected whole points, found {rule.get('points')!r}. Write e.g. points: 8")
        return
    fact = rule["fact"]
    if fact not in FACTS:
        check.add((*path, "fact"), f"unknown fact '{fact}'.{did_you_mean(fact, FACTS)}")
    elif "tiers" in shape:
        _tiers(check, path, fact)
    elif FACTS[fact] in (FactKind.SIZE, FactKind.AMOUNT, FactKind.DATE):
        check.add(
            (*path, "fact"), f"{fact} cannot have points per value. Use 'tiers' for sizes and amounts, 'when' for dates"
        )
    else:
        _table(check, path, fact, rule.get("points"))


def _table(check: RawCheck, path: YamlPath, fact: str, table: Any) -> None:
    allowed = (*(CLOSED.get(fact) or (*LISTS.get(fact, ()), NONE_NAMED)), OTHERWISE)
    if not isinstance(table, dict) or not table:
        check.add((*path, "points"), f"expected points per value of {fact}. Write e.g. points: {{{allowed[0]}: 8}}")
        return
    for value, points in table.items():
        if value not in allowed and FACTS[fact] is not FactKind.TEXT:
            hint = did_you_mean(value, allowed)
            check.add(
                (*path, "points", value), f"{fact} has no value '{value}'.{hint} Allowed: {', '.join(allowed)}", True
            )
        if isinstance(points, bool) or not isinstance(points, int):
            check.add((*path, "points", value), f"expected whole points, found {points!r}. Write e.g. {value}: 12")


def _tiers(check: RawCheck, path: YamlPath, fact: str) -> None:
    kind = FACTS[fact]
    if kind not in (FactKind.SIZE, FactKind.AMOUNT):
        check.add((*path, "fact"), f"{fact} has no sizes; 'tiers' are for org_size and budget_amount. Use 'points'")
        return
    for tier_path, tier in check.blocks(*path, "tiers"):
        if kind is FactKind.SIZE:
            check_size(fact, tier.get("at_least"), check.under(tier_path), ())
        elif not isinstance(tier.get("at_least"), int):
            check.add(
                (*tier_path, "at_least"),
                f"expected US dollars a year, found {tier.get('at_least')!r}. Write e.g. 25000",
            )


def _all_rules(check: RawCheck) -> Iterator[tuple[YamlPath, dict[str, Any]]]:
    for score in SCORES:
        for group in check.mapping("scores", score, "groups"):
            yield from check.blocks("scores", score, "groups", group, "rules")
        yield from check.blocks("scores", score, "caps")
    for part in ("flags", "stages", "routes"):
        yield from check.blocks(part, "rules")


def _ids(check: RawCheck) -> None:
    first: dict[str, int] = {}
    for path, block in _all_rules(check):
        name = block.get("id")
        if not isinstance(name, str):
            continue
        line = check.source.line(path)
        if name in first:
            check.add(
                (*path, "id"), f"the id '{name}' is used twice (first on line {first[name]}). Every rule needs its own"
            )
        first.setdefault(name, line)


def _rules(check: RawCheck) -> None:
    for path, block in check.blocks("flags", "rules"):
        check.condition(path, block, (*FACT_WORDS, *SCORES))
    for path, block in check.blocks("stages", "rules"):
        check.condition(path, block, (*FACT_WORDS, *SCORES, "flags"))
        stage = block.get("stage")
        if stage in ("sal", "sql", "opportunity", "won", "lost"):
            allowed = ", ".join(REACHED_BY_FACTS)
            message = f"facts and signals cannot make a lead '{stage}'; only a person can. Allowed: {allowed}"
            check.add((*path, "stage"), message)
    for path, block in check.blocks("stages", "moves"):
        check.condition(path, block)
    for path, block in check.blocks("routes", "rules"):
        check.condition(path, block)
        route = block.get("route")
        if route in ROUTES and route not in check.mapping("routes", "to"):
            check.add((*path, "route"), f"the route '{route}' has no queue. Add it under routes.to")
    for path, block in check.blocks("next_steps", "rules"):
        check.condition(path, block)


def _endings(check: RawCheck) -> None:
    """A list of rules must end with one that always holds, and no earlier rule may."""
    for part, always in (("stages", "stage"), ("routes", "route"), ("next_steps", "say")):
        found = list(check.blocks(part, "rules"))
        for path, block in found[:-1]:
            if any(did_you_mean(key, ["when"]) for key in block if key != "when"):
                continue  # A misspelt `when` is reported by itself.
            if not block.get("when") and not (part == "next_steps" and block.get("route")):
                check.add(
                    path,
                    "this rule always holds, so the rules after it never fire. Give it a `when` or move it to the end",
                )
        if found and (found[-1][1].get("when") or (found[-1][1].get("route") and part == "next_steps")):
            path = found[-1][0]
            check.add(
                path, f"the last rule must always hold, so that every lead gets a {always}. Add one without `when`"
            )


def _words(check: RawCheck) -> None:
    words = check.mapping("facts", "words")
    _keys(check, ("facts", "words"), words, tuple(FACTS), "fact")
    for fact, block in words.items():
        allowed = CLOSED.get(fact) or LISTS.get(fact)
        if not isinstance(block, dict) or not allowed:
            continue
        path: YamlPath = ("facts", "words", fact)
        values = block.get("values")
        _keys(check, (*path, "values"), values, allowed, f"value of {fact}")
        _keys(check, (*path, "likely"), block.get("likely"), allowed, f"value of {fact}")
        for index, value in enumerate(as_list(block.get("worst_to_best") or [])):
            if value not in allowed:
                check.add(
                    (*path, "worst_to_best", index), f"{fact} has no value '{value}'.{did_you_mean(value, allowed)}"
                )


def _questions(check: RawCheck) -> None:
    _keys(check, ("questions", "facts"), check.get("questions", "facts"), tuple(FACTS), "fact")
    _keys(check, ("questions", "contact"), check.get("questions", "contact"), CONTACT_FIELDS, "contact field")
    for fact, question in check.mapping("questions", "facts").items():
        replies = question.get("quick_replies") if isinstance(question, dict) else None
        for index, reply in enumerate(replies if isinstance(replies, list) else []):
            if not isinstance(reply, dict) or "value" not in reply or fact not in FACTS:
                continue
            try:
                check_value(fact, reply["value"])
            except InvalidFact as error:
                check.add(("questions", "facts", fact, "quick_replies", index, "value"), str(error))


def _interview(check: RawCheck) -> None:
    asked = tuple(check.mapping("questions", "facts"))
    for key in ("first", "basics", "record", "complete"):
        names = check.get("interview", key)
        check.fact_names(("interview", key), names)
        for index, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str) and name in FACTS and name not in asked:
                check.add(("interview", key, index), f"'{name}' has no question. Add it under questions.facts")
    for index, name in enumerate(check.get("interview", "complete") or ()):
        if name not in LISTS:
            check.add(("interview", "complete", index), f"'{name}' is no list, so it is complete once known. Take it out")
    early = check.get("interview", "early")
    if early is not None and early not in asked:
        check.add(("interview", "early"), f"'{early}' has no question.{did_you_mean(early, asked)}")


def _hours(check: RawCheck) -> None:
    zone = check.get("business_hours", "time_zone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            check.add(("business_hours", "time_zone"), f"unknown time zone '{zone}'. Write e.g. America/New_York")
    opens, closes = check.get("business_hours", "opens"), check.get("business_hours", "closes")
    if isinstance(opens, str) and isinstance(closes, str) and opens >= closes:
        check.add(("business_hours", "closes"), f"closes at {closes}, not after opening at {opens}")


def _flag_names(check: RawCheck) -> None:
    flags = tuple(str(block.get("id")) for _, block in check.blocks("flags", "rules"))
    lists = [(part, key) for part in ("stages", "routes", "next_steps") for key in ("rules", "moves")]
    queues = [("routes", "to", route, "queues") for route in check.mapping("routes", "to")]
    for spot in (*lists, *queues, ("nurture", "tracks")):
        for path, block in check.blocks(*spot):
            for inner, name in _flags_in(block.get("when"), (*path, "when")):
                if name not in flags:
                    message = f"no flag is called '{name}'.{did_you_mean(name, flags)} Flags: {', '.join(flags)}"
                    check.add(inner, message)


def _flags_in(raw: Any, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    for key, wanted in raw.items() if isinstance(raw, dict) else ():
        if key == "flags":
            for index, name in enumerate(as_list(wanted)):
                yield ((*path, key, index) if isinstance(wanted, list) else (*path, key)), str(name)
        elif key == "not":
            yield from _flags_in(wanted, (*path, key))
        elif key == "any" and isinstance(wanted, list):
            for index, part in enumerate(wanted):
                yield from _flags_in(part, (*path, key, index))


def _serves(check: RawCheck) -> None:
    block = check.get("serves")
    if not isinstance(block, dict):
        return
    if not block.get("pages") and not block.get("campaigns"):
        check.add(("serves",), "expected pages or campaigns, found neither. Name one, or remove 'serves' from the default playbook", True)
    for index, page in enumerate(block["pages"] if isinstance(block.get("pages"), list) else []):
        if not isinstance(page, str):
            continue
        if not page.startswith(("https://", "http://")):
            hint = "expected a whole address, with * for anything"
            check.add(("serves", "pages", index), f'{hint}, found {page!r}. Write e.g. "https://example.com/scheduling/*"')
        elif "?" in page or "#" in page:
            message = f"what stands behind ? or # is not looked at, found '{page}'. Leave it out, or use campaigns for utm_campaign"
            check.add(("serves", "pages", index), message)
    for index, campaign in enumerate(block["campaigns"] if isinstance(block.get("campaigns"), list) else []):
        if isinstance(campaign, str) and not campaign.strip(" *"):
            check.add(("serves", "campaigns", index), f"expected a value of utm_campaign, found '{campaign}'. Write e.g. spring-scheduling")
