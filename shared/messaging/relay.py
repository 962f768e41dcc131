"""The relay: publishes what requests record, and again whatever is not confirmed. One loop per service; several may
run side by side."""

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
import psycopg
from celery import Celery
from sqlalchemy import Engine, Row, text

from shared import logs
from shared.contracts.routes import SUBSCRIBERS
from shared.ids import uuid7
from shared.messaging.loop import IDLE, Loop, Stop
from shared.messaging.outbox import GRACE, service_of
from shared.messaging.queues import BROKER_ERRORS, Publisher
from shared.messaging.schedule import Tick
from shared.messaging.schema import NOTIFY_CHANNEL, RELAY_AWAKE
from shared.prepared import Prepared

log = logs.get_logger()

CLAIM = 1000  # events a cycle
# Seconds between two cycles. The first event goes at once. Where they keep coming, tasks that carry one event each
# would cost more than all their work: then events gather for a moment that is nothing beside the mail's own time.
LINGER = 0.02
LINGER_BUSY = 0.15
BUSY = 25  # events a second

# First publication is immediate; an unconfirmed event is due again after 10 s, then 20, … up to 5 min.
# Nothing is lost if this commit is: the event is merely published again. So it need not wait for the disk, and
# the setting in the statement itself saves a round trip.
_CLAIM = Prepared(
    """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), due AS (
        SELECT id FROM outbox, quick
        WHERE waiting_for <> '{}' AND due_at <= now()
        ORDER BY due_at, seq LIMIT :claim FOR UPDATE OF outbox SKIP LOCKED
    )
    UPDATE outbox AS o
    SET attempts = attempts + 1,
        due_at = now() + (0.75 + random() / 2) * least(300, 10 * 2 ^ least(attempts, 6)) * interval '1 second'
    FROM due WHERE o.id = due.id
    RETURNING o.id, o.seq, CAST(o.body AS text) AS body, o.waiting_for, o.attempts
    """
)
# What was published as soon as it was heard of counts as claimed.
_TAKE = Prepared(
    """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE outbox SET attempts = 1, due_at = now() + interval '10 seconds' FROM quick
    WHERE id = ANY(:ids) AND attempts = 0
    """
)
# As if never published: what is in a queue now says nothing of messages that were lost.
_DUE_NOW = text("UPDATE outbox SET due_at = now(), attempts = 0 WHERE waiting_for <> '{}'")
# Repeats put off while the subscriber was behind, longer each time, wait no longer: as if published once.
_DUE_SOON = text(
    "UPDATE outbox SET due_at = least(due_at, now() + :grace * interval '1 second'), attempts = 1 "
    "WHERE waiting_for <> '{}' AND waiting_for @> ARRAY[:subscriber] AND attempts > 1"
)


