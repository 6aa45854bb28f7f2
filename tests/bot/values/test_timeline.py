"""Moments a buyer names, read against Tuesday, 24 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.values import read_timeline

TODAY = date(2026, 11, 24)

ANSWERS = [
    ("soon as possible", "now", None),
    ("right away, honestly", "now", None),
    ("five wks", "this_quarter", None),
    ("w/in 10 days", "now", None),
    ("b4 spring comes", "half_year", None),
    ("7-9 months", "year", None),
    ("in three year", "later", None),
    ("a couple of months", "this_quarter", None),
    ("half a year", "half_year", None),
    ("a year and a half", "later", None),
    ("2y", "later", None),
    ("more than a year", "later", None),
    ("february", "half_year", "2027-02-28"),
    ("mid may", "half_year", "2027-05-15"),
    ("end of oct", "year", "2027-10-31"),
    ("2/15", "this_quarter", "2027-02-15"),
    ("8/1/27", "year", "2027-08-01"),
    ("2027-09-01", "year", "2027-09-01"),
    ("the 9th of april", "half_year", "2027-04-09"),
    ("Aug twenty third", "year", "2027-08-23"),
    ("q2", "year", "2027-06-30"),
    ("1Q28", "later", "2028-03-31"),
    ("the third quarter next year", "year", "2027-09-30"),
    ("second half of 27", "later", "2027-12-31"),
    ("next year, q1", "half_year", "2027-03-31"),
    ("year-end", "this_quarter", "2026-12-31"),
    ("eoy 2027", "later", "2027-12-31"),
    ("eoy 27", "later", "2027-12-31"),
    ("early 27", "this_quarter", None),
    ("EOM", "now", "2026-11-30"),
    ("by presidents day", "this_quarter", "2027-02-15"),
    ("around christmas", "this_quarter", "2026-12-25"),
    ("spring of 2029", "later", None),
    ("2029", "later", None),
    ("sometime next summer", "year", None),
    ("in the fall", "year", None),
    ("june or july", "year", "2027-07-31"),
    ("any point between may and august", "year", "2027-08-31"),
    ("after february", "half_year", "2027-03-01"),
    ("not until october", "year", "2027-10-31"),
    ("not before 2030", "later", None),
    ("I can't picture a start before 2029", "later", None),
    ("no later than march 12", "half_year", "2027-03-12"),
    ("2 weeks from february 1", "this_quarter", "2027-02-15"),
    ("first monday of february", "this_quarter", "2027-02-01"),
    ("second week of january", "this_quarter", "2027-01-14"),
    ("the first three months of 2028", "later", "2028-03-31"),
    ("Friday, December 18th", "now", "2026-12-18"),
    ("septmber", "year", "2027-09-30"),
    ("once the deal with our vendor ends in july", "year", "2027-07-31"),
]


@pytest.mark.parametrize(("text", "bucket", "day"), ANSWERS)
def test_a_bare_moment_answers_the_timeline_question(text: str, bucket: str, day: str | None) -> None:
    (found,) = read_timeline(text, TODAY, asked="timeline")
    assert (found.value["timeline"], found.value["timeline_date"]) == (bucket, day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("not nov 2027, nov 2028", "2028-11-30"),
        ("it was march, now it's 7/15", "2027-07-15"),
        ("the date moved from april to june", "2027-06-30"),
        ("i said q1 but it's really q4 of 2027", "2027-12-31"),
        ("scratch april. may.", "2027-05-31"),
        ("august instead of june", "2027-08-31"),
        ("slid again, pushed out to july", "2027-07-31"),
        ("I indicated the end of January earlier; having looked it up, please put April 15 instead.", "2027-04-15"),
    ],
)
def test_a_correction_wins_over_what_it_corrects(text: str, day: str) -> None:
    (found,) = read_timeline(text, TODAY, asked="timeline")
    assert found.value["timeline_date"] == day


@pytest.mark.parametrize(
    "text",
    [
        "4",
        "seven",
        "just curious, nothing planned",
        "volume is down 18% since july",
        "we dropped our old vendor in june",
        "on Solutionreach since '21",
        "the person who built it left in 2022",
        "been on hold 12 days now",
        "we are open 6 days a week",
        "last quarter",
        "over the past 8 months",
        "5 weeks ago",
        "a 61-year-old with diabetes",
        "no-shows run us 90k a year",
        "what is a normal rollout, 8 weeks?",
        "what is on tv this week",
        "october was rough for us",
        "let's meet friday at 2 pm",
        "right now the girls use a whiteboard",
    ],
)
def test_habits_the_past_and_questions_are_no_timeline_even_when_asked(text: str) -> None:
    assert read_timeline(text, TODAY, asked="timeline") == []


@pytest.mark.parametrize(
    ("text", "bucket", "day"),
    [
        ("has to be live by may 3", "half_year", "2027-05-03"),
        ("11 clinics, cutover in 5 wks", "this_quarter", None),
        ("pilot by 1/20, needs a BAA", "this_quarter", "2027-01-20"),
        ("Kicking off in January would be our preference", "this_quarter", "2027-01-31"),
        ("hoping to have this going by Thanksgiving", "now", "2026-11-26"),
        ("vendor decision is due feb 26", "half_year", "2027-02-26"),
        ("need this asap", "now", None),
    ],
)
def test_a_volunteered_moment_counts_beside_a_word_of_the_project(text: str, bucket: str, day: str | None) -> None:
    (found,) = read_timeline(text, TODAY, asked=None)
    assert (found.value["timeline"], found.value["timeline_date"]) == (bucket, day)


@pytest.mark.parametrize(
    "text",
    [
        "free dec 8 at 10am to meet",
        "our agreement is up in may",
        "spending for the new year is set in june",
        "new patients wait 7 weeks",
        "calls go out within 3 days of discharge",
        "30-day readmissions",
        "we may add telehealth",
        "Summer Valley Clinic",
        "authorizations sit 8 days",
        "march of dimes partner site",
    ],
)
def test_a_volunteered_moment_of_something_else_is_left_alone(text: str) -> None:
    assert read_timeline(text, TODAY, asked=None) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("our fiscal year starts in october, so Q2", "2027-03-31"),
        ("FY ends in june, we want it by q4", "2027-06-30"),
        ("q2, calendar", "2027-06-30"),
    ],
)
def test_quarters_follow_the_fiscal_year_only_when_it_is_stated(text: str, day: str) -> None:
    (found,) = read_timeline(text, TODAY, asked="timeline")
    assert found.value["timeline_date"] == day


def test_a_bare_fiscal_year_is_put_to_the_person_before_it_counts() -> None:
    (found,) = read_timeline("fy29", TODAY, asked="timeline")
    assert found.confidence < 0.6


def test_a_named_date_wins_over_a_passing_now() -> None:
    (found,) = read_timeline("we use paper now, go live is planned for 3/1", TODAY, asked="timeline")
    assert found.value["timeline_date"] == "2027-03-01"


@pytest.mark.parametrize(("days", "bucket"), [(30, "now"), (31, "this_quarter"), (90, "this_quarter"), (91, "half_year")])
def test_spans_keep_to_the_bucket_borders(days: int, bucket: str) -> None:
    (found,) = read_timeline(f"{days} days", TODAY, asked="timeline")
    assert found.value["timeline"] == bucket


@pytest.mark.parametrize("text", ["29 feb", "the 31st", "december", "q4"])
def test_a_moment_without_a_year_lies_ahead(text: str) -> None:
    (found,) = read_timeline(text, TODAY, asked="timeline")
    assert found.value["timeline_date"] >= TODAY.isoformat()
