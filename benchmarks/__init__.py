"""Benchmarks: LeadTriage beside a textbook Rasa bot, in one run on one machine. `python -m benchmarks --help`."""
