"""Passwords, waiting, codes and capacities, without a database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assignments.accounts import passwords, rules, totp
from services.assignments.roles.rules import Capacity, capacities, chosen, scopes_of
from shared.contracts.scopes import OWN_ACCOUNT
from shared.sealing import Seal

ABOUT = ("Nguyễn", "Văn", "An", "an", "nguyen", "caunoi")


@pytest.mark.parametrize(
    "password",
    [
        "bốn chiếc thuyền xuôi dòng",
        "Đi cơ sở mỗi tháng!",
        "correct horse battery",
        "x7!kQ2#pL9@z",
        "a" * 5 + "bcd efgh xyz",
    ],
)
def test_a_good_password_needs_length_and_nothing_else(password: str) -> None:
    """Words, spaces, diacritics: no class of characters is asked for."""
    assert rules.weakness(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ngắn quá", "length"),
        ("x" * 201, "length"),
        ("password1234", "common"),
        ("Mật khẩu của tôi", "common"),
        ("QWERTY-123456", "common"),
        ("abcabcabcabcabc", "pattern"),
        ("aaaaaaaaaaaaa", "pattern"),
        ("123456789012", "pattern"),
        ("lkjihgfedcba", "pattern"),
        ("NguyenVanAn12", "about_you"),
        ("caunoi.nguyen!", "about_you"),
    ],
)
def test_a_weak_password_is_told_why(password: str, why: str) -> None:
    """Too short or long, on the list, a repetition or a row, or made of what others know."""
    assert rules.weakness(password, ABOUT) == why and rules.WEAK[rules.Weak(why)]


def test_passwords_are_hashed_slowly_and_compared_even_with_nothing() -> None:
    """argon2id with 64 MiB and three passes; no hash, or a broken one, matches nothing; NFC is the caller's."""
    known = passwords.hashed("bốn chiếc thuyền")
    assert known.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and not passwords.outdated(known)
    assert passwords.matches(known, "bốn chiếc thuyền") and not passwords.matches(known, "bốn chiếc")
    assert not passwords.matches(None, "the password of nobody") and not passwords.matches("broken", "x")
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    """The first attempts are free; then 1, 2, 4 … seconds, and never more than fifteen minutes."""
    assert [rules.block_after(n).total_seconds() for n in range(1, 9)] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert rules.block_after(1000) == timedelta(minutes=15)


def test_codes_are_those_of_the_standard() -> None:
    """The vectors of RFC 6238, appendix B, for SHA-1, their last six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert totp.code_at(secret, seconds // 30) == code


@settings(max_examples=50)
@given(st.integers(120, 2**31), st.integers(-3, 3))
def test_a_code_is_good_near_its_time_and_once(seconds: int, away: int) -> None:
    """One step early or late is forgiven; a step used already, or one before it, is not."""
    secret, now = totp.new_secret(), datetime.fromtimestamp(seconds, UTC)
    step = seconds // 30 + away
    code = totp.code_at(secret, step)
    found = totp.step_of(secret, code, now, last=-1)
    if abs(away) <= 1:
        assert found == step
        assert totp.step_of(secret, code, now, last=step) is None


def test_recovery_codes_are_long_and_all_different() -> None:
    """Four groups of four, eighty bits."""
    codes = {totp.new_recovery_code() for _ in range(100)}
    assert len(codes) == 100 and all(len(code) == 19 and code.count("-") == 3 for code in codes)


def row(code: str, scope: str, path: str | None) -> SimpleNamespace:
    """A permission in a place."""
    return SimpleNamespace(code=code, scope=scope, path=path)


def test_posts_and_roles_are_never_mixed() -> None:
    """Posts are one capacity over their places; each role is one of its own, so neither widens the other."""
    posts = [row("commune_follower", "visits:write", "83/834/28993/"), row("x", "visits:read", "83/834/")]
    roles = [row("auditor", "assignments:audit", None), row("coordinator", "assignments:write", "83/")]
    assert capacities(posts, roles) == [
        Capacity("posts", ("visits:read", "visits:write"), ("83/834/",)),
        Capacity("auditor", ("assignments:audit",), ("",)),
        Capacity("coordinator", ("assignments:write",), ("83/",)),
    ]


def test_what_is_chosen_is_one_that_is_there() -> None:
    """Another than is held, or none: the first; who holds nothing may manage their own account and no more."""
    held = capacities([row("p", "visits:read", "83/")], [row("auditor", "assignments:audit", None)])
    assert chosen(held, "auditor").code == "auditor"
    assert chosen(held, "administrator").code == chosen(held, None).code == "posts"
    assert scopes_of(chosen([], "administrator")) == [OWN_ACCOUNT]
    assert chosen([], None).territories == ()
    assert capacities([row("p", "no:such", "83/")], []) == [Capacity("posts", (), ("83/",))]


def test_what_is_sealed_opens_for_its_purpose_only() -> None:
    """Not with another secret, for another purpose, or when it was changed."""
    sealed = Seal("s" * 40, "links").seal("https://caunoi.example/x")
    assert Seal("s" * 40, "links").open(sealed) == "https://caunoi.example/x"
    assert Seal("s" * 40, "codes").open(sealed) is None
    assert Seal("t" * 40, "links").open(sealed) is None
    assert Seal("s" * 40, "links").open(sealed[:-4] + "AAA=") is None and Seal("s" * 40, "links").open("é") is None
