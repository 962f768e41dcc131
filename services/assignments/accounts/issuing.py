"""The tokens of an official who has signed in."""

from typing import Any

from sqlalchemy.orm import Session

from services.assignments.accounts.signing_in import Signed
from services.assignments.clients import signing
from services.assignments.clients.actions import ensure_signing_key
from services.assignments.roles.rules import scopes_of
from shared import clock

CLIENT = "portal"  # RFC 9068 wants the client named, too; officials come through the portal


class Issuer:
    """Makes access tokens for officials."""

    def __init__(self, secret_key: str, issuer: str) -> None:
        self._secret_key = secret_key
        self._issuer = issuer

    def tokens(self, session: Session, signed: Signed) -> dict[str, Any]:
        """What the token endpoint answers, refresh token included if there is one."""
        key, scopes = ensure_signing_key(session, self._secret_key), scopes_of(signed.capacity)
        where = signed.capacity.territories
        token = signing.access_token(
            key, self._issuer, CLIENT, scopes, where, clock.now(), official=signed.official_id
        )
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(signing.TOKEN_LIFETIME.total_seconds()),
            "scope": " ".join(scopes),
            "capacity": signed.capacity.code,
        }
        return answer | ({"refresh_token": signed.refresh_token} if signed.refresh_token else {})
