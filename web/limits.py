"""Limits on what one visitor, address or login may do in a time; every limit is a setting."""

from __future__ import annotations

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from web.problems import Refusal
from wiring.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "testclient"})


class Limits:
    """Counts in this process, or in Redis where several web processes share a limit."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the counters."""
        self._settings = settings
        self._limiter = MovingWindowRateLimiter(storage_from_string(settings.redis_url or "memory://"))

    def message(self, request: Request, conversation_id: str) -> None:
        """Count a message of one conversation.

        Raises:
            Refusal: too many (429).
        """
        self._count(request, RateLimitItemPerMinute, self._settings.messages_a_minute, "message", conversation_id,
                    "That was a lot of messages in a short time. Please wait a moment and send it again; nothing is lost.")

    def conversation(self, request: Request) -> None:
        """Count a new conversation or form of one address; generous, since a whole hospital may share one.

        Raises:
            Refusal: too many (429).
        """
        self._count(request, RateLimitItemPerHour, self._settings.conversations_an_hour, "conversation", address(request),
                    "Many chats were opened from your network just now. Please try again in a few minutes.")

    def sign_in(self, request: Request, email: str) -> None:
        """Count a try to sign in: to one login from one address, and more generously what one address or one login gets in all.

        Raises:
            Refusal: too many (429).
        """
        most, who, place = self._settings.sign_ins_a_minute, email.lower(), address(request)
        for kind, key, times in (("sign_in", f"{who}|{place}", 1), ("sign_in_to", who, 5), ("sign_in_from", place, 10)):
            self._count(request, RateLimitItemPerMinute, most * times, kind, key, "Too many tries. Please wait a minute and try again.")

    def sign_on(self, request: Request) -> None:
        """Count a step of a sign-in by OIDC, by address.

        Raises:
            Refusal: too many (429).
        """
        self._count(request, RateLimitItemPerMinute, self._settings.sign_ins_a_minute * 10, "sign_on", address(request),
                    "Too many tries. Please wait a minute and try again.")

    def _count(self, request: Request, item: type[RateLimitItem], most: int, kind: str, who: str, sentence: str) -> None:
        if not most or (self._settings.demo and address(request) in LOOPBACK):
            return
        if not self._limiter.hit(item(most), kind, who):
            raise Refusal(429, sentence, retry_after=15)


def address(request: Request) -> str:
    """The address a request came from (uvicorn resolves trusted proxies)."""
    return request.client.host if request.client else "unknown"
