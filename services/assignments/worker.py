"""The worker and the relay of the assignments service."""

from celery import Celery

from services.assignments.handlers import HANDLERS
from services.assignments.schedule import SCHEDULE
from services.assignments.settings import Settings
from shared.messaging.relay import Relay
from shared.messaging.worker import build_relay, build_worker

SERVICE = "assignments"


def create_worker(settings: Settings | None = None) -> Celery:
    """The Celery application that routes escalations."""
    settings = settings or Settings.from_env()
    return build_worker(
        SERVICE, database_url=settings.database_url, redis_url=settings.redis_url, handlers=HANDLERS
    )


def create_relay(settings: Settings | None = None) -> Relay:
    """The relay that publishes what this service records."""
    settings = settings or Settings.from_env()
    return build_relay(SERVICE, database_url=settings.database_url, redis_url=settings.redis_url, schedule=SCHEDULE)
