"""What a worker says a moment after its commit: receipts, and its events to those for whom nobody waits."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from celery import Celery

from shared import logs
from shared.messaging.queues import BROKER_ERRORS, Publisher, confirm_task, receipts_queue

log = logs.get_logger()

# Seconds in which it gathers. A task for each would take the processor from the event's next hop. Far less than the
# time after which the relay publishes what is not confirmed.
GATHER = 0.25


class Later:
    """Gathers, and sends a moment later from a thread of its own: one task per producer or subscriber."""

    def __init__(self, service: str, celery: Celery) -> None:
        self._service = service
        self._celery = celery
        self._publisher = Publisher(celery)
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._receipts: dict[str, list[UUID]] = defaultdict(list)
        self._events: dict[str, list[str]] = defaultdict(list)

    def add(self, receipts: Mapping[str, Sequence[UUID]], events: Mapping[str, Sequence[str]]) -> None:
        """Take receipts by producer and events by subscriber; lost with the process, both come again."""
        with self._lock:
            is_first = not self._receipts and not self._events
            for producer, ids in receipts.items():
                self._receipts[producer] += ids
            for subscriber, bodies in events.items():
                self._events[subscriber] += bodies
        if is_first and (receipts or events):
            timer = threading.Timer(GATHER, self.send)
            timer.daemon = True
            timer.start()

    def send(self) -> None:
        """Send what has gathered. With Redis away nothing is sent; the relay then repeats the events."""
        with self._lock:
            receipts, self._receipts = self._receipts, defaultdict(list)
            events, self._events = self._events, defaultdict(list)
        try:
            with self._sending, self._celery.producer_or_acquire() as producer:
                self._publisher.send(events)
                for origin, ids in receipts.items():
                    self._celery.send_task(
                        confirm_task(origin),
                        args=(self._service, [str(each) for each in ids]),
                        queue=receipts_queue(origin),
                        producer=producer,
                        retry=False,
                    )
        except BROKER_ERRORS as error:
            log.warning("left_to_relay", error=repr(error))
