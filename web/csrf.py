"""Proof that a form was sent from our own page: a signature only the holder of the visitor's secret cookie can make."""

import hashlib
import hmac
import secrets

_PURPOSE = b"leadtriage form"


def new_secret() -> str:
    """A fresh secret for a visitor who has no session yet (the sign-in form): 43 URL-safe characters, 256 bits."""
    return secrets.token_urlsafe(32)


def sign(secret: str) -> str:
    """The hidden field that goes with a secret cookie: 64 hex digits.

    The cookie itself is the key (HMAC-SHA-256), so the field tells nothing about it and dies with it.
    Raises ValueError for an empty secret: its signature would be the same for everybody.
    """
    if not secret:
        raise ValueError("A form token needs a session or sign-in cookie to be signed with; found none.")
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def is_signed(token: str, secret: str | None) -> bool:
    """Whether this hidden field belongs to this cookie. No cookie or no field is never a match."""
    if not secret or not token:
        return False
    return hmac.compare_digest(sign(secret).encode(), token.encode())
