"""The worker, the relay and the clock of the visits service."""

from celery import Celery

from services.visits.handlers import HANDLERS
from services.visits.settings import Settings
from shared.messaging.clockwork import build_clock
from shared.messaging.loop import DueLoop
from shared.messaging.relay import Relay
from shared.messaging.worker import build_relay, build_worker


def create_worker(settings: Settings | None = None) -> Celery:
    """The Celery application that handles events and receipts."""
    settings = settings or Settings.from_env()
    return build_worker(
        "visits", database_url=settings.database_url, redis_url=settings.redis_url, handlers=HANDLERS
    )


def create_relay(settings: Settings | None = None) -> Relay:
    """The loop that publishes the outbox and the ticks."""
    settings = settings or Settings.from_env()
    return build_relay("visits", database_url=settings.database_url, redis_url=settings.redis_url)


def create_clock(settings: Settings | None = None) -> DueLoop:
    """The loop that does what the service does by itself: see `duties`."""
    from services.visits.duties import DUTIES  # its libraries: the other roles do without them

    settings = settings or Settings.from_env()
    return build_clock("visits", database_url=settings.database_url, duties=DUTIES)
