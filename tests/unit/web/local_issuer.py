"""A small OpenID Connect issuer on a port of this machine: discovery, keys, authorize, token, userinfo. It can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwk, jwt

CLIENT_ID, CLIENT_SECRET = "leadtriage", "not a real secret"


@dataclass
class Issuer:
    """What it says about whoever comes, and how it misbehaves if a test wants it to.

    Attributes:
        claims: what the next id_token says beside the usual; None leaves a claim out.
        sign_with: another key than the published one. userinfo: what the userinfo address says.
        refuses: the error it sends the browser back with.
    """

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    refuses: str = ""
    sign_with: Any = None
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    discovery: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def documents(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys", "userinfo_endpoint": f"{self.url}/userinfo", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"], **self.discovery,
            }
        if path == "/keys":
            return {"keys": [self.key.as_dict(private=False)]}
        return self.userinfo if path == "/userinfo" else None

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes next: nobody is asked anything here."""
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID and asked["code_challenge_method"] == "S256", asked
        assert {"openid", "email"} <= set(asked["scope"].split()) and asked["nonce"] and asked["state"]
        if self.refuses:
            return f"{asked['redirect_uri']}?{urlencode({'error': self.refuses, 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def tokens(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Each code works once, for who began, with the verifier of its challenge."""
        asked = self.codes.pop(sent.get("code", ""), None)
        right = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or authorization != right or digest != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": "u-1", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  "email": "dana@meridian.example", "email_verified": True, "name": "Dana Ortiz", **self.claims}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.sign_with or self.key
        header = {"alg": self.algorithm, "kid": key.get("kid") or "one"}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": jwt.encode(header, claims, key, algorithms=[self.algorithm])}


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.issuer.asked.append(parts.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize({name: values[0] for name, values in parse_qs(parts.query).items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        found = self.issuer.documents(parts.path)
        self._json(200 if found is not None else 404, found or {})

    def do_POST(self) -> None:
        self.issuer.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.issuer.tokens({name: values[0] for name, values in parse_qs(body).items()}, self.headers.get("Authorization", "")))

    def _json(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer that listens on a free port."""
    issuer = Issuer()
    handler = type("Handler", (_Handler,), {"issuer": issuer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield issuer
    server.shutdown()
    server.server_close()
    thread.join(5)
