"""The worker, the relay and the clock of the assignments service."""

from celery import Celery

from services.assignments.handlers import AT_ONCE, HANDLERS
from services.assignments.settings import Settings
from shared.messaging.clockwork import build_clock
from shared.messaging.loop import DueLoop
from shared.messaging.relay import Relay
from shared.messaging.worker import build_relay, build_worker

SERVICE = "assignments"


def create_worker(settings: Settings | None = None) -> Celery:
    """The Celery application that routes escalations."""
    settings = settings or Settings.from_env()
    return build_worker(
        SERVICE,
        database_url=settings.database_url,
        redis_url=settings.redis_url,
        handlers=HANDLERS,
        at_once=AT_ONCE,
    )


def create_relay(settings: Settings | None = None) -> Relay:
    """The relay that publishes what this service records."""
    settings = settings or Settings.from_env()
    return build_relay(SERVICE, database_url=settings.database_url, redis_url=settings.redis_url)


def create_clock(settings: Settings | None = None) -> DueLoop:
    """The loop that does what the service does by itself: see `duties`."""
    from services.assignments.duties import DUTIES  # its libraries: the other roles do without them

    settings = settings or Settings.from_env()
    return build_clock(SERVICE, database_url=settings.database_url, duties=DUTIES)
