"""What must be true of every rotation: fair, never somebody on leave or over a cap, and the same again."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.blocks import Person
from scoring.playbook import load_playbook
from scoring.rotation import is_at_work, next_turn

HOURS = load_playbook().business_hours
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("America/New_York"))
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Paris")
# No deadline: the machine is shared, and a slow moment is no mistake of the code.
FEW = settings(deadline=None, max_examples=12)
SOME = settings(deadline=None, max_examples=60)
WEIGHTS = st.lists(st.integers(1, 12), min_size=1, max_size=7).map(lambda weights: {f"p{at}": weight for at, weight in enumerate(weights)})


@st.composite
def teams(draw: st.DrawFn) -> dict[str, Person]:
    """Draw people with caps, leaves and zones of all kinds."""
    people = {}
    for at in range(draw(st.integers(1, 6))):
        leave = [
            {"from": date(2026, 11, 24) + timedelta(days=start), "to": date(2026, 11, 24) + timedelta(days=start + length)}
            for start, length in draw(st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 9)), max_size=2))
        ]
        people[f"p{at}"] = Person.model_validate({
            "name": f"p{at}", "email": f"p{at}@vendor.example", "leave": leave, "most_open": draw(st.none() | st.integers(1, 30)),
            "time_zone": draw(st.none() | st.sampled_from(ZONES)),
        })
    return people


@FEW
@given(WEIGHTS)
def test_ten_thousand_leads_are_shared_fairly_at_every_moment(weights: dict[str, int]) -> None:
    people = {name: Person(name=name, email=f"{name}@vendor.example") for name in weights}
    credits: dict[str, int] = {}
    counts: Counter[str] = Counter()
    total = sum(weights.values())
    for leads in range(1, 10_001):
        turn = next_turn(weights, people, HOURS, credits=credits, open_leads={}, at=NOON)
        credits = turn.credits
        assert turn.owner is not None
        counts[turn.owner] += 1
        # Each member's count divided by the weight is within 1 of everybody's fair share.
        assert all(abs(counts[name] * total - leads * weight) <= weight * total for name, weight in weights.items())
        assert sum(credits.values()) == 0


@SOME
@given(teams(), st.data(), st.integers(1, 120))
def test_nobody_on_leave_or_over_a_cap_takes_a_lead_and_somebody_does_if_anybody_can(people: dict[str, Person], data: st.DataObject, leads: int) -> None:
    weights = {name: data.draw(st.integers(1, 9)) for name in people}
    hours_between = data.draw(st.integers(1, 30))
    credits: dict[str, int] = {}
    owned: Counter[str] = Counter()
    for number in range(leads):
        at = NOON + timedelta(hours=hours_between * number)
        turn = next_turn(weights, people, HOURS, credits=credits, open_leads=owned, at=at)
        assert turn == next_turn(dict(weights), dict(people), HOURS, credits=dict(credits), open_leads=dict(owned), at=at)
        able = {name for name, one in people.items() if not _away(one, at) and (one.most_open is None or owned[name] < one.most_open)}
        working = {name for name in able if is_at_work(people[name], HOURS, at)}
        assert turn.owner in (working or able) if able else turn.owner is None
        waiting = set(people) - (working or able)
        assert all(turn.credits[name] == credits.get(name, 0) for name in waiting), "who cannot take a lead earns nothing"
        credits = turn.credits
        if turn.owner is not None:
            owned[turn.owner] += 1
    assert all(one.most_open is None or owned[name] <= one.most_open for name, one in people.items())


def _away(one: Person, at: datetime) -> bool:
    today = at.astimezone(ZoneInfo(one.time_zone or HOURS.time_zone)).date()
    return any(leave.start <= today <= leave.to for leave in one.leave)
