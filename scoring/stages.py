"""Move a lead from stage to stage: facts reach at most mql, everything beyond is a person's action and a legal move."""

from dataclasses import dataclass

from scoring.blocks import Move as MoveBlock
from scoring.compiled import Rule
from scoring.engine import Assessment
from scoring.facts import did_you_mean
from scoring.playbook import Playbook
from scoring.reasons import unmet_reasons

BY_FACTS = ("inquiry", "mql", "nurture", "disqualified")
REJECTION_REASONS = ("no_project", "poor_segment", "wrong_contact", "no_budget_path", "other")


class IllegalMove(ValueError):
    """The action is not possible from this stage, or its entry rule does not hold; the message says which."""


@dataclass(frozen=True, slots=True)
class StageChange:
    """The stage after an action, the rule that gave it ("accept", "stage.dated", ...), why, and the rule's place."""

    stage: str
    rule: str
    why: str
    source: str


def advance(
    stage: str, action: str, assessment: Assessment, playbook: Playbook, *, reason: str | None = None
) -> StageChange:
    """Return the stage after `action`, by the moves of the playbook.

    Args:
        action: accept, reject (with one of REJECTION_REASONS), qualify, nurture, opportunity, won, lost, or "rescore" after
            facts or signals changed: a lead that no person has taken yet follows its facts, an sal lead becomes sql
            once its rule holds, any other stays.
        assessment: of the lead as it is now.
    Raises:
        IllegalMove: not possible from this stage, or the entry rule does not hold; the message says what is lacking.
    """
    if action == "rescore":
        return _rescore(stage, assessment, playbook)
    moves = [move for move in playbook.compiled.moves if move.block.action == action]
    if not moves:
        actions = [*dict.fromkeys(move.block.action for move in playbook.compiled.moves), "rescore"]
        raise IllegalMove(
            f"There is no action '{action}'.{did_you_mean(action, actions)} Actions: {', '.join(actions)}."
        )
    for move in moves:
        if stage in move.block.start:
            return _apply(move, action, assessment, playbook, reason)
    starts = list(dict.fromkeys(start for move in moves for start in move.block.start))
    raise IllegalMove(
        f"A lead in stage {stage} cannot be moved by '{action}'; this is possible from {', '.join(starts)}."
    )


def _apply(
    move: Rule[MoveBlock], action: str, assessment: Assessment, playbook: Playbook, reason: str | None
) -> StageChange:
    unmet = unmet_reasons(move.when, assessment.situation, playbook)
    if unmet:
        raise IllegalMove(f"'{action}' is not possible yet. {' '.join(unmet)}")
    to = move.block.to
    if isinstance(to, dict):
        found = next((stage for name, stage in to.items() if name == reason), None)
        if found is None:
            raise IllegalMove(f"'{action}' needs one reason of {', '.join(to)}; found {reason or 'none'}.")
        return StageChange(found, f"{action}.{reason}", move.block.why, playbook.where(move.line))
    return StageChange(to, action, move.block.why, playbook.where(move.line))


def _rescore(stage: str, assessment: Assessment, playbook: Playbook) -> StageChange:
    if stage in BY_FACTS:
        line = next(rule.line for rule in playbook.compiled.stages if rule.block.id == assessment.stage_rule)
        return StageChange(assessment.stage, assessment.stage_rule, assessment.stage_why, playbook.where(line))
    for move in playbook.compiled.moves:
        if move.block.action == "qualify" and stage in move.block.start and move.when.holds(assessment.situation):
            return _apply(move, "qualify", assessment, playbook, None)
    return StageChange(stage, "unchanged", "A person decides from here on.", playbook.where(1))


def lacking_for_sql(assessment: Assessment, playbook: Playbook) -> list[str]:
    """Return what an accepted lead still lacks to become sql, one sentence each; [] when the rule holds."""
    moves = [move for move in playbook.compiled.moves if move.block.action == "qualify"]
    lacking = [unmet_reasons(move.when, assessment.situation, playbook) for move in moves]
    return min(lacking, key=len, default=[])
