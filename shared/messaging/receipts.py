"""Receipts: what a worker tells the producers of the events it has committed."""

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from celery import Celery

from shared import logs
from shared.messaging.queues import BROKER_ERRORS, confirm_task, receipts_queue

log = logs.get_logger()

# Seconds in which receipts gather. Nobody waits for one, while a task for each would take the processor from the
# event's next hop. Far less than the time after which an unconfirmed event is published again.
GATHER = 0.25


class Receipts:
    """Gathers receipts and sends them a moment later, one task per producer, from a thread of its own."""

    def __init__(self, service: str, celery: Celery) -> None:
        self._service = service
        self._celery = celery
        self._lock = threading.Lock()
        self._gathered: dict[str, list[UUID]] = defaultdict(list)

    def add(self, receipts: Mapping[str, Sequence[UUID]]) -> None:
        """Take receipts by producer; they are lost with the process, and then the events come again."""
        with self._lock:
            is_first = not self._gathered
            for producer, ids in receipts.items():
                self._gathered[producer] += ids
        if is_first and receipts:
            timer = threading.Timer(GATHER, self.send)
            timer.daemon = True
            timer.start()

    def send(self) -> None:
        """Send what has gathered. With Redis away nothing is sent; the relay then repeats the events."""
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(list)
        try:
            with self._celery.producer_or_acquire() as producer:
                for origin, ids in gathered.items():
                    self._celery.send_task(
                        confirm_task(origin),
                        args=(self._service, [str(each) for each in ids]),
                        queue=receipts_queue(origin),
                        producer=producer,
                        retry=False,
                    )
        except BROKER_ERRORS as error:
            log.warning("receipts_lost", error=repr(error))
