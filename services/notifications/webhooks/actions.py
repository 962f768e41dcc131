"""Set up webhook endpoints."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.notifications.webhooks.model import Endpoint
from services.notifications.webhooks.rules import new_secret
from services.notifications.webhooks.sealing import Sealer
from shared.errors import Conflict


def set_up(session: Session, sealer: Sealer, official_id: UUID | None, url: str, by: str) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown this once. Raises Conflict if there is one for the same."""
    secret = new_secret()
    made = Endpoint.made(official_id, url, sealer.seal(secret), by)
    session.add(made)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("There is an endpoint for this already; change that one.") from error
    return made, secret


def replace_secret(session: Session, sealer: Sealer, endpoint: Endpoint) -> str:
    """A new secret, shown this once; the old one signs, too, for a day."""
    secret = new_secret()
    endpoint.replace_secret(sealer.seal(secret))
    session.flush()
    return secret


def switch_off(session: Session, endpoint_id: UUID, reason: str) -> None:
    """The receiver has said that it is gone for good."""
    session.execute(
        update(Endpoint)
        .where(Endpoint.id == endpoint_id, Endpoint.active)
        .values(active=False, inactive_reason=reason, version=Endpoint.version + 1)
    )
