"""Queue and task names, and the Celery application that speaks them.

Tasks go through the default exchange straight to the queue of their routing key: no binding is kept
in Redis, so nothing has to be declared again after Redis was wiped. Nothing is acknowledged to Redis either: a
batch that a killed worker had in hand is published again because its receipt is missing.
"""

import base64
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from uuid import uuid4

import orjson
from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

BATCH = 200  # events a task
BROKER_ERRORS = (BrokerError, RedisError, OSError)


def events_queue(service: str) -> str:
    """Where batches of events for a service arrive."""
    return f"{service}.events"


def receipts_queue(service: str) -> str:
    """Where the confirmations of a service's own events arrive."""
    return f"{service}.receipts"


def handle_task(service: str) -> str:
    """The task that handles a batch of events."""
    return f"{service}.handle_events"


def confirm_task(service: str) -> str:
    """The task that records a receipt."""
    return f"{service}.confirm_events"


def make_celery(service: str, redis_url: str, queues: tuple[str, ...] = ()) -> Celery:
    """A Celery application of one service; `queues` are those its worker drains."""
    app = Celery(f"caunoi.{service}", broker=redis_url, set_as_current=False)
    direct = Exchange("")
    app.conf.update(
        task_queues=[Queue(name, direct, routing_key=name, no_ack=True) for name in queues],
        task_create_missing_queues=True,
        task_default_exchange="",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # their effects are safe: rows, inbox
        task_serializer="json",
        accept_content=["json"],
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "priority_steps": [0],
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
            "health_check_interval": 25,
            "socket_keepalive": True,
        },
        enable_utc=True,
    )
    return app


class Publisher:
    """Sends batches of events to workers. For one thread.

    `send_task` would do the same one message at a time, and from idle each takes as long as all of this: what it
    makes anew for each message is made once here, and the connection is not looked for.
    """

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._made: dict[str, dict[str, Any]] = {}

    def send(self, events: Mapping[str, Sequence[str]]) -> None:
        """Send each subscriber its events, in tasks of up to BATCH, in one round trip each. Raises one of
        BROKER_ERRORS."""
        for subscriber, bodies in events.items():
            batches = (bodies[start : start + BATCH] for start in range(0, len(bodies), BATCH))
            self._redis.lpush(events_queue(subscriber), *(self._message(subscriber, batch) for batch in batches))

    def waiting(self, subscriber: str) -> int:
        """How many batches lie in a subscriber's queue. Raises one of BROKER_ERRORS."""
        return int(self._redis.llen(events_queue(subscriber)))

    @cached_property
    def _channel(self) -> Any:
        return self._celery.connection_for_write().default_channel

    @cached_property
    def _redis(self) -> Any:
        """The client of a connection of our own, which it opens again when it is lost."""
        return self._channel.Client(connection_pool=self._channel.pool, single_connection_client=True)

    def _message(self, subscriber: str, bodies: Sequence[str]) -> bytes:
        """A task message of Celery's protocol 2 in the envelope of kombu's transport."""
        if subscriber not in self._made:
            self._made[subscriber] = self._first_message(subscriber)
        made, task_id = self._made[subscriber], str(uuid4())
        body = orjson.dumps([[bodies], {}, _NO_MORE])
        return orjson.dumps(
            made
            | {
                "body": base64.b64encode(body).decode(),
                "headers": made["headers"] | {"id": task_id, "root_id": task_id},
                "properties": made["properties"] | {"correlation_id": task_id, "delivery_tag": str(uuid4())},
            }
        )

    def _first_message(self, subscriber: str) -> dict[str, Any]:
        """What all messages to a subscriber have in common, as Celery and kombu would make them."""
        # Nobody reads the representations of the arguments, and they cost as much as the rest.
        new = self._celery.amqp.create_task_message(
            "", handle_task(subscriber), argsrepr="", kwargsrepr="", ignore_result=True
        )
        made: dict[str, Any] = self._channel.prepare_message(
            "", 0, "application/json", "utf-8", new.headers, new.properties
        )
        made["properties"] |= {
            "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": events_queue(subscriber)},
        }
        return made


# What follows upon a task: nothing.
_NO_MORE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
