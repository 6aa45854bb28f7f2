"""Who may come in: users with passwords, sign-ins, keys for programs."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from leads import audit
from leads.password_rules import check_password
from leads.ports import NewUnit, UnitOfWork
from leads.records import ApiKey, Session, User
from leads.rights import PROGRAMS, ROLES, Actor, check_scopes

SESSION_LENGTH = timedelta(hours=12)
IDLE_LENGTH = timedelta(hours=3)
# How exactly it is known when somebody was last active: each note of it is a write.
NOTED_EVERY = timedelta(minutes=5)


class Passwords(Protocol):
    """Hashing of passwords."""

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""

    def matches(self, password_hash: str, password: str) -> bool:
        """Is this the password?"""

    def is_outdated(self, password_hash: str) -> bool:
        """Was it hashed with other costs than those of today?"""


def add_user(
    uow: UnitOfWork, passwords: Passwords, *, email: str, name: str, role: str, password: str, now: datetime
) -> User:
    """Store a user in one go, where nobody waits to write; `new_user` and `keep_user` do it apart.

    Raises:
        ValueError: unknown role, bad password, or the e-mail address is taken; the sentence says which.
    """
    return keep_user(uow, new_user(passwords, email=email, name=name, role=role, password=password, now=now))


def new_user(passwords: Passwords, *, email: str, name: str, role: str, password: str, now: datetime) -> User:
    """Make a user that is not stored yet. It hashes, which takes a while, so it belongs outside a unit that writes.

    Raises:
        ValueError: unknown role or bad password; the sentence says which.
    """
    check_role(role)
    check_password(password, email=email)
    return User(
        id=uuid.uuid4().hex, email=email.strip().lower(), name=name, role=role, password_hash=passwords.hash(password), created_at=now
    )


def keep_user(uow: UnitOfWork, user: User) -> User:
    """Store a new user; an open invitation to the address is of no use then.

    Raises:
        ValueError: the e-mail address is taken.
    """
    if uow.staff.user_by_email(user.email) is not None:
        raise ValueError("email: there is a user with this address already.")
    invitation = uow.staff.invitation_by_email(user.email)
    if invitation is not None:
        uow.staff.remove_invitation(invitation.id)
    uow.staff.add_user(user)
    return user


def check_role(role: str) -> None:
    """Go on only with a role there is.

    Raises:
        ValueError: there is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"role: expected one of {', '.join(ROLES)}, found '{role}'.")


def sign_in(
    read: NewUnit, write: NewUnit, passwords: Passwords, *, email: str, password: str, now: datetime,
    length: timedelta = SESSION_LENGTH, instead_of: str | None = None,
) -> tuple[str, User] | None:
    """Return a token and whose it is for a right e-mail address and password, else None; both take the same time.

    The password is hashed between two units, so that nobody waits for that work to write.

    Args:
        read: makes a unit that only looks the user up. write: makes the unit that keeps the sign-in, or that it failed.
        instead_of: the token of a session that ends by it.
    """
    with read() as unit:
        user = unit.staff.user_by_email(email)
    known = user if user is not None and user.deactivated_at is None and user.password_hash else None
    # An unknown address costs a hash too, so that it cannot be told from a wrong password.
    if not passwords.matches(known.password_hash if known else _nobody(passwords), password) or known is None:
        with write() as unit:
            audit.note(unit, "sign_in_failed", by=user.email if user else "unknown", now=now)
            unit.commit()
        return None
    newer = passwords.hash(password) if passwords.is_outdated(known.password_hash) else known.password_hash
    with write() as unit:
        still = unit.staff.user(known.id)
        # Deactivated, or given another password, while the old one was compared.
        if still is None or still.deactivated_at is not None or still.password_hash != known.password_hash:
            return None
        still.password_hash = newer
        token = begin_session(unit, still, now=now, length=length, instead_of=instead_of)
        unit.commit()
    return token, still


