"""The sender: works off the due rows, chunk by chunk. Claim, commit; send; record, commit."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.deliveries import rules
from services.notifications.deliveries.actions import Settled, claim_due, record_settled
from services.notifications.deliveries.events import record_failures
from services.notifications.deliveries.mailer import Mailer
from services.notifications.deliveries.rules import DeliveryFailure, Outcome, PermanentFailure, ProviderTrouble
from services.notifications.deliveries.smtp import LostDuring, Outgoing, SmtpClient
from services.notifications.notifications.rules import Waiting
from shared import clock, logs

log = logs.get_logger()

LEASE = timedelta(seconds=60)
_RECORD_PAUSES = (0.1, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 5.0)


class Sender:
    """Sends e-mail over one provider. Several processes may run side by side; each has its own."""

    def __init__(
        self,
        client: SmtpClient,
        mailer: Mailer,
        *,
        provider: str,
        timeout: float,
        beat: Callable[[Session], None] = lambda session: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client = client
        self._mailer = mailer
        self._provider = provider
        self._lease = max(LEASE, timedelta(seconds=4 * timeout))
        # No message is begun so late that waiting for its answers would outlast the lease.
        self._budget = self._lease.total_seconds() - 2 * timeout - 5
        self._beat = beat
        self._stopping = stopping
        self._hold = rules.Hold()

    def send_due(self, sessions: sessionmaker[Session]) -> None:
        """Work until nothing is due, the provider is in trouble, or the process is to end."""
        while not self._stopping() and not self._hold.holds(time.monotonic()):
            if not self.send_chunk(sessions):
                break

    def close(self) -> None:
        """Close the connection to the provider."""
        self._client.close()

    def send_chunk(self, sessions: sessionmaker[Session]) -> int:
        """Claim, send and record one chunk; returns how many rows were claimed."""
        limit = self._hold.chunk()
        began = time.monotonic()
        with sessions.begin() as session:
            self._beat(session)
            rows = claim_due(session, limit=limit, now=clock.now(), lease=self._lease)
            if rows:
                self._mailer.fetch(session, rows)
        if not rows:
            return 0
        # The claim is committed before the network is touched: a server that answers slowly must not keep a
        # transaction open, which would hold row locks and keep vacuum from cleaning up.
        chunk = _Chunk(self._mailer, rows, deadline=began + self._budget)
        try:
            self._send(chunk)
        finally:
            # Also when the process is told to end: what was not sent is given back, not left to the lease.
            self._record(sessions, chunk)
        return len(rows)

    def _send(self, chunk: "_Chunk") -> None:
        chunk.set_aside_unreachable()
        if not chunk.unsettled:
            return
        try:
            for result in self._client.deliver(chunk.outgoing(self._client)):
                chunk.settle(result.message.key, result.failure, result.code, result.text, result.seconds)
                if not result.failure:
                    self._hold.success()
        except ProviderTrouble as trouble:
            self._stop(chunk, trouble)

    def _stop(self, chunk: "_Chunk", trouble: ProviderTrouble) -> None:
        """Trouble is one message's failed attempt, not that of every message in the chunk."""
        hold = self._hold.trouble(time.monotonic())
        log.warning("provider_trouble", provider=self._provider, error=trouble.reason, hold=hold.total_seconds())
        row = trouble.message.key if isinstance(trouble, LostDuring) else next(iter(chunk.unsettled.values()))
        chunk.settle(row, trouble, trouble.code, trouble.reason, 0.0)
        chunk.hold = hold

    def _record(self, sessions: sessionmaker[Session], chunk: "_Chunk") -> None:
        """Record, and insist: what was sent and is not recorded will be sent again."""
        settled = chunk.finish()
        for pause in (*_RECORD_PAUSES, None):
            try:
                with sessions.begin() as session:
                    failed = record_settled(session, settled, self._provider, clock.now())
                    record_failures(session, failed, settled, self._mailer)
                return
            except DBAPIError as error:
                if pause is None:
                    raise
                log.warning("record_retried", error=repr(error), rows=len(settled))
                time.sleep(pause)


class _Chunk:
    """The rows claimed together, and what became of each."""

    def __init__(self, mailer: Mailer, rows: Sequence[Row[Any]], deadline: float) -> None:
        self._mailer = mailer
        self._deadline = deadline
        self.unsettled = {row.id: row for row in rows}
        self.settled: list[Settled] = []
        self.hold = timedelta()

    def set_aside_unreachable(self) -> None:
        """Those whose contact or address is not known cannot be tried."""
        now = clock.now()
        for row in list(self.unsettled.values()):
            if not row.email:
                why = Waiting.NO_ADDRESS if row.known else Waiting.NO_CONTACT
                change = rules.without_contact(why, row.created_at, now)
                self.settled.append(Settled(self.unsettled.pop(row.id), change, now))

    def outgoing(self, client: SmtpClient) -> Iterator[Outgoing]:
        """Compose one mail after the other, as the client asks for them."""
        for row in list(self.unsettled.values()):
            if time.monotonic() > self._deadline:
                return
            try:
                message = self._mailer.compose(row)
                if not message.recipient.isascii() and not client.smtputf8:
                    raise PermanentFailure("the provider takes no address beyond ASCII")
                yield message
            except DeliveryFailure as failure:
                self.settle(row, failure, None, failure.reason, 0.0)
            except Exception as error:
                log.error("mail_not_composed", notification_id=str(row.id), exc_info=error)
                broken = rules.TemporaryFailure(f"the mail cannot be composed: {error!r}")
                self.settle(row, broken, None, broken.reason, 0.0)

    def settle(
        self, row: Row[Any], failure: DeliveryFailure | None, code: int | None, answer: str, seconds: float
    ) -> None:
        """Note how an attempt ended."""
        now = clock.now()
        change = rules.after_attempt(failure, attempts=row.attempts, tried_since=row.tried_since, now=now)
        outcome = Outcome.SENT
        if failure:
            outcome = Outcome.PERMANENT if isinstance(failure, PermanentFailure) else Outcome.TEMPORARY
        self.settled.append(Settled(self.unsettled.pop(row.id), change, now, outcome, code, answer, seconds))

    def finish(self) -> list[Settled]:
        """What became of every row; those never tried are given back."""
        now = clock.now()
        for row in self.unsettled.values():
            self.settled.append(Settled(row, rules.given_back(row.due_at, self.hold, now), now))
        self.unsettled.clear()
        return self.settled
