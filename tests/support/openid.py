"""A small OpenID provider: discovery, keys, authorization code with PKCE; on this machine only."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "cau-noi", "bí mật: của tỉnh"


class OpenIdServer:
    """The provider. What it says of who signs in is `claims`, and `changes` of the ID token."""

    def __init__(self) -> None:
        self.url = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.claims: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.forger: RSAKey | None = None  # signs in its place, and is not published
        self._codes: dict[str, dict[str, str]] = {}

    def turn_key(self) -> None:
        """A new key signs from now on, and is the only one published."""
        self.key = RSAKey.generate_key(2048, {"kid": "two", "alg": "RS256", "use": "sig"})

    def approve(self, address: str) -> dict[str, str]:
        """What the browser comes back with after its owner has signed in there: state and code."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, form: dict[str, str], credentials: tuple[str | None, str | None]) -> Response:
        """The token endpoint: each code once, with the verifier it was asked for."""
        asked = self._codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return Response('{"error": "invalid_grant"}', 400, mimetype="application/json")
        if credentials != (CLIENT_ID, CLIENT_SECRET):
            return Response('{"error": "invalid_client"}', 401, mimetype="application/json")
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.url, "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"]} | self.claims | self.changes
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.forger or self.key
        token = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key, algorithms=["RS256"])
        return jsonify(access_token="x", token_type="Bearer", id_token=token)


@contextmanager
def openid_server() -> Iterator[OpenIdServer]:
    """The provider, listening on a free port."""
    provider, app = OpenIdServer(), Flask("openid")

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        endpoints = {f"{name}_endpoint": f"{provider.url}/{name}" for name in ("authorization", "token")}
        return jsonify(issuer=provider.url, jwks_uri=f"{provider.url}/keys", **endpoints)

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.post("/token")
    def token() -> Response:
        basic = request.authorization
        pair = (unquote(basic.username or ""), unquote(basic.password or "")) if basic else (None, None)
        return provider.token(request.form.to_dict(), pair)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
