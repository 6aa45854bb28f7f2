"""Making the demo: prospects over half a year, in the order they came, each through chat or form to what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from leads.demo_data.one_enquiry import Enquiry, Rotations
from leads.demo_data.prospects import prospect
from leads.demo_data.sales import work_on
from leads.demo_data.talk import chat, other_source
from leads.dialogue.script import Script
from leads.records import Lead

DAYS = 182
CHATS = 0.68  # the others come by form, event, referral
SILENT = 0.11  # chats that are opened and nothing is said, beside every lead
OVER = ("won", "lost", "disqualified")
# Of a hundred who come on working days, by the hour of the day.
HOURS = {7: 3, 8: 8, 9: 13, 10: 14, 11: 12, 12: 8, 13: 10, 14: 11, 15: 9, 16: 6, 17: 3, 19: 2, 20: 1}


def make(
    script: Script, responses: Mapping[str, str], *, leads: int, seed: int, now: datetime
) -> Iterator[tuple[list[Any], Lead | None]]:
    """Yield the records of one enquiry after the other, so many of which are leads; and the lead, None where the visitor wrote nothing.

    Args:
        seed: the same seed and time give the same people, talks and decisions (ids apart).
        now: when the half-year ends.
    """
    random, rotations, open_leads = Random(seed), Rotations(), Counter[str]()
    for number, (at, silent) in enumerate(_arrivals(random, leads, script, now)):
        enquiry, who = Enquiry(rotations, open_leads), prospect(random, number)
        if silent or random.random() < CHATS:
            chat(enquiry, who, script, random, at=at, responses=responses, silent=silent)
        else:
            other_source(enquiry, who, script, random, at=at)
        work_on(enquiry, who, script.playbook, random, until=now)
        if enquiry.lead is not None and enquiry.lead.owner and enquiry.lead.stage not in OVER:
            open_leads[enquiry.lead.owner] += 1
        yield enquiry.records(), enquiry.lead


def _arrivals(random: Random, leads: int, script: Script, now: datetime) -> Iterator[tuple[datetime, bool]]:
    """Yield when people come, more of them from month to month, and who of them opens the chat and says nothing."""
    zone = ZoneInfo(script.playbook.business_hours.time_zone)
    silent = [True] * round(leads * SILENT) + [False] * leads
    random.shuffle(silent)
    newest = now - timedelta(hours=1)
    at = []
    for _ in silent:
        on = (now - timedelta(days=DAYS * random.random() ** 1.25)).astimezone(zone).date()
        if on.weekday() >= 5 and random.random() < 0.8:
            on -= timedelta(days=on.weekday() - random.randrange(5))
        hour = random.choices(list(HOURS), list(HOURS.values()))[0]
        at.append(datetime.combine(on, time(hour, random.randrange(60), random.randrange(60)), zone))
    yield from zip(
        (min(moment, newest - timedelta(minutes=7 * (number % 20))) for number, moment in enumerate(sorted(at))), silent, strict=True
    )
