"""Queue and task names, and the Celery application that speaks them.

Tasks go through the default exchange straight to the queue of their routing key: no binding is kept
in Redis, so nothing has to be declared again after Redis was wiped. Nothing is acknowledged to Redis either: a
batch that a killed worker had in hand is published again because its receipt is missing.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from celery import Celery
from kombu import Exchange, Producer, Queue
from kombu.exceptions import OperationalError as BrokerError
from kombu.serialization import dumps as serialize
from kombu.utils.json import dumps
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


def publish(celery: Celery, producer: Producer, events: Mapping[str, Sequence[str]]) -> None:
    """Send each subscriber its events, in tasks of up to BATCH, in one round trip each: the first of the table of
    routes has somebody waiting, and begins while the others' messages are still being made. Raises one of
    BROKER_ERRORS.

    `send_task` would do the same one message at a time, and from idle each takes as long as all of this.
    """
    channel = producer.channel
    with channel.conn_or_acquire() as client:
        for subscriber, bodies in events.items():
            queue = events_queue(subscriber)
            client.lpush(
                queue,
                *(
                    _message(celery, channel, handle_task(subscriber), queue, bodies[start : start + BATCH])
                    for start in range(0, len(bodies), BATCH)
                ),
            )


def _message(celery: Celery, channel: Any, task: str, queue: str, bodies: Sequence[str]) -> str:
    """A task message of Celery's protocol 2 in the envelope of kombu's transport."""
    # Nobody reads the representations of the arguments, and they cost as much as the rest.
    new = celery.amqp.create_task_message(str(uuid4()), task, args=[bodies], argsrepr="", kwargsrepr="")
    content_type, content_encoding, body = serialize(new.body, "json")
    message = channel.prepare_message(body, 0, content_type, content_encoding, new.headers, new.properties)
    message["body"], encoding = channel.encode_body(body, channel.body_encoding)
    message["properties"] |= {
        "body_encoding": encoding,
        "delivery_tag": str(uuid4()),
        "delivery_info": {"exchange": "", "routing_key": queue},
    }
    return str(dumps(message))
