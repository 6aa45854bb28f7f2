"""Who may come in that an OIDC issuer vouches for: people we know or have invited, and others only where a default role says so."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from leads import audit, invitations
from leads.ports import UnitOfWork
from leads.records import User


class NotAdmitted(Exception):
    """Somebody may not sign in by OIDC; the sentence is for them."""


@dataclass(frozen=True)
class Identity:
    """What an issuer says about somebody. subject: their name there for good; an e-mail address can change hands."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str = ""


def admit(
    uow: UnitOfWork, identity: Identity, *, domains: Collection[str] = (), default_role: str | None = None, now: datetime
) -> User:
    """Return who somebody is here: by the issuer's subject first, then by address, then by an invitation, which is used up.

    Args:
        domains: domains of addresses that may come in; none means all.
        default_role: what somebody becomes that nobody invited; None: they may not come in.
    Raises:
        NotAdmitted: they may not sign in.
    """
    email = identity.email.strip().lower()
    if not email or not identity.email_verified:
        raise NotAdmitted("Your sign-in service does not say that your e-mail address is verified. Verify it there, then try again.")
    if domains and email.rpartition("@")[2] not in domains:
        raise NotAdmitted(f"{email} is not an address that may sign in here. Use your work account.")
    user = uow.staff.user_by_subject(identity.issuer, identity.subject) or _by_address(uow, identity, email, default_role, now)
    if user.deactivated_at is not None:
        raise NotAdmitted("This account is deactivated. Ask an administrator if it should be active again.")
    return user


def _by_address(uow: UnitOfWork, identity: Identity, email: str, default_role: str | None, now: datetime) -> User:
    user = uow.staff.user_by_email(email)
    if user is not None and user.subject is not None:
        raise NotAdmitted(f"{email} belongs to another account of your sign-in service. Ask an administrator.")
    if user is None:
        user = _newcomer(uow, identity, email, default_role, now)
    if user.deactivated_at is None:
        user.issuer, user.subject = identity.issuer, identity.subject
    return user


def _newcomer(uow: UnitOfWork, identity: Identity, email: str, default_role: str | None, now: datetime) -> User:
    name = " ".join(identity.name.split())[: invitations.MOST_NAME] or email
    invitation = uow.staff.invitation_by_email(email)
    if invitation is not None and invitation.kind == "invitation" and now < invitation.expires_at:
        return invitations.join(uow, invitation, name=name, password_hash="", now=now)
    if default_role is None:
        raise NotAdmitted(f"Nobody has invited {email} yet. Ask an administrator for an invitation, then sign in again.")
    user = User(id=uuid.uuid4().hex, email=email, name=name, role=default_role, password_hash="", created_at=now)
    uow.staff.add_user(user)
    audit.note(uow, "joined", by=email, now=now, detail=f"as {default_role}, by the default role of OIDC")
    return user
