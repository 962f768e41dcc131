"""The keys that sign tokens, sealed while they rest, and the tokens themselves."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.ids import uuid7
from shared.web.auth import ALGORITHM, AUDIENCE, TOKEN_TYPE

TOKEN_LIFETIME = timedelta(minutes=15)

_SEAL_PURPOSE = b"caunoi assignments signing keys v1"


def new_key() -> OKPKey:
    """A new Ed25519 key pair with its id."""
    return OKPKey.generate_key("Ed25519", {"kid": str(uuid7()), "alg": ALGORITHM, "use": "sig"})


def seal(key: OKPKey, secret_key: str) -> str:
    """The private key, encrypted with a key derived from the installation's secret."""
    return _box(secret_key).encrypt(orjson.dumps(key.as_dict(private=True))).decode()


def unseal(sealed: str, secret_key: str) -> OKPKey | None:
    """The private key, or None if it was sealed with another secret."""
    try:
        return OKPKey.import_key(orjson.loads(_box(secret_key).decrypt(sealed.encode())))
    except InvalidToken:
        return None


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=_SEAL_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def access_token(
    key: OKPKey,
    issuer: str,
    client_id: str,
    scopes: Sequence[str],
    territories: Sequence[str],
    now: datetime,
    official: UUID | None = None,
) -> str:
    """A signed access token (RFC 9068). `territories` are unit path prefixes, "" = everywhere. `official`: whom it
    speaks for, who is its subject then."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": client_id,
        "client_id": client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
        "jti": str(uuid7()),
        "scope": " ".join(scopes),
        "territory": list(territories),
    }
    if official is not None:
        claims |= {"sub": str(official), "official": str(official)}
    return jwt.encode({"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
