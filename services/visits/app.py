"""The HTTP API of the visits service."""

from services.visits.categories.views import blueprint as categories
from services.visits.escalations.views import blueprint as escalations
from services.visits.issues.views import blueprint as issues
from services.visits.settings import Settings
from services.visits.units.views import blueprint as units
from shared.messaging.queues import events_queue
from shared.web.service import ServiceApp, build_app


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The Flask application, from the environment unless settings are given."""
    settings = settings or Settings.from_env()
    return build_app(
        service="visits",
        title="Cầu Nối: visits",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[issues, escalations, categories, units],
        heartbeats=[events_queue("visits")],
    )
