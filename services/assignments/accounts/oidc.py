"""Signing in over an OpenID provider: authorization code with PKCE, checked as OpenID Connect Core 3.1.3.7 says.

Talks to the provider before the database is touched: no transaction is open across the network.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from urllib.error import URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared import clock, logs
from shared.errors import DomainError, Unauthorized
from shared.sealing import Seal

log = logs.get_logger()

_ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"]  # no symmetric one: the secret is no key
_FLOW_LASTS = timedelta(minutes=10)
_TIMEOUT = 10.0  # seconds
_LONGEST_ANSWER = 2**18  # bytes
_SEAL = "caunoi openid flows v1"


class ProviderAway(DomainError):
    """The OpenID provider does not answer, or not as it should."""

    status = 503
    title = "Service Unavailable"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider as it is configured. `claim` names the account."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    claim: str
    redirect_uri: str


class OpenId:
    """One provider. Its discovery document and keys are asked for when they are needed, and kept."""

    def __init__(self, provider: Provider, secret_key: str) -> None:
        self.provider = provider
        self._seal = Seal(secret_key, _SEAL)
        self._known: dict[str, Any] = {}
        self._keys: KeySet | None = None

    def begin(self) -> dict[str, str]:
        """Where to send the browser, and what it has to keep until it comes back: {"address", "flow"}.
        Raises ProviderAway."""
        state, nonce, verifier = token_urlsafe(24), token_urlsafe(24), token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        until = (clock.now() + _FLOW_LASTS).isoformat()
        flow = json.dumps({"state": state, "nonce": nonce, "verifier": verifier, "until": until})
        address = str(self._discovered()["authorization_endpoint"])
        joint = "&" if "?" in address else "?"
        return {"address": f"{address}{joint}{urlencode(asked)}", "flow": self._seal.seal(flow)}

    def finish(self, flow: str, state: str, code: str) -> str:
        """The address of the account of whoever came back. Raises Unauthorized, ProviderAway."""
        begun = json.loads(self._seal.open(flow) or "{}")
        if not begun or datetime.fromisoformat(begun["until"]) <= clock.now():
            raise Unauthorized("Begin again: this took too long, or was begun elsewhere.")
        if not compare_digest(begun["state"].encode(), state.encode()):
            raise Unauthorized("This answer belongs to another sign-in.")
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "client_id": self.provider.client_id,
            "code_verifier": begun["verifier"],
        }
        answer = self._asked(self._discovered()["token_endpoint"], given)
        try:
            return self._login(self._checked(str(answer["id_token"]), begun["nonce"]))
        except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
            log.warning("openid_refused", error=repr(error))
            raise Unauthorized("The OpenID provider did not say who you are.") from error

    def _login(self, claims: dict[str, Any]) -> str:
        claim = self.provider.claim
        if claim == "email" and claims.get("email_verified") is not True:
            raise ValueError("the address is not verified")
        if not isinstance(claims[claim], str):
            raise ValueError(claim)
        return str(claims[claim])

    def _checked(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token; raises JoseError, ValueError. Keys that are not known are asked for once."""
        try:
            claims = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            self._keys = None
            claims = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS).claims
        client_id = self.provider.client_id
        jwt.JWTClaimsRegistry(
            leeway=30,
            now=int(clock.now().timestamp()),
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
            raise ValueError("azp")
        return claims

    def _discovered(self) -> dict[str, Any]:
        if not self._known:
            found = self._asked(f"{self.provider.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise ProviderAway("The OpenID provider calls itself by another name than configured.")
            self._known = found
        return self._known

    def _key_set(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._asked(self._discovered()["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    def _asked(self, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        request = Request(address, urlencode(form).encode() if form else None, {"Accept": "application/json"})
        if form:
            pair = f"{quote(self.provider.client_id, safe='')}:{quote(self.provider.client_secret, safe='')}"
            request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
        try:
            with urlopen(request, timeout=_TIMEOUT) as answer:
                found = json.loads(answer.read(_LONGEST_ANSWER))
        except URLError as error:
            if getattr(error, "code", 500) < 500 and form:
                raise Unauthorized("The OpenID provider does not know this sign-in.") from error
            raise ProviderAway() from error
        except (OSError, ValueError) as error:
            raise ProviderAway() from error
        if not isinstance(found, dict):
            raise ProviderAway()
        return found
