"""Who may come in: users with passwords, sign-ins, keys for programs."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from leads.ports import NewUnit, UnitOfWork
from leads.records import ApiKey, Session, User
from leads.rights import PROGRAMS, ROLES, Actor, check_scopes

SESSION_LENGTH = timedelta(hours=12)
LEAST_PASSWORD = 10


class Passwords(Protocol):
    """Hashing of passwords."""

    def hash(self, password: str) -> str:
        """Return what is stored of a password."""

    def matches(self, password_hash: str, password: str) -> bool:
        """Is this the password?"""


def add_user(
    uow: UnitOfWork, passwords: Passwords, *, email: str, name: str, role: str, password: str, now: datetime
) -> User:
    """Store a user.

    Raises:
        ValueError: unknown role, short password, or the e-mail address is taken; the sentence says which.
    """
    if role not in ROLES:
        raise ValueError(f"role: expected one of {', '.join(ROLES)}, found '{role}'.")
    if len(password) < LEAST_PASSWORD:
        raise ValueError(f"password: expected at least {LEAST_PASSWORD} characters, found {len(password)}.")
    if uow.staff.user_by_email(email) is not None:
        raise ValueError("email: there is a user with this address already.")
    user = User(id=uuid.uuid4().hex, email=email, name=name, role=role, password_hash=passwords.hash(password), created_at=now)
    uow.staff.add_user(user)
    return user


def sign_in(
    read: NewUnit, write: NewUnit, passwords: Passwords, *, email: str, password: str, now: datetime
) -> tuple[str, User] | None:
    """Return a token and whose it is for a right e-mail address and password, else None; both take the same time.

    The password is hashed between two units, so that nobody waits for that work to write.

    Args:
        read: makes a unit that only looks the user up. write: makes the unit that keeps the sign-in.
    """
    with read() as unit:
        user = unit.staff.user_by_email(email)
    # An unknown address costs a hash too, so that it cannot be told from a wrong password.
    matches = passwords.matches(user.password_hash if user else _nobody(passwords), password)
    if user is None or not matches:
        return None
    token = secrets.token_urlsafe(32)
    with write() as unit:
        unit.staff.add_session(
            Session(token_hash=hash_secret(token), user_id=user.id, created_at=now, expires_at=now + SESSION_LENGTH)
        )
        unit.commit()
    return token, user


def who_signed_in(uow: UnitOfWork, token: str, now: datetime) -> User | None:
    """Return whose session a token is; None if it is unknown or has run out."""
    return uow.staff.session_user(hash_secret(token), now)


def who_has_key(uow: UnitOfWork, key: str) -> Actor | None:
    """Return the program a key belongs to, with its scopes; None for an unknown key."""
    found = uow.staff.api_key(hash_secret(key))
    return Actor(found.name, scopes=frozenset(found.scopes)) if found else None


def hash_secret(secret: str) -> str:
    """Return what is stored of a token or key: its sha256 (they are long and random, so no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_api_key(uow: UnitOfWork, *, name: str, now: datetime, scopes: Collection[str] = PROGRAMS) -> str:
    """Store a key for a program and return it; it is shown this once.

    Args:
        scopes: the actions of leads.rights that it may do.
    Raises:
        ValueError: an unknown scope.
    """
    key = f"lt_{secrets.token_urlsafe(32)}"
    allowed = check_scopes(scopes)
    uow.staff.add_api_key(ApiKey(id=uuid.uuid4().hex, name=name, key_hash=hash_secret(key), created_at=now, scopes=allowed))
    return key


_nobodys: dict[int, str] = {}


def _nobody(passwords: Passwords) -> str:
    if id(passwords) not in _nobodys:
        _nobodys[id(passwords)] = passwords.hash(secrets.token_urlsafe(16))
    return _nobodys[id(passwords)]
