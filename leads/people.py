"""The people who may sign in: their roles, who may no longer sign in, their own passwords. There is always an administrator."""

from __future__ import annotations

from datetime import datetime, timedelta

from leads import access, audit
from leads.access import Passwords, check_role
from leads.password_rules import check_password
from leads.ports import NewUnit, UnitOfWork
from leads.records import User


class NotPossible(ValueError):
    """Something about people cannot be done; the sentence says why and what to do."""


def get(uow: UnitOfWork, user_id: str) -> User:
    """Return a user.

    Raises:
        NotPossible: there is none with this id.
    """
    user = uow.staff.user(user_id)
    if user is None:
        raise NotPossible("There is nobody with this id any more.")
    return user


def by_email(uow: UnitOfWork, email: str) -> User:
    """Return a user by e-mail address.

    Raises:
        NotPossible: nobody has it.
    """
    user = uow.staff.user_by_email(email.strip())
    if user is None:
        raise NotPossible(f"Nobody has the address {email.strip()}. `leadtriage user list` names everybody.")
    return user


def change_role(uow: UnitOfWork, user_id: str, role: str, *, by: str, now: datetime) -> User:
    """Give somebody another role; it counts from their next click on.

    Raises:
        NotPossible: nobody has this id, or they are the last administrator. ValueError: there is no such role.
    """
    check_role(role)
    if role != "admin":
        _somebody_else_is_admin(uow, user_id)
    user = get(uow, user_id)
    if user.role != role:
        audit.note(uow, "role", by=by, now=now, detail=f"{user.email} from {user.role} to {role}")
        user.role = role
    return user


def deactivate(uow: UnitOfWork, user_id: str, *, by: str, now: datetime) -> tuple[User, int]:
    """End somebody's sign-ins at once and let them in no more; return them, and how many open leads they still own.

    Raises:
        NotPossible: nobody has this id, they are the last administrator, or deactivated already.
    """
    _somebody_else_is_admin(uow, user_id)
    user = get(uow, user_id)
    if user.deactivated_at is not None:
        raise NotPossible(f"{user.email} is deactivated already.")
    user.deactivated_at = now
    uow.staff.remove_sessions(user.id)
    open_link = uow.staff.invitation_by_email(user.email)
    if open_link is not None:
        uow.staff.remove_invitation(open_link.id)
    audit.note(uow, "deactivate", by=by, now=now, detail=user.email)
    return user, uow.leads.open_by_owner([user.email], but="").get(user.email, 0)


def reactivate(uow: UnitOfWork, user_id: str, *, by: str, now: datetime) -> User:
    """Let somebody in again, with the password and role they had.

    Raises:
        NotPossible: nobody has this id, or they are not deactivated.
    """
    user = get(uow, user_id)
    if user.deactivated_at is None:
        raise NotPossible(f"{user.email} is not deactivated.")
    user.deactivated_at = None
    audit.note(uow, "reactivate", by=by, now=now, detail=user.email)
    return user


def change_password(
    read: NewUnit, write: NewUnit, passwords: Passwords, *, email: str, current: str, new: str, now: datetime,
    session: str, length: timedelta = access.SESSION_LENGTH,
) -> str:
    """Set one's own password and return a new session; all other sign-ins of this person end.

    Raises:
        NotPossible: the current password is wrong, or there is none. ValueError: the new one is bad.
    """
    with read() as unit:
        user = by_email(unit, email)
    if not user.password_hash:
        raise NotPossible("You sign in with your organisation's account, so there is no password here to change.")
    if not passwords.matches(user.password_hash, current):
        raise NotPossible("The current password is not right, so nothing was changed.")
    check_password(new, email=email)
    if new == current:
        raise NotPossible("The new password is the current one. Please take another.")
    hashed = passwords.hash(new)
    with write() as unit:
        kept = get(unit, user.id)
        if kept.password_hash != user.password_hash or kept.deactivated_at is not None:
            raise NotPossible("The password was changed somewhere else meanwhile, so nothing was changed here.")
        kept.password_hash = hashed
        unit.staff.remove_sessions(user.id)
        audit.note(unit, "password", by=kept.email, now=now)
        token = access.begin_session(unit, kept, now=now, length=length, instead_of=session, how="after a new password")
        unit.commit()
    return token


def _somebody_else_is_admin(uow: UnitOfWork, user_id: str) -> None:
    # All administrators are locked, so that two who demote each other at once cannot both succeed.
    admins = uow.staff.admins()
    if [admin.id for admin in admins] == [user_id]:
        raise NotPossible(f"{admins[0].email} is the only administrator left. Make somebody else an administrator first.")
