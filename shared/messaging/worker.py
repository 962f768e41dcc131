"""The worker of a service: a Celery application whose tasks are its batches, its receipts and its jobs."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from celery import Celery
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from shared import logs
from shared.database import make_engine, make_sessions
from shared.messaging import outbox
from shared.messaging.consumer import Consumer, Handlers
from shared.messaging.housekeeping import prune
from shared.messaging.queues import confirm_task, events_queue, handle_task, make_celery, receipts_queue
from shared.messaging.relay import BROKER_ERRORS, Relay
from shared.messaging.schedule import Tick
from shared.messaging.schema import heartbeats

log = logs.get_logger()

HEARTBEAT_EVERY = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Job:
    """A task that works off rows: `run` gets the session factory and commits by itself."""

    name: str
    queue: str
    run: Callable[[sessionmaker[Session]], None]


def build_worker(
    service: str, *, database_url: str, redis_url: str, handlers: Handlers, jobs: Sequence[Job] = ()
) -> Celery:
    """The Celery application of a service. Its engine is made here: run it with the solo pool."""
    queues = {events_queue(service), receipts_queue(service), *(job.queue for job in jobs)}
    celery = make_celery(service, redis_url, tuple(sorted(queues)))
    sessions = make_sessions(make_engine(database_url, application_name=f"{service}-worker", pool_size=2))
    consumer = Consumer(sessions, handlers)
    routes = {job.name: job.queue for job in jobs}

    @celery.task(name=handle_task(service), shared=False)
    def handle_events(bodies: list[str]) -> None:
        outcome = consumer.handle(bodies)
        with celery.producer_or_acquire() as producer:
            for task in outcome.wakes:
                send(celery, task, (), routes[task], producer)
            for origin, ids in outcome.receipts.items():
                args = (service, [str(each) for each in ids])
                send(celery, confirm_task(origin), args, receipts_queue(origin), producer)

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

    for job in jobs:
        celery.task(_runner(job, sessions), name=job.name, shared=False)
    return celery


def build_relay(
    service: str,
    *,
    database_url: str,
    redis_url: str,
    schedule: Sequence[Tick] = (),
    queues: Sequence[str] = (),
) -> Relay:
    """The relay of a service; `queues` are further queues whose workers it asks for a heartbeat."""
    engine = make_engine(database_url, application_name=f"{service}-relay", pool_size=1)
    beats = [
        Tick(f"{service}.heartbeat", queue, HEARTBEAT_EVERY, (queue,)) for queue in (events_queue(service), *queues)
    ]
    ticks = (*schedule, *beats, Tick(f"{service}.prune", events_queue(service), 3600))
    return Relay(service, engine, make_celery(service, redis_url), ticks)


def send(celery: Celery, task: str, args: Sequence[Any], queue: str, producer: Any) -> None:
    """Send what may be lost: a wake-up or a receipt. With Redis away, the tick or the repeat makes it good."""
    try:
        celery.send_task(task, args=args, queue=queue, producer=producer, retry=False)
    except BROKER_ERRORS as error:
        log.warning("wake_up_lost", task=task, error=repr(error))


def beat(session: Session, role: str) -> None:
    """Say that the worker of a queue is alive: relay, Redis and worker all had a part in it."""
    row = insert(heartbeats).values(role=role, at=func.now())
    session.execute(row.on_conflict_do_update(index_elements=["role"], set_={"at": row.excluded.at}))


def _runner(job: Job, sessions: sessionmaker[Session]) -> Callable[[], None]:
    def run() -> None:
        started = time.monotonic()
        job.run(sessions)
        log.debug("job_done", job=job.name, seconds=round(time.monotonic() - started, 3))

    return run
