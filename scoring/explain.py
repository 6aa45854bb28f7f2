"""Turn an assessment into plain sentences: the decision, which answer gave which points, why not the other routes."""

from scoring.engine import Assessment, Contribution, Score
from scoring.playbook import Playbook


def explain(assessment: Assessment, playbook: Playbook) -> list[str]:
    """Return sentences for a person, the decision first; every number names the line of the playbook it comes from."""
    priority = " with priority" if assessment.priority else ""
    route = playbook.routes[assessment.route].words
    lines = [f"Stage {assessment.stage}: {assessment.stage_why}", f"Goes to {route}{priority}: {assessment.why[0]}"]
    for name, score in assessment.scores.items():
        lines.append(_score_sentence(name, score))
        lines += [_contribution_sentence(given, playbook) for given in score.contributions]
    lines += [
        f"Risk: {flag.reason}" + (f' They said: "{flag.quote}".' if flag.quote else "") for flag in assessment.flags
    ]
    for other, reasons in assessment.why_not.items():
        lines.append(f"Why not {playbook.routes[other].words}: {' '.join(reasons)}")
    if assessment.missing:
        lines.append(f"Not known yet: {', '.join(playbook.fact_name(fact) for fact in assessment.missing)}.")
    for how, words in (("refused", "They would not say"), ("dont_know", "They do not know")):
        facts = [playbook.fact_name(fact) for fact, found in assessment.not_known.items() if found == how]
        lines += [f"{words}: {', '.join(facts)}."] if facts else []
    lines.append(f"Next: {assessment.next_step}")
    return lines


def _score_sentence(name: str, score: Score) -> str:
    known = f"{round(100 * score.coverage)} % of what counts is known"
    span = f"; what is unknown could make it {score.lowest} to {score.highest}" if score.lowest != score.highest else ""
    return f"{name.capitalize()} is {score.band}, {score.points} of 100 points. {known}{span}."


def _contribution_sentence(given: Contribution, playbook: Playbook) -> str:
    quote = f', said as "{given.quote}"' if given.quote else ""
    if given.rule.endswith((".most", ".limit", ".decay")) or ".cap." in given.rule:
        kind = "age of the signal" if given.rule.endswith(".decay") else "limit"
        return f"{given.points:+d}: {kind} ({given.rule}, {given.source})."
    if given.fact == "signals":
        return f"{given.points:+d}: {str(given.value).replace('_', ' ')} ({given.rule}, {given.source})."
    what = f"{playbook.fact_name(given.fact)} is {playbook.label(given.fact, given.value)}"
    return f"{given.points:+d}: {what}{quote} ({given.rule}, {given.source})."
