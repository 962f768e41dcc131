"""Clients without a database: secrets, scopes, the event that announces a key."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from typing import Any

from shared.contracts.assignments import SIGNING_KEY_CHANGED
from shared.messaging.events import NewEvent


class ScopeRefused(ValueError):
    """The scope is unknown, or the client was not granted it."""


def new_secret() -> str:
    """256 random bits, as text that fits a header and a form."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """What is stored of a secret. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def same_digest(digest: bytes, secret: str) -> bool:
    """Whether a secret has this digest, in constant time."""
    return hmac.compare_digest(digest, digest_of(secret))


def narrowed(granted: Collection[str], asked: str | None) -> list[str]:
    """The scopes of a token: all that were granted, or those asked for; raises ScopeRefused."""
    if not asked or not asked.strip():
        return sorted(granted)
    wanted = set(asked.split(" "))
    if not wanted <= set(granted):
        raise ScopeRefused()
    return sorted(wanted)


def signing_key_changed(key: Any) -> NewEvent:
    """The event that announces a public key, from a row or a model."""
    data = {"kid": key.kid, "jwk": key.jwk, "not_after": key.not_after}
    return NewEvent(SIGNING_KEY_CHANGED, key.kid, key.version, data)
