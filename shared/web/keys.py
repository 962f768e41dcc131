"""The keys a service trusts: a projection of what the assignments service announces."""

import time
from collections.abc import Callable
from typing import Any

from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import OKPKey
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from shared.messaging.events import Event
from shared.messaging.schema import trusted_keys

Loader = Callable[[Session], dict[str, dict[str, Any]]]

RELOAD_EVERY = 60.0  # seconds: how long a withdrawn key may still be trusted
_RETRY_EVERY = 1.0  # seconds: how often a token with an unknown key may make us look again


def load_trusted_keys(session: Session) -> dict[str, dict[str, Any]]:
    """Public keys by id, without those past their time."""
    alive = or_(trusted_keys.c.not_after.is_(None), trusted_keys.c.not_after > func.now())
    return {row.kid: row.jwk for row in session.execute(select(trusted_keys).where(alive))}


def apply_key_events(session: Session, events: list[Event]) -> None:
    """Handler of signing_key.changed: keep the newest version of each key."""
    for event in events:
        row = insert(trusted_keys).values(
            kid=event.data["kid"],
            jwk=event.data["jwk"],
            not_after=event.data["not_after"],
            version=event.version,
        )
        new = row.excluded
        session.execute(
            row.on_conflict_do_update(
                index_elements=["kid"],
                set_={"jwk": new.jwk, "not_after": new.not_after, "version": new.version},
                where=new.version >= trusted_keys.c.version,
            )
        )


class KeyRing:
    """Finds the key of a token; reads the database at most once a second."""

    def __init__(self, sessions: sessionmaker[Session], load: Loader) -> None:
        self._sessions = sessions
        self._load = load
        self._keys: dict[str, OKPKey] = {}
        self._loaded = 0.0

    def find(self, obj: Any) -> OKPKey:
        """The key named in a token's header; raises InvalidKeyIdError."""
        kid = obj.headers().get("kid")
        age = time.monotonic() - self._loaded
        if not self._loaded or age > (RELOAD_EVERY if kid in self._keys else _RETRY_EVERY):
            with self._sessions() as session:
                self._keys = {each: OKPKey.import_key(jwk) for each, jwk in self._load(session).items()}
            self._loaded = time.monotonic()
        if kid not in self._keys:
            raise InvalidKeyIdError()
        return self._keys[kid]
