"""Who may come in: users with passwords, sign-ins, keys for programs."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Protocol

from leads.ports import UnitOfWork
from leads.records import ApiKey, Session, User

ROLES = ("rep", "sales", "manager", "ops", "admin")
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


def sign_in(uow: UnitOfWork, passwords: Passwords, *, email: str, password: str, now: datetime) -> str | None:
    """Return a token for a right e-mail address and password, else None; both take the same time."""
    user = uow.staff.user_by_email(email)
    # An unknown address costs a hash too, so that it cannot be told from a wrong password.
    matches = passwords.matches(user.password_hash if user else _nobody(passwords), password)
    if user is None or not matches:
        return None
    token = secrets.token_urlsafe(32)
    uow.staff.add_session(
        Session(token_hash=hash_secret(token), user_id=user.id, created_at=now, expires_at=now + SESSION_LENGTH)
    )
    return token


def hash_secret(secret: str) -> str:
    """Return what is stored of a token or key: its sha256 (they are long and random, so no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_api_key(uow: UnitOfWork, *, name: str, now: datetime) -> str:
    """Store a key for a program and return it; it is shown this once."""
    key = f"lt_{secrets.token_urlsafe(32)}"
    uow.staff.add_api_key(ApiKey(id=uuid.uuid4().hex, name=name, key_hash=hash_secret(key), created_at=now))
    return key


_nobodys: dict[int, str] = {}


def _nobody(passwords: Passwords) -> str:
    if id(passwords) not in _nobodys:
        _nobodys[id(passwords)] = passwords.hash(secrets.token_urlsafe(16))
    return _nobodys[id(passwords)]
