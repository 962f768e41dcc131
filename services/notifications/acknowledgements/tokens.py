"""The link in a mail: a signed token that names one notification, expires, and is good for nothing else."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from shared import clock
from shared.errors import Gone, NotFound

VALID_FOR = timedelta(days=30)

# The salt makes the key of this purpose: a token signed by the same secret for another one is refused.
_SALT = "caunoi.notifications.acknowledgement"


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


class Tokens:
    """Makes and reads acknowledgement tokens."""

    def __init__(self, secret_key: str) -> None:
        self._signer = _Signer(secret_key, salt=_SALT, digest_method=hashlib.sha256)

    def issue(self, notification_id: UUID) -> str:
        """A token, of letters that need no quoting in an address."""
        return self._signer.sign(urlsafe_b64encode(notification_id.bytes).rstrip(b"=")).decode()

    def read(self, token: str) -> tuple[UUID, datetime]:
        """The notification and when the token expires. Raises NotFound if it is not ours, Gone if too old."""
        try:
            value, issued = self._signer.unsign(
                token.encode(), max_age=int(VALID_FOR.total_seconds()), return_timestamp=True
            )
            return UUID(bytes=urlsafe_b64decode(value + b"==")), issued + VALID_FOR
        except SignatureExpired as error:
            raise Gone("This link has expired. Look into your inbox, or ask for a new notification.") from error
        except (BadSignature, ValueError) as error:
            raise NotFound("This link is not valid. Was it copied whole?") from error
