"""Leads, conversations and what can be done with them. Knows scoring; no database, no web, no Rasa."""
