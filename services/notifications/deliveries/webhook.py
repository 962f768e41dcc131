"""The channel of webhooks: notifications posted to an address of the official's own, or of everybody's."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.asked import of_call
from services.notifications.deliveries.calls import Answer, Call, Caller, CallFailed
from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.flying import Flight, FlyingCarrier, Landed
from services.notifications.deliveries.parcel import Parcel
from services.notifications.deliveries.rules import (
    LONGEST_HOLD_AMONG_OTHERS,
    DeliveryFailure,
    Hold,
    PermanentFailure,
    TemporaryFailure,
    waits_for,
)
from services.notifications.notifications.rules import Channel, Waiting
from services.notifications.webhooks.actions import switch_off
from services.notifications.webhooks.model import Endpoint
from services.notifications.webhooks.queries import endpoints_of
from services.notifications.webhooks.rules import signed
from services.notifications.webhooks.sealing import Sealer
from shared import clock

AT_ONCE = 4  # calls to one endpoint: a slow one takes no more of the workers
GONE = 410


class WebhookCarrier(FlyingCarrier):
    """Posts to endpoints; each has a circuit breaker of its own."""

    channel = Channel.WEBHOOK

    def __init__(self, caller: Caller, sealer: Sealer, tokens: Tokens, page: str, *, timeout: float) -> None:
        super().__init__(caller, timeout=timeout)
        self._sealer = sealer
        self._tokens = tokens
        self._page = page
        self._endpoints: dict[UUID | None, Endpoint] = {}
        self._holds: dict[UUID, Hold] = {}
        self._gone: list[UUID] = []

    def claim(self, session: Session, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Row[Any]]:
        """The due rows, and the endpoints they go to; those that said they are gone are switched off first."""
        while self._gone:
            switch_off(session, self._gone.pop(), "the receiver answered 410 Gone")
        rows = super().claim(session, limit=limit, now=now, lease=lease)
        if rows:
            self._endpoints = endpoints_of(session, [row.official_id for row in rows])
        return rows

    def troubles(self) -> dict[str, str]:
        """None for the operator: an endpoint is its owner's."""
        return {}

    def deliver(self, chunk: Chunk) -> None:
        """Post what has an endpoint that is not left alone, and judge what has landed."""
        for parcel in chunk.waiting():
            endpoint = self._endpoints.get(parcel.first.official_id) or self._endpoints.get(None)
            if endpoint is None:
                chunk.cannot(parcel, Waiting.NO_ADDRESS)
            elif pause := self._pause(endpoint):
                chunk.put_off(parcel, pause)
            else:
                self.flights.start(chunk, parcel, endpoint.id, partial(self._post, endpoint, parcel))
        for flight, landed in self.flights.landed(chunk):
            self._judge(chunk, flight, landed)

    def _pause(self, endpoint: Endpoint) -> timedelta:
        """How long what is for it has to rest: it is left alone, or has enough to do."""
        hold = self._holds.setdefault(endpoint.id, Hold(LONGEST_HOLD_AMONG_OTHERS))
        now = time.monotonic()
        if hold.holds(now):
            return timedelta(seconds=hold.until - now)
        most = 1 if hold.troubles else AT_ONCE
        return timedelta(seconds=1) if self.flights.count(endpoint.id) >= most else timedelta()

    def _post(self, endpoint: Endpoint, parcel: Parcel) -> Call:
        row, (matter,) = parcel.first, parcel.matters
        body = orjson.dumps(
            {
                "type": f"notification.{matter.notice.kind}",
                "timestamp": row.created_at,
                "data": {
                    "notification_id": row.id,
                    "official_id": row.official_id,
                    "full_name": row.full_name,
                    "reasons": row.reasons,
                    "notice": matter.notice.facts,
                    "link": self._page + self._tokens.issue(row.id),
                },
            }
        )
        now = clock.now()
        keys = [self._sealer.open(endpoint.sealed_secret)]
        if endpoint.sealed_old_secret and endpoint.old_until and endpoint.old_until > now:
            keys.append(self._sealer.open(endpoint.sealed_old_secret))
        headers = {"Content-Type": "application/json", "User-Agent": "CauNoi-Webhooks/1"}
        return Call("POST", endpoint.url, headers | signed(str(row.id), now, body, keys), body)

    def _judge(self, chunk: Chunk, flight: Flight, landed: Landed) -> None:
        """Anything but 2xx is a failure, also a redirection; 410 is the end of the endpoint."""
        failure: DeliveryFailure | None
        endpoint_id, now = flight.target, time.monotonic()
        hold, code, seconds = self._holds[endpoint_id], None, 0.0
        if isinstance(landed, Answer):
            code, seconds, words = landed.status, landed.seconds, f"{landed.status} {landed.text}".strip()
            failure = None if code // 100 == 2 else TemporaryFailure(words, code)
            if failure and code == GONE:
                failure = PermanentFailure(words, code)
                self._gone.append(endpoint_id)
            if failure:
                failure.retry_after = waits_for(landed.headers.get("Retry-After"))
        elif isinstance(landed, CallFailed):
            failure, words = TemporaryFailure(landed.reason), landed.reason
        else:
            failure, words = landed, landed.reason
        if failure is None:
            hold.success(now, begun=flight.begun)
        elif isinstance(failure, TemporaryFailure):
            hold.trouble(now, words, failure.retry_after, begun=flight.begun)
        asked = of_call(flight.call, str(flight.parcel.first.id))
        chunk.tried(flight.parcel, f"webhook {endpoint_id}", failure, code, words, seconds, asked=asked)
