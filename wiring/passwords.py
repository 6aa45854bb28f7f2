"""Hashing passwords with argon2."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2:
    """argon2id with the library's recommended costs."""

    def __init__(self) -> None:
        """Prepare."""
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        """Return the encoded hash with its salt and costs."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        """Is this the password of that hash?"""
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """Was it hashed with other costs than those of today?"""
        return self._hasher.check_needs_rehash(password_hash)
