"""The figures of the reports, by rows made by hand and counted by hand."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.reports import answers, bands, funnel, questions, rejections
from leads.reports.answers import Promise
from leads.reports.bands import Decided
from leads.reports.figures import ENOUGH, Share, differs, quantile, wilson
from leads.reports.funnel import STEPS, Reached
from leads.reports.period import chosen, preset
from leads.reports.questions import Endings, Outcomes
from leads.reports.rejections import Said
from leads.reports.what_it_points_to import findings

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = date(2026, 11, 24)
ZONE = "America/New_York"


def test_a_share_under_the_minimum_says_so_and_keeps_its_counts() -> None:
    assert Share(9, 19).words == "not enough data yet (9 of 19)" and Share(10, 20).words == "50 % (10 of 20)"


def test_wilson_intervals_are_those_of_the_textbook() -> None:
    # Newcombe 1998, table I, method 3.
    assert [tuple(round(end, 4) for end in wilson(part, of) or ()) for part, of in ((81, 263), (15, 148), (0, 20), (1, 29))] == [
        (0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718),
    ]
    assert wilson(0, 0) is None


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_holds_its_share_and_stays_between_0_and_1(part: int, more: int) -> None:
    of = part + more
    low, high = wilson(part, of) or (1, 0)
    assert 0 <= low <= part / of <= high <= 1


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_a_quantile_is_a_value_that_was_there_and_half_are_not_above_the_median(values: list[int]) -> None:
    ordered = sorted(values)
    median, p90 = quantile(ordered, 0.5), quantile(ordered, 0.9)
    assert median in values and p90 in values
    assert 2 * sum(value <= median for value in values) >= len(values) and 10 * sum(value <= p90 for value in values) >= 9 * len(values)  # type: ignore[operator]


def test_a_difference_of_few_cases_is_no_difference() -> None:
    assert differs(Share(30, 60), Share(15, 60)) and not differs(Share(3, 6), Share(1, 6)) and not differs(Share(1, 0), Share(1, 2))


def test_the_funnel_counts_who_reached_a_stage_or_went_beyond() -> None:
    steps = funnel.funnel([Reached("chat", 0, 10), Reached("form", 1, 5), Reached("chat", 2, 3), Reached("chat", 4, 2)])
    assert [step.leads for step in steps] == [20, 10, 5, 2, 2, 0]
    assert [step.of_before for step in steps[:3]] == [None, Share(10, 20), Share(5, 10)] and steps[3].of_all == Share(2, 20)


def test_groups_are_the_largest_first_and_what_is_not_known_is_last() -> None:
    found = funnel.groups([Reached(None, 0, 50), Reached("a", 0, 1), Reached("b", 5, 2)])
    assert [(group.name, group.reached) for group in found] == [("b", (2,) * 6), ("a", (1, 0, 0, 0, 0, 0)), (None, (50, 0, 0, 0, 0, 0))]


@given(st.lists(st.builds(Reached, st.sampled_from(["a", "b", None]), st.integers(0, len(STEPS) - 1), st.integers(0, 50))))
def test_the_funnel_never_widens_and_its_groups_add_up_to_it(rows: list[Reached]) -> None:
    whole = [step.leads for step in funnel.funnel(rows)]
    assert whole == sorted(whole, reverse=True)
    assert [sum(column) for column in zip(*(group.reached for group in funnel.groups(rows)), strict=True)] in (whole, [])


def test_questions_add_up_and_what_was_lost_is_those_who_left_times_the_share_of_mqls_among_the_others() -> None:
    rows = [
        Outcomes("email", "answered", 60, 45, 3, 2), Outcomes("email", "skipped", 20, 5, 0, 4), Outcomes("email", "abandoned", 15, 6, 0, 1),
        Outcomes("email", "passed_over", 5, 1, 1, 0), Outcomes("phone", "answered", 3, 1, 0, 0),
    ]
    email, phone = questions.questions(rows)
    assert (email.shown, email.answered, email.skipped, email.abandoned, email.passed_over) == (100, 60, 20, 15, 5)
    assert (email.corrected, email.repeated, email.went_on_qualified, email.left) == (4, 7, 51, Share(15, 100))
    assert email.cost == 9  # 15 × 51 / 85
    assert phone.cost is None  # of three nothing can be said


def test_talks_add_up_and_say_where_most_left() -> None:
    rows = [
        Endings("spring", "finished", None, 30), Endings("spring", "quiet", "email", 6), Endings("spring", "quiet", "phone", 2),
        Endings("spring", "stopped", "email", 1), Endings("spring", "gone", None, 9), Endings(None, "quiet", "org_type", 4),
    ]
    spring, other = questions.talks(rows)
    assert (spring.begun, spring.finished, spring.stopped, spring.left, spring.mostly_at, spring.mostly) == (39, 30, 1, 8, "email", 6)
    assert questions.total([spring, other]).begun == 43 and other.left_share.words == "not enough data yet (4 of 4)"


def promise(minutes: int | None, *, due: int = 60, group: str = "direct_sales", started: datetime = NOW - timedelta(hours=5)) -> Promise:
    answered = None if minutes is None else started + timedelta(minutes=minutes)
    return Promise(group, "form", None, None, started, started + timedelta(minutes=due), answered, minutes)


def test_promises_are_kept_late_missed_or_running_and_those_that_run_are_no_failure() -> None:
    rows = [promise(10), promise(60), promise(61), promise(200), promise(None), promise(None, due=600)]
    found = answers.summed(rows, now=NOW)
    assert (found.promised, found.kept_in_time, found.late, found.missed, found.running) == (6, 2, 2, 1, 1)
    assert found.kept == Share(2, 5) and (found.median, found.p90, found.wall_median) == (60, 200, 60)


def test_an_answer_of_unknown_length_counts_for_the_promise_alone() -> None:
    start = NOW - timedelta(hours=2)
    found = answers.summed([Promise("x", "form", None, None, start, NOW, start + timedelta(minutes=5), None)], now=NOW)
    assert found.kept == Share(1, 1) and (found.median, found.wall_median) == (None, 5)


def test_bands_are_judged_by_what_sales_accepted() -> None:
    rows = [Decided("high", "low", "low", 50, 45, 20, 5), Decided("low", "high", "low", 50, 10, 2, 0), Decided("medium", "low", None, 5, 5, 0, 0)]
    low, medium, high = bands.bands(rows, "fit")
    assert (low.accepted, medium.accepted, high.accepted, high.opportunities, high.won) == (
        Share(10, 50), Share(5, 5), Share(45, 50), Share(20, 50), Share(5, 50))  # fmt: skip
    assert bands.verdict("fit", [low, medium, high]) == "Fit orders what sales accepts: 90 % of high against 20 % of low, beyond chance."
    assert bands.verdict("intent", bands.bands(rows, "intent")) == (
        "Look at the weights of intent: sales accepted 91 % of low but 20 % of high, so the score does not order what they accept.")  # fmt: skip
    assert bands.verdict("readiness", bands.bands(rows, "readiness")).startswith("Not enough data yet")


PAYER = ["fit.org_type", 40, "payer", "default.yml:91"]
CLINIC = ["fit.org_type", 45, "clinic_group", "default.yml:91"]
USER = ["readiness.buying_role", 2, "user", "default.yml:139"]


def decided() -> list[Said]:
    """24 accepted clinics; 12 payers of one campaign rejected as a poor segment; 3 users rejected as wrong contacts."""
    return [
        *(Said(True, None, "clinic_group", "spring", [CLINIC]) for _ in range(24)),
        *(Said(False, "poor_segment", "payer", "wellness", [PAYER]) for _ in range(12)),
        *(Said(True, None, "payer", "wellness", [PAYER]) for _ in range(8)),
        *(Said(False, "wrong_contact", "clinic_group", "spring", [CLINIC, USER]) for _ in range(3)),
    ]


def test_rejections_by_reason_segment_and_campaign() -> None:
    said = decided()
    assert [(reason, share) for reason, share in rejections.by_reason(said) if share.part] == [
        ("poor_segment", Share(12, 15)), ("wrong_contact", Share(3, 15))]  # fmt: skip
    payer, clinic = rejections.crossed(said, lambda one: one.segment)
    assert (payer.name, payer.rejected, payer.reasons["poor_segment"]) == ("payer", Share(12, 20), 12)
    assert (clinic.name, clinic.rejected, clinic.reasons["wrong_contact"]) == ("clinic_group", Share(3, 27), 3)
    assert rejections.in_full(said) == [("payer", "wellness", "poor_segment", 12, 20), ("clinic_group", "spring", "wrong_contact", 3, 27)]


def test_what_rejections_have_in_common_names_the_rule_its_line_and_the_campaign() -> None:
    poor, wrong = findings(decided())
    (common,) = poor.common
    assert (common.rule, common.what, common.points, common.source) == ("fit.org_type", "payer", 40, "default.yml:91")
    assert (common.rejected, common.accepted, common.lift) == (Share(12, 12), Share(8, 32), 4.0)
    assert poor.sentences == [
        "`fit.org_type` gave 40 points for `payer` to 100 % of these (12 of 12) against 25 % of accepted leads (default.yml:91). If sales does not "
        "want these, lower those points or cap them; if they do, look at whom the campaign targets.",
        "Campaign “wellness”: 60 % (12 of 20) of its decided leads were rejected for this, elsewhere 0 %. Look at whom it targets and what its page "
        "promises.",
    ]
    assert wrong.common == [] and wrong.sentences == [
        "Not enough data yet: this needs 10 rejections for the reason and 20 accepted leads; there are 3 and 32."]  # fmt: skip


def test_what_was_not_known_is_named_as_a_question_to_ask() -> None:
    said = [*(Said(True, None, rules=[CLINIC]) for _ in range(30)), *(Said(False, "no_budget_path", rules=[CLINIC], unknown=["budget_status"]) for _ in range(10))]
    (found,) = findings(said)
    assert found.sentences == [
        "`budget_status` was not known of 100 % of these (10 of 10) against 0 % of accepted leads. Ask it earlier, or word it so that people answer."]  # fmt: skip


def test_points_that_everybody_has_or_that_cost_something_are_in_common_with_nobody() -> None:
    cost = ["intent.timeline", -15, "none", "default.yml:126"]
    rejected = [Said(False, "no_project", rules=[CLINIC, cost]) for _ in range(40)]
    (found,) = findings([*rejected, *(Said(True, None, rules=[CLINIC]) for _ in range(40))])
    assert found.common == []


@pytest.mark.parametrize(("reason", "words"), [
    ("no_project", "`timeline`"), ("wrong_contact", "`buying_role`"), ("no_budget_path", "`readiness.budget_status`"), ("poor_segment", "campaigns target"),
    ("other", "read their notes"),
])  # fmt: skip
def test_where_no_rule_stands_out_the_sentence_says_where_else_to_look(reason: str, words: str) -> None:
    said = [*(Said(True, None, rules=[CLINIC]) for _ in range(ENOUGH)), *(Said(False, reason, rules=[CLINIC]) for _ in range(10))]
    (found,) = findings(said)
    assert words in found.sentences[0]


def test_a_preset_ends_today_and_custom_days_are_taken_whole_in_the_zone_of_the_business() -> None:
    assert chosen({}, today=TODAY, zone=ZONE) == preset("half", today=TODAY, zone=ZONE)
    period = chosen({"from": "2026-11-01", "to": "2026-11-02"}, today=TODAY, zone=ZONE)
    # Summer time ends on the 1st, so that day has 25 hours.
    assert (period.start, period.end) == (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 3, 5, tzinfo=UTC))
    assert period.words == "1 November 2026 to 2 November 2026" and period.file_part == "2026-11-01_2026-11-02"


def test_months_cover_the_period_without_gap_or_overlap() -> None:
    period = chosen({"from": "2026-01-15", "to": "2026-11-02"}, today=TODAY, zone=ZONE)
    months = period.months()
    assert [first.month for first, _, _ in months] == list(range(1, 12)) and months[0][1] == period.start and months[-1][2] == period.end
    assert all(end == start for (_, _, end), (_, start, _) in pairwise(months))


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"range": "century"}, "Please choose one of the ranges; there is none called “century”."),
    ({"from": "2026-11-03", "to": "2026-11-02"}, "“From” (2026-11-03) is after “To” (2026-11-02). Please swap them."),
    ({"from": "soon", "to": "2026-11-02"}, "“From”: expected a day like 2026-06-01, found “soon”."),
    ({"from": "2026-11-02"}, "“To”: expected a day like 2026-06-01, found nothing."),
    ({"from": "2026-12-02", "to": "2026-12-03"}, "2026-12-02 is still to come. Please choose days up to today."),
    ({"from": "1990-01-01", "to": "2026-11-02"}, "a report covers three years at most"),
])  # fmt: skip
def test_days_that_make_no_sense_are_refused_in_words(asked: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        chosen(asked, today=TODAY, zone=ZONE)
