"""One-time codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds). Pure."""

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from secrets import token_bytes
from urllib.parse import quote

STEP = 30  # seconds
DRIFT = 1  # steps that clocks may be apart
RECOVERY_CODES = 10


def new_secret() -> str:
    """160 random bits in Base32, as authenticators take them."""
    return b32encode(token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of one step."""
    mac = hmac.digest(b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def step_of(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The step whose code this is, if it is near now and later than the last one used; a code is good once."""
    current, found = int(now.timestamp()) // STEP, None
    for step in range(current - DRIFT, current + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > last:
            found = step
    return found


def address(secret: str, login: str) -> str:
    """What an authenticator reads, as a link or from a picture."""
    issuer = quote("Cầu Nối")
    return f"otpauth://totp/{issuer}:{quote(login)}?secret={secret}&issuer={issuer}"


def new_recovery_code() -> str:
    """80 random bits, for a day without the authenticator: abcd-efgh-ijkl-mnop."""
    text = b32encode(token_bytes(10)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))
