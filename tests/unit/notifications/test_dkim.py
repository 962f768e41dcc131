"""DKIM signatures, verified by another implementation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from services.notifications.deliveries.dkim import DkimKey, Signer, dkim_keys

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
MESSAGE = (
    b"To: =?utf-8?b?4buq?=\r\n =?utf-8?b?4buq?= <a@b.example>\r\n"
    b"Message-ID:   <1@tinh.example>\r\nSubject: Two\t spaces  and a\r\n fold\r\nFrom: <cau-noi@tinh.example>\r\n"
    b"Date: Mon, 02 Mar 2026 01:30:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
    b"Some  text\t \r\n with  spaces \r\n\r\nend\r\n\r\n\r\n"
)
RSA = rsa.generate_private_key(65537, 2048)
ED = ed25519.Ed25519PrivateKey.generate()


def verified(message: bytes, *keys: DkimKey) -> list[bool]:
    """What dkimpy says of each signature."""
    records = {f"{key.selector}._domainkey.tinh.example.".encode(): key.record.encode() for key in keys}

    def lookup(name: bytes, timeout: int = 5) -> Any:
        return records.get(name)

    found = []
    for n in range(len(keys)):
        try:
            found.append(dkim.DKIM(message).verify(idx=n, dnsfunc=lookup))
        except dkim.ValidationError:  # the body's hash
            found.append(False)
    return found


@pytest.mark.parametrize(
    "message",
    [MESSAGE, MESSAGE.replace(b"\r\n\r\nSome", b"\r\n\r\n"), MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"],
    ids=["text", "first line empty", "no body"],
)
def test_another_implementation_verifies_what_is_signed(message: bytes) -> None:
    """RSA and Ed25519 beside one another."""
    keys = [DkimKey("r1", RSA), DkimKey("e1", ED)]
    signed = Signer("tinh.example", keys).signed(message, NOW)
    assert signed.endswith(message) and verified(signed, *keys) == [True, True]
    assert max(len(line) for line in signed.split(b"\r\n")) < 200


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"end", b"End"), (b"Subject: Two", b"Subject: Three"), (b"To: ", b"From: <x@y.example>\r\nTo: ")],
    ids=["body", "subject", "another From"],
)
def test_what_was_altered_is_not_verified(old: bytes, new: bytes) -> None:
    """Text, subject, or a second sender."""
    key = DkimKey("e1", ED)
    assert verified(Signer("tinh.example", [key]).signed(MESSAGE, NOW).replace(old, new), key) == [False]


def test_without_keys_nothing_is_added() -> None:
    """Signing is a matter of configuration."""
    assert Signer("tinh.example", ()).signed(MESSAGE, NOW) == MESSAGE


def test_keys_are_read_from_files(tmp_path: Path) -> None:
    """PEM, RSA or Ed25519; anything else is refused with its reason."""

    def write(key: Any) -> str:
        path = tmp_path / f"{id(key)}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(path)

    found = dkim_keys(f"a:{write(RSA)} b.2:{write(ED)}")
    assert [(key.selector, key.algorithm) for key in found] == [("a", "rsa-sha256"), ("b.2", "ed25519-sha256")]
    curve = ec.generate_private_key(ec.SECP256R1())
    for raw in (f"a:{write(curve)}", "a:/nowhere", "a", "a b:/x", f"a_b:{write(ED)}"):
        with pytest.raises(ValueError, match=r"."):
            dkim_keys(raw)
