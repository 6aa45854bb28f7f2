"""The addresses of invitations: what a link holds, signed, so that a guess is refused before the database is asked."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

PATH = "/console/welcome/"


class InvitationLinks:
    """Makes links and reads them back."""

    def __init__(self, secret_key: str, *, base_url: str) -> None:
        """Prepare."""
        self._serializer, self._base_url = URLSafeSerializer(secret_key, salt="invite a person"), base_url

    def make(self, token: str) -> str:
        """Return the address that is sent to somebody."""
        return f"{self._base_url}{PATH}{self._serializer.dumps(token)}"

    def read(self, signed: str) -> str | None:
        """Return what a link holds, None if we did not make it."""
        try:
            return str(self._serializer.loads(signed))
        except BadSignature:
            return None
