"""Sealing: text that only holders of the installation's secret can read, each kind with a key of its own."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Seals and opens text for one purpose; what was sealed for another one does not open."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret_key.encode())
        self._box = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        """The text, encrypted and authenticated."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text, or None if it was sealed with another secret, for another purpose, or changed."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
