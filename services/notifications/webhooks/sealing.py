"""Signing secrets, sealed while they rest: they sign, so they cannot be hashed."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"caunoi notifications webhook secrets v1"


class Sealer:
    """Seals and opens with a key derived from the installation's secret."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret_key.encode())
        self._box = Fernet(urlsafe_b64encode(derived))

    def seal(self, secret: str) -> str:
        """The secret, unreadable."""
        return self._box.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret. Raises cryptography's InvalidToken if another key sealed it."""
        return self._box.decrypt(sealed.encode()).decode()
