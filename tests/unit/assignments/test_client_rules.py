"""Secrets, scopes, sealed keys and tokens."""

from datetime import UTC, datetime

import pytest
from joserfc import jwt

from services.assignments.clients import rules, signing

SECRET = "the secret of an installation, 32 or more"


def test_secrets_are_long_and_never_twice_the_same() -> None:
    """256 bits of randomness in text that fits a header."""
    made = {rules.new_secret() for _ in range(100)}
    assert len(made) == 100 and all(len(each) == 43 and each.isascii() for each in made)


def test_a_secret_is_known_by_its_digest() -> None:
    """The right one matches, any other does not."""
    digest = rules.digest_of("right")
    assert rules.same_digest(digest, "right") and not rules.same_digest(digest, "wrong")
    assert b"right" not in digest


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, ["assignments:read", "visits:read"]),
        ("", ["assignments:read", "visits:read"]),
        ("visits:read", ["visits:read"]),
        ("visits:read assignments:read", ["assignments:read", "visits:read"]),
    ],
)
def test_scopes_narrow(asked: str | None, expected: list[str]) -> None:
    """Nothing asked gives all that was granted."""
    assert rules.narrowed(["visits:read", "assignments:read"], asked) == expected


@pytest.mark.parametrize(
    "asked", ["visits:write", "visits:read visits:write", "x", "visits:read  assignments:read"]
)
def test_scopes_do_not_widen(asked: str) -> None:
    """What was not granted, or is malformed, is refused."""
    with pytest.raises(rules.ScopeRefused):
        rules.narrowed(["visits:read", "assignments:read"], asked)


def test_a_sealed_key_opens_with_its_secret_only() -> None:
    """Sealing hides the private key; another secret opens nothing."""
    key = signing.new_key()
    sealed = signing.seal(key, SECRET)
    opened = signing.unseal(sealed, SECRET)
    assert opened is not None and opened.as_dict(private=True) == key.as_dict(private=True)
    assert signing.unseal(sealed, SECRET + "x") is None


def test_a_token_says_who_what_and_where() -> None:
    """All claims that the services check are there."""
    key, now = signing.new_key(), datetime(2026, 3, 2, tzinfo=UTC)
    token = signing.access_token(key, "http://x/api/assignments", "c1", ["visits:read"], ["83/"], now)
    decoded = jwt.decode(token, key, algorithms=["Ed25519"])
    assert decoded.header == {"alg": "Ed25519", "typ": "at+jwt", "kid": key.kid}
    jti = decoded.claims.pop("jti")
    assert jti and decoded.claims == {
        "iss": "http://x/api/assignments",
        "aud": "caunoi",
        "sub": "c1",
        "client_id": "c1",
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 900,
        "scope": "visits:read",
        "territory": ["83/"],
    }
