"""Signed links by which a visitor goes on with a chat on another device."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer

# Long enough to answer after a weekend, short enough that a link found in an old message opens nothing.
VALID_FOR = timedelta(days=7)
# The widget looks for this in its page's address.
FRAGMENT = "lead-chat"


class ResumeLinks:
    """Makes and checks links. A link's token stands for one conversation, like the token its visitor holds."""

    def __init__(self, secret_key: str, *, base_url: str) -> None:
        """Prepare.

        Args:
            secret_key: whoever has it can open every conversation.
            base_url: where a chat is gone on with that was opened on no page.
        """
        self._serializer = URLSafeTimedSerializer(secret_key, salt="resume a conversation")
        self._base_url = base_url

    def make(self, conversation_id: str, page_url: str | None, *, now: datetime) -> dict[str, str]:
        """Return {"url", "expires_at"}: the page the chat was opened on, with the token behind the #, which no server logs."""
        parts = urlsplit(page_url or "")
        page = page_url if page_url and parts.scheme in ("http", "https") and parts.netloc else f"{self._base_url}/"
        token = self._serializer.dumps(conversation_id)
        return {"url": f"{page}#{FRAGMENT}={conversation_id}.{token}", "expires_at": (now + VALID_FOR).isoformat(timespec="seconds")}

    def opens(self, token: str, conversation_id: str) -> bool:
        """Does this token come from a link to this conversation that is still valid?"""
        try:
            named: str = self._serializer.loads(token, max_age=int(VALID_FOR.total_seconds()))
        except BadSignature:
            return False
        return named == conversation_id
