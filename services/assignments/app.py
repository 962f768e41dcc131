"""The HTTP application of the assignments service."""

from services.assignments.assignments.views import blueprint as assignments
from services.assignments.clients.views import token_blueprint
from services.assignments.clusters.views import blueprint as clusters
from services.assignments.hamlets.views import blueprint as hamlets
from services.assignments.officials.views import blueprint as officials
from services.assignments.posts.views import blueprint as posts
from services.assignments.responsibility.views import blueprint as responsibility
from services.assignments.settings import Settings
from services.assignments.units.views import blueprint as units
from shared.messaging.queues import events_queue
from shared.web.service import ServiceApp, build_app

SERVICE = "assignments"


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The application; settings come from the environment unless given."""
    settings = settings or Settings.from_env()
    oauth, limiter = token_blueprint(
        secret_key=settings.secret_key,
        issuer=f"{settings.public_url}/api/{SERVICE}",
        rate=settings.token_rate,
    )
    app = build_app(
        service=SERVICE,
        title="Cầu Nối: assignments",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[units, hamlets, officials, posts, clusters, assignments, responsibility],
        outside_blueprints=[oauth],
        heartbeats=[events_queue(SERVICE)],
    )
    limiter.init_app(app)
    return app
