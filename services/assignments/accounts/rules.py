"""What a good password is, how long things last, how guessing is slowed down. Pure."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from shared.contracts.assignments import ACCOUNT_MAIL_DUE
from shared.messaging.events import NewEvent
from shared.text import fold

PASSWORD_MIN, PASSWORD_MAX = 12, 200  # NIST SP 800-63B: length counts, composition does not

INVITATION_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=1)
CHALLENGE_LASTS = timedelta(minutes=5)  # from the password to the code
SESSION_LASTS = timedelta(days=30)
REFRESH_LASTS = timedelta(days=7)
# Two tabs of one browser may send the same refresh token at once: no theft, but no second refresh token either.
REPEAT_LEEWAY = timedelta(seconds=10)

FREE_ATTEMPTS = 5
LONGEST_BLOCK = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


class LinkKind(StrEnum):
    """What a link in a mail is for."""

    INVITATION = "invitation"
    RESET = "reset"


class News(StrEnum):
    """What is told of an account after it happened: if its owner did not do it, somebody else did."""

    PASSWORD_CHANGED = "password_changed"
    SECOND_FACTOR_OFF = "second_factor_off"


NEWS_LASTS = timedelta(days=3)  # a mail server that is away longer than this gets it no more
LASTS = {LinkKind.INVITATION: INVITATION_LASTS, LinkKind.RESET: RESET_LASTS}


class Ended(StrEnum):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    EVERYWHERE = "everywhere"
    BY_ADMINISTRATOR = "by_administrator"
    PASSWORD = "password"  # a new one was set
    REUSE = "reuse"  # a refresh token came twice: somebody else has it


def new_token() -> str:
    """256 random bits, as text that fits an address."""
    return token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What is stored of a token. It is random and long, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def login_of(email: str) -> str:
    """The name an account is known by: the address, in lower case."""
    return email.strip().casefold()


def attempt_key(login: str) -> bytes:
    """Under which attempts are counted; the same for addresses that nobody has, so that nobody learns which."""
    return hashlib.sha256(b"sign-in\n" + login_of(login).encode("utf-8", "surrogatepass")).digest()


def block_after(failures: int) -> timedelta:
    """How long to wait after so many failed attempts: nothing for the first few, then 1, 2, 4 … seconds."""
    if failures < FREE_ATTEMPTS:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_ATTEMPTS, 20)), LONGEST_BLOCK)


class Weak(StrEnum):
    """What is wrong with a password."""

    LENGTH = "length"
    COMMON = "common"
    PATTERN = "pattern"
    ABOUT_YOU = "about_you"


WEAK = {
    Weak.LENGTH: f"Choose {PASSWORD_MIN} to {PASSWORD_MAX} characters; a sentence is easy to remember.",
    Weak.COMMON: "Many people use this password, so it is among the first to be tried.",
    Weak.PATTERN: "Repetitions and rows of letters or digits are among the first to be tried.",
    Weak.ABOUT_YOU: "It is made of your name, your address or the name of this system.",
}


def weakness(password: str, about: Collection[str]) -> Weak | None:
    """What is wrong with a password, or None. `about`: words that others know of its owner."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return Weak.LENGTH
    plain = re.sub(r"[\W_]+", "", fold(password))
    if plain in _common() or fold(password) in _common():
        return Weak.COMMON
    if _repeats(plain) or _runs(plain):
        return Weak.PATTERN
    for word in sorted({re.sub(r"[\W_]+", "", fold(each)) for each in about}, key=len, reverse=True):
        if len(word) >= 3:
            plain = plain.replace(word, "")
    if len(plain) < PASSWORD_MIN // 2:
        return Weak.ABOUT_YOU
    return None


@cache
def _common() -> frozenset[str]:
    lines = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeats(text: str) -> bool:
    """One piece of up to six letters, over and over."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, min(7, len(text))))


def _runs(text: str) -> bool:
    """Up or down the alphabet or the digits, 9 to 0 included, all the way."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(text)}
    return bool(steps) and (steps <= {1, -9} or steps <= {-1, 9})


def mail_due(account: Any, mail_id: UUID, kind: str, sealed: str, expires_at: datetime) -> NewEvent:
    """The event that has a mail sent: what it says follows from `kind`. `sealed` is the address of a page, readable
    by holders of the installation's secret only. Who sends the mail knows the address, and sends it to no other
    than the account's: whoever may change an official's address must not get into their account by that."""
    data = {
        "mail_id": mail_id,
        "kind": kind,
        "official_id": account.official_id,
        "full_name": account.official.full_name,
        "address_digest": hashlib.sha256(account.login.encode()).hexdigest(),
        "sealed_link": sealed,
        "expires_at": expires_at,
    }
    return NewEvent(ACCOUNT_MAIL_DUE, str(mail_id), 1, data)
