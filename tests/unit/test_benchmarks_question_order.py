"""The simulated prospects are as the file says, and the adaptive order clears its bars with them."""

from datetime import date

import numpy as np
import pytest
from ruamel.yaml import YAML

from benchmarks.question_order.__main__ import LEAST_SAME, MOST_ASKED, compare, leave_early, with_interview
from benchmarks.question_order.interviews import Prospect, adaptive, fixed, meet, website_questions
from benchmarks.question_order.prospects import DISTRIBUTIONS, DOES_NOT_KNOW, REFUSES, draw
from scoring.facts import CLOSED, FACTS, LISTS, SIGNALS, SIZE_KEYS, check_value
from scoring.playbook import load_playbook

TODAY = date(2026, 11, 24)
PLAYBOOK = load_playbook()
DATA = YAML(typ="safe").load(DISTRIBUTIONS.read_text(encoding="utf-8"))
DRAWN = draw(20_000, 3)


@pytest.fixture(scope="module")
def prospects() -> list[Prospect]:
    return list(meet(draw(250, 3), TODAY))


def test_the_same_seed_draws_the_same_prospects_and_another_draws_others() -> None:
    first, again, other = draw(200, 1), draw(200, 1), draw(200, 2)
    assert all(np.array_equal(first.codes[fact], again.codes[fact]) for fact in first.codes)
    assert not all(np.array_equal(first.codes[fact], other.codes[fact]) for fact in first.codes)


def test_every_value_drawn_is_one_the_catalogue_knows(prospects: list[Prospect]) -> None:
    for prospect in prospects:
        for fact, answer in prospect.answers.items():
            assert check_value(fact, answer.value) == answer.value
        assert {signal.kind for signal in prospect.signals} <= set(SIGNALS) and all(signal.on <= TODAY for signal in prospect.signals)


def test_the_file_names_only_what_there_is() -> None:
    segments, stances = DATA["segments"].values(), DATA["stances"].values()
    for block in (DATA["answers"], *(block.get("times", {}) for block in (*segments, *stances))):
        for fact, weights in block.items():
            assert set(weights) <= set(CLOSED.get(fact, weights)), fact
    for block in (DATA["names"], *(block.get("names", {}) for block in segments)):
        for fact, chances in block.items():
            assert set(chances) <= set(LISTS[fact]), fact
    for key in ("volunteered", "refused", "dont_know"):
        assert set(DATA[key]) <= set(FACTS), key
    assert all(set(block["sizes"]) <= set(SIZE_KEYS) for block in segments)
    assert all(set(block.get("signals", {})) <= set(SIGNALS) for block in stances)


def test_segments_come_as_often_as_the_file_says() -> None:
    total = sum(block["share"] for block in DATA["segments"].values())
    payers = np.mean(DRAWN.codes["org_type"] == DRAWN.words["org_type"].index("payer"))
    assert payers == pytest.approx(DATA["segments"]["payer"]["share"] / total, abs=0.01)


def test_answers_go_together_as_they_do_in_life() -> None:
    kinds = DRAWN.words["org_type"]
    roles, of = DRAWN.codes["buying_role"], DRAWN.codes["org_type"]
    approves = roles == DRAWN.words["buying_role"].index("final_approver")
    small, large = of == kinds.index("specialty_group"), of == kinds.index("health_system")
    assert approves[small].mean() > 2 * approves[large].mean()
    employees = DRAWN.sizes[:, SIZE_KEYS.index("employees")]
    assert np.median(employees[large & (employees > 0)]) > 20 * np.median(employees[small & (employees > 0)])
    soon = np.isin(DRAWN.codes["timeline"], [DRAWN.words["timeline"].index(word) for word in ("now", "this_quarter")])
    funded = DRAWN.codes["budget_status"] == DRAWN.words["budget_status"].index("approved")
    assert funded[soon].mean() > 2 * funded[~soon].mean()


def test_some_refuse_and_users_know_less_about_money() -> None:
    withheld, roles = DRAWN.withheld["budget_status"], DRAWN.codes["buying_role"]
    user = roles == DRAWN.words["buying_role"].index("user")
    assert 0.05 < np.mean(withheld == REFUSES) < 0.25
    assert np.mean(withheld[user] == DOES_NOT_KNOW) > 2 * np.mean(withheld[~user] == DOES_NOT_KNOW)


def test_an_interview_never_asks_twice_nor_what_was_said_unasked(prospects: list[Prospect]) -> None:
    for prospect in prospects:
        for played in (adaptive(prospect, PLAYBOOK), fixed(prospect, PLAYBOOK), fixed(prospect, PLAYBOOK, 4)):
            assert len(set(played.asked)) == len(played.asked) and not set(played.asked) & prospect.said
            assert not set(played.known) & set(prospect.not_known) - prospect.said
    whole = fixed(prospects[0], PLAYBOOK)
    assert {*whole.asked, *prospects[0].said} >= set(website_questions(PLAYBOOK))
    assert fixed(prospects[0], PLAYBOOK, 4).asked == whole.asked[:4] and len(adaptive(prospects[0], PLAYBOOK, 2).asked) <= 2


def test_the_adaptive_order_clears_its_bars(prospects: list[Prospect]) -> None:
    every, enough, as_many, *_ = compare(prospects, PLAYBOOK)
    assert every.shares == (100, 100, 100, 100)
    same, asked, *_ = enough.shares
    assert same >= LEAST_SAME and asked <= MOST_ASKED
    assert as_many.questions == enough.questions and as_many.same_route < enough.same_route


def test_leaving_early_costs_less_with_the_adaptive_order(prospects: list[Prospect]) -> None:
    (third,) = leave_early(prospects, PLAYBOOK, after=(3,))
    asked, cut = (float(cell.rstrip(" %")) for cell in third.split("|")[2:4])
    assert asked > cut + 5


def test_other_lists_of_the_interview_leave_the_playbook_as_it_is() -> None:
    lean = with_interview(PLAYBOOK, record=[])
    assert lean.interview.record == [] and PLAYBOOK.interview.record and lean.digest == PLAYBOOK.digest
