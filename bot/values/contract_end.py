"""Reads when the incumbent's contract ends."""

from __future__ import annotations

from datetime import date

from bot.values.found import DOUBTFUL, SURE, Found
from bot.values.moment_scan import Candidate, scan_moments
from bot.values.words import Words, split_words, word_set

_CONTRACT = word_set(
    "contract contracts agreement agreements lease term subscription license deal renewal renewals renew renews renewing msa"
)
_ENDING = word_set(
    "renews renew renewal renewing expires expire expiring expiration ends end ending lapses lapse up over through "
    "thru until til runs out due out"
)
_ALONE = word_set("renews renewal expires expiring lapses autorenews")


def read_contract_end(text: str, today: date, *, asked: str | None) -> list[Found]:
    """Read the end of the current vendor's contract.

    Args:
        text: the message.
        today: the day everything is relative to.
        asked: the fact that was asked for. Under "contract_end" any moment is the answer; else a word of a contract
            and one of its end must stand in the same sentence ("contract is up in March", "renews 6/30").
    Returns:
        At most one Found whose value is an ISO day: the named day, or the last day of a span or season (then doubtful).

    >>> read_contract_end("our deal with them is up in march", date(2026, 11, 24), asked=None)[0].value
    '2027-03-31'
    """
    words = split_words(text)
    if asked != "contract_end" and not any(word in _CONTRACT or word in _ALONE for word in words.at):
        return []
    for candidate in scan_moments(words, today):
        moment = candidate.moment
        if words.is_question(candidate.start) or moment.kind == "now":
            continue
        if asked != "contract_end" and not _is_end_of_contract(words, candidate):
            continue
        day = moment.day or moment.last
        sure = SURE if moment.day and not moment.doubtful else DOUBTFUL
        return [Found(day.isoformat(), words.starts[candidate.start], words.ends[candidate.end - 1], sure)]
    return []


def _is_end_of_contract(words: Words, candidate: Candidate) -> bool:
    low, high = words.sentence(candidate.start)
    near = words.at[max(low, candidate.start - 10) : min(high, candidate.end + 5)]
    if any(word in _ALONE for word in near):
        return True
    return any(word in _CONTRACT for word in near) and any(word in _ENDING for word in near)
