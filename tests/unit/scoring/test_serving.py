"""Several playbooks side by side: who serves a page or campaign, and mistakes of the set."""

from pathlib import Path

import pytest

from scoring.playbook import Playbook, parse_playbook
from scoring.serving import check_set, choose

SMALL = (Path(__file__).parents[2] / "bad_playbooks" / "_good.yml").read_text(encoding="utf-8")


def playbook(name: str, *, pages: str = "", campaigns: str = "", everything: bool = False) -> Playbook:
    """A small playbook of a name, in a file of that name."""
    serves = "" if everything else f"serves: {{since: 2026-11-01, source: tests, pages: [{pages}], campaigns: [{campaigns}]}}\n"
    return parse_playbook(SMALL.replace("name: small\n", f"name: {name}\n{serves}", 1), f"{name}.yml")


SCHEDULING = playbook("scheduling", pages='"https://example.com/scheduling/*", "https://book.example.com/*"', campaigns="spring-scheduling, sched-*")
BILLING = playbook("billing", pages='"https://example.com/billing*"')
REST = playbook("rest", everything=True)
ALL = [SCHEDULING, BILLING, REST]


@pytest.mark.parametrize(("page", "campaign", "name"), [
    ("https://example.com/scheduling/clinics", None, "scheduling"),
    ("https://EXAMPLE.com/scheduling/?utm_campaign=x#top", None, "scheduling"),
    ("https://example.com/scheduling", None, "rest"),
    ("https://example.com/billing/codes", None, "billing"),
    ("https://example.com.evil.example/scheduling/", None, "rest"),
    ("http://example.com/scheduling/x", None, "rest"),
    ("https://example.com/", "Spring-Scheduling", "scheduling"),
    ("https://example.com/billing", "sched-2027", "scheduling"),
    ("https://example.com/", "spring", "rest"),
    ("terminal:", None, "rest"), ("http://[broken", None, "rest"), ("", "", "rest"), (None, None, "rest"),
])  # fmt: skip
def test_the_first_whose_pattern_matches_serves_and_the_rest_goes_to_the_default(page: str | None, campaign: str | None, name: str) -> None:
    assert choose(ALL, page=page, campaign=campaign).name == name


def test_brackets_and_question_marks_in_a_campaign_are_themselves() -> None:
    odd = playbook("odd", campaigns='"[a-z]?"')
    assert choose([odd, REST], page=None, campaign="b1").name == "rest" and choose([odd, REST], page=None, campaign="[a-z]?").name == "odd"


def test_a_sound_set_has_no_problem() -> None:
    assert check_set(ALL) == [] and check_set([REST]) == []


def test_two_of_one_name_are_refused_at_the_second() -> None:
    (problem,) = check_set([*ALL, playbook("billing", pages='"https://other.example/*"')])
    assert str(problem) == "billing.yml:2:7: the name 'billing' is taken by billing.yml:2. Give each playbook its own name"


def test_a_second_default_is_refused_where_it_stands() -> None:
    (problem,) = check_set([REST, playbook("more", everything=True)])
    assert str(problem).startswith("more.yml:2:1: expected 'serves' with pages or campaigns, found none here and none in rest.yml")


def test_a_set_without_a_default_is_refused() -> None:
    (problem,) = check_set([SCHEDULING, BILLING])
    assert str(problem).startswith("billing.yml:3:1: every playbook has 'serves', so no one serves the other pages.")


@pytest.mark.parametrize(("first", "second", "place"), [
    ({"pages": '"https://example.com/*"'}, {"pages": '"https://example.com/billing/*"'}, "second.yml:3:52"),
    ({"pages": '"https://example.com/a*z"'}, {"pages": '"https://example.com/a/*/z"'}, "second.yml:3:52"),
    ({"campaigns": '"spring*"'}, {"campaigns": "Spring-2027"}, "second.yml:3:67"),
])  # fmt: skip
def test_a_pattern_that_an_earlier_playbook_catches_is_reported(first: dict[str, str], second: dict[str, str], place: str) -> None:
    (problem,) = check_set([playbook("first", **first), playbook("second", **second), REST])  # type: ignore[arg-type]
    assert str(problem).startswith(f"{place}: '") and "first.yml:3 matches all of it and comes first" in str(problem)


def test_patterns_that_only_share_some_pages_stand_side_by_side() -> None:
    narrow, wide = playbook("narrow", pages='"https://example.com/billing/*"'), playbook("wide", pages='"https://example.com/*"')
    assert check_set([narrow, wide, REST]) == []
