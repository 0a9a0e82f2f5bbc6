"""A log-in of a city that speaks OpenID Connect, small enough for tests."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "synopse", "geheim-beim-aussteller"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """What the log-in says about whoever comes.

    Attributes:
        url: Its address.
        claims: What it tells of the person.
        asked: The parameters of requests for a token.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, list[str]]] = []

    def answer(self, path: str, body: str) -> dict[str, Any]:
        """Return the document at a path."""
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token",
                     "jwks_uri": "keys", "userinfo_endpoint": "userinfo"}  # fmt: skip
            return {"issuer": self.url, **{key: f"{self.url}/{p}" for key, p in names.items()}}
        if path == "/token":
            self.asked.append(parse_qs(body))
            token = jwt.encode(self._token(), KEY, algorithm="RS256", headers={"kid": "1"})
            return {"access_token": "zugang", "token_type": "Bearer", "id_token": token}
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}
        return self.claims

    def _token(self) -> dict[str, Any]:
        now = int(time.time())
        return {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims}


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """Answer on a free port of this machine while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(issuer.answer(self.path.partition("?")[0], ""))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._send(issuer.answer(self.path, self.rfile.read(length).decode()))

        def _send(self, document: dict[str, Any]) -> None:
            content = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
