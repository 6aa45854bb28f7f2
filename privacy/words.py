"""Words of a text with their places, and the runs of capitalised words in which names stand."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from privacy.vocabulary import plain

Span = tuple[int, int]

PLACE_HEADS = frozenset(
    {
        "san", "santa", "st", "saint", "los", "las", "el", "fort", "ft", "mount", "mt", "lake", "port", "new",
        "north", "south", "east", "west",
    }
)  # fmt: skip
PARTICLES = frozenset(
    {
        "de", "da", "di", "du", "del", "della", "la", "le", "van", "von", "der", "den", "bin", "ibn", "al", "el",
        "y", "dos", "das",
    }
)  # fmt: skip
TITLES = frozenset(
    {
        "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "madam", "mx", "sr", "sra", "señor", "señora",
        "doctor",
    }
)  # fmt: skip
MONTHS = frozenset(
    {
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
        "dec",
    }
)  # fmt: skip

_WORD = regex.compile(r"[\p{L}][\p{L}\p{M}'’]*(?:-\p{L}[\p{L}\p{M}'’]*)*\.?")
_CONTRACTION = regex.compile(r"(?:['’](?:s|re|ve|ll|d|m)?|n['’]t)$", regex.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """One word of a text with its place."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """The word as the lists spell it."""
        return plain(self.text)

    @property
    def is_capitalised(self) -> bool:
        """Whether it is written like a name; acronyms are not."""
        return self.is_initial or (len(self.text) > 1 and self.text[0].isupper() and not self.text.strip(".").isupper())

    @property
    def is_initial(self) -> bool:
        """Whether it is a single letter, with or without its dot."""
        return len(self.text.strip(".")) == 1 and self.text[0].isupper() and self.text not in ("I", "A")


def words_of(text: str, start: int = 0) -> Iterator[Word]:
    """Cut a text into words: letters, apostrophes and hyphens inside; a dot stays only with initials and titles."""
    for match in _WORD.finditer(text, start):
        piece = match.group()
        if piece.endswith(".") and not (len(piece) == 2 or piece[:-1].lower() in TITLES):
            piece = piece[:-1]
        piece = _CONTRACTION.sub("", piece)
        yield Word(piece, match.start(), match.start() + len(piece))


def runs_of(text: str) -> Iterator[list[Word]]:
    """Runs of capitalised words on one line; small particles inside a run belong to it."""
    run: list[Word] = []
    for word in words_of(text):
        gap = text[run[-1].end : word.start] if run else ""
        if run and (not gap or gap.strip(" ") or len(gap) > 2):
            yield from _trimmed(run)
            run = []
        if word.is_capitalised or (run and word.low in PARTICLES):
            run.append(word)
        elif run:
            yield from _trimmed(run)
            run = []
    yield from _trimmed(run)


def _trimmed(run: list[Word]) -> Iterator[list[Word]]:
    while run and run[-1].low in PARTICLES and not run[-1].is_capitalised:
        run = run[:-1]
    if run:
        yield run


def is_inside(start: int, end: int, spans: list[Span]) -> bool:
    """Say whether the place lies within one of `spans`."""
    return any(s <= start and end <= e for s, e in spans)


def touches(start: int, end: int, spans: list[Span]) -> bool:
    """Say whether the place shares a letter with one of `spans`."""
    return any(start < e and s < end for s, e in spans)
