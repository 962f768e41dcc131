"""DKIM signatures (RFC 6376, Ed25519 as RFC 8463): relaxed/relaxed, one for each key.

Own code, because the library there is signs in pure Python: some 20 ms a mail with RSA, where the whole mail costs
one. It verifies what this signs, in the tests.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

# What a reader sees or a program acts on; From is named once more than it occurs, so that none can be added.
_SIGNED = (
    b"from", b"from", b"to", b"subject", b"date", b"message-id", b"references", b"mime-version", b"content-type",
    b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_SPACES = re.compile(rb"[ \t]+")
_LEAST_BITS = 1024  # RFC 8301

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class DkimKey:
    """A private key and the selector under which the DNS has its public half."""

    def __init__(self, selector: str, key: Key) -> None:
        self.selector = selector
        self._key = key
        self.algorithm = "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """The signature of canonical headers."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(hashlib.sha256(data).digest())

    @property
    def record(self) -> str:
        """The text of SELECTOR._domainkey.DOMAIN in the DNS."""
        public = self._key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={b64encode(der).decode()}"
        return f"v=DKIM1; k=ed25519; p={b64encode(public.public_bytes_raw()).decode()}"


def dkim_keys(raw: str) -> tuple[DkimKey, ...]:
    """Read keys as SELECTOR:FILE, with spaces between; the files are PEM. Raises ValueError."""
    return tuple(_key(*each.partition(":")[::2]) for each in raw.split())


def _key(selector: str, path: str) -> DkimKey:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?", selector) or not path:
        raise ValueError("expected SELECTOR:FILE")
    try:
        key = serialization.load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f"{path} holds no private key in PEM without a password: {error}") from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _LEAST_BITS:
        raise ValueError(f"{path}: an RSA key has at least {_LEAST_BITS} bits")
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise ValueError(f"{path}: RSA or Ed25519")
    return DkimKey(selector, key)


class Signer:
    """Signs the mail of one domain with every key there is."""

    def __init__(self, domain: str, keys: Sequence[DkimKey]) -> None:
        self._domain = domain
        self._keys = keys

    def signed(self, message: bytes, at: datetime) -> bytes:
        """The message (RFC 5322, every line ended by CRLF) with a signature of each key before its headers."""
        if not self._keys:
            return message
        head, _, body = message.partition(b"\r\n\r\n")
        fields = _fields(head)
        digest = b64encode(hashlib.sha256(_canonical_body(body)).digest()).decode()
        found = [*fields]
        chosen, lines = [], []
        for name in _SIGNED:  # the last of a name first (5.4.2)
            place = next((n for n in range(len(found) - 1, -1, -1) if found[n][0] == name), None)
            if place is not None:
                lines.append(b"%s:%s\r\n" % found.pop(place))
            if place is not None or name == b"from":
                chosen.append(name.decode())
        headers, names = b"".join(lines), ":".join(chosen)
        return b"".join([*(self._signature(key, headers, names, digest, at) for key in self._keys), message])

    def _signature(self, key: DkimKey, headers: bytes, names: str, digest: str, at: datetime) -> bytes:
        value = (
            f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={self._domain}; s={key.selector};\r\n"
            f" t={int(at.timestamp())}; h={names};\r\n bh={digest};\r\n b="
        )
        own = b"dkim-signature:" + _canonical(value.encode())
        signature = b64encode(key.sign(headers + own)).decode()
        folded = "\r\n ".join(signature[n : n + 72] for n in range(0, len(signature), 72))
        return f"DKIM-Signature: {value}{folded}\r\n".encode()


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Names in small letters and canonical values, in order."""
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    parts = [line.partition(b":") for line in unfolded.split(b"\r\n")]
    return [(name.strip().lower(), _canonical(value)) for name, _, value in parts]


def _canonical(value: bytes) -> bytes:
    return _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _canonical_body(body: bytes) -> bytes:
    squeezed = _SPACES.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b"\r\n ")
    return squeezed + b"\r\n" if squeezed else b""
