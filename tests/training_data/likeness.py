"""Finding texts that say nearly the same in nearly the same letters: waste within training, leakage between training and measuring."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

# Share of common letter groups from which two texts count as nearly the same: "our no show rate" and "our no-show rate!" do, "we use
# epic" and "we use ecw" do not.
NEARLY = 0.75
LETTERS = 4
# Shorter texts ("yes", "next q") have few letters to differ in.
SHORTEST = 12


def plain(text: str) -> str:
    """Return a text in lower case, without punctuation.

    >>> plain("Our No-show rate!")
    'our no show rate'
    """
    return " ".join(re.findall(r"[a-z0-9$%]+", text.lower()))


def near_pairs(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield (place in one, place in other, likeness) of nearly equal texts; likeness 1 is equality without punctuation.

    With the same sequence twice, each pair comes once and no text is paired with itself.
    """
    both = one is other
    groups = [_groups(text) for text in one], [_groups(text) for text in other]
    frequency = Counter(group for side in groups for text in side for group in text)
    index: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(groups[1]):
        for group in _rarest(text, frequency):
            index[group].append(place)
    for place, text in enumerate(groups[0]):
        for candidate in {found for group in _rarest(text, frequency) for found in index.get(group, ())}:
            if both and candidate <= place:
                continue
            likeness = len(text & groups[1][candidate]) / len(text | groups[1][candidate])
            if likeness >= NEARLY:
                yield place, candidate, likeness


def _groups(text: str) -> frozenset[str]:
    """The groups of letters of a text; a short one is one group, so that only its equal matches."""
    words = plain(text)
    if len(words) < SHORTEST:
        return frozenset({f"={words}"}) if words else frozenset({f"={text.strip()}"})
    return frozenset(words[start : start + LETTERS] for start in range(len(words) - LETTERS + 1))


def _rarest(groups: frozenset[str], frequency: Counter[str]) -> list[str]:
    """So many of the rarest groups that texts as alike as NEARLY must share one of them."""
    return sorted(groups, key=lambda group: (frequency[group], group))[: len(groups) - int(NEARLY * len(groups) + 0.999) + 1]
