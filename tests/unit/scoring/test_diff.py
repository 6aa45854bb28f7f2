"""What changed between two playbooks: in words, with places, and without overlooking anything."""

import copy
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from scoring import blocks
from scoring.diff import Change, diff
from scoring.diff.changes import moved_names, plain, same_condition
from scoring.playbook import Playbook, load_playbook, parse_playbook
from tests.playbooks.shipped import CLINIC_POINTS, CLINICS, FIT_HIGH, HIGH, THIS_VERSION, VERSION

PLAYBOOK = load_playbook()
EVERY_KIND = load_playbook(Path(__file__).parents[2] / "playbooks" / "every_kind.yml")  # Small: it is changed hundreds of times.
TEXT = PLAYBOOK.source.text


def changes(*replacements: tuple[str, str]) -> list[Change]:
    """Return the changes from the default playbook to one in which some words were replaced, each once."""
    text = TEXT
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return diff(PLAYBOOK, parse_playbook(text, "new.yml"))


def test_a_playbook_does_not_differ_from_itself_nor_from_its_layout() -> None:
    assert diff(PLAYBOOK, load_playbook()) == []
    assert changes(("# How Meridian", "# Another comment.\n# How Meridian"), ("timeline: [later, none]}}", "timeline: [none, later]}}")) == []


@pytest.mark.parametrize(("old", "new", "part", "kind", "words"), [
    (CLINICS, "clinic_group: 77", "Fit", "changed", f"The rule fit.org_type: multi-site clinic group gives 77 points instead of {CLINIC_POINTS}."),
    (HIGH, "high: 77}", "Fit", "changed", f"Fit is high from 77 points instead of {FIT_HIGH}."),
    ("sites: 5, beds: 200", "sites: 6, beds: 200", "Fit", "added", "The rule fit.org_size: from 6 sites, 200 beds, 25 providers, 50,000 members or 500 employees it now gives 15 points."),
    ("most: 60", "most: 55", "Fit", "changed", "The group organization gives at most 55 points instead of at most 60 points."),
    ("other: 4, none: 4}", "other: 4}", "Fit", "removed", "The rule fit.integrations: none named no longer has a line of its own (it gave 4)."),
    ("pricing_page: 12", "pricing_page: 14", "Intent", "changed", "In the group signals the signal pricing page gives 14 points instead of 12."),
    ("{weeks: 8, percent: 50}, ", "", "Fading of signals", "removed", "After 8 weeks a signal no longer drops to 50 percent."),
    ("at_most: 59", "at_most: 55", "Readiness", "changed", "The cap readiness.cap.it_review_not_mapped keeps readiness at most at 55 instead of 59."),
    ("contract_end: {within_days: 183}", "contract_end: {within_days: 90}", "Readiness", "changed",
     "The rule readiness.contract_ends_soon now holds if end of the current contract is within 90 days. Before: if end of the current contract is within 183 days."),
    ("reason: No money is set aside.", "reason: No money.", "Flags", "changed", 'The flag no_money now says "No money." instead of "No money is set aside.".'),
    ("beyond_days: 183", "beyond_days: 365", "Flags", "changed", "The flag under_contract now holds if end of the current contract is more than 365 days away. Before: if end of the current contract is more than 183 days away."),
    ("priority_respond_within_minutes: 30", "priority_respond_within_minutes: 15", "Routes", "changed",
     "The route direct_sales is now answered within 15 minutes of business time for leads that come first, instead of within 30 minutes of business time."),
    ("{queue: partners, respond", "{queue: sales, respond", "Routes", "changed", "The route partner_review now goes to the queue sales instead of partners."),
    ("when: {org_type: [payer, employer_group]}}", "when: {org_type: payer}}", "Routes", "changed",
     "The route account_based now goes to the queue health-plans if organization type is health plan or payer; else the queue key-accounts. "
     "Before: to the queue health-plans if organization type is health plan or payer or employer buying for its staff; else the queue key-accounts."),
    ("escalate_after_minutes: 30", "escalate_after_minutes: 45", "Clock", "changed",
     "Unanswered leads of the route direct_sales now escalate 45 minutes after the promised time instead of 30 minutes after the promised time."),
    ("remind_before_minutes: 120, ", "", "Clock", "changed",
     "Unanswered leads of any other route now remind their owner never instead of 120 minutes before the promised time."),
    ("leads: {otherwise: sales-lead}", "leads: {sales: desk-a, otherwise: sales-lead}", "Clock", "added", "Escalations of the queue sales now go to Sales desk A."),
    ("    otherwise: {remind_before_minutes: 120, escalate_after_minutes: 480}\n", "", "Clock", "removed",
     "Unanswered leads of any other route no longer have steps of their own. They did remind their owner 120 minutes before the promised time, escalate 480 minutes after it."),
    ("sales: {desk-a: 3, desk-b: 2}", "sales: {desk-a: 1, desk-b: 2}", "Queues", "changed", "Sales desk A has the weight 1 instead of 3 in the queue sales."),
    ("sales: {desk-a: 3, desk-b: 2}", "sales: {desk-a: 3}", "Queues", "removed", "Sales desk B no longer takes leads of the queue sales (weight 2)."),
    ("partners: {partners: 1}", "partners: {partners: 1, desk-a: 1}", "Queues", "added", "Sales desk A now takes leads of the queue partners, with weight 1."),
    ("to: 2027-01-01", "to: 2027-01-08", "Team", "changed",
     "Sales desk B (desk-b) is now away from 2026-12-21 to 2027-01-08 instead of from 2026-12-21 to 2027-01-01."),
    ("role: new business, most_open: 40", "role: new business", "Team", "changed", "Sales desk B (desk-b) may now own any number of open leads instead of at most 40 open leads."),
    ("send: the newsletter, every_weeks: 4", "send: the newsletter, every_weeks: 2", "Nurture", "changed", "The track general now sends every 2 weeks instead of 4."),
    ("wake: {after_weeks: 39}", "wake: {after_weeks: 30}", "Nurture", "changed", "The track far_off now wakes after 30 weeks instead of after 39 weeks."),
    ("fit: Fit_Score", "fit: Score_Fit", "CRM", "changed", "Fit is now called Score_Fit in the CRM instead of Fit_Score."),
    ("patience: 15", "patience: 12", "Interview", "changed", "The interview now ends after 12 questions instead of 15."),
    ("record: [current_solution, org_size,", "record: [org_size,", "Interview", "changed", "Asked for the record: no longer current solution."),
    ("What would you most like to make easier?", "What should get easier?", "Questions", "changed",
     'The question about need is now worded "What should get easier?" instead of "What would you most like to make easier?".'),
    ('{label: "Yes", value: "yes"}, {label: "No", value: "no"}, {label: Not sure yet', '{label: "Yes", value: "yes"}, {label: "Nope", value: "no"}, {label: Not sure yet',
     "Questions", "changed", 'The question about patient information now offers "Nope" instead of "No".'),
    ('opens: "08:30"', 'opens: "09:00"', "Business hours", "changed", "Business hours now begin at 09:00 instead of 08:30."),
    ("2026-11-26, 2026-11-27", "2026-11-26, 2026-11-30", "Business hours", "changed", "Holidays: now also November 30, 2026; no longer November 27, 2026."),
    ("hospital: hospital,", "hospital: single hospital,", "Words", "changed", 'Organization type: hospital is now called "single hospital" instead of "hospital".'),
    (THIS_VERSION, 'version: "7.1"', "Playbook", "changed", f'The version is now "7.1" instead of "{VERSION}".'),
    ("name: Meridian Patient Operations", "name: Other", "Vendor", "changed", 'Vendor, name is now "Other" instead of "Meridian Patient Operations".'),
])  # fmt: skip
def test_a_change_is_told_in_words(old: str, new: str, part: str, kind: str, words: str) -> None:
    found = changes((old, new))
    assert words in [change.sentence for change in found], [change.sentence for change in found]
    assert {change.part for change in found} == {part} and kind in [change.kind for change in found]


