"""Turn an assessment into plain sentences: the decision, which answer gave which points, why not the other routes."""

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.condition_words import condition_words, sentence, signal_words
from scoring.conditions import SCORES
from scoring.engine import Assessment, Contribution, Score, next_step_rule, queue_rule
from scoring.facts import FACTS
from scoring.hours import duration_words
from scoring.nurture import nurture_words
from scoring.playbook import Playbook
from scoring.reasons import nearest_rules


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences about one thing: the decision, a score, the risks, the other routes, what is open, the next step."""

    about: str
    sentences: list[str]


def explain(assessment: Assessment, playbook: Playbook) -> list[str]:
    """Return sentences for a person, the decision first; every rule comes with the line of the playbook it stands on."""
    return [text for section in explain_in_sections(assessment, playbook) for text in section.sentences]


def explain_in_sections(assessment: Assessment, playbook: Playbook) -> list[Section]:
    """Return the same sentences by what they are about; a section without sentences is left out."""
    sections = [Section("decision", list(_decision(assessment, playbook)))]
    for name, score in assessment.scores.items():
        given = [_contribution(part, playbook) for part in score.contributions]
        sections.append(Section(name, [_score(name, score), *given]))
    sections += [
        Section("risks", list(_risks(assessment, playbook))),
        Section("other routes", list(_other_routes(assessment, playbook))),
        Section("open", list(_open(assessment, playbook))),
        Section("next step", list(_next_step(assessment, playbook))),
    ]
    return [section for section in sections if section.sentences]


def _decision(assessment: Assessment, playbook: Playbook) -> Iterator[str]:
    compiled = playbook.compiled
    stage = next(rule for rule in compiled.stages if rule.block.id == assessment.stage_rule)
    yield _cited(f"Stage {stage.block.stage}: {stage.block.why}", stage.block.id, stage.line, playbook)
    routing = next(rule for rule in compiled.routes if rule.block.id == assessment.route_rule)
    target = playbook.routes[assessment.route]
    priority = " with priority" if assessment.priority else ""
    yield _cited(f"Goes to {target.words}{priority}: {routing.block.why}", routing.block.id, routing.line, playbook)
    minutes = target.respond_within_minutes
    if assessment.priority and target.priority_respond_within_minutes is not None:
        minutes = target.priority_respond_within_minutes
    answer = f"answers within {duration_words(minutes)} of business time" if minutes else "does not answer"
    yield f"The queue {assessment.queue} {answer}."
    yield from _owners(assessment, routing.block.queue, playbook)


def _owners(assessment: Assessment, named_by_route: str | None, playbook: Playbook) -> Iterator[str]:
    """Say why it is this queue, where the route has several, and who takes its leads in turn."""
    rule = queue_rule(assessment.situation, assessment.route, playbook)
    if named_by_route is None and len(playbook.compiled.queues[assessment.route]) > 1:
        reason = f"because {condition_words(rule.block.when, playbook)}" if rule.block.when else "because no other queue of the route fits"
        yield f"It is the queue {assessment.queue} {reason}. ({playbook.where(rule.line)})"
    members = playbook.queues.get(assessment.queue, {})
    if len(members) == 1:
        yield f"Its leads go to {playbook.people[next(iter(members))].name}."
    elif members:
        total = sum(members.values())
        shares = [f"{playbook.people[member].name} ({weight} of {total})" for member, weight in members.items()]
        yield f"Its leads go in turn to {', '.join(shares[:-1])} and {shares[-1]}."


def _score(name: str, score: Score) -> str:
    known = f"{round(100 * score.coverage)} % of what counts is known"
    span = f"; what is unknown could make it {score.lowest} to {score.highest}" if score.lowest != score.highest else ""
    return f"{name.capitalize()} is {score.band}, {score.points} of 100 points. {known}{span}."


def _contribution(given: Contribution, playbook: Playbook) -> str:
    quote = f', said as "{given.quote}"' if given.quote else ""
    return f"{given.points:+d}: {reason_of_points(given, playbook)}{quote} ({given.rule}, {given.source})."


def reason_of_points(given: Contribution, playbook: Playbook) -> str:
    """Return what gave or took the points: an answer, a signal, its age, a limit or a cap."""
    if given.rule.endswith(".decay"):
        return f"age of the signal, {given.value}"
    if given.fact == "signals":
        return signal_words(str(given.value))
    if given.rule.endswith(".most"):
        what = playbook.fact_name(given.fact) if given.fact in FACTS else f"the group {given.fact}"
        return f"limit of what {what} can give together"
    if given.fact in SCORES:
        return _limit(given, playbook)
    if given.value is None:  # A rule about something unknown.
        return f"{playbook.fact_name(given.fact)} is not known"
    return f"{playbook.fact_name(given.fact)} is {playbook.label(given.fact, given.value)}"


def _limit(given: Contribution, playbook: Playbook) -> str:
    """Return why a whole score was limited: by a cap, or because no score leaves 0 to 100."""
    for cap in getattr(playbook.data.scores, given.fact).caps:
        if cap.id == given.rule:
            return f"{given.fact} is at most {cap.at_most} while {condition_words(cap.when, playbook)}"
    return "limit, because a score stays within 0 and 100"


def _risks(assessment: Assessment, playbook: Playbook) -> Iterator[str]:
    lines = {rule.block.id: rule.line for rule in playbook.compiled.flags}
    for flag in assessment.flags:
        quote = f' They said: "{flag.quote}".' if flag.quote else ""
        yield _cited(f"Risk: {flag.reason}{quote}", flag.id, lines[flag.id], playbook)


def _other_routes(assessment: Assessment, playbook: Playbook) -> Iterator[str]:
    taken = next(rule for rule in playbook.compiled.routes if rule.block.id == assessment.route_rule)
    nearest = nearest_rules(assessment.situation, taken, playbook)
    for other, reasons in assessment.why_not.items():
        text = f"Why not {playbook.routes[other].words}: {' '.join(reasons)}"
        if other in nearest:
            rule = nearest[other][1]
            text = _cited(text, rule.block.id, rule.line, playbook)
        yield text


def _open(assessment: Assessment, playbook: Playbook) -> Iterator[str]:
    if assessment.missing:
        yield f"Not known yet: {', '.join(playbook.fact_name(fact) for fact in assessment.missing)}."
    for how, words in (("refused", "They would not say"), ("dont_know", "They do not know")):
        facts = [playbook.fact_name(fact) for fact, found in assessment.not_known.items() if found == how]
        if facts:
            yield f"{words}: {', '.join(facts)}."


def _next_step(assessment: Assessment, playbook: Playbook) -> Iterator[str]:
    rule = next_step_rule(assessment.situation, assessment.route, playbook)
    yield f"{sentence(f'Next: {rule.block.say}')} ({playbook.where(rule.line)})"
    if assessment.nurture is not None:
        fact = assessment.nurture.because_of
        reason = f", woken by {playbook.fact_name(fact)}" if fact else ""
        yield f"Nurture track {assessment.nurture.track}{reason}: {nurture_words(assessment.nurture)} ({assessment.nurture.source})"


def _cited(text: str, rule: str, line: int, playbook: Playbook) -> str:
    return f"{sentence(text)} ({rule}, {playbook.where(line)})"
