"""`leadtriage user ...` and `leadtriage apikey ...`: who may sign in, and keys for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.ending import AsJson, fail

user_app = typer.Typer(no_args_is_help=True, help="People who may sign in.")
key_app = typer.Typer(no_args_is_help=True, help="Keys for programs.")
BY = "command line"
Role = Annotated[str, typer.Option(help="rep, sales, manager, ops or admin")]


def _application() -> Any:
    from store.database import migrate
    from wiring.build import build

    application = build()
    migrate(application.engine)
    return application


def _in_unit(application: Any, act: Callable[[Any], Any]) -> Any:
    """Do one thing in a unit of its own; what cannot be done ends the command with its sentence."""
    try:
        with application.unit() as unit:
            done = act(unit)
            unit.commit()
    except ValueError as error:
        fail(str(error))
    return done


def _say(data: dict[str, Any], sentence: str, json_: bool) -> None:
    typer.echo(json.dumps(data, indent=2) if json_ else sentence)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _person(user: Any) -> dict[str, Any]:
    return {
        "id": user.id, "email": user.email, "name": user.name, "role": user.role, "active": user.deactivated_at is None,
        "created_at": _iso(user.created_at), "last_sign_in_at": _iso(user.last_sign_in_at), "deactivated_at": _iso(user.deactivated_at),
    }


@user_app.command("add")
def user_add(
    email: str, name: Annotated[str, typer.Option()], role: Role = "sales",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "", json_: AsJson = False,
) -> None:
    """Add someone who may sign in."""
    from leads import access
    from leads.audit import note
    from wiring.passwords import Argon2

    application = _application()
    try:
        made = access.new_user(Argon2(), email=email, name=name, role=role, password=password, now=application.now())
    except ValueError as error:
        fail(str(error))

    def keep(unit: Any) -> None:
        access.keep_user(unit, made)
        note(unit, "joined", by=made.email, now=application.now(), detail=f"as {role}, added by {BY}")

    _in_unit(application, keep)
    _say(_person(made), f"{email} may sign in as {role}.", json_)


@user_app.command("list")
def user_list(json_: AsJson = False) -> None:
    """Name everybody, and the invitations that were not taken up yet."""
    with _application().unit(read_only=True) as unit:
        people = [_person(user) for user in unit.staff.users()]
        links = [
            {"kind": each.kind, "email": each.email, "role": each.role, "by": each.by, "expires_at": _iso(each.expires_at)}
            for each in unit.staff.invitations()
        ]
    if json_:
        typer.echo(json.dumps({"people": people, "links": links}, indent=2))
        return
    for person in people:
        state = f"last sign-in {person['last_sign_in_at'] or 'never'}" if person["active"] else f"deactivated {person['deactivated_at']}"
        typer.echo(f"{person['role']:8} {person['email']:40} {person['name']:30} {state}")
    for link in links:
        typer.echo(f"{link['role']:8} {link['email']:40} {link['kind'] + ' by ' + link['by']:30} until {link['expires_at']}")


@user_app.command("invite")
def user_invite(email: str, role: Role = "sales", json_: AsJson = False) -> None:
    """Invite someone: prints a link that works once within seven days, and mails it where mail is set up.

    For someone who can sign in already it is a link for a new password, valid for a day.
    """
    from handoff.mail import MailFailed
    from leads import invitations

    application = _application()
    now = application.now()

    def act(unit: Any) -> Any:
        known = unit.staff.user_by_email(email.strip())
        if known is not None and known.deactivated_at is None:
            return invitations.reset(unit, known.id, by=BY, now=now)
        return invitations.invite(unit, email=email, role=role, by=BY, now=now)

    invitation, secret = _in_unit(application, act)
    link, mailed = application.invitation_links.make(secret), False
    if application.mailer is not None:
        subject, text = invitations.letter(invitation, link)
        try:
            application.mailer.send(invitation.email, subject, text)
            mailed = True
        except MailFailed as error:
            typer.echo(f"The mail did not go out: {error}", err=True)
    told = {"kind": invitation.kind, "email": invitation.email, "role": invitation.role, "link": link, "mailed": mailed,
            "expires_at": _iso(invitation.expires_at)}
    _say(told, link, json_)


@user_app.command("withdraw")
def user_withdraw(email: str, json_: AsJson = False) -> None:
    """End a link that was not used."""
    from leads import invitations
    from leads.people import NotPossible

    application = _application()

    def act(unit: Any) -> Any:
        found = unit.staff.invitation_by_email(email.strip())
        if found is None:
            raise NotPossible(f"There is no open link for {email}.")
        return invitations.withdraw(unit, found.id, by=BY, now=application.now())

    done = _in_unit(application, act)
    _say({"email": done.email, "withdrawn": True}, f"The link of {done.email} is withdrawn.", json_)


@user_app.command("role")
def user_role(email: str, role: Annotated[str, typer.Argument(help="rep, sales, manager, ops or admin")], json_: AsJson = False) -> None:
    """Give someone another role."""
    from leads import people

    application = _application()
    done = _in_unit(
        application, lambda unit: people.change_role(unit, people.by_email(unit, email).id, role, by=BY, now=application.now())
    )
    _say(_person(done), f"{done.email} is {done.role} now.", json_)


@user_app.command("deactivate")
def user_deactivate(email: str, json_: AsJson = False) -> None:
    """End someone's sign-ins at once and let them in no more."""
    from leads import people

    application = _application()
    done, owned = _in_unit(
        application, lambda unit: people.deactivate(unit, people.by_email(unit, email).id, by=BY, now=application.now())
    )
    more = f" Open leads that are still theirs: {owned}; hand them on in the console." if owned else ""
    _say({**_person(done), "open_leads": owned}, f"{done.email} is deactivated and signed out everywhere.{more}", json_)


