"""The HTTP application of the notifications service."""

from services.notifications import metrics
from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.acknowledgements.views import blueprint as acknowledgements
from services.notifications.acknowledgements.views import link_blueprint
from services.notifications.deliveries.views import blueprint as deliveries
from services.notifications.notifications.views import blueprint as inbox
from services.notifications.schedule import SENDING
from services.notifications.settings import Settings
from shared.messaging.queues import events_queue
from shared.web.service import ServiceApp, build_app

SERVICE = "notifications"


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The application; settings come from the environment unless given."""
    settings = settings or Settings.from_env()
    links, limiter = link_blueprint(Tokens(settings.secret_key))
    app = build_app(
        service=SERVICE,
        title="Cầu Nối: notifications",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[inbox, deliveries, acknowledgements, links],
        heartbeats=[events_queue(SERVICE), SENDING],
        collectors=[metrics.collect],
    )
    limiter.init_app(app)
    return app
