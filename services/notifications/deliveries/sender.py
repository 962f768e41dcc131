"""The sender: works off the due rows of a channel, chunk by chunk. Claim, commit; send; record, commit."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from services.notifications.deliveries.actions import record_settled
from services.notifications.deliveries.carrier import Carrier
from services.notifications.deliveries.chunk import Chunk
from services.notifications.deliveries.events import record_turns
from shared import clock, logs
from shared.database import Lasting
from shared.messaging.wake import wake

log = logs.get_logger()

LEASE = timedelta(seconds=60)
HELP_CALLED_EVERY = 0.25  # seconds; who helps goes on until nothing is due
_RECORD_PAUSES = (0.1, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 5.0, 5.0)


class Sender:
    """Sends what is due over one channel. Several processes may run side by side; each has its own. `beat` says
    that it lives, whenever a chunk is recorded; when idle, the loop around it does. `helped`: the channel of
    PostgreSQL on which others are called when it cannot take all that is due."""

    def __init__(
        self,
        carrier: Carrier,
        *,
        beat: Callable[[Session], None] = lambda session: None,
        stopping: Callable[[], bool] = lambda: False,
        besides: Sequence[Callable[[sessionmaker[Session]], None]] = (),
        helped: str | None = None,
    ) -> None:
        self.carrier = carrier
        self._lease = max(LEASE, timedelta(seconds=4 * carrier.timeout))
        # No message is begun so late that waiting for its answers would outlast the lease.
        self._budget = self._lease.total_seconds() - 2 * carrier.timeout - 5
        self._beat = beat
        self._stopping = stopping
        self._besides = besides
        self._helped = helped
        self._called = 0.0
        self._begun = False
        self._lasting: Lasting | None = None

    def send_due(self, sessions: sessionmaker[Session]) -> None:
        """Work until nothing is due, the channel is to be left alone, or the process is to end."""
        if not self._begun:  # the first message, too, is to be in the words that are in use
            self._begun = True
            self._look_around(sessions)
        while not self._stopping() and self.carrier.room():
            if not self.send_chunk(sessions):
                break
            self._look_around(sessions)
        self._look_around(sessions)

    def _look_around(self, sessions: sessionmaker[Session]) -> None:
        """What else is done between two chunks."""
        for each in self._besides:
            each(sessions)

    def finish(self, sessions: sessionmaker[Session]) -> None:
        """Wait for what is under way, and record it."""
        while self.carrier.pending():
            chunk = Chunk([], deadline=0.0)
            self.carrier.deliver(chunk)
            self._record(sessions, chunk)

    def close(self) -> None:
        """Close its connections."""
        self.carrier.close()
        if self._lasting is not None:
            self._lasting.close()

    def send_chunk(self, sessions: sessionmaker[Session]) -> int:
        """Claim, send and record one chunk; returns how many rows were claimed."""
        began = time.monotonic()
        if self._lasting is None:
            self._lasting = Lasting(sessions.kw["bind"])
        with self._lasting() as session:
            room = self.carrier.room()
            rows = self.carrier.claim(session, limit=room, now=clock.now(), lease=self._lease)
            if room > 1 and len(rows) >= room:
                self._call_for_help(session)
        if not rows and not self.carrier.pending():
            return 0
        # The claim is committed before the network is touched: a server that answers slowly must not keep a
        # transaction open, which would hold row locks and keep vacuum from cleaning up.
        chunk = Chunk(self.carrier.parcels(rows), deadline=began + self._budget)
        try:
            self.carrier.deliver(chunk)
        finally:
            # Also when the process is told to end: what was not sent is given back, not left to the lease.
            self._record(sessions, chunk)
        return len(rows)

    def _call_for_help(self, session: Session) -> None:
        if self._helped and time.monotonic() - self._called >= HELP_CALLED_EVERY:
            self._called = time.monotonic()
            wake(session, self._helped)

    def _record(self, sessions: sessionmaker[Session], chunk: Chunk) -> None:
        """Record, and insist: what was sent and is not recorded will be sent again."""
        settled = chunk.finish(self.carrier.hold())
        if not settled:
            return
        for pause in (*_RECORD_PAUSES, None):
            try:
                with sessions.begin() as session:
                    turned = record_settled(session, self.carrier.channel, settled, clock.now())
                    record_turns(session, turned, settled, self.carrier.channel)
                    # Only what came to its end is a sign of life: who dies of a chunk must not look well.
                    self._beat(session)
                return
            except DBAPIError as error:
                if pause is None:
                    raise
                log.warning("record_retried", error=repr(error), rows=len(settled))
                time.sleep(pause)