def begin_session(
    uow: UnitOfWork, user: User, *, now: datetime, length: timedelta = SESSION_LENGTH, instead_of: str | None = None, how: str = ""
) -> str:
    """Keep that somebody signed in and return the token of the new session; no token lives on beyond a sign-in."""
    if instead_of:
        uow.staff.remove_session(hash_secret(instead_of))
    uow.staff.remove_sessions_before(now)
    token = secrets.token_urlsafe(32)
    session = Session(token_hash=hash_secret(token), user_id=user.id, created_at=now, expires_at=now + length, seen_at=now)
    uow.staff.add_session(session)
    user.last_sign_in_at = now
    audit.note(uow, "signed_in", by=user.email, now=now, detail=how)
    return token


def sign_out(uow: UnitOfWork, token: str, now: datetime) -> None:
    """End a session."""
    user = uow.staff.session_user(hash_secret(token), now)
    uow.staff.remove_session(hash_secret(token))
    if user is not None:
        audit.note(uow, "signed_out", by=user.email, now=now)


def who_signed_in(
    read: NewUnit, write: NewUnit, token: str, now: datetime, *, idle: timedelta = IDLE_LENGTH, acts: bool = True
) -> User | None:
    """Return whose session a token is; None if it is unknown, has run out, or nobody did anything with it for too long.

    Args:
        acts: the person does something now; a page that keeps itself up to date does not count.
    """
    hashed = hash_secret(token)
    with read() as unit:
        session, user = unit.staff.session(hashed), unit.staff.session_user(hashed, now)
    if session is None or user is None:
        return None
    seen_at = session.seen_at or session.created_at
    if now - seen_at >= idle:
        return None
    if acts and now - seen_at >= NOTED_EVERY:
        with write() as unit:
            kept = unit.staff.session(hashed)
            if kept is not None:
                kept.seen_at = now
                unit.commit()
    return user


def who_has_key(read: NewUnit, write: NewUnit, key: str, now: datetime) -> Actor | None:
    """Return the program a key belongs to, with its scopes; None for an unknown or revoked key."""
    hashed = hash_secret(key)
    with read() as unit:
        found = unit.staff.api_key(hashed)
    if found is None or found.revoked_at is not None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= NOTED_EVERY:
        with write() as unit:
            kept = unit.staff.api_key(hashed)
            if kept is not None:
                kept.last_used_at = now
                unit.commit()
    return Actor(found.name, scopes=frozenset(found.scopes))


def hash_secret(secret: str) -> str:
    """Return what is stored of a token or key: its sha256 (they are long and random, so no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_api_key(uow: UnitOfWork, *, name: str, now: datetime, scopes: Collection[str] = PROGRAMS, by: str = "") -> str:
    """Store a key for a program and return it; it is shown this once.

    Args:
        scopes: the actions of leads.rights that it may do.
    Raises:
        ValueError: an unknown scope.
    """
    key = f"lt_{secrets.token_urlsafe(32)}"
    allowed = check_scopes(scopes)
    made = ApiKey(id=uuid.uuid4().hex, name=name, key_hash=hash_secret(key), created_at=now, scopes=allowed, made_by=by)
    uow.staff.add_api_key(made)
    if by:
        audit.note(uow, "key_made", by=by, now=now, detail=f"{name}: {', '.join(allowed)}")
    return key


def revoke_api_key(uow: UnitOfWork, key_id: str, *, by: str, now: datetime) -> ApiKey:
    """End a key for good; what it did stays told under its name.

    Raises:
        ValueError: there is no such key, or it is revoked already.
    """
    found = next((key for key in uow.staff.api_keys() if key.id == key_id), None)
    if found is None:
        raise ValueError("There is no such key.")
    if found.revoked_at is not None:
        raise ValueError(f"The key {found.name} is revoked already.")
    found.revoked_at = now
    audit.note(uow, "key_revoked", by=by, now=now, detail=found.name)
    return found


_nobodys: dict[type[Passwords], str] = {}


def _nobody(passwords: Passwords) -> str:
    """A hash that belongs to nobody, made once for each way of hashing."""
    kind = type(passwords)
    if kind not in _nobodys:
        _nobodys[kind] = passwords.hash(secrets.token_urlsafe(16))
    return _nobodys[kind]


def prepare_sign_in(passwords: Passwords) -> None:
    """Do now what the first try with an unknown address would take longer for."""
    _nobody(passwords)
