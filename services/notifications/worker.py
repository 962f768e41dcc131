"""Entry of the worker, the sender and the relay."""

import time
from collections.abc import Callable

from celery import Celery
from celery.worker import state
from sqlalchemy.orm import Session

from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.deliveries.mailer import Mailer
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.smtp import SmtpClient
from services.notifications.handlers import HANDLERS
from services.notifications.schedule import SCHEDULE, SEND_DUE, SENDING
from services.notifications.settings import Settings
from shared.messaging.relay import Relay
from shared.messaging.worker import HEARTBEAT_EVERY, Job, beat, build_relay, build_worker


def create_sender(settings: Settings) -> Sender:
    """What works off due e-mail, over the provider of the settings."""
    return Sender(
        SmtpClient(settings.smtp, settings.sender.address, settings.smtp_timeout),
        Mailer(settings.sender, Tokens(settings.secret_key), settings.public_url),
        provider=settings.smtp.name,
        timeout=settings.smtp_timeout,
        beat=_beating(),
        stopping=_stopping,
    )


def _stopping() -> bool:
    """Celery has been told to end; it waits for the task in hand, which may have a long backlog before it."""
    # An exit code, 0 as well, says so.
    return any(code is not None and code is not False for code in (state.should_stop, state.should_terminate))


def _beating() -> Callable[[Session], None]:
    """While it works off a long backlog the sender takes no heartbeat task, so it says itself that it lives."""
    last = time.monotonic()

    def beat_now_and_then(session: Session) -> None:
        nonlocal last
        if time.monotonic() - last >= HEARTBEAT_EVERY:
            last = time.monotonic()
            beat(session, SENDING)

    return beat_now_and_then


def create_worker(settings: Settings | None = None) -> Celery:
    """The Celery application; `notifications-sender` is this with the queue of SENDING alone."""
    settings = settings or Settings.from_env()
    return build_worker(
        "notifications",
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        handlers=HANDLERS,
        jobs=[Job(SEND_DUE, SENDING, create_sender(settings).send_due)],
    )


def create_relay(settings: Settings | None = None) -> Relay:
    """The loop that publishes this service's events and ticks."""
    settings = settings or Settings.from_env()
    return build_relay(
        "notifications",
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        schedule=SCHEDULE,
        queues=(SENDING,),
    )
