"""What the rejections for one reason have in common, and what that points to: whom a campaign targets, a question's wording, a weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leads.reports.figures import ENOUGH, Share, differs
from leads.reports.rejections import Said

# Fewer rejections for a reason than this say nothing about what they have in common.
FEWEST = 10
MOST_SHOWN = 5
UNKNOWN = "not known"
# A rule and the value it gave points for, or UNKNOWN and a fact.
type _Feature = tuple[str, str | None]


@dataclass(frozen=True)
class Common:
    """Something that rejected leads had more often than accepted ones.

    Attributes:
        rule: the rule that gave points, or "not known" for a fact nobody knew. what: the value it gave them for, or the fact.
        source: the rule's line, e.g. "default.yml:42"; "" for what was not known.
    """

    rule: str
    what: str | None
    points: int
    source: str
    rejected: Share
    accepted: Share

    @property
    def lift(self) -> float | None:
        """How many times as often among the rejected; None where no accepted lead had it."""
        return (self.rejected.value or 0) / self.accepted.value if self.accepted.value else None


@dataclass(frozen=True)
class Finding:
    """What one reason points to. common: the most telling first; sentences: what to look at."""

    reason: str
    rejections: int
    common: list[Common]
    sentences: list[str]


@dataclass(frozen=True)
class _Look:
    """Where a reason is to be looked for: rules by the beginning of their names, and the facts they go by."""

    rules: tuple[str, ...]
    facts: tuple[str, ...]
    otherwise: str
    then: str


_LOOKS: Mapping[str, _Look] = {
    "poor_segment": _Look(
        ("fit.",), ("org_type", "org_size"), "the fit weights set them apart from accepted leads nowhere, so look at whom campaigns target",
        "If sales does not want these, lower those points or cap them; if they do, look at whom the campaign targets",
    ),
    "no_project": _Look(
        ("intent.",), ("timeline",),
        "the intent rules set them apart nowhere, so look at how the question about timing (`timeline`) is worded",
        "Lower what counts as intent without a project, or word the question about timing (`timeline`) so that “no project” is easy to say",
    ),
    "wrong_contact": _Look(
        ("readiness.buying_role", "readiness.stakeholders"), ("buying_role", "stakeholders"),
        "the points for people set them apart nowhere, so look at how the question about their part in the decision (`buying_role`) is "
        "worded",
        "Look at how the question about their part in the decision (`buying_role`) is worded, and at what these points are worth",
    ),
    "no_budget_path": _Look(
        ("readiness.budget",), ("budget_status", "budget_amount"),
        "the points for money set them apart nowhere, so look at the weight of `readiness.budget_status` and at when the question is asked",
        "Lower what this is worth for readiness, or ask about money earlier",
    ),
}  # fmt: skip


def findings(said: Sequence[Said]) -> list[Finding]:
    """Return a finding for each reason that occurs, the most frequent first. `said` is newest first."""
    accepted = [one for one in said if one.accepted]
    compared = _Compared(_counts(accepted), len(accepted), _details(said))
    reasons = Counter(one.reason or "other" for one in said if not one.accepted)
    return [_finding(reason, said, compared) for reason, _ in reasons.most_common()]


@dataclass(frozen=True)
class _Compared:
    """What accepted leads had, how many they are, and the points and line of each rule as it was last."""

    accepted: Counter[_Feature]
    of: int
    details: Mapping[_Feature, tuple[int, str]]


def _finding(reason: str, said: Sequence[Said], compared: _Compared) -> Finding:
    own = [one for one in said if not one.accepted and one.reason == reason]
    if len(own) < FEWEST or compared.of < ENOUGH:
        needed = (
            f"Not enough data yet: this needs {FEWEST} rejections for the reason and {ENOUGH} accepted leads; there are {len(own):,} and "
            f"{compared.of:,}."
        )
        return Finding(reason, len(own), [], [needed])
    common = _in_common(own, compared)
    sentences = [sentence for sentence in (_rule_sentence(reason, common), _campaign_sentence(reason, said)) if sentence]
    return Finding(reason, len(own), common[:MOST_SHOWN], sentences)


def _in_common(rejected: Sequence[Said], compared: _Compared) -> list[Common]:
    """What rejected leads had more often than accepted ones, beyond chance, the largest difference first."""
    found = []
    for feature, count in _counts(rejected).items():
        both = Share(count, len(rejected)), Share(compared.accepted[feature], compared.of)
        if differs(*both):
            found.append(Common(*feature, *compared.details[feature], *both))
    return sorted(found, key=lambda one: ((one.accepted.value or 0) - (one.rejected.value or 0), one.rule, one.what or ""))


def _counts(said: Sequence[Said]) -> Counter[_Feature]:
    counts: Counter[_Feature] = Counter()
    for one in said:
        counts.update({(rule, what) for rule, points, what, _ in one.rules if points > 0})
        counts.update((UNKNOWN, fact) for fact in one.unknown)
    return counts


def _details(said: Sequence[Said]) -> Mapping[_Feature, tuple[int, str]]:
    details: dict[_Feature, tuple[int, str]] = {}
    for one in said:
        for rule, points, what, source in one.rules:
            if points > 0 and (rule, what) not in details:
                details[rule, what] = points, source
        for fact in one.unknown:
            details.setdefault((UNKNOWN, fact), (0, ""))
    return details


def _rule_sentence(reason: str, common: Sequence[Common]) -> str:
    look = _LOOKS.get(reason)
    if look is None:
        return "Other reasons are in people's words: read their notes on the lead pages."
    telling = [one for one in common if one.rule.startswith(look.rules) or (one.rule == UNKNOWN and one.what in look.facts)]
    if not telling:
        return f"Of what gave points, {look.otherwise}."
    first = telling[0]
    here, there = first.rejected, first.accepted
    share = f"{here.percent} % of these ({here.part:,} of {here.of:,}) against {there.percent} % of accepted leads"
    if first.rule == UNKNOWN:
        return f"`{first.what}` was not known of {share}. Ask it earlier, or word it so that people answer."
    value = f" for `{first.what}`" if first.what else ""
    return f"`{first.rule}` gave {first.points} points{value} to {share} ({first.source}). {look.then}."


def _campaign_sentence(reason: str, said: Sequence[Said]) -> str:
    """The campaign whose leads are rejected for this reason more than those of all others, beyond chance."""
    campaigns = Counter(one.campaign for one in said if one.campaign)
    worst: tuple[float, str] | None = None
    for campaign, number in campaigns.items():
        here = Share(sum(1 for one in said if one.campaign == campaign and one.reason == reason), number)
        there = Share(sum(1 for one in said if one.campaign != campaign and one.reason == reason), len(said) - number)
        apart = (here.value or 0) - (there.value or 0)
        if here.is_enough and differs(here, there) and (worst is None or apart > worst[0]):
            words = f"Campaign “{campaign}”: {here.words} of its decided leads were rejected for this, elsewhere {there.percent} %"
            worst = apart, words
    return f"{worst[1]}. Look at whom it targets and what its page promises." if worst else ""
