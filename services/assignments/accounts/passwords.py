"""Hashing passwords: argon2id, with the parameters of RFC 9106 for machines with little memory."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()  # 64 MiB, 3 passes, 4 lanes


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _HASHER.hash(_bytes(password))


def matches(known: str | None, password: str) -> bool:
    """Whether it is the password. Where there is none to compare with, it takes as long to say no."""
    try:
        return _HASHER.verify(known or _nobody(), _bytes(password)) and known is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(known: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(known)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


@cache
def _nobody() -> str:
    return _HASHER.hash(b"the password of nobody")
