"""Every setting is explained in .env.example, and nothing else stands there."""

import ast
import re

from wiring.settings import DEFAULTS, ROOT, read_settings

EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.M)
OTHERS = re.findall(r"^# ([A-Z_]+)=$", EXAMPLE, re.M)


def test_every_setting_stands_there_once_and_nothing_else_does() -> None:
    names = [name for name, _ in SETTINGS]
    assert sorted(names) == sorted([*DEFAULTS, "DEMO"])


def test_each_has_a_sentence_above_it() -> None:
    lines = EXAMPLE.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"^(# )?[A-Z_]+=", line):
            assert re.match(r"^# [A-Z`].*\.", lines[number - 1]), f"{line} has no explanation"


def test_the_example_gives_nothing_away_and_copied_as_it_is_asks_for_the_secret() -> None:
    assert all(value == "" for _, value in SETTINGS)


def test_numbers_that_are_named_as_defaults_are_the_defaults() -> None:
    blocks = re.findall(r"^# (.*)\n([A-Z_]+)=$", EXAMPLE, re.M)
    for sentence, name in blocks:
        default = DEFAULTS.get(name)
        if default and default.isdigit():
            assert f"Default: {default}" in sentence


def test_variables_read_from_the_environment_alone_are_named_there_too() -> None:
    own = set()
    for folder in ("wiring", "cli", "web", "worker", "actions", "bot", "store", "privacy"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get" and isinstance(node.args[0], ast.Constant):
                    own.add(node.args[0].value)
    assert own - set(DEFAULTS) == set(OTHERS)


def test_the_settings_can_be_read_back_by_name() -> None:
    fields = set(read_settings({}, None).__dataclass_fields__)
    assert {name.lower() for name in DEFAULTS} == fields - {"demo"}
