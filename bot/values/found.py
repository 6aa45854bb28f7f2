"""What every reader of this package returns: a value, where it stands in the text, and how sure the reading is."""

from __future__ import annotations

from dataclasses import dataclass

SURE = 0.9
LIKELY = 0.75
DOUBTFUL = 0.5  # under 0.6 the dialogue confirms the value before it counts


@dataclass(frozen=True)
class Found:
    """One value read from a message.

    Attributes:
        value: the normalised value; each reader documents its shape.
        start: offset of the first character in the message as it was passed in.
        end: offset after the last character.
        confidence: 0-1; under 0.6 the value should be put to the person before it counts.
    """

    value: object
    start: int
    end: int
    confidence: float
