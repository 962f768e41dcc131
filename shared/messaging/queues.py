"""Queue and task names, and the Celery application that speaks them.

Tasks go through the default exchange straight to the queue of their routing key: no binding is kept
in Redis, so nothing has to be declared again after Redis was wiped.
"""

from celery import Celery
from kombu import Exchange, Queue

VISIBILITY_TIMEOUT = 3600  # seconds; only a backstop: what is not confirmed is published again by the relay


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
        task_queues=[Queue(name, direct, routing_key=name) for name in queues],
        task_create_missing_queues=True,
        task_default_exchange="",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_acks_late=True,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # their effects are safe: rows, inbox
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=4,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
            "health_check_interval": 25,
            "socket_keepalive": True,
        },
        enable_utc=True,
    )
    return app
