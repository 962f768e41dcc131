"""Reading clients and public keys."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from services.assignments.clients.model import Client, SigningKey
from shared import clock
from shared.errors import NotFound


def authenticated(session: Session, client_id: str, secret: str) -> Client | None:
    """The client with this id, if the secret is one of its own in force."""
    try:
        key = UUID(client_id)
    except ValueError:
        return None
    client = session.get(Client, key, options=[selectinload(Client.secrets)])
    return client if client is not None and client.accepts(secret, clock.now()) else None


def client_of(session: Session, client_id: UUID) -> Client:
    """The client with this id and its secrets; raises NotFound."""
    client = session.get(Client, client_id, options=[selectinload(Client.secrets)])
    if client is None:
        raise NotFound(f"There is no client {client_id}.")
    return client


def public_keys(session: Session) -> list[dict[str, Any]]:
    """The public keys (JWK) that tokens are, were or soon will be signed with, oldest first."""
    alive = or_(SigningKey.not_after.is_(None), SigningKey.not_after > clock.now())
    return list(session.scalars(select(SigningKey.jwk).where(alive).order_by(SigningKey.kid)))
