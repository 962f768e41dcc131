"""Access: a token says who, which scopes, which territory. What a view does not declare is refused."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import g, request
from joserfc import jwt
from joserfc.errors import JoseError
from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, true

from shared.contracts.scopes import SCOPES
from shared.errors import Forbidden, Unauthorized
from shared.web.input import view_method
from shared.web.keys import KeyRing

F = TypeVar("F", bound=Callable[..., Any])

ALGORITHM = "Ed25519"
AUDIENCE = "caunoi"
TOKEN_TYPE = "at+jwt"
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a client, or an official who has signed in.

    `client_id` is what is kept beside what they do: a client's id, or "official:" and the official's id, so that
    two officials who use the same page are never taken for one another.
    """

    client_id: str
    scopes: frozenset[str]
    territories: tuple[str, ...]
    official: UUID | None = None

    def covers(self, path: str) -> bool:
        """True if the unit with this path lies in the territory."""
        return any(path.startswith(prefix) for prefix in self.territories)

    def check(self, path: str) -> None:
        """Raises Forbidden if the unit lies outside the territory."""
        if not self.covers(path):
            raise Forbidden("This place is outside the territory of your access token.")

    def may(self, scope: str) -> bool:
        """True if the token holds the scope."""
        return scope in self.scopes


_OFFICIAL = "official:"


def official_in(client_id: str) -> UUID | None:
    """The official that a kept `client_id` names; None if it is a client's."""
    return UUID(client_id.removeprefix(_OFFICIAL)) if client_id.startswith(_OFFICIAL) else None


def requires(scope: str) -> Callable[[F], F]:
    """The view may be used with this scope only."""
    assert scope in SCOPES, scope

    def decorator(view: F) -> F:
        view.access = scope  # type: ignore[attr-defined]
        return view

    return decorator


def public(view: F) -> F:
    """The view may be used by anybody: say why beside it."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def principal() -> Principal:
    """Who is asking, on a view that requires a scope."""
    return g.principal


def territory_filter(path: SQLColumnExpression[str], who: Principal) -> ColumnElement[bool]:
    """The rows whose unit path lies in the territory; prefix matches, served by a C-collated index."""
    if "" in who.territories:
        return true()
    if not who.territories:
        return false()
    return or_(*(path.startswith(prefix, autoescape=True) for prefix in who.territories))


class Gate:
    """Checks tokens; a verified one is remembered until it expires."""

    def __init__(self, keys: KeyRing, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._seen: dict[str, tuple[float, Principal]] = {}

    def check(self) -> None:
        """Before every request: raises Unauthorized or Forbidden unless the view allows it."""
        view = view_method()
        if request.endpoint is None or view is None:
            return  # 404 and 405 are answered by the router
        access = getattr(view, "access", None)
        if access == "public":
            return
        g.principal = self._principal(_bearer())
        if access is None:
            raise Forbidden("This address declares no access rule, so nobody may use it.")
        if access not in g.principal.scopes:
            raise Forbidden(f"This needs the scope {access}.", scope=access)

    def _principal(self, token: str) -> Principal:
        expires, who = self._seen.get(token, (0.0, None))
        if who is not None and expires > time.time():
            return who
        expires, who = self._verify(token)
        if len(self._seen) >= _CACHE_SIZE:
            self._seen.clear()
        self._seen[token] = (expires, who)
        return who

    def _verify(self, token: str) -> tuple[float, Principal]:
        try:
            decoded = jwt.decode(token, self._keys.find, algorithms=[ALGORITHM])
            if decoded.header.get("typ") != TOKEN_TYPE:
                raise Unauthorized("The token is not an access token.")
            _REGISTRY(self._issuer).validate(decoded.claims)
            return float(decoded.claims["exp"]), _principal_of(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unauthorized("The access token is not valid.") from error


def _REGISTRY(issuer: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        client_id={"essential": True},
        sub={"essential": True},
        leeway=5,
    )


def _principal_of(claims: dict[str, Any]) -> Principal:
    territories: Sequence[str] = claims["territory"]
    if not isinstance(territories, list) or not all(isinstance(each, str) for each in territories):
        raise ValueError("territory")
    official = _official_of(claims)
    asking = str(claims["client_id"]) if official is None else f"{_OFFICIAL}{official}"
    return Principal(asking, frozenset(str(claims["scope"]).split()), tuple(territories), official)


def _official_of(claims: dict[str, Any]) -> UUID | None:
    """The official that a token speaks for, who must be its subject, too; raises ValueError. None: a client's."""
    if "official" not in claims:
        return None
    official = UUID(claims["official"])
    if not str(official) == claims["official"] == claims["sub"]:
        raise ValueError("official")
    return official


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send Authorization: Bearer with an access token.")
    return token.strip()
