"""A lead as plain data, every field of it, and back: what undoes a merge is kept this way."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, get_args, get_type_hints

from leads.records import Lead

_HINTS = get_type_hints(Lead)
_TIMES = frozenset(name for name, hint in _HINTS.items() if datetime in (hint, *get_args(hint)))
_DAYS = frozenset(name for name, hint in _HINTS.items() if date in (hint, *get_args(hint)))


def taken(lead: Lead) -> dict[str, Any]:
    """Return every field of a lead as JSON can hold it."""
    values = {field.name: deepcopy(getattr(lead, field.name)) for field in fields(Lead)}
    return {name: _written(value) if name in _TIMES | _DAYS else value for name, value in values.items()}


def _written(at: Any) -> str | None:
    # In UTC, as it comes back from the database: two snapshots of one moment are equal.
    return at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at.isoformat() if at else None


def value_in(snapshot: dict[str, Any], name: str) -> Any:
    """Return one field of a snapshot as a lead has it; a field that was not there yet when it was taken is as in a new lead."""
    if name not in snapshot:
        new = Lead(id="", source="", created_at=datetime.min, updated_at=datetime.min, playbook={})
        return getattr(new, name)
    value = deepcopy(snapshot[name])
    if value is None or name not in _TIMES | _DAYS:
        return value
    return datetime.fromisoformat(value) if name in _TIMES else date.fromisoformat(value)


def give_back(lead: Lead, snapshot: dict[str, Any], *, but: frozenset[str] = frozenset()) -> None:
    """Set the fields of a lead as a snapshot has them, except some."""
    for field in fields(Lead):
        if field.name not in but:
            setattr(lead, field.name, value_in(snapshot, field.name))
