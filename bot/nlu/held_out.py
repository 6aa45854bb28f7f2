"""Which of our own examples are kept for measuring: training never sees them, also not for release."""

from __future__ import annotations

import zlib

# One of so many texts is held out.
ONE_IN = 10


def is_held_out(text: str) -> bool:
    """Tell whether an example is kept for measuring.

    The digest of its words decides, not its place: adding or moving examples moves no other one across, and the same text in two
    blocks falls on the same side.

    >>> is_held_out("6 clinics, all on athena"), is_held_out("  6 Clinics, all on ATHENA ")
    (False, False)
    """
    return zlib.crc32(" ".join(text.lower().split()).encode()) % ONE_IN == 0
