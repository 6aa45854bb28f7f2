"""Reads when the prospect wants the project: the timeline bucket and the date of a moment named on the calendar."""

from __future__ import annotations

from datetime import date

from bot.values.calendar_words import UNITS_OF_TIME
from bot.values.found import DOUBTFUL, LIKELY, SURE, Found
from bot.values.moment_scan import Candidate, is_meeting, scan_moments
from bot.values.words import Words, split_words, word_set

# Words that tie a moment to the project. Strong ones speak of nothing else in a buyer's mouth.
_LIVE = word_set("live launch launching launched golive rollout")
_HABIT = word_set("always usually typically normally every historically often")
_STRONG = word_set(
    "deploy deployed deployment implement implemented implementation kickoff kick kicking cutover pilot pilots "
    "piloting target targeting timeline timeframe deadline eta award decision decide deciding date slipped pushed "
    "delayed postponed running onboard onboarded operational goal aim aiming aimed install installed rolled rolling"
)
_WEAK = word_set(
    "want wants wanted need needs needed hope hoping hopeful plan planning looking start starts starting begin ready "
    "done place purchase buy buying sign finish finished complete completed fix fixed going works suit suits ideally "
    "sooner implementing choose select selecting pick evaluate happen doing picture"
)
# These colour the whole sentence: "talks for the new cycle begin in May".
_CYCLE = word_set("cycle cycles fiscal talks")
_BUDGET_CYCLE = word_set(
    "budget budgets budgeting fiscal fy fys fy's spending capex talks numbers cycle funding funds grant submission committee"
)
_CONTRACT = word_set("contract contracts renew renews renewal renewing expires expire expiring agreement lease subscription lapses")
_ENDS = word_set("ends expires runs lapses renews expiring ending lapsing")
_AFTER_A_REAL_NOW = frozenset(("", "if", "please", "pls", "would", "is", "works", "or", "ideally"))
_IDIOMS = (("get", "me", "started"), ("dont", "even"), ("don't", "even"))


def read_timeline(text: str, today: date, *, asked: str | None) -> list[Found]:
    """Read the moment a project is wanted for. "No project" is not read here.

    Args:
        text: the message.
        today: the day everything is relative to; the wall clock is never read.
        asked: the fact that was asked for. Under "timeline" a bare moment is an answer; else it needs a word of the
            project near it ("live by", "want", "target", "pilot") and must not belong to a meeting, a contract or a
            budget cycle.
    Returns:
        At most one Found. Its value is {"timeline": now|this_quarter|half_year|year|later, "timeline_date": ISO day
        or None for spans and seasons, "from": ISO day, "to": ISO day}. Of several moments the one tied best to the
        project wins; a correction wins over what it corrects. Buckets are days from today: 0-30, 31-90, 91-183,
        184-365, more (source: the timeline fact's conventions).

    >>> read_timeline("must launch by end of march", date(2026, 11, 24), asked=None)[0].value["timeline_date"]
    '2027-03-31'
    """
    words = split_words(text)
    best: tuple[float, Candidate] | None = None
    for candidate in scan_moments(words, today):
        score = _confidence(words, candidate, asked)
        if score > 0 and (best is None or score > best[0]):
            best = score, candidate
    if best is None:
        return []
    score, candidate = best
    moment = candidate.moment
    value = {
        "timeline": moment.bucket(today),
        "timeline_date": moment.day.isoformat() if moment.day else None,
        "from": max(moment.first, today).isoformat(),
        "to": max(moment.last, moment.day or moment.last).isoformat(),
    }
    return [Found(value, words.starts[candidate.start], words.ends[candidate.end - 1], score)]


def _confidence(words: Words, candidate: Candidate, asked: str | None) -> float:
    """How surely the moment is the project's: 0 when it is not."""
    cue = _cue(words, candidate)
    is_asked = asked == "timeline"
    if is_meeting(words, candidate) and cue < 2:
        return 0.0
    if _is_idiom(words, candidate):
        return 0.0
    if not cue and any(word in _HABIT for word in words.at[candidate.end : candidate.end + 4]):
        return 0.0
    low, high = words.clause(candidate.start)
    near = words.at[low:high]
    outside = words.at[low : candidate.start] + words.at[candidate.end : high]
    if any(word in _BUDGET_CYCLE for word in outside) and ((cue < 2 and not is_asked) or candidate.moment.doubtful):
        return 0.0
    if words.is_question(candidate.start):
        is_wish = cue >= 2 and candidate.moment.kind != "now" and not words.asks_openly(candidate.start)
        return DOUBTFUL if is_wish else 0.0  # "can you go live by March?"
    if candidate.moment.doubtful:
        return DOUBTFUL if is_asked or cue else 0.0
    if candidate.moment.kind == "now":
        return _now_confidence(words, candidate, cue, is_asked)
    if is_asked:
        # "luma runs out june 30, start july 1": the other moment is the answer, unless this is the only one.
        is_an_end = any(word in _ENDS for word in words.at[max(low, candidate.start - 4) : candidate.start])
        return SURE + 0.01 * cue - (0.05 if is_an_end else 0.0)
    if cue < 2 and any(word in _CYCLE for word in words.at[slice(*words.sentence(candidate.start))]):
        return 0.0
    if any(word in _CONTRACT for word in near) and cue < 2:
        return 0.0
    return (0.0, LIKELY, SURE, SURE + 0.01)[cue]


def _now_confidence(words: Words, candidate: Candidate, cue: int, is_asked: bool) -> float:
    """ "now" and "today" also merely pass the time ("right now we use paper"); "asap" and "right away" do not."""
    last = words.word(candidate.end - 1)
    is_urgent = last not in ("now", "today", "tonight", "tomorrow", "tmrw", "tmw")
    low, high = words.clause(candidate.start)
    is_first = candidate.start == low and words.word(candidate.end) not in _AFTER_A_REAL_NOW
    is_alone = high - low <= 2 or (not is_first and high - low <= 3) or (candidate.end == high and high - low <= 6)
    if words.word(candidate.start - 1) in UNITS_OF_TIME:  # "9 days now"
        return 0.0
    if is_asked and (is_urgent or is_alone or cue):
        return SURE - 0.01  # any other moment of the message says more
    if cue >= 2 or (cue == 1 and is_urgent):
        return LIKELY
    return 0.0


def _cue(words: Words, candidate: Candidate) -> int:
    """How close the project is: 3 for a word of going live, 2 for another strong word, 1 for a weak one, 0 for none."""
    low, high = words.sentence(candidate.start)
    before = words.at[max(low, candidate.start - 8) : candidate.start + 1]
    after = words.at[candidate.end : min(high, candidate.end + 4)]
    if any(word in _LIVE for word in before[-5:]):
        return 3
    if any(word in _STRONG or word in _LIVE for word in (*before, *after)):
        return 2
    if any(word in _WEAK for word in before) or any(word in _WEAK for word in after[:3]):
        return 1
    return 0


def _is_idiom(words: Words, candidate: Candidate) -> bool:
    before = words.at[max(0, candidate.start - 8) : candidate.start]
    return any(before[i : i + len(idiom)] == idiom for idiom in _IDIOMS for i in range(len(before)))
