"""Tuning the sentence encoder on our examples. Run by hand, seldom; the result is kept in data/encoder (see docs/understanding.md)."""
