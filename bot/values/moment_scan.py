"""Finds every moment in a message and sets aside those that speak of the past, of habits, or were taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.values import calendar_words as names
from bot.values.fiscal import fiscal_start_month
from bot.values.moment_parser import read_moment
from bot.values.moments import SEASONS, Moment
from bot.values.numerals import ORDINALS, TENS, UNITS
from bot.values.scene import Scene
from bot.values.words import Words, word_set

_BOUNDS = word_set("before b4 bfore bf prior by until til till after post past from between starting beginning begining no")
_MORE_STARTERS = word_set(
    "q h qtr quarter half fy fiscal couple few several a an right straight as soon the year week month "
    "holidays holiday wk yr "
    "within in ' w very cy calendar dozen hundred around weekend wknd summertime first"
)
_STARTERS = frozenset(
    [
        *_BOUNDS,
        *names.MONTHS,
        *names.WEEKDAYS,
        *names.RELATIVE,
        *names.EDGES,
        *names.END_OF,
        *names.NOW_WORDS,
        *names.HOLIDAY_OPENERS,
        *SEASONS,
        *UNITS,
        *TENS,
        *ORDINALS,
        *_MORE_STARTERS,
    ]
)
_PREPOSITIONS = word_set("in by on at the for during around about abt early late mid end of sometime and to ~ like maybe back = : -")
_PAST_BEFORE = word_set("since last past previous prior every each per ago lasted took takes taking average averaging avg")
_PAST_AFTER = word_set("ago behind old late overdue backlog straight running long ahead each per was were earlier prior")
_PAST_VERBS = word_set(
    "left closed retired switched started launched bought signed implemented joined lost hired called gave told "
    "spent counted opened merged did had went got tried installed replaced dropped fired ended paid saw filed "
    "submitted met asked moved heard reported acquired bouncing been stopped broke died migrated renewed approved "
    "began became went-live"
)
_RATE_AFTER = frozenset(("week", "wk", "day", "month", "mo", "year", "yr", "visit", "patient", "pt", "claim", "shift"))
_MONTH_LEADS = word_set(
    "in by before b4 since until til till this next nxt mid early late of from to through thru between and or after "
    "last end for around about abt maybe say sometime not = : - / , ( live start launch target now was going on"
)
_VERB_AFTER_MAY = word_set("be have need not also want well i we take consider look get go do even or the")
_NEGATIONS = word_set(
    "not no nothing never can't cant cannot won't wont don't dont doubt unlikely hardly isn't isnt wouldn't wouldnt shouldn't nobody"
)
_DENYING = word_set("can't cant cannot won't wont isn't isnt wasn't wasnt not forget scratch disregard")
_HOPING = word_set("wanted hoped hoping said thought planned supposed ideal ideally wish wished dream")
_TOLD_BEFORE = word_set("previously earlier indicated stated told mentioned gave quoted wrote noted recorded")
_CORRECTING = word_set("actually actualy really sorry instead meant rather correction make wait oops realistically latest worst")
_LENGTH_LEADS = word_set(
    "in within about abt around over maybe like probably say , . ; ! ? : - or and for than least most another half "
    "give take be is it's its under up to by roughly approximately perhaps possibly within inside after the ~ ( "
    "only at"
)
_CLINICAL = word_set(
    "discharge discharged d admission admit visit appointment appt apt surgery procedure referral delivery birth "
    "fill refill survival mortality follow"
)
_MEETING = word_set(
    "meet meeting mtg call demo appt appointment apt zoom teams slot am pm o'clock noon refill checkup visit doctor "
    "dr webinar lunch coffee chat talk interview shift eta hours"
)


@dataclass(frozen=True)
class Candidate:
    """A moment found in a message: where it stands (word indices, end excluded) and what was made of it."""

    moment: Moment
    start: int
    end: int


def has_time_words(words: Words) -> bool:
    """Cheap test before the scan: whether any word could open a moment other than the little words."""
    return any(word in _TELLING or word[0].isdecimal() for word in words.at)


_TELLING = _STARTERS - word_set("a an the in by after before from to and between past no as around within w ' until til till")
_TELLING |= frozenset(names.UNITS_OF_TIME)


def scan_moments(words: Words, today: date) -> list[Candidate]:
    """List the moments of a message in reading order, past and corrected ones left out.

    Args:
        words: the message.
        today: the day everything is relative to.
    Returns:
        Candidates that do not overlap; a stated fiscal year is applied and is no candidate itself.
    """
    if not has_time_words(words):
        return []
    fiscal = fiscal_start_month(words.text)
    scene = Scene(words, today, fiscal[0] if fiscal else 1)
    found: list[Candidate] = []
    index, count = 0, len(words.at)
    while index < count:
        word = words.at[index]
        if word not in _STARTERS and not word[0].isdecimal():
            index += 1
            continue
        read = read_moment(scene, index, denied=_is_denied(words, index))
        if not read or not _is_moment(words, read[0], index, read[1], today):
            index = index + 1 if not read or word in _BOUNDS else max(index + 1, read[1])
            continue
        in_fiscal = fiscal and fiscal[1] <= words.starts[index] < fiscal[2]
        if not in_fiscal:
            found.append(Candidate(read[0], index, read[1]))
        index = read[1]
    return [candidate for number, candidate in enumerate(found) if not _is_taken_back(words, found, number)]


def is_meeting(words: Words, candidate: Candidate) -> bool:
    """Whether the moment is for a meeting, a call or a visit and not for the project."""
    low, high = words.sentence(candidate.start)
    near = words.at[max(low, candidate.start - 6) : min(high, candidate.end + 6)]
    return any(word in _MEETING for word in near)


def _is_denied(words: Words, index: int) -> bool:
    """Whether a "not" or "can't" stands before a bound in the same clause: "I can't see it before 2028"."""
    if words.at[index] not in ("before", "b4", "bfore", "bf"):
        return False
    low, _ = words.clause(index)
    return any(word in _NEGATIONS for word in words.at[max(low, index - 7) : index])


def _is_moment(words: Words, moment: Moment, start: int, end: int, today: date) -> bool:
    if moment.last < today and not (moment.day and moment.day >= today):
        return False
    before = start - 1
    while before >= 0 and start - before < 4 and words.at[before] in _PREPOSITIONS:
        before -= 1
    led_by = words.word(before)
    if led_by in _PAST_BEFORE or words.word(start - 1) in _PAST_BEFORE:
        return False
    after = words.word(end)
    if after in _PAST_AFTER and not (after in ("late", "long") and moment.kind != "span"):
        return False
    if moment.kind == "span" and not moment.is_open and "from" in words.at[max(0, start - 1) : start + 1]:
        return False  # "from 9 days to 2"
    if words.word(start - 1) == "$" or words.word(end) in ("%", "k"):
        return False
    if moment.kind == "span" and (_is_habit(words, start, end, after) or _is_rate(words, start) or _is_adjective(words, start, end)):
        return False
    if moment.kind == "day" and after in ("morning", "afternoon", "evening", "night"):
        return False
    if words.word(start) in names.AMBIGUOUS_MONTHS and not _is_month_word(words, start, end):
        return False
    return not (moment.kind not in ("span", "now") and _is_past_verb(words, before, start))


def _is_habit(words: Words, start: int, end: int, after: str) -> bool:
    """Lengths of time that describe how things are: "open 7 days a week", "9 days now", "6 yrs exp"."""
    if (after in ("a", "/") and words.word(end + 1) in _RATE_AFTER) or after == "now":
        return True
    if after in (
        "exp",
        "experience",
        "wait",
        "readmit",
        "readmits",
        "readmission",
        "readmissions",
        "supply",
        "follow",
        "old",
        "in",
        "window",
        "notice",
        "contract",
    ):
        return after != "in" or words.word(end + 1) in ("a", "arrears", "ar")
    return words.word(start - 1) in ("for", "been", "takes", "took", "every", "only") and words.word(start - 2) in (
        "been",
        "on",
        "it",
        "ones",
        "them",
        "us",
        "used",
        "it's",
        "takes",
        "here",
        "at",
        "sit",
        "waiting",
    )


def _is_rate(words: Words, start: int) -> bool:
    """ "300 patients a day", "200k a year": the unit of a pace, not a length of time."""
    lead = words.word(start - 1)
    return words.at[start] in ("a", "an") and lead != "" and lead not in _LENGTH_LEADS


def _is_adjective(words: Words, start: int, end: int) -> bool:
    """ "50-year-old", "30-day readmits", "within 7 days of discharge": lengths that describe something else."""
    after = words.word(end)
    if after == "-" and words.word(end + 1) == "old":
        return True
    if any(word in _CLINICAL for word in words.at[end : end + 4]) or "experience" in words.at[end : end + 5]:
        return True
    is_joined = words.word(end - 2) == "-" and words.glued[end - 2]
    return (
        is_joined
        and after[:1].isalpha()
        and after not in ("timeline", "timeframe", "horizon", "window", "rollout", "plan", "project", "or", "from", "out")
    )


def _is_month_word(words: Words, start: int, end: int) -> bool:
    """Tell the month from the verb or the name: "may", "march", "mar", "jan"."""
    word, lead, after = words.word(start), words.word(start - 1), words.word(start + 1)
    if end > start + 1 or lead in _MONTH_LEADS:
        return True
    if word == "may":
        return (start == 0 or lead in ".;!?,") and (
            after in ("", ".", ",", "!", "?", "-", "/") or (after not in _VERB_AFTER_MAY and len(words.at) <= 5)
        )
    return not (word == "march" and after in ("on", "into", "was", "of", "forward"))


def _is_past_verb(words: Words, before: int, start: int) -> bool:
    """Whether a verb in the past tense leads to the moment: "we left them in May"."""
    low = max(0, start - 5)
    for index in range(start - 1, low - 1, -1):
        word = words.at[index]
        if word in ",.;!?":
            return False
        if word in _PAST_VERBS:
            if word in ("moved", "started", "signed", "got", "been", "filed") and words.word(index + 1) in (
                "to",
                "by",
                "from",
            ):
                return False
            helper = words.at[max(0, index - 2) : index]
            return not any(h in ("get", "be", "been", "to", "have", "it", "this", "contract", "is", "are", "gets") for h in helper)
    return False


def _is_taken_back(words: Words, found: list[Candidate], number: int) -> bool:
    """Whether a moment is put aside: "not dec 2026", "was jan", "said q1 but it's really q3"."""
    start = found[number].start
    low = found[number - 1].end if number else 0
    near = words.at[max(low, start - 4) : start]
    for back, word in enumerate(reversed(near)):
        if word in ",.;!?":
            near = near[len(near) - back :]
            break
    is_bound = words.word(start) in ("before", "b4", "until", "til", "till", "after", "by", "earlier", "no")
    if (near[-1:] == ("not",) and not is_bound) or near[-2:] in (
        ("instead", "of"),
        ("rather", "than"),
        ("not", "in"),
        ("not", "for"),
    ):
        return True
    if len(found) == 1:
        return False
    if any(word in _DENYING for word in near) and not is_bound and "before" not in near and "until" not in near:
        return True
    if (near and near[-1] in ("was", "were", "said", "from")) or (
        near[-2:-1] and near[-2] in ("was", "said") and near[-1] in ("for", "in", "by")
    ):
        return number + 1 < len(found)
    if number + 1 < len(found):
        is_told_before = any(word in _TOLD_BEFORE for word in words.at[max(low, start - 6) : start])
        if is_told_before and words.sentence(start)[1] <= found[number + 1].start:
            return True  # "I indicated the end of December before; please record March 31"
        between = words.at[found[number].end : found[number + 1].start]
        if between[-2:] in (("instead", "of"), ("rather", "than")):
            return False
        if "but" in between and any(word in _HOPING for word in words.at[max(0, start - 5) : start]):
            return True
        return len(between) <= 6 and any(word in _CORRECTING for word in between)
    return False
