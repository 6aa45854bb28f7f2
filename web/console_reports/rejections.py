"""Why sales rejects leads, what rejected leads have in common, and what that points to."""

from __future__ import annotations

from leads.reports import rejections
from leads.reports.what_it_points_to import UNKNOWN, findings
from store.report_queries import MOST_COMPARED
from web import phrases, report_charts
from web.console_reports.parts import Asked, Report, Section, count, section
from web.report_tables import Table


def make(asked: Asked) -> Report:
    """Return the report."""
    said = asked.queries.said(asked.period)
    rejected = sum(1 for one in said if not one.accepted)
    intro = (
        f"Sales decided on {count(len(said), 'lead')} in these days and rejected {rejected:,} of them. A lead that was decided on more "
        "than once counts "
        "once, by the last decision, with its scores of that moment."
    )
    by_reason = rejections.by_reason(said)
    chart = report_charts.bars(
        "Reasons of rejections", "How many leads were rejected for each reason; the table has the figures",
        [(_reason(reason), [("four", share.part)], f"{share.part:,} · {share.percent} %") for reason, share in by_reason if share.part],
        most=max((share.part for _, share in by_reason), default=0),
    )  # fmt: skip
    reasons = Table(
        "reasons",
        "Rejections by reason",
        ("Reason", "Rejections", "Of all rejections"),
        [(_reason(reason), share.part, share) for reason, share in by_reason] if rejected else [],
        "Of all rejections of these days.",
    )
    sections = [section("Why", reasons, chart=chart)]
    if rejected:
        sections.append(
            Section(
                "What they point to",
                [
                    "What rejected leads had more often than accepted ones, beyond chance. With many rules compared, one in twenty "
                    "stands out by chance alone: a reason to look, not a proof. "
                    f"Of more than {MOST_COMPARED:,} decided leads the newest are compared.",
                ],
            )
        )
        for found in findings(asked.queries.said_lately(asked.period)):
            table = Table(
                f"common_{found.reason}", f"More common among leads rejected for: {_reason(found.reason).lower()}",
                ("Rule", "Value", "Points", "Line", "Of these", "Of accepted", "Times as often"),
                [(UNKNOWN.capitalize() if one.rule == UNKNOWN else one.rule, _what(asked, one.rule, one.what), one.points or None,
                  one.source or None,
                  one.rejected, one.accepted, f"{one.lift:.1f}" if one.lift else "only here") for one in found.common],
                "Of these: of the leads rejected for this reason. Of accepted: of all accepted leads of these days.",
            )  # fmt: skip
            sections.append(
                Section(
                    f"{_reason(found.reason)} ({found.rejections:,})",
                    table=table if found.common else None,
                    points=found.sentences,
                    level=3,
                )
            )
    for group, word in (("segment", "Segment"), ("campaign", "Campaign")):
        crossed = rejections.crossed(said, lambda one, group=group: getattr(one, group))  # type: ignore[misc]
        sections.append(
            section(
                f"By {word.lower()}",
                Table(
                    f"by_{group}",
                    f"Rejections by {word.lower()} and reason",
                    (word, "Decided", "Rejected", *(_reason(reason) for reason in rejections.REASONS)),
                    [(asked.word(group, own.name), own.rejected.of, own.rejected, *own.reasons.values()) for own in crossed],
                    "Rejected: of the leads of the row that sales decided on. The reasons add up to the rejected ones.",
                ),
            )
        )
    sections.append(
        section(
            "Segment, campaign and reason",
            Table(
                "in_full",
                "Rejections by segment, campaign and reason",
                ("Segment", "Campaign", "Reason", "Rejections", "Decided"),
                [
                    (asked.word("segment", segment), asked.word("campaign", campaign), _reason(reason), count, of)
                    for segment, campaign, reason, count, of in rejections.in_full(said)
                ],
                "Decided: leads of this segment and campaign that sales accepted or rejected.",
                shown=20,
            ),
        )
    )
    return Report("rejections", intro, sections)


def _reason(reason: str) -> str:
    return "Other" if reason == "other" else phrases.REJECTION_REASONS.get(reason, phrases.name(reason))


def _what(asked: Asked, rule: str, what: str | None) -> str:
    if what is None:
        return "any"
    if rule == UNKNOWN:
        return asked.question(what)
    fact = rule.partition(".")[2]
    return asked.playbook.label(fact, what) if fact in asked.playbook.labels else phrases.name(what)
