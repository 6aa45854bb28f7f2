"""Whose turn it is: by weight, within hours, never on leave or over a cap."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scoring.blocks import Person
from scoring.playbook import load_playbook
from scoring.rotation import is_at_work, next_turn

HOURS = load_playbook().business_hours
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("America/New_York"))


def person(name: str, **more: object) -> Person:
    return Person.model_validate({"name": name, "email": f"{name}@vendor.example", **more})


def owners(weights: dict[str, int], people: dict[str, Person], leads: int, at: datetime = TUESDAY_NOON, credits: dict[str, int] | None = None) -> list[str | None]:
    """Return who takes each of so many leads, when every lead stays open."""
    found: list[str | None] = []
    credits = credits or {}
    for _ in range(leads):
        open_leads = Counter(owner for owner in found if owner)
        turn = next_turn(weights, people, HOURS, credits=credits, open_leads=open_leads, at=at)
        credits = turn.credits
        found.append(turn.owner)
    return found


def test_leads_are_shared_by_weight_and_smoothly() -> None:
    people = {"ana": person("ana"), "ben": person("ben"), "cy": person("cy")}
    assert owners({"ana": 3, "ben": 2, "cy": 1}, people, 6) == ["ana", "ben", "ana", "cy", "ben", "ana"]


def test_the_earlier_in_the_file_wins_a_tie() -> None:
    assert owners({"ben": 1, "ana": 1}, {"ana": person("ana"), "ben": person("ben")}, 3) == ["ben", "ana", "ben"]


def test_nobody_takes_a_lead_while_on_leave_the_first_and_last_day_included() -> None:
    away = person("ana", leave=[{"from": date(2026, 11, 24), "to": date(2026, 11, 25)}])
    for days, owner in ((-1, "ana"), (0, "ben"), (1, "ben"), (2, "ana")):
        at = TUESDAY_NOON + timedelta(days=days)
        if days == 2:  # Thanksgiving: a holiday, so both may take it, and the first in the file does.
            assert not is_at_work(away, HOURS, at)
        assert owners({"ana": 1, "ben": 1}, {"ana": away, "ben": person("ben")}, 1, at) == [owner]


def test_a_leave_counts_by_the_day_of_the_person() -> None:
    away = person("ana", time_zone="America/Los_Angeles", leave=[{"from": date(2026, 11, 24), "to": date(2026, 11, 24)}])
    just_after_midnight_in_new_york = datetime(2026, 11, 25, 0, 30, tzinfo=ZoneInfo("America/New_York"))
    assert owners({"ana": 1}, {"ana": away}, 1, just_after_midnight_in_new_york) == [None]


def test_who_comes_back_from_leave_is_not_flooded() -> None:
    weights, people = {"ana": 1, "ben": 1}, {"ana": person("ana"), "ben": person("ben")}
    away = people | {"ana": person("ana", leave=[{"from": date(2026, 11, 24), "to": date(2026, 11, 24)}])}
    credits: dict[str, int] = {}
    for _ in range(50):
        turn = next_turn(weights, away, HOURS, credits=credits, open_leads={}, at=TUESDAY_NOON)
        credits = turn.credits
        assert turn.owner == "ben"
    after = owners(weights, people, 10, TUESDAY_NOON + timedelta(days=7), credits)
    assert Counter(after) == {"ana": 5, "ben": 5}


def test_a_lead_that_nobody_can_take_has_no_owner_and_costs_no_credit() -> None:
    people = {"ana": person("ana", most_open=1), "ben": person("ben", most_open=2)}
    assert owners({"ana": 1, "ben": 1}, people, 4) == ["ana", "ben", "ben", None]
    turn = next_turn({"ana": 1}, people, HOURS, credits={"ana": 3}, open_leads={"ana": 1}, at=TUESDAY_NOON)
    assert (turn.owner, turn.credits) == (None, {"ana": 3})


def test_who_is_at_work_comes_before_who_is_not() -> None:
    west = person("cy", time_zone="America/Los_Angeles")
    people = {"ana": person("ana"), "cy": west}
    morning = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("America/New_York"))
    evening = datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("America/New_York"))
    assert set(owners({"ana": 1, "cy": 1}, people, 4, morning)) == {"ana"}
    assert set(owners({"ana": 1, "cy": 1}, people, 4, evening)) == {"cy"}


def test_where_nobody_is_at_work_all_take_turns() -> None:
    night = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert owners({"ana": 1, "ben": 1}, {"ana": person("ana"), "ben": person("ben")}, 4, night) == ["ana", "ben", "ana", "ben"]


def test_own_days_and_hours_replace_those_of_the_business() -> None:
    weekend = person("ana", days=["sat"], opens=time(20, 0).isoformat(), closes=time(22, 0).isoformat())
    saturday = datetime(2026, 11, 28, 20, 0, tzinfo=ZoneInfo("America/New_York"))
    assert is_at_work(weekend, HOURS, saturday)
    assert not is_at_work(weekend, HOURS, saturday + timedelta(hours=2)) and not is_at_work(weekend, HOURS, TUESDAY_NOON)


def test_who_left_the_queue_is_forgotten_and_who_is_new_begins_at_nothing() -> None:
    turn = next_turn({"ana": 1, "dee": 1}, {"ana": person("ana"), "dee": person("dee")}, HOURS, credits={"ana": -1, "ben": 1}, open_leads={}, at=TUESDAY_NOON)
    assert (turn.owner, turn.credits) == ("dee", {"ana": 0, "dee": -1})
