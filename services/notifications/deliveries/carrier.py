"""What a channel has to offer: the sender works off its due rows, whatever it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.parcel import Parcel
from services.notifications.notifications.rules import Channel


class Carrier(Protocol):
    """Carries messages over one channel. A sender owns it; it is used by one thread at a time."""

    channel: Channel
    timeout: float  # seconds that one exchange may take

    def room(self) -> int:
        """How many rows to claim now; 0: the channel is to be left alone for a while."""

    def pending(self) -> bool:
        """Whether something is under way whose end is still to be noted, by a later delivery."""

    def hold(self) -> timedelta:
        """How long those that were claimed and not tried shall rest."""

    def claim(self, session: Session, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Row[Any]]:
        """Take up to `limit` due rows of this channel, oldest first, each with the contact of its official."""

    def parcels(self, rows: Sequence[Row[Any]]) -> list[Parcel]:
        """The messages that claimed rows make, in order, each with what its notice says."""

    def deliver(self, chunk: Chunk) -> None:
        """Hand over what waits in a chunk and note there how each went. What is not noted is given back."""

    def troubles(self) -> dict[str, str]:
        """Which providers are in trouble, and why: for the operator."""

    def close(self) -> None:
        """Close connections; a later delivery opens others."""