class Relay(Loop):
    """Publishes the events of one service's outbox, and its ticks."""

    def __init__(self, service: str, engine: Engine, celery: Celery, schedule: Sequence[Tick]) -> None:
        self._service = service
        # Each statement is a transaction of its own: no round trips for BEGIN and COMMIT.
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        super().__init__(f"{service}-relay", autocommit, NOTIFY_CHANNEL, Stop())
        self._celery = celery
        self._publisher = Publisher(celery)
        self._ticks = {tick: 0.0 for tick in schedule}
        self._epoch_key = f"caunoi:{service}:epoch"
        self._tended = 0.0
        # Subscribers that had batches waiting when repeats were due. Who has just begun knows nothing, so all.
        self._behind = {
            each for kind, names in SUBSCRIBERS.items() if service_of(kind) == service for each in names
        }
        self._recent: deque[tuple[float, int]] = deque(maxlen=1000)  # when, how many events
        self._published: dict[UUID, None] = {}  # of late, the newest last

    def _attend(self, listener: psycopg.Connection[Any], heard: Sequence[str]) -> None:
        told = self.publish_heard(heard)
        if told or self.publish_due():
            self._stay_awake(listener, told)
        self._tend_broker()

    def _stay_awake(self, listener: psycopg.Connection[Any], told: Sequence[UUID]) -> None:
        """Look again and again while there is work, and spare the producers their notifications meanwhile. `told`:
        what is published, and does not stand so yet."""
        listener.execute("SELECT pg_try_advisory_lock(%s)", (RELAY_AWAKE,))
        try:
            time.sleep(self._linger())
            self.take(told)
            while self.publish_due() and not self._stopping():
                self._tend_broker()
                time.sleep(self._linger())
        finally:
            listener.execute("SELECT pg_advisory_unlock_all()")
        # Whoever saw us awake and committed only now has not told us.
        time.sleep(LINGER / 4)
        self.publish_due()

    def _linger(self) -> float:
        """How long to let events gather, by how many were published in the last second."""
        now = time.monotonic()
        while self._recent and self._recent[0][0] < now - 1:
            self._recent.popleft()
        return LINGER_BUSY if sum(count for _, count in self._recent) > BUSY else LINGER

    def publish_heard(self, heard: Sequence[str]) -> list[UUID]:
        """Publish the events that came with the news of them, before anything else; returns which. They are to be
        taken then: until that, a crash has them published again."""
        bodies: dict[str, list[str]] = defaultdict(list)
        told = []
        for body in filter(None, heard):
            event = orjson.loads(body)
            if (event_id := UUID(event["id"])) not in self._published:
                told.append(event_id)
                for subscriber in SUBSCRIBERS[event["type"]]:
                    bodies[subscriber].append(body)
        self._publisher.send(bodies)
        self._note(told)
        return told

    def take(self, told: Sequence[UUID]) -> None:
        """Let what was published when it was heard of stand as published."""
        if told:
            with self._engine.connect() as connection:
                _TAKE.run(connection, {"ids": list(told)})

    def publish_due(self) -> int:
        """Publish what is due, in tasks of up to BATCH events per subscriber; returns how many events.
        Claim, commit, then publish: no transaction stays open while Redis is spoken to."""
        with self._engine.connect() as connection:
            rows = _CLAIM.named(connection, {"claim": CLAIM})
        if not rows:
            return 0
        self._note([row.id for row in rows])
        try:
            self._publish(sorted(rows, key=lambda row: row.seq))
        except BROKER_ERRORS:
            self._make_due_now()
            raise
        return len(rows)

    def _note(self, ids: Sequence[UUID]) -> None:
        if ids:
            self._recent.append((time.monotonic(), len(ids)))
            self._published = dict.fromkeys([*self._published, *ids][-CLAIM:])

    def _publish(self, rows: Sequence[Row[Any]]) -> None:
        self._publisher.send(self._by_subscriber(rows))

    def _by_subscriber(self, rows: Sequence[Row[Any]]) -> dict[str, list[str]]:
        """The events to publish for each subscriber. A repeat is for messages that were lost: a subscriber whose
        queue is not empty is merely behind, and gets none until it has caught up."""
        repeated = {subscriber for row in rows if row.attempts > 1 for subscriber in row.waiting_for}
        behind = self._busy(repeated)
        self._behind |= behind
        bodies: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            for subscriber in row.waiting_for:
                if row.attempts == 1 or subscriber not in behind:
                    bodies[subscriber].append(row.body)
        return bodies

    def _tend_broker(self) -> None:
        """Ticks, and a look whether Redis is still the one we knew: at most twice a second, busy or not."""
        now = time.monotonic()
        if now - self._tended >= IDLE / 2:
            self._tended = now
            self.watch_broker()
            self.see_who_caught_up()
            self._publish_ticks(now)

    def watch_broker(self) -> None:
        """Redis that lost its memory has also lost this mark: then all unfinished events are due at once."""
        with self._celery.producer_or_acquire() as producer:
            if producer.channel.client.set(self._epoch_key, str(uuid7()), nx=True):
                log.info("broker_is_new", service=self._service)
                self._make_due_now()

    def see_who_caught_up(self) -> None:
        """What a subscriber that has emptied its queue does not confirm in a moment was lost: it is due then."""
        if not self._behind:
            return
        caught_up = self._behind - self._busy(self._behind)
        with self._engine.connect() as connection:
            for subscriber in sorted(caught_up):
                connection.execute(_DUE_SOON, {"subscriber": subscriber, "grace": GRACE})
        self._behind -= caught_up

    def _make_due_now(self) -> None:
        with self._engine.connect() as connection:
            connection.execute(_DUE_NOW)

    def _publish_ticks(self, now: float) -> None:
        for tick, last in self._ticks.items():
            if now - last >= tick.every:
                self._celery.send_task(tick.task, args=tick.args, queue=tick.queue, expires=tick.every, retry=False)
                self._ticks[tick] = now

    def _busy(self, subscribers: Iterable[str]) -> set[str]:
        """Those in whose queue batches lie."""
        return {each for each in subscribers if self._publisher.waiting(each)}