def test_a_change_names_its_line_in_both_files() -> None:
    (found,) = changes(("# How Meridian", "# One more line.\n# How Meridian"), (CLINICS, "clinic_group: 77"))
    line = next(number for number, text in enumerate(TEXT.splitlines(), 1) if CLINICS in text)
    assert (found.old, found.new) == (f"default.yml:{line}", f"new.yml:{line + 1}")


def test_a_new_rule_is_described_and_one_that_is_gone_too() -> None:
    flag = "    - {id: no_money, when: {budget_status: none}, reason: No money is set aside.}\n"
    new = "    - {id: wants_sso, when: {security_needs: sso}, reason: They need single sign-on.}\n"
    added, removed = sorted(changes((flag, new)), key=lambda change: change.kind)
    assert added.sentence == 'The flag wants_sso is new, before no_authority. It is raised if security needs is single sign-on, and says "They need single sign-on.".'
    assert (added.old, removed.new) == (None, None)
    assert removed.sentence == 'The flag no_money is gone. It is raised if budget is none set aside, and says "No money is set aside.".'


def test_a_rule_that_is_read_earlier_is_told_once() -> None:
    line = "    - {id: route.qualified, route: direct_sales, when: {stage: mql}, why: A qualified lead with a real project.}\n"
    first = "    - {id: route.out, "
    found = changes((line, ""), (first, f"{line}{first}"))
    assert [(change.kind, change.sentence) for change in found] == [("moved", "The rule route.qualified is now read before route.out.")]


def test_a_point_rule_that_changes_its_group_is_told() -> None:
    rule = '          - {id: intent.comparing, fact: comparing, points: {"yes": 12, "no": 0}}\n'
    timing = "      timing:\n        rules:\n"
    found = changes((rule, ""), (timing, timing + rule))
    assert [(change.kind, change.sentence) for change in found] == [("moved", "The rule intent.comparing moves from the group need to timing.")]


def test_a_rule_of_another_kind_under_the_same_name_is_told_whole() -> None:
    (found,) = changes(('fact: urgency, points: {high: 10, normal: 3, low: 0}', "when: {urgency: high}, points: 9"))
    assert found.sentence == "The rule intent.urgency now gives 9 points if urgency is high. Before, 10 points for high, 3 points for normal, 0 points for low (urgency)."


