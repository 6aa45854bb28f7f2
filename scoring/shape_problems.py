"""Say in plain words what pydantic found wrong with the shape of a playbook, and where in the file."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from scoring import blocks
from scoring.facts import did_you_mean
from scoring.problems import Problem
from scoring.yaml_source import YamlPath, YamlSource

EXPECTED = {
    "dict_type": "expected a block of keys",
    "model_type": "expected a block of keys",
    "list_type": "expected a list",
    "bool_type": "expected true or false",
    "string_type": "expected text (put numbers, dates and yes or no in quotes)",
}


def shape_problems(source: YamlSource, errors: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Return one problem for each mistake; a misspelt key is not reported a second time as a missing one."""
    unknown = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    paths = [_path(source, error["loc"]) for error in errors]
    found: dict[YamlPath, Problem] = {}
    for error, path in zip(errors, paths, strict=True):
        if error["type"] == "missing" and _is_misspelt(error["loc"], unknown):
            continue
        # Where a value may have two shapes pydantic reports both: the one that got further knows better.
        if error["type"] != "missing" and any(other[: len(path)] == path and len(other) > len(path) for other in paths):
            continue
        found.setdefault(path, _shape_problem(source, error))
    return list(found.values())


def _is_misspelt(missing: tuple[Any, ...], unknown: Sequence[tuple[Any, ...]]) -> bool:
    return any(path[:-1] == missing[:-1] and did_you_mean(path[-1], [str(missing[-1])]) for path in unknown)


def _shape_problem(source: YamlSource, error: Mapping[str, Any]) -> Problem:
    """Turn a pydantic error into a problem: where, what was expected, what was found, what to write."""
    path = _path(source, error["loc"])
    where, kind, key = ".".join(map(str, path)) or "the file", error["type"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        allowed = _allowed_keys(path[:-1])
        message = f"unknown key '{key}'.{did_you_mean(key, allowed)} Allowed: {', '.join(allowed)}"
        return source.problem(path, message, at_key=True)
    if kind == "missing":
        return source.problem(
            path[:-1], f"'{key}' is missing in {'.'.join(map(str, path[:-1])) or 'the file'}. Add it", at_key=True
        )
    found = error.get("input")
    text = repr(found) if not isinstance(found, dict | list) else type(found).__name__
    words = str((error.get("ctx") or {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    hint = did_you_mean(found, words)
    return source.problem(path, f"{where}: {_expected(error)}, found {text[:60]}{'.' + hint if hint else ''}")


def _expected(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx") or {}
    if kind.startswith(("int", "float")):
        return "expected a whole number such as 12"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"expected {'at least' if 'ge' in context else 'at most'} {context.get('ge', context.get('le'))}"
    if kind == "literal_error":
        return f"expected {context.get('expected')}"
    if kind.startswith("date"):
        return "expected a day such as 2026-11-24"
    if kind.startswith("time"):
        return 'expected a time in quotes such as "08:30"'
    return EXPECTED.get(kind, str(error["msg"]).lower())


def _path(source: YamlSource, loc: tuple[Any, ...]) -> YamlPath:
    """Drop the parts of a pydantic location that are not in the file, such as the names of a union's branches."""
    path: YamlPath = ()
    for index, part in enumerate(loc):
        if (*path, part) in source.values_at or (
            index == len(loc) - 1 and part != "[key]" and not str(part).startswith(("dict[", "int", "literal"))
        ):
            path = (*path, part)
    return path


def _allowed_keys(path: YamlPath) -> list[str]:
    """Walk the models along `path` and return the keys allowed there, [] where any key may stand."""
    kind: Any = blocks.PlaybookFile
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {(field.alias or name): field.annotation for name, field in kind.model_fields.items()}
            kind = _without_none(fields.get(str(part)))
        else:
            kind = get_args(kind)[-1] if get_args(kind) else None
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _without_none(kind: Any) -> Any:
    """Return X of "X or nothing"."""
    parts = get_args(kind)
    return parts[0] if len(parts) == 2 and parts[1] is type(None) else kind
