"""Sealing who reported: encrypted while it rests, with keys derived from the installation's secrets.

A session of the API or of the clock brings its Sealer in `session.info`. The first secret seals; the others still
open what was sealed with them, until the duty of `privacy` has sealed it anew.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

_PURPOSE = b"caunoi visits reporters v1"
_INFO = "sealer"
_NONCE = 12  # bytes


class CannotOpen(Exception):
    """It was sealed with a secret that is not given any more, or for another issue."""


class Sealer:
    """Seals and opens; what is sealed for one issue does not open for another."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    @property
    def key_id(self) -> str:
        """Which key seals now."""
        return next(iter(self._keys))

    def columns(self, issue_id: UUID, reporter: dict[str, Any]) -> dict[str, Any]:
        """The columns `sealed` and `key_id` for a reporter: name, contact."""
        nonce = os.urandom(_NONCE)
        plain = orjson.dumps({name: reporter.get(name) for name in ("name", "contact")})
        sealed = self._keys[self.key_id].encrypt(nonce, plain, issue_id.bytes)
        return {"sealed": nonce + sealed, "key_id": self.key_id}

    def open(self, issue_id: UUID, sealed: bytes, key_id: str | None) -> dict[str, str | None]:
        """Name and contact; raises CannotOpen."""
        try:
            key = self._keys[key_id or ""]
            opened: dict[str, str | None] = orjson.loads(
                key.decrypt(sealed[:_NONCE], sealed[_NONCE:], issue_id.bytes)
            )
        except (KeyError, InvalidTag) as error:
            raise CannotOpen(
                f"The reporter of issue {issue_id} was sealed with the unknown key {key_id}."
            ) from error
        return opened

    @cached_property
    def _keys(self) -> dict[str, AESGCM]:
        derived = [HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(each.encode()) for each in self._secrets]
        return {hashlib.sha256(each).hexdigest()[:12]: AESGCM(each) for each in derived}


def brought_by(secrets: Sequence[str]) -> dict[str, Any]:
    """What a sessionmaker is configured with, as `info`."""
    return {_INFO: Sealer(secrets)}


def of(session: Session) -> Sealer:
    """The sealer that the session brings."""
    sealer: Sealer = session.info[_INFO]
    return sealer
