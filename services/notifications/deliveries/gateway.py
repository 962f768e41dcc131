"""The channels over HTTP gateways: SMS, Zalo."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.asked import of_call
from services.notifications.deliveries.calls import Answer, Call, Caller, CallFailed
from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.flying import Flight, FlyingCarrier, Landed
from services.notifications.deliveries.gateways import Gateway, without_marks
from services.notifications.deliveries.outlets import Outlet, Outlets
from services.notifications.deliveries.parcel import Parcel
from services.notifications.deliveries.rules import DeliveryFailure, ProviderTrouble, waits_for
from services.notifications.notices.compose import line_of
from services.notifications.notices.rules import Kind, language_of
from services.notifications.notices.saying import said as said_of
from services.notifications.notifications.rules import Channel, Waiting
from services.notifications.templates.rules import Event, Key
from services.notifications.templates.shelf import Shelf

Target = Outlet[Gateway]
_MORE = {"vi": " (và {} việc khác)", "en": " (and {} more)"}  # the inbox lists them
_FROM_BETWEEN = (502, 504)  # the gateway may have taken the message, and its answer was lost


class GatewayCarrier(FlyingCarrier):
    """Carries short texts to phones, over one gateway for the other."""

    def __init__(
        self,
        channel: Channel,
        outlets: Outlets[Gateway],
        caller: Caller,
        tokens: Tokens,
        page: str,
        *,
        timeout: float,
        shelf: Shelf | None = None,
    ) -> None:
        super().__init__(caller, timeout=timeout)
        self._shelf = shelf or Shelf()
        self.channel = channel
        self.outlets = outlets
        self._tokens = tokens
        self._page = page

    def parcels(self, rows: Sequence[Row[Any]]) -> list[Parcel]:
        """One message a row, and one a bundle: a storm is not to be a storm of text messages."""
        together: dict[UUID, list[Parcel]] = defaultdict(list)
        for parcel in super().parcels(rows):
            together[parcel.first.bundle or parcel.first.id].append(parcel)
        return [
            Parcel(tuple(each.first for each in some), tuple(each.matters[0] for each in some))
            for some in together.values()
        ]

    def room(self) -> int:
        """No more than the gateways take."""
        return min(super().room(), self.outlets.room())

    def hold(self) -> timedelta:
        """As long as every gateway is left alone, and a moment."""
        return max(self.outlets.rest(), super().hold())

    def troubles(self) -> dict[str, str]:
        """The gateways in trouble, each with the reason."""
        return self.outlets.troubles()

    def deliver(self, chunk: Chunk) -> None:
        """Start a call for each that has a phone, and judge what has landed; where a gateway fails the next one
        takes over."""
        self._start(chunk)
        for flight, landed in self.flights.landed(chunk):
            self._judge(chunk, flight, landed)
        self._start(chunk)

    def _start(self, chunk: Chunk) -> None:
        for parcel in chunk.waiting():
            if not parcel.first.phone:
                chunk.cannot(parcel, Waiting.NO_ADDRESS if parcel.first.known else Waiting.NO_CONTACT)
            elif outlet := self._next():
                self.flights.start(chunk, parcel, outlet, partial(self._request, outlet.client, parcel))

    def _next(self) -> Target | None:
        """One that is not known to work gets one message, and the others meanwhile the rest."""
        for outlet in self.outlets.all:
            if not outlet.proven and outlet in self.outlets.usable() and not self.flights.count(outlet):
                return outlet
        return next((each for each in self.outlets.in_turn() if each.proven), None)

    def _judge(self, chunk: Chunk, flight: Flight, landed: Landed) -> None:
        parcel, outlet = flight.parcel, flight.target
        failure: DeliveryFailure | None
        code, seconds, unclear = None, 0.0, False
        if isinstance(landed, Answer):
            failure, words = outlet.client.judge(landed)
            code, seconds, unclear = landed.status, landed.seconds, landed.status in _FROM_BETWEEN
            if failure:
                failure.retry_after = waits_for(landed.headers.get("Retry-After"))
        elif isinstance(landed, CallFailed):
            failure, words, unclear = ProviderTrouble(landed.reason), landed.reason, landed.unclear
        else:
            failure, words = landed, landed.reason
        final = True
        if isinstance(failure, ProviderTrouble):
            outlet.failed(failure, flight.begun)
            final = unclear or not self.outlets.usable()
        elif code is not None:
            outlet.succeeded(flight.begun)
        asked = of_call(flight.call, str(parcel.first.id), parcel.first.phone)
        chunk.tried(parcel, outlet.name, failure, code, words, seconds, asked=asked, final=final)

    def _request(self, gateway: Gateway, parcel: Parcel) -> Call:
        return gateway.request(self._values(parcel))

    def _values(self, parcel: Parcel) -> dict[str, str]:
        row, matter, language = parcel.first, parcel.matters[0], language_of(parcel.first.language)
        link = self._page + self._tokens.issue(row.id)
        said = said_of(Kind(matter.notice.kind), matter.notice.facts, language)
        key = Key(Event(matter.notice.kind), self.channel, language)
        line = self._shelf.say(key, lambda wording: line_of(said, wording))
        more = len(parcel.rows) - 1
        text = f"{line}{_MORE[language].format(more) if more else ''} {link}"
        return {
            "phone": row.phone,
            "phone_local": "0" + row.phone[3:] if row.phone.startswith("+84") else row.phone,
            "text": text,
            "text_ascii": without_marks(text),
            "name": row.full_name,
            "code": said.subject.partition("]")[0].lstrip("[") if said.subject.startswith("[") else "",
            "link": link,
            "id": str(row.id),
        }
