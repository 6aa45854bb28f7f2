"""Links by which people set a password without signing in: invitations, and new passwords for those who forgot theirs.

A link holds 256 random bits, of which only the hash is kept. It works once, for a limited time, and there is one for an address.
"""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Literal

from leads import access, audit, people
from leads.access import Passwords, check_role, hash_secret
from leads.password_rules import check_password
from leads.people import NotPossible
from leads.ports import NewUnit, UnitOfWork
from leads.records import Invitation, User

VALID_FOR = {"invitation": timedelta(days=7), "reset": timedelta(days=1)}
MOST_NAME = 200
_LOOKS_LIKE_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
GONE = "This link does not work any more: it was used, replaced, withdrawn, or its time is over. Ask an administrator for a new one."


def invite(uow: UnitOfWork, *, email: str, role: str, by: str, now: datetime) -> tuple[Invitation, str]:
    """Invite somebody and return what their link holds, which is told this once; an earlier invitation ends by it.

    Raises:
        NotPossible: the address is no address, or has somebody already. ValueError: there is no such role.
    """
    email = email.strip().lower()
    check_role(role)
    if not _LOOKS_LIKE_EMAIL.fullmatch(email) or len(email) > 320:
        raise NotPossible(f"'{email[:60]}' is no e-mail address. Write e.g. ana@vendor.example.")
    known = uow.staff.user_by_email(email)
    if known is not None:
        what = "is deactivated; reactivate them instead" if known.deactivated_at else "can sign in already"
        raise NotPossible(f"{email} {what}.")
    audit.note(uow, "invite", by=by, now=now, detail=f"{email} as {role}")
    return _make(uow, "invitation", email=email, role=role, by=by, now=now)


def reset(uow: UnitOfWork, user_id: str, *, by: str, now: datetime) -> tuple[Invitation, str]:
    """Let somebody who forgot the password set a new one; the old one works until they do.

    Raises:
        NotPossible: nobody has this id, or they are deactivated.
    """
    user = people.get(uow, user_id)
    if user.deactivated_at is not None:
        raise NotPossible(f"{user.email} is deactivated. Reactivate them first.")
    audit.note(uow, "reset_link", by=by, now=now, detail=user.email)
    return _make(uow, "reset", email=user.email, role=user.role, by=by, now=now)


def again(uow: UnitOfWork, invitation_id: str, *, by: str, now: datetime) -> tuple[Invitation, str]:
    """Make the link of an invitation anew, with its whole time; the earlier link ends.

    Raises:
        NotPossible: it was used or withdrawn meanwhile.
    """
    old = _get(uow, invitation_id)
    if old.kind == "reset":
        return reset(uow, people.by_email(uow, old.email).id, by=by, now=now)
    return invite(uow, email=old.email, role=old.role, by=by, now=now)


def withdraw(uow: UnitOfWork, invitation_id: str, *, by: str, now: datetime) -> Invitation:
    """End a link that was not used.

    Raises:
        NotPossible: it was used or withdrawn meanwhile.
    """
    old = _get(uow, invitation_id)
    if not uow.staff.remove_invitation(old.id):
        raise NotPossible("That link was used or withdrawn meanwhile.")
    audit.note(uow, "withdraw", by=by, now=now, detail=old.email)
    return old


def opened(uow: UnitOfWork, token: str, now: datetime) -> Invitation | None:
    """Return what a link is for, None if it does not work any more. Looking at it does not use it up: mail scanners look too."""
    found = uow.staff.invitation_by_token(hash_secret(token))
    return found if found is not None and now < found.expires_at else None


def take_up(
    read: NewUnit, write: NewUnit, passwords: Passwords, *, token: str, name: str, password: str, now: datetime
) -> User:
    """Set name and password by a link, which is used up by it. All sign-ins of somebody who set a new password end.

    Raises:
        NotPossible: the link does not work any more, or a name is lacking. ValueError: the password is bad.
    """
    with read() as unit:
        invitation = opened(unit, token, now)
    if invitation is None:
        raise NotPossible(GONE)
    name = " ".join(name.split())[:MOST_NAME]
    if invitation.kind == "invitation" and not name:
        raise NotPossible("Please tell your name, so that others know who they work with.")
    check_password(password, email=invitation.email)
    hashed = passwords.hash(password)
    with write() as unit:
        if not unit.staff.remove_invitation(invitation.id):
            raise NotPossible(GONE)
        user = unit.staff.user_by_email(invitation.email)
        if invitation.kind == "reset":
            if user is None or user.deactivated_at is not None:
                raise NotPossible(GONE)
            user.password_hash = hashed
            unit.staff.remove_sessions(user.id)
            audit.note(unit, "password", by=user.email, now=now, detail="by a link")
        else:
            user = join(unit, invitation, name=name, password_hash=hashed, now=now)
        unit.commit()
    return user


def join(uow: UnitOfWork, invitation: Invitation, *, name: str, password_hash: str, now: datetime) -> User:
    """Keep the person an invitation was for, in the role it named."""
    user = User(
        id=uuid.uuid4().hex, email=invitation.email, name=name, role=invitation.role, password_hash=password_hash, created_at=now
    )
    access.keep_user(uow, user)
    audit.note(uow, "joined", by=user.email, now=now, detail=f"as {user.role}, invited by {invitation.by}")
    return user


def letter(invitation: Invitation, link: str) -> tuple[str, str]:
    """Return subject and text of the mail that carries a link."""
    if invitation.kind == "invitation":
        subject, what = "You are invited to LeadTriage", "You are invited to LeadTriage. Set your name and password here:"
    else:
        subject, what = "A new password for LeadTriage", "Set a new password for LeadTriage here:"
    until = f"{invitation.expires_at:%d %b %Y, %H:%M} UTC"
    return subject, f"{what}\n\n{link}\n\nThe link works once, until {until}. If you did not expect it, do nothing.\n"


def _make(
    uow: UnitOfWork, kind: Literal["invitation", "reset"], *, email: str, role: str, by: str, now: datetime
) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    made = Invitation(
        id=uuid.uuid4().hex, kind=kind, email=email, role=role, token_hash=hash_secret(token), by=by, created_at=now,
        expires_at=now + VALID_FOR[kind],
    )
    uow.staff.add_invitation(made)
    return made, token


def _get(uow: UnitOfWork, invitation_id: str) -> Invitation:
    found = next((each for each in uow.staff.invitations() if each.id == invitation_id), None)
    if found is None:
        raise NotPossible("That link was used or withdrawn meanwhile.")
    return found
