"""OAuth clients, their secrets, and the keys that sign tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.assignments.clients import rules
from services.assignments.database import Base
from shared import clock
from shared.ids import uuid7
from shared.messaging.events import NewEvent


class Client(Base):
    """A program that may ask for tokens: a portal, a province's own system."""

    __tablename__ = "clients"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    territories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    secrets: Mapped[list["ClientSecret"]] = relationship(
        back_populates="client", order_by="ClientSecret.created_at"
    )

    @classmethod
    def named(cls, name: str, scopes: list[str], territories: list[str]) -> "Client":
        """A new client without a secret; scopes and territories (path prefixes) are checked by the caller."""
        return cls(
            id=uuid7(), name=name, scopes=scopes, territories=territories, created_at=clock.now(), secrets=[]
        )

    def accepts(self, secret: str, at: datetime) -> bool:
        """Whether the secret is one of those in force; every one of them is compared, in constant time."""
        alive = [each.digest for each in self.secrets if each.is_alive(at)]
        return sum(rules.same_digest(digest, secret) for digest in alive) > 0 and self.revoked_at is None


class ClientSecret(Base):
    """One secret of a client; a client has two while it changes from one to the next."""

    __tablename__ = "client_secrets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    digest: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    client: Mapped[Client] = relationship(back_populates="secrets")

    @classmethod
    def of(cls, client: Client, secret: str, expires_at: datetime | None) -> "ClientSecret":
        """The record of a secret: only its digest is kept."""
        return cls(
            id=uuid7(),
            client=client,
            digest=rules.digest_of(secret),
            created_at=clock.now(),
            expires_at=expires_at,
        )

    def is_alive(self, at: datetime) -> bool:
        """Whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


class SigningKey(Base):
    """A key pair that signs tokens from `signs_from` until a younger one does; trusted until `not_after`."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[str]  # the private key, encrypted
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    not_after: Mapped[datetime | None]
    version: Mapped[int]

    def changed(self) -> NewEvent:
        """The event that announces the key as it now stands."""
        return rules.signing_key_changed(self)
