"""Sign-in by an OpenID Connect issuer: authorization code with PKCE, state and nonce. Nothing is called before somebody signs in.

Authlib makes and checks what the protocol asks for; this file fetches, with our own HTTP client.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from leads.single_sign_on import Identity

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10
KEPT_SECONDS = 3600  # how long addresses and keys of the issuer are believed before they are fetched again
LEEWAY_SECONDS = 60
# Signatures by keys that only the issuer has: neither "none" nor one by a secret that we know too.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid email profile"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SignInFailed(Exception):
    """The issuer could not be asked, or its answer cannot be believed; the sentence is for who signs in."""


@dataclass(frozen=True)
class Attempt:
    """What one try to sign in must come back with; the browser keeps it, signed, for as long as the try lasts."""

    state: str
    nonce: str
    verifier: str

    def as_dict(self) -> dict[str, str]:
        """For a cookie."""
        return asdict(self)


class IdentityProvider:
    """One issuer. Its addresses and keys are fetched when they are first needed, and again after an hour."""

    def __init__(self, issuer: str, *, client_id: str, client_secret: str, name: str, transport: httpx.BaseTransport | None = None) -> None:
        """Prepare; nothing is opened.

        Args:
            name: the words of the button.
        """
        self.issuer, self.name = issuer, name
        self._client_id, self._client_secret, self._transport = client_id, client_secret, transport
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}

    def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Return where the browser goes to sign in, and what it must come back with.

        Raises:
            SignInFailed: the issuer does not answer as it should.
        """
        attempt = Attempt(state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48))
        address = prepare_grant_uri(
            self._metadata()["authorization_endpoint"], self._client_id, "code", redirect_uri=redirect_uri, scope=SCOPE,
            state=attempt.state, nonce=attempt.nonce, code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return str(address), attempt

    def finish(self, answer: Mapping[str, str], attempt: Attempt, redirect_uri: str) -> Identity:
        """Return who signed in, by what the browser came back with.

        Raises:
            SignInFailed: the issuer said no, or its answer cannot be believed.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignInFailed("This sign-in did not begin in this browser, or it was used already. Please begin again.")
        if answer.get("iss") not in (None, self.issuer):
            raise SignInFailed("The answer came from another sign-in service than the one we asked. Please begin again.")
        if "error" in answer:
            logger.info("the issuer refused a sign-in: %s", answer["error"][:40])
            cancelled = answer["error"] == "access_denied"
            words = "You stopped the sign-in, or your sign-in service does not let you in here." if cancelled else (
                "Your sign-in service could not sign you in.")
            raise SignInFailed(f"{words} You can try again, or sign in with a password.")
        tokens = self._tokens(answer.get("code", ""), attempt, redirect_uri)
        claims = self._claims(tokens, attempt.nonce)
        return self._identity(claims, tokens)

    def _tokens(self, code: str, attempt: Attempt, redirect_uri: str) -> dict[str, Any]:
        metadata = self._metadata()
        offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = next((each for each in ("client_secret_basic", "client_secret_post") if each in offered), "client_secret_basic")
        body = prepare_token_request("authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=attempt.verifier)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        auth = ClientAuth(self._client_id, self._client_secret, method)
        address, headers, body = auth.prepare("POST", metadata["token_endpoint"], headers, body)
        tokens = self._ask("POST", address, headers=headers, content=body)
        if not isinstance(tokens.get("id_token"), str):
            raise self._not_believed("no id_token came")
        return tokens

    def _claims(self, tokens: Mapping[str, Any], nonce: str) -> CodeIDToken:
        try:
            token = self._decode(tokens["id_token"])
            claims = CodeIDToken(
                token.claims, token.header,
                {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self._client_id},
                 "sub": {"essential": True}, "exp": {"essential": True}, "iat": {"essential": True}},
                {"nonce": nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")},
            )
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise self._not_believed(f"{type(error).__name__} {getattr(error, 'error', '')}") from error
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise self._not_believed("sub is no name")
        return claims

    def _decode(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, jwk.KeySet.import_key_set(self._keys()), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # The issuer may have changed its keys since they were fetched.
            self._kept.pop("keys", None)
            return jwt.decode(id_token, jwk.KeySet.import_key_set(self._keys()), algorithms=ALGORITHMS)

    def _identity(self, claims: CodeIDToken, tokens: Mapping[str, Any]) -> Identity:
        told: Mapping[str, Any] = claims
        address = self._metadata().get("userinfo_endpoint")
        if "email" not in told and address and isinstance(tokens.get("access_token"), str):
            told = self._ask("GET", address, headers={"Authorization": f"Bearer {tokens['access_token']}"})
            if told.get("sub") != claims["sub"]:
                raise self._not_believed("userinfo is about somebody else")
        return Identity(
            issuer=self.issuer, subject=claims["sub"], email=str(told.get("email") or ""), name=str(told.get("name") or ""),
            email_verified=told.get("email_verified") in (True, "true"),
        )

    def _metadata(self) -> dict[str, Any]:
        kept = self._kept_for("metadata")
        if kept is not None:
            return kept
        found = self._ask("GET", get_well_known_url(self.issuer, external=True))
        if str(found.get("issuer", "")) != self.issuer:
            raise self._not_believed("discovery names another issuer than OIDC_ISSUER")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            parts = urlsplit(str(found.get(name, "")))
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
                raise self._not_believed(f"{name} is no https address")
        self._kept["metadata"] = (time.monotonic(), dict(OpenIDProviderMetadata(found)))
        return found

    def _keys(self) -> Any:
        kept = self._kept_for("keys")
        if kept is None:
            kept = self._ask("GET", self._metadata()["jwks_uri"])
            self._kept["keys"] = (time.monotonic(), kept)
        return kept

    def _kept_for(self, what: str) -> dict[str, Any] | None:
        at, found = self._kept.get(what, (0.0, None))
        return found if found is not None and time.monotonic() - at < KEPT_SECONDS else None

    def _ask(self, method: str, address: str, **how: Any) -> dict[str, Any]:
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS, transport=self._transport) as client:
                answer = client.request(method, address, **how)
            answer.raise_for_status()
            found = answer.json()
        except httpx.HTTPStatusError as error:
            # A code that was used, is wrong or too old comes as 400.
            logger.warning("the issuer answered %s at %s", error.response.status_code, urlsplit(address).path)
            raise SignInFailed("Your sign-in service did not accept this sign-in. Please begin again.") from error
        except (httpx.HTTPError, ValueError) as error:
            logger.warning("the issuer does not answer: %s", type(error).__name__)
            raise SignInFailed("Your sign-in service does not answer. Try again in a minute, or sign in with a password.") from error
        if not isinstance(found, dict):
            raise self._not_believed("the answer is no JSON object")
        return found

    def _not_believed(self, why: str) -> SignInFailed:
        logger.warning("a sign-in by OIDC is not believed: %s", why)
        return SignInFailed("The answer of your sign-in service could not be verified, so nobody was signed in. "
                            "If it happens again, tell an administrator.")
