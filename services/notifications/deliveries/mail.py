"""The channel of e-mail."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, make_msgid
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.notifications.deliveries import rules
from services.notifications.deliveries.actions import claim_due
from services.notifications.deliveries.asked import NOTHING, of_mail
from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.dkim import Signer
from services.notifications.deliveries.mailer import Mailer
from services.notifications.deliveries.outlets import Outlet, Outlets
from services.notifications.deliveries.parcel import Parcel
from services.notifications.deliveries.rules import DeliveryFailure, PermanentFailure, ProviderTrouble
from services.notifications.deliveries.smtp import LostDuring, Outgoing, SmtpClient
from services.notifications.notices.compose import Sender
from services.notifications.notifications.rules import Channel, Waiting
from shared import clock, logs

log = logs.get_logger()


class MailCarrier:
    """Carries e-mail over the SMTP servers. Several processes may run side by side, each with its own. `bulk`: also
    what was written in bulk."""

    channel = Channel.EMAIL

    def __init__(
        self, outlets: Outlets[SmtpClient], mailer: Mailer, signer: Signer, *, timeout: float, bulk: bool
    ) -> None:
        self.timeout = timeout
        self._bulk = bulk
        self.outlets = outlets
        self._mailer = mailer
        self._signer = signer

    def room(self) -> int:
        """As many as the servers take; those in trouble are looked after by the way."""
        self.outlets.look_after()
        return self.outlets.room()

    def pending(self) -> bool:
        """Nothing: what a delivery begins it ends."""
        return False

    def hold(self) -> timedelta:
        """As long as every server is left alone."""
        return self.outlets.rest()

    def troubles(self) -> dict[str, str]:
        """The servers in trouble, each with the reason."""
        return self.outlets.troubles()

    def claim(self, session: Session, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Row[Any]]:
        """The due e-mail."""
        return claim_due(session, self.channel, limit=limit, now=now, lease=lease, bulk=self._bulk)

    def parcels(self, rows: Sequence[Row[Any]]) -> list[Parcel]:
        """One mail a row."""
        return self._mailer.parcels(rows)

    def close(self) -> None:
        """Close the connections to the servers."""
        self.outlets.finish_checks()
        for each in self.outlets.all:
            each.client.close()

    def deliver(self, chunk: Chunk) -> None:
        """Send what has an address, one mail after the other; where a server fails the next one takes over."""
        for parcel in chunk.waiting():
            if not parcel.first.email:
                chunk.cannot(parcel, Waiting.NO_ADDRESS if parcel.first.known else Waiting.NO_CONTACT)
            elif parcel.first.suppressed:
                chunk.refuse(parcel, f"mail to this address comes back: {parcel.first.suppressed}")
        if not chunk:
            return
        turns = self.outlets.in_turn()
        outlet = next(turns, None)
        while outlet:
            try:
                self._hand_over(outlet, chunk)
            except ProviderTrouble as trouble:
                outlet.failed(trouble)
                following = next(turns, None)
                self._note(chunk, outlet, trouble, last=following is None)
                outlet = following
            else:
                return

    def send_plain(self, sender: Sender, to: str, subject: str, text: str) -> bool:
        """One mail that is no notification, over any server that takes it; False if none does."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = formataddr((sender.name, sender.address)), to, subject
        message["Date"], message["Message-ID"] = clock.now(), make_msgid(domain=sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        mail = Outgoing(None, to, self._signer.signed(message.as_bytes(), clock.now()))
        for outlet in self.outlets.in_turn():
            try:
                return all(result.failure is None for result in outlet.client.deliver(iter([mail])))
            except ProviderTrouble as trouble:
                outlet.failed(trouble)
        return False

    def _hand_over(self, outlet: Outlet[SmtpClient], chunk: Chunk) -> None:
        for result in outlet.client.deliver(self._outgoing(outlet, chunk)):
            failure = result.failure
            asked = of_mail(result.message)
            chunk.tried(
                result.message.key, outlet.name, failure, result.code, result.text, result.seconds, asked=asked
            )
            if not failure:
                outlet.succeeded()

    def _outgoing(self, outlet: Outlet[SmtpClient], chunk: Chunk) -> Iterator[Outgoing]:
        """Compose one mail after the other, as the client asks for them."""
        for parcel in chunk.waiting():
            try:
                message = self._mailer.compose(parcel)
                if not message.recipient.isascii() and not outlet.client.smtputf8:
                    raise PermanentFailure("the provider takes no address beyond ASCII")
                yield message._replace(content=self._signer.signed(message.content, clock.now()))
            except DeliveryFailure as failure:
                chunk.tried(parcel, outlet.name, failure, answer=failure.reason)
            except Exception as error:
                log.error("mail_not_composed", notification_id=str(parcel.first.id), exc_info=error)
                broken = rules.TemporaryFailure(f"the mail cannot be composed: {error!r}")
                chunk.tried(parcel, outlet.name, broken, answer=broken.reason)

    def _note(self, chunk: Chunk, outlet: Outlet[SmtpClient], trouble: ProviderTrouble, *, last: bool) -> None:
        """Trouble is one message's failed attempt, not that of every message in the chunk. The next server gets
        that message, too, unless this one may have taken it."""
        parcel: Parcel | None
        if isinstance(trouble, LostDuring):
            parcel, unclear, asked = trouble.message.key, trouble.unclear, of_mail(trouble.message)
        else:
            parcel, unclear, asked = next(chunk.waiting(), None), False, NOTHING
        if parcel:
            final = last or unclear
            chunk.tried(parcel, outlet.name, trouble, trouble.code, trouble.reason, asked=asked, final=final)
