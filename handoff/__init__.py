"""Handing leads to other systems."""
