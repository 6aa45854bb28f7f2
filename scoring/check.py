"""Find rules of a playbook that cannot do what they say: never fire, never reach their band, never change anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scoring.blocks import NurtureTrack, QueueRule
from scoring.clock_check import impossible_clocks
from scoring.conditions import SCORES, STAGES, as_list
from scoring.facts import CLOSED, FACTS, LISTS
from scoring.owner_check import owners_missing
from scoring.playbook import Playbook, load_playbook
from scoring.points import OTHERWISE, PointRule, SignalRule, TableRule, TierRule, WhenRule
from scoring.problems import PlaybookError, Problem
from scoring.yaml_source import YamlPath

OPAQUE = ("not", "known", "unknown", "confirmed")  # Words whose wider and narrower forms are not compared.


def check_playbook(path: Path | str) -> list[Problem]:
    """Return every problem of a playbook file in the order of the file; [] means it can be published.

    Mistakes that keep it from loading come alone: impossible rules are looked for once it loads.
    """
    try:
        playbook = load_playbook(path)
    except PlaybookError as error:
        return error.problems
    return impossible_rules(playbook)


def impossible_rules(playbook: Playbook) -> list[Problem]:
    """Return what can never happen in a loaded playbook (bands, limits, caps, tiers, rules, stages, routes), and values without words."""
    found = [
        *_values_without_words(playbook),
        *_bands_and_limits(playbook),
        *_tables_in_order(playbook),
        *_tiers_in_order(playbook),
        *_decay(playbook),
        *_contradictions(playbook),
        *_shadowed(playbook),
        *_stages(playbook),
        *_routes(playbook),
        *_interview(playbook),
        *owners_missing(playbook),
        *impossible_clocks(playbook),
    ]
    return sorted(set(found))


def _problem(playbook: Playbook, path: YamlPath, message: str, *, at_key: bool = False) -> Problem:
    return playbook.source.problem(path, message, at_key=at_key)


def most_points(rule: PointRule) -> int:
    """Return the most points a rule can ever give."""
    if isinstance(rule, TableRule):
        return rule.span[1]
    if isinstance(rule, TierRule):
        return max(0, *(points for _, points, _ in rule.tiers))
    return max(0, rule.given) if isinstance(rule, WhenRule | SignalRule) else 0


def _values_without_words(playbook: Playbook) -> Iterator[Problem]:
    """No reason not to load: a text that was stored before the catalogue grew must still be usable."""
    for fact, words in playbook.data.facts.words.items():
        missing = [value for value in CLOSED.get(fact) or LISTS.get(fact) or () if value not in words.values]
        if missing:
            message = f"{fact}.values has no words for {', '.join(missing)}. Add them"
            yield _problem(playbook, ("facts", "words", fact), message, at_key=True)


def _bands_and_limits(playbook: Playbook) -> Iterator[Problem]:
    for score in playbook.compiled.scores:
        total = 0
        for group, most, _, rules in score.groups:
            reach = sum(most_points(rule) for rule in rules)
            if most is not None and most > reach:
                path: YamlPath = ("scores", score.name, "groups", group, "most")
                yield _problem(
                    playbook,
                    path,
                    f"the rules of this group give at most {reach} points, so a limit of {most} never "
                    f"applies. Lower or remove it",
                )
            total += reach if most is None else min(reach, most)
        for band, least in (("medium", score.medium), ("high", score.high)):
            if least > min(100, total):
                path = ("scores", score.name, "bands", band)
                yield _problem(
                    playbook,
                    path,
                    f"{score.name} can reach at most {total} points, so the band {band} from {least} is "
                    f"never reached. Lower it or give more points",
                )
        for index, cap in enumerate(score.caps):
            if cap.at_most >= min(100, total):
                path = ("scores", score.name, "caps", index, "at_most")
                yield _problem(
                    playbook,
                    path,
                    f"{score.name} can reach at most {min(100, total)} points, so a cap of {cap.at_most} "
                    f"never applies. Lower it or remove the cap",
                )


def _table_blocks(playbook: Playbook) -> Iterator[tuple[YamlPath, Any]]:
    for name in SCORES:
        for group, block in getattr(playbook.data.scores, name).groups.items():
            for index, rule in enumerate(block.rules):
                yield ("scores", name, "groups", group, "rules", index), rule


def _tables_in_order(playbook: Playbook) -> Iterator[Problem]:
    """A value that sales calls better must not give fewer points."""
    for path, rule in _table_blocks(playbook):
        words = playbook.data.facts.words.get(rule.fact or "")
        if not words or not isinstance(rule.points, dict):
            continue
        order = words.worst_to_best
        table: dict[str, int] = rule.points
        points = [table.get(value, table.get(OTHERWISE, 0)) for value in order]
        for worse, better, less, more in zip(order, order[1:], points, points[1:], strict=False):
            if more < less:
                spot = (*path, "points", better)
                yield _problem(
                    playbook,
                    spot,
                    f"{better} gives {more} points and {worse} gives {less}, but "
                    f"facts.words.{rule.fact}.worst_to_best calls {better} better. Change one",
                    at_key=True,
                )


def _tiers_in_order(playbook: Playbook) -> Iterator[Problem]:
    for path, rule in _table_blocks(playbook):
        tiers = rule.tiers or []
        for index in range(1, len(tiers)):
            if any(_reaches(tiers[index].at_least, earlier.at_least) for earlier in tiers[:index]):
                yield _problem(
                    playbook,
                    (*path, "tiers", index),
                    "an earlier tier already holds for everything this one asks. Put the largest tier first",
                )


def _reaches(later: Any, earlier: Any) -> bool:
    """Say whether reaching `later` means that `earlier` was reached too."""
    if isinstance(later, int) or isinstance(earlier, int):
        return isinstance(later, int) and isinstance(earlier, int) and later >= earlier
    return all(unit in earlier and count >= earlier[unit] for unit, count in later.items())


def _decay(playbook: Playbook) -> Iterator[Problem]:
    steps = playbook.data.decay.steps
    for index in range(1, len(steps)):
        before, after = steps[index - 1], steps[index]
        if after.weeks <= before.weeks or after.percent >= before.percent:
            yield _problem(
                playbook,
                ("decay", "steps", index),
                f"each step comes later and keeps less than the one before ({before.weeks} weeks, "
                f"{before.percent} percent). Change the order or the numbers",
            )


def _lists(playbook: Playbook) -> Iterator[tuple[YamlPath, list[Any]]]:
    data = playbook.data
    yield ("flags", "rules"), list(data.flags.rules)
    yield ("stages", "rules"), list(data.stages.rules)
    yield ("routes", "rules"), list(data.routes.rules)
    for name, route in data.routes.to.items():
        yield ("routes", "to", name, "queues"), list(route.queue_rules)
    yield ("nurture", "tracks"), list(data.nurture.tracks if data.nurture else ())


def _called(rule: Any) -> str:
    """Return what a rule of any of these lists is called."""
    if isinstance(rule, QueueRule):
        return f"the rule of the queue {rule.queue}"
    return f"the track {rule.track}" if isinstance(rule, NurtureTrack) else str(rule.id)


def _contradictions(playbook: Playbook) -> Iterator[Problem]:
    for path, rules in _lists(playbook):
        for index, rule in enumerate(rules):
            reason = never_holds(rule.when)
            if reason:
                yield _problem(
                    playbook,
                    (*path, index, "when"),
                    f"this condition never holds: {reason}. Correct it or remove the rule",
                )


def never_holds(when: dict[str, Any]) -> str:
    """Return why a raw condition can never hold, or "" when it may."""
    unknown = [
        fact for fact in as_list(when.get("unknown", [])) if fact in when or fact in as_list(when.get("known", []))
    ]
    if unknown:
        return f"{unknown[0]} cannot be unknown and have a value"
    rest = {key: wanted for key, wanted in when.items() if key != "not"}
    if "not" in when and implies(rest, when["not"]):
        return "its `not` excludes just what it asks for"
    parts = [never_holds(part) for part in when.get("any", ())]
    return parts[0] if parts and all(parts) else ""


def implies(special: dict[str, Any], general: dict[str, Any]) -> bool:
    """Say whether `general` surely holds whenever `special` does (False where this cannot be told)."""
    for key, wanted in general.items():
        if key in special and special[key] == wanted:
            continue
        if key == "any":
            if not any(implies(special, part) for part in wanted):
                return False
            continue
        if key not in special or key in OPAQUE or isinstance(wanted, dict):
            return False
        if not set(as_list(special[key])) <= set(as_list(wanted)):
            return False
    return True


def _shadowed(playbook: Playbook) -> Iterator[Problem]:
    for path, rules in _lists(playbook):
        if path[0] == "flags":
            continue  # Flags are independent of each other: all that hold are raised.
        for index, rule in enumerate(rules):
            for earlier in rules[:index]:
                if implies(rule.when, earlier.when):
                    yield _problem(
                        playbook,
                        (*path, index),
                        f"{_called(earlier)} already holds whenever this rule does, so it never decides. Move it "
                        f"up or remove it",
                    )
                    break


def _stages(playbook: Playbook) -> Iterator[Problem]:
    data = playbook.data.stages
    by_facts = {rule.stage for rule in data.rules}
    reached = {
        *by_facts,
        *(to for move in data.moves for to in (move.to.values() if isinstance(move.to, dict) else [move.to])),
    }
    for stage in STAGES:
        if stage not in reached:
            yield _problem(
                playbook,
                ("stages",),
                f"no rule and no move leads to the stage {stage}. Add one under stages",
                at_key=True,
            )
    for index, move in enumerate(data.moves):
        if not reached & set(move.start):
            yield _problem(playbook, ("stages", "moves", index), "no lead ever stands in a stage this move starts from")
    for index, rule in enumerate(playbook.data.routes.rules):
        for stage in as_list(rule.when.get("stage", [])):
            if stage not in by_facts:
                yield _problem(
                    playbook,
                    ("routes", "rules", index, "when", "stage"),
                    f"facts and signals never lead to the stage {stage}, so this rule does not fire for it",
                )


def _routes(playbook: Playbook) -> Iterator[Problem]:
    used = {rule.route for rule in playbook.data.routes.rules}
    for route in playbook.data.routes.to:
        if route not in used:
            yield _problem(
                playbook,
                ("routes", "to", route),
                f"no routing rule leads to {route}. Add one under routes.rules or remove the route",
                at_key=True,
            )


def _interview(playbook: Playbook) -> Iterator[Problem]:
    interview = playbook.interview
    if interview.patience < len(interview.basics):
        yield _problem(
            playbook,
            ("interview", "patience"),
            f"{interview.patience} questions cannot cover the {len(interview.basics)} basic facts. Allow at "
            f"least {len(interview.basics)}",
        )
    for index, fact in enumerate(interview.basics):
        question = playbook.data.questions.facts.get(fact)
        if fact in FACTS and question is not None and question.asked_by == "rep":
            yield _problem(
                playbook,
                ("interview", "basics", index),
                f"{fact} is a basic fact but its question is asked by reps only. Change asked_by",
            )
