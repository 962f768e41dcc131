"""The processes of a service: its worker, a Celery application that takes batches and receipts, and its loops."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from celery import Celery
from sqlalchemy.orm import Session, sessionmaker

from shared import logs
from shared.database import make_engine, make_sessions
from shared.messaging import outbox
from shared.messaging.consumer import AtOnce, Consumer, Handlers
from shared.messaging.housekeeping import prune
from shared.messaging.later import Later
from shared.messaging.loop import HEARTBEAT_EVERY, DueLoop, Pulse, Stop, beat
from shared.messaging.queues import (
    BROKER_ERRORS,
    Publisher,
    confirm_task,
    events_queue,
    handle_task,
    make_celery,
    receipts_queue,
)
from shared.messaging.relay import Relay
from shared.messaging.schedule import Tick

log = logs.get_logger()


def build_worker(
    service: str,
    *,
    database_url: str,
    redis_url: str,
    handlers: Handlers,
    at_once: AtOnce | None = None,
    housekeeping: Sequence[Callable[[sessionmaker[Session]], object]] = (),
) -> Celery:
    """The Celery application of a service. Its engine is made here: run it with the solo pool. `at_once`: with what
    a lone event is tried before its handler. `housekeeping`: what else the service forgets once an hour."""
    celery = make_celery(service, redis_url, (events_queue(service), receipts_queue(service)))
    sessions = make_sessions(make_engine(database_url, application_name=f"{service}-worker", pool_size=2))
    consumer = Consumer(sessions, handlers, at_once)
    publisher, later = Publisher(celery), Later(service, celery)

    def publish_at_edge(events: Mapping[str, Sequence[str]]) -> None:
        try:
            publisher.send(events)
        except BROKER_ERRORS as error:  # the rows are due in a moment: the relay takes them
            log.warning("publication_left_to_relay", error=repr(error))

    @celery.task(name=handle_task(service), shared=False)
    def handle_events(bodies: list[str]) -> None:
        outcome = consumer.handle(bodies)
        publish_at_edge(outcome.events.now)
        later.add(outcome.receipts, outcome.events.soon)
        outcome.log()

    @celery.task(name=confirm_task(service), shared=False)
    def confirm_events(subscriber: str, ids: list[str]) -> None:
        with sessions.begin() as session:
            outbox.confirm(session, subscriber, [UUID(each) for each in ids])

    @celery.task(name=f"{service}.heartbeat", shared=False)
    def heartbeat(queue: str) -> None:
        with sessions.begin() as session:
            beat(session, queue)

    @celery.task(name=f"{service}.prune", shared=False)
    def prune_messages() -> None:
        prune(sessions)
        for forget in housekeeping:
            forget(sessions)

    return celery


def build_due_loop(
    name: str,
    *,
    database_url: str,
    channel: str,
    work: Callable[[sessionmaker[Session]], None],
    stop: Stop,
    pulse: Pulse,
) -> DueLoop:
    """A loop that works off due rows, woken through `channel`."""
    engine = make_engine(database_url, application_name=name, pool_size=2)
    return DueLoop(name, engine, channel, work, stop=stop, pulse=pulse)


def build_relay(service: str, *, database_url: str, redis_url: str) -> Relay:
    """The relay of a service. It also asks the worker for a heartbeat: a row that relay, Redis and worker all had a
    part in."""
    engine = make_engine(database_url, application_name=f"{service}-relay", pool_size=1)
    queue = events_queue(service)
    ticks = (
        Tick(f"{service}.heartbeat", queue, HEARTBEAT_EVERY, (queue,)),
        Tick(f"{service}.prune", queue, 3600),
    )
    return Relay(service, engine, make_celery(service, redis_url), ticks)
