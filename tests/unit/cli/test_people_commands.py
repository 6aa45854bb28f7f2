"""`leadtriage user` and `leadtriage apikey`: people, links and keys from the command line, told in the audit trail like any other act."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leads import access, audit
from tests.unit.cli.test_commands import application, run  # noqa: F401 - a fixture
from wiring.build import Application
from wiring.passwords import Argon2

WORD = "four slow herons"


def add(email: str = "ada@x.example", role: str = "admin") -> dict[str, Any]:
    made: dict[str, Any] = json.loads(run("user", "add", email, "--name", "Ada Fox", "--role", role, "--password", WORD, "--json").output)
    return made


def signs_in(application: Application, email: str, password: str = WORD) -> bool:  # noqa: F811
    how = {"email": email, "password": password, "now": application.now()}
    return access.sign_in(application.read, application.unit, Argon2(), **how) is not None


@pytest.mark.parametrize("command", [("user", name) for name in ("list", "invite", "withdraw", "role", "deactivate", "reactivate")] + [("apikey", "list"), ("apikey", "revoke")], ids=" ".join)
def test_each_command_explains_itself(command: tuple[str, str]) -> None:
    assert run(*command, "--help").exit_code == 0


def test_people_are_added_listed_and_given_another_role(application: Application) -> None:  # noqa: F811
    assert add()["active"] and signs_in(application, "ada@x.example")
    add("dana@x.example", "sales")
    assert run("user", "role", "dana@x.example", "manager").output == "dana@x.example is manager now.\n"
    listed = json.loads(run("user", "list", "--json").output)
    assert [(person["email"], person["role"]) for person in listed["people"]] == [("ada@x.example", "admin"), ("dana@x.example", "manager")]
    assert listed["people"][0]["last_sign_in_at"] and listed["people"][1]["last_sign_in_at"] is None
    assert "dana@x.example" in run("user", "list").output and WORD not in run("user", "list").output


@pytest.mark.parametrize(("words", "sentence"), [
    (("user", "role", "ada@x.example", "ops"), "only administrator left"), (("user", "deactivate", "ada@x.example"), "only administrator left"),
    (("user", "role", "nobody@x.example", "ops"), "Nobody has the address"), (("user", "role", "ada@x.example", "boss"), "expected one of rep"),
    (("user", "reactivate", "ada@x.example"), "is not deactivated"), (("user", "invite", "nonsense"), "is no e-mail address"),
    (("user", "withdraw", "nobody@x.example"), "no open link"), (("apikey", "revoke", "gone"), "found 0 by 'gone'"), (("apikey", "add", "x", "--scope", "all"), "scope: expected"),
    (("user", "add", "b@x.example", "--name", "B", "--password", "password1234"), "tried first"),
])  # fmt: skip
def test_what_cannot_be_done_ends_with_1_and_a_sentence(application: Application, words: tuple[str, ...], sentence: str) -> None:  # noqa: F811
    add()
    result = run(*words)
    assert result.exit_code == 1 and sentence in result.stderr


def test_a_link_is_made_withdrawn_and_for_somebody_known_sets_a_new_password(application: Application) -> None:  # noqa: F811
    made = json.loads(run("user", "invite", "rae@x.example", "--role", "rep", "--json").output)
    assert made["link"].startswith(f"{application.settings.base_url}/console/welcome/") and (made["kind"], made["mailed"]) == ("invitation", False)
    assert json.loads(run("user", "list", "--json").output)["links"][0]["email"] == "rae@x.example"
    assert run("user", "withdraw", "rae@x.example").exit_code == 0 and run("user", "withdraw", "rae@x.example").exit_code == 1
    add()
    assert json.loads(run("user", "invite", "ada@x.example", "--json").output)["kind"] == "reset"


def test_who_is_deactivated_cannot_sign_in_until_reactivated(application: Application) -> None:  # noqa: F811
    add()
    add("dana@x.example", "sales")
    assert json.loads(run("user", "deactivate", "dana@x.example", "--json").output)["open_leads"] == 0
    assert not signs_in(application, "dana@x.example")
    run("user", "reactivate", "dana@x.example")
    assert signs_in(application, "dana@x.example")
    with application.read() as unit:
        told = [(entry.action, entry.by) for entry in audit.page(unit)[0]]
    assert ("deactivate", "command line") in told and ("reactivate", "command line") in told and ("joined", "dana@x.example") in told


def test_keys_are_listed_without_themselves_and_revoked_by_name_or_id(application: Application) -> None:  # noqa: F811
    key = run("apikey", "add", "crm", "--scope", "see_leads").output.strip()
    other = json.loads(run("apikey", "add", "lake", "--json").output)
    listed = run("apikey", "list", "--json").output
    assert key not in listed and other["key"] not in listed
    assert {each["name"]: each["made_by"] for each in json.loads(listed)} == {"crm": "command line", "lake": "command line"}
    assert access.who_has_key(application.read, application.unit, key, application.now())
    assert run("apikey", "revoke", "crm").output == "The key crm is revoked.\n"
    assert access.who_has_key(application.read, application.unit, key, application.now()) is None
    lake = next(each["id"] for each in json.loads(listed) if each["name"] == "lake")
    assert run("apikey", "revoke", lake).exit_code == 0 and run("apikey", "revoke", lake).exit_code == 1
    assert all(each["revoked_at"] for each in json.loads(run("apikey", "list", "--json").output))
