"""The links of a grouped mail: signed, each good for one purpose."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from shared import clock
from shared.errors import Gone, NotFound


class Purpose(StrEnum):
    """What a link is good for; part of the key it is signed with, so that it is good for nothing else."""

    ACKNOWLEDGE_ALL = "caunoi.notifications.bundle"
    UNSUBSCRIBE = "caunoi.notifications.unsubscription"


# Who finds an old digest must still be able to be rid of the next one (RFC 8058 sets no limit).
VALID_FOR = {Purpose.ACKNOWLEDGE_ALL: timedelta(days=30), Purpose.UNSUBSCRIBE: timedelta(days=3650)}


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class GroupTokens:
    """Makes and reads the tokens of grouped mail."""

    def __init__(self, secret_key: str) -> None:
        self._signers = {
            each: _Signer(secret_key, salt=each.value, digest_method=hashlib.sha256) for each in Purpose
        }

    def issue(self, purpose: Purpose, about: UUID) -> str:
        """A token, of letters that need no quoting in an address."""
        return self._signers[purpose].sign(urlsafe_b64encode(about.bytes).rstrip(b"=")).decode()

    def read(self, purpose: Purpose, token: str) -> tuple[UUID, datetime]:
        """What it is about and when it expires. Raises NotFound if it is not ours, Gone if too old."""
        valid = VALID_FOR[purpose]
        try:
            value, issued = self._signers[purpose].unsign(
                token.encode(), max_age=int(valid.total_seconds()), return_timestamp=True
            )
            return UUID(bytes=urlsafe_b64decode(value + b"==")), issued + valid
        except SignatureExpired as error:
            raise Gone("This link has expired. Look into your inbox.") from error
        except (BadSignature, ValueError) as error:
            raise NotFound("This link is not valid. Was it copied whole?") from error