@pytest.mark.parametrize(("old", "new", "moved"), [
    ("abcd", "dabc", "d"), ("abc", "abc", ""), ("abc", "xabyc", ""), ("abcd", "badc", 2), ("ab", "", ""),
])  # fmt: skip
def test_as_few_names_as_can_be_have_moved(old: str, new: str, moved: str | int) -> None:
    found = moved_names(list(old), list(new))
    assert len(found) == moved if isinstance(moved, int) else found == list(moved)


def test_conditions_that_ask_for_the_same_are_the_same() -> None:
    assert same_condition({"timeline": "now"}, {"timeline": ["now"]})
    assert same_condition({"not": {"flags": ["a", "b"]}}, {"not": {"flags": ["b", "a"]}})
    assert not same_condition({"timeline": "now"}, {"timeline": ["now", "year"]})
    assert not same_condition({"any": [{"fit": "high"}]}, {"any": [{"fit": "low"}]})
    assert not same_condition({"org_size": {"at_least": {"sites": 5}}}, {"org_size": {"at_least": {"sites": 6}}})


# --- nothing is overlooked ----------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every single value of a file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [leaf for key, held in items for leaf in leaves(held, (*path, key))]
    yield from inner or [path]


def others(value: Any) -> Iterator[Any]:
    """Yield other values of the same kind, one of which the file may accept in its place."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, datetime.date):
        yield value + datetime.timedelta(days=1)
    elif isinstance(value, str):
        yield f"{value} x"
        for names in (blocks.RouteName, blocks.StageName, blocks.Action, blocks.Weekday, blocks.Asker, blocks.Reason):
            yield from (name for name in get_args(names) if name != value)
        yield from ("Europe/Paris", "org_type", "epic", "approved", "2031-01-01", "09:00")


def changed_at(path: tuple[Any, ...]) -> Playbook | None:
    """Return the playbook with another value at `path`; None where nothing else can stand."""
    for value in others(held_at(EVERY_KIND.source.data, path)):
        data = copy.deepcopy(EVERY_KIND.source.data)
        held_at(data, path[:-1])[path[-1]] = value
        try:
            return Playbook(blocks.PlaybookFile.model_validate(data), EVERY_KIND.source)
        except (ValidationError, KeyError, ValueError, TypeError, AttributeError):
            continue
    return None


def held_at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


LEAVES = [path for path in leaves(EVERY_KIND.source.data) if path]


def test_no_value_of_the_file_changes_unnoticed() -> None:
    unnoticed, stuck = [], []
    for path in LEAVES:
        made = changed_at(path)
        if made is None:
            stuck.append(path)
        elif plain(made.data) != plain(EVERY_KIND.data) and not diff(EVERY_KIND, made):
            unnoticed.append(path)
    assert not unnoticed
    assert len(LEAVES) > 300 and len(stuck) < 10, stuck


def test_no_entry_of_a_list_or_block_is_lost_unnoticed() -> None:
    unnoticed = []
    for path in sorted({path[:-1] for path in LEAVES if len(path) > 1} | {path[:-2] for path in LEAVES if len(path) > 2}, key=str):
        data = copy.deepcopy(EVERY_KIND.source.data)
        held = held_at(data, path)
        held.pop(next(iter(held)) if isinstance(held, dict) else 0)
        try:
            made = Playbook(blocks.PlaybookFile.model_validate(data), EVERY_KIND.source)
        except (ValidationError, KeyError, ValueError, TypeError, AttributeError, IndexError):
            continue
        if plain(made.data) != plain(EVERY_KIND.data) and not diff(EVERY_KIND, made):
            unnoticed.append(path)
    assert not unnoticed


def test_lists_in_another_order_do_not_go_unnoticed() -> None:
    for path in {path[:-1] for path in LEAVES if isinstance(path[-1], int)} | {path[:-2] for path in LEAVES if len(path) > 1 and isinstance(path[-2], int)}:
        data = copy.deepcopy(EVERY_KIND.source.data)
        held = held_at(data, path)
        adds_up = (path[0] == "scores" and path[-1] in ("rules", "caps")) or path[-1] == "steps"
        if len(held) < 2 or "when" in path or adds_up or held[0] == held[-1]:
            continue  # The order of what adds up, and of the values of a condition, says nothing.
        held[0], held[-1] = held[-1], held[0]
        made = Playbook(blocks.PlaybookFile.model_validate(data), EVERY_KIND.source)
        assert diff(EVERY_KIND, made), path


def test_a_value_that_is_new_and_one_that_is_gone_are_told_as_such() -> None:
    fewer = parse_playbook(TEXT.replace("hospital: hospital, ", "", 1).replace("hospital, ", "", 1), "fewer.yml")
    words = 'Organization type: hospital is new: "hospital".'
    assert [change.kind for change in diff(fewer, PLAYBOOK) if change.sentence == words] == ["added"]
    gone = 'Organization type: hospital has no words any more, before "hospital".'
    assert [change.kind for change in diff(PLAYBOOK, fewer) if change.sentence == gone] == ["removed"]
