"""Access tokens for tests of services that only verify them."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from shared.contracts.scopes import SCOPES
from shared.messaging.schema import trusted_keys

PUBLIC_URL = "http://caunoi.example"
KEY = OKPKey.generate_key("Ed25519", {"kid": "test-key", "alg": "Ed25519", "use": "sig"})


def trust(sessions: sessionmaker[Session]) -> None:
    """Make a service trust the tests' key, as if it had been announced."""
    with sessions.begin() as session:
        row = insert(trusted_keys).values(kid="test-key", jwk=KEY.as_dict(private=False), not_after=None, version=1)
        session.execute(row.on_conflict_do_nothing())


def token(
    scopes: Sequence[str] = tuple(SCOPES),
    territories: Sequence[str] = ("",),
    *,
    official: UUID | str | None = None,
    key: OKPKey = KEY,
    **changes: Any,
) -> str:
    """A signed token, a client's or that of an `official` who has signed in; `changes` replace claims or, as
    header=…, parts of the header; None leaves the claim out."""
    now = int(time.time())
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": "test-key"} | changes.pop("header", {})
    claims = {
        "iss": f"{PUBLIC_URL}/api/assignments",
        "aud": "caunoi",
        "sub": "tester",
        "client_id": "tester",
        "iat": now,
        "exp": now + 600,
        "jti": "t",
        "scope": " ".join(scopes),
        "territory": list(territories),
    }
    if official is not None:
        claims |= {"sub": str(official), "official": str(official)}
    claims |= changes
    return jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key, algorithms=["Ed25519"])


def bearer(*args: Any, **kwargs: Any) -> dict[str, str]:
    """The Authorization header with such a token."""
    return {"Authorization": f"Bearer {token(*args, **kwargs)}"}
