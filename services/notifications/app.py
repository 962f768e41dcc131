"""The HTTP application of the notifications service."""

from services.notifications import metrics
from services.notifications.acknowledgements.tokens import Tokens
from services.notifications.acknowledgements.views import blueprint as acknowledgements
from services.notifications.acknowledgements.views import link_blueprint
from services.notifications.alarms.queries import concerns
from services.notifications.deliveries.returned import note_returned
from services.notifications.directives.links import link_blueprint as directive_links
from services.notifications.directives.views import blueprint as directives
from services.notifications.grouping.tokens import GroupTokens
from services.notifications.grouping.views import grouping_blueprint
from services.notifications.log.views import blueprint as log
from services.notifications.notifications.rules import HELPER, SENDER
from services.notifications.notifications.trial import trial_blueprint
from services.notifications.notifications.views import blueprint as inbox
from services.notifications.preferences.views import blueprint as preferences
from services.notifications.preferences.views import rules as telling
from services.notifications.reachability.views import blueprint as reachability
from services.notifications.reachability.views import bounce_blueprint
from services.notifications.replays.views import blueprint as replays
from services.notifications.retention.views import blueprint as retention
from services.notifications.settings import Settings
from services.notifications.templates.views import blueprint as templates
from services.notifications.webhooks.sealing import Sealer
from services.notifications.webhooks.views import SEALER
from services.notifications.webhooks.views import blueprint as webhooks
from shared.messaging.clockwork import clock_role
from shared.messaging.queues import events_queue
from shared.web import limits
from shared.web.service import ServiceApp, build_app

SERVICE = "notifications"


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The application; settings come from the environment unless given."""
    settings = settings or Settings.from_env()
    tokens = Tokens(settings.secret_key)
    links, limiter = link_blueprint(tokens)
    trial, trial_limiter = trial_blueprint()
    groups, group_limiter = grouping_blueprint(GroupTokens(settings.secret_key))
    bounces = bounce_blueprint(settings.bounce_secret, note_returned)
    app = build_app(
        service=SERVICE,
        title="Cầu Nối: notifications",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[
            inbox,
            preferences,
            telling,
            log,
            replays,
            acknowledgements,
            links,
            directives,
            directive_links(tokens),
            groups,
            trial,
            retention,
            templates,
            webhooks,
            reachability,
            bounces,
        ],
        heartbeats=[events_queue(SERVICE), SENDER, HELPER, clock_role(SERVICE)],
        collectors=[metrics.collect],
        concerns=concerns,
    )
    limits.install(app, limiter, trial_limiter, group_limiter)
    app.extensions[SEALER] = Sealer(settings.secret_key)
    return app
