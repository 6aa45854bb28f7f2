"""Who may do what, as a table to be read by whoever answers for it: a new action stands here before it is in the product."""

from __future__ import annotations

import pytest

from leads.rights import PROGRAMS, RIGHTS, ROLES, Actor

# rep, sales, manager, ops, admin, and a key without named scopes
TABLE = """
read_texts     yes  yes  yes  yes  yes   yes
see_leads      yes  yes  yes  yes  yes   yes
add_leads      yes  yes  yes  yes  yes   yes
call           yes  yes  yes  -    yes   yes
correct_facts  yes  yes  yes  -    yes   yes
take_out       yes  yes  yes  -    yes   yes
snooze         yes  yes  yes  -    yes   yes
decide         -    yes  yes  -    yes   yes
merge          -    yes  yes  -    yes   yes
tell_outcome   -    yes  yes  -    yes   yes
hand_on        -    yes  yes  -    yes   yes
reassign       -    -    yes  -    yes   yes
see_reports    -    -    yes  yes  yes   yes
see_audit      -    -    -    -    yes   -
manage_people  -    -    -    -    yes   -
manage_keys    -    -    -    -    yes   -
"""
CELLS = [
    (action, role, word == "yes")
    for action, *words in (line.split() for line in TABLE.strip().splitlines())
    for role, word in zip((*ROLES, "a key"), words, strict=True)
]


@pytest.mark.parametrize(("action", "role", "may"), CELLS, ids=lambda value: str(value))
def test_each_role_may_do_what_the_table_says(action: str, role: str, may: bool) -> None:
    actor = Actor("crm", scopes=frozenset(PROGRAMS)) if role == "a key" else Actor("ana@meridian.example", role=role)
    assert actor.may(action) is may


def test_every_action_stands_in_the_table() -> None:
    assert {action for action, *_ in CELLS} == set(RIGHTS)


def test_who_runs_operations_decides_nothing_about_leads() -> None:
    ops = Actor("olu@meridian.example", role="ops")
    assert not any(ops.may(action) for action in ("decide", "tell_outcome", "hand_on", "reassign", "correct_facts", "take_out", "merge", "manage_people"))


def test_only_an_administrator_gives_rights() -> None:
    assert RIGHTS["manage_people"][1] == RIGHTS["manage_keys"][1] == {"admin"}