@user_app.command("reactivate")
def user_reactivate(email: str, json_: AsJson = False) -> None:
    """Let someone in again, with the password and role from before."""
    from leads import people

    application = _application()
    done = _in_unit(application, lambda unit: people.reactivate(unit, people.by_email(unit, email).id, by=BY, now=application.now()))
    _say(_person(done), f"{done.email} may sign in again as {done.role}.", json_)


@key_app.command("add")
def apikey_add(
    name: str,
    scope: Annotated[list[str] | None, typer.Option("--scope", help="What the key may do, e.g. see_leads; once for each.")] = None,
    json_: AsJson = False,
) -> None:
    """Make a key for a program; it is shown this once. Without --scope it may do all that programs need."""
    from leads.access import add_api_key
    from leads.rights import PROGRAMS

    application = _application()
    key = _in_unit(application, lambda unit: add_api_key(unit, name=name, now=application.now(), scopes=scope or PROGRAMS, by=BY))
    _say({"name": name, "key": key, "scopes": list(scope or PROGRAMS)}, key, json_)


@key_app.command("list")
def apikey_list(json_: AsJson = False) -> None:
    """Name all keys, what they may do and when they were last used; never the keys themselves."""
    with _application().unit(read_only=True) as unit:
        keys = [
            {"id": key.id, "name": key.name, "scopes": key.scopes, "made_by": key.made_by, "created_at": _iso(key.created_at),
             "last_used_at": _iso(key.last_used_at), "revoked_at": _iso(key.revoked_at)}
            for key in unit.staff.api_keys()
        ]
    if json_:
        typer.echo(json.dumps(keys, indent=2))
        return
    for key in keys:
        state = f"revoked {key['revoked_at']}" if key["revoked_at"] else f"last used {key['last_used_at'] or 'never'}"
        typer.echo(f"{key['id']}  {key['name']:20} {state:40} {', '.join(key['scopes'])}")


@key_app.command("revoke")
def apikey_revoke(
    key: Annotated[str, typer.Argument(help="The id, or the name if only one key in use has it.")], json_: AsJson = False
) -> None:
    """End a key for good."""
    from leads.access import revoke_api_key

    application = _application()

    def act(unit: Any) -> Any:
        found = [each for each in unit.staff.api_keys() if each.id == key or (each.name == key and each.revoked_at is None)]
        if len(found) != 1:
            raise ValueError(f"Expected the id or name of one key, found {len(found)} by '{key}'. `leadtriage apikey list` names them.")
        return revoke_api_key(unit, found[0].id, by=BY, now=application.now())

    done = _in_unit(application, act)
    _say({"id": done.id, "name": done.name, "revoked": True}, f"The key {done.name} is revoked.", json_)
