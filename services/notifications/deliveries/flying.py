"""Channels that speak HTTP: several calls at once, and a slow one holds up nobody but itself."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries.actions import Attempt, claim_due
from services.notifications.deliveries.calls import Answer, Call, Caller, CallFailed, NotAllowed
from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.matters import Matters
from services.notifications.deliveries.parcel import Parcel
from services.notifications.deliveries.rules import DeliveryFailure, PermanentFailure, TemporaryFailure
from services.notifications.notifications.rules import Channel

WORKERS = 16
PATIENCE = 0.5  # seconds a chunk waits for its slow calls; then they go on beside the next one

Landed = Answer | CallFailed | DeliveryFailure


@dataclass(frozen=True)
class Flight:
    """A call under way: for what, over what, since when (of the monotonic clock); once it has landed also what was
    called, None if that could not be said."""

    parcel: Parcel
    target: Any
    begun: float
    call: Call | None = None


class Flights:
    """The calls under way, each with its parcel and whatever is needed to judge its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="call")
        self._flying: dict[Future[tuple[Landed, Call | None]], tuple[Flight, list[Attempt]]] = {}

    def __len__(self) -> int:
        return len(self._flying)

    def count(self, over: Any) -> int:
        """How many calls over one target are under way."""
        return sum(flight.target is over for flight, _ in self._flying.values())

    def start(self, chunk: Chunk, parcel: Parcel, target: Any, make: Callable[[], Call]) -> None:
        """Make a parcel's call; the chunk is rid of it until the call has landed."""
        flight = Flight(parcel, target, time.monotonic())
        self._flying[self._workers.submit(self._fly, make)] = flight, chunk.let_go(parcel)

    def landed(self, chunk: Chunk) -> list[tuple[Flight, Landed]]:
        """The calls that have come back, their parcels in the chunk again; waits a little for the rest."""
        if not self._flying:
            return []
        done, _ = wait(self._flying, PATIENCE)
        found = []
        for future in done:
            flight, attempts = self._flying.pop(future)
            chunk.take_back(flight.parcel, attempts)
            came_back, call = future.result()
            found.append((replace(flight, call=call), came_back))
        return found

    def close(self) -> None:
        """Wait for what is under way and close the connections."""
        self._workers.shutdown()
        self._caller.close()

    def _fly(self, make: Callable[[], Call]) -> tuple[Landed, Call | None]:
        call = None
        try:
            call = make()
            return self._caller.call(call), call
        except CallFailed as failure:
            return failure, call
        except NotAllowed as refused:
            return PermanentFailure(str(refused)), call
        except Exception as error:  # a fault in a template concerns one message
            return TemporaryFailure(f"the request cannot be made: {error!r}"), call


class FlyingCarrier:
    """What the channels over HTTP have in common: claim, one message a row, room for so many calls."""

    channel: Channel

    def __init__(self, caller: Caller, *, timeout: float) -> None:
        self.timeout = timeout
        self.flights = Flights(caller)
        self._matters = Matters()

    def room(self) -> int:
        """As many as can fly, so that no claimed row waits long."""
        return max(2 * WORKERS - len(self.flights), 0)

    def pending(self) -> bool:
        """Whether a call is under way."""
        return bool(len(self.flights))

    def hold(self) -> timedelta:
        """What no call was made for is put off for a moment."""
        return timedelta(seconds=1)

    def claim(self, session: Session, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Row[Any]]:
        """The due rows of the channel."""
        return claim_due(session, self.channel, limit=limit, now=now, lease=lease)

    def parcels(self, rows: Sequence[Row[Any]]) -> list[Parcel]:
        """One message a row."""
        return [Parcel((row,), (matter,)) for row, matter in zip(rows, self._matters.of(rows), strict=True)]

    def close(self) -> None:
        """Wait for what is under way and close the connections."""
        self.flights.close()
