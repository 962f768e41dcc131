"""Standard Webhooks 1.0: how a message is signed. Pure."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
# None of these is prescribed; they are this service's own choices.
KEEP_OLD_SECRET = timedelta(days=1)  # both sign meanwhile, so that the receiver can change over
TOLERANCE = 300  # seconds between the clocks of who signs and who verifies


def new_secret() -> str:
    """A secret of 32 random bytes, as the receiver's library takes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def verified(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether a body bears a signature made with this secret within five minutes; never without a secret."""
    stamp, given = headers.get("webhook-timestamp", ""), headers.get("webhook-signature", "")
    if not secret or not re.fullmatch(r"[0-9]{1,12}", stamp) or abs(now.timestamp() - int(stamp)) > TOLERANCE:
        return False
    at = datetime.fromtimestamp(int(stamp), UTC)
    right = signed(headers.get("webhook-id", ""), at, body, [secret])["webhook-signature"]
    return any(hmac.compare_digest(right.encode(), each.encode()) for each in given.split())


def signed(message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers that let a receiver verify a body; each key adds a signature."""
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    signatures = [
        base64.b64encode(hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), content, hashlib.sha256)).decode()
        for key in keys
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
