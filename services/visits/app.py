"""The HTTP API of the visits service."""

from services.visits import sealing
from services.visits.cadence.views import blueprint as cadence
from services.visits.calendar.views import blueprint as calendar
from services.visits.categories.views import blueprint as categories
from services.visits.deadlines.views import blueprint as deadlines
from services.visits.drafts.views import blueprint as drafts
from services.visits.duplicates.views import blueprint as duplicates
from services.visits.escalations.views import blueprint as escalations
from services.visits.feedback.views import blueprint as feedback
from services.visits.files.opening import store_at
from services.visits.files.views import files_blueprint
from services.visits.followings.views import blueprint as followings
from services.visits.information.views import blueprint as information
from services.visits.intake.views import blueprint as intake
from services.visits.issues.views import blueprint as issues
from services.visits.ladder.views import blueprint as ladder
from services.visits.overview.views import blueprint as overview
from services.visits.privacy.views import blueprint as privacy
from services.visits.proposals.views import blueprint as proposals
from services.visits.ratings.views import blueprint as ratings
from services.visits.reorganisations.views import blueprint as reorganisations
from services.visits.reports.views import blueprint as reports
from services.visits.settings import Settings
from services.visits.situation.views import blueprint as situation
from services.visits.support.views import blueprint as support
from services.visits.threads.views import blueprint as threads
from services.visits.units.views import blueprint as units
from services.visits.visits.feed_views import feeds_blueprint
from services.visits.visits.views import blueprint as visits
from shared.messaging.clockwork import clock_role
from shared.messaging.queues import events_queue
from shared.web.service import ServiceApp, build_app


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The Flask application, from the environment unless settings are given."""
    settings = settings or Settings.from_env()
    app = build_app(
        service="visits",
        title="Cầu Nối: visits",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[
            issues,
            intake,
            privacy,
            escalations,
            categories,
            units,
            followings,
            cadence,
            situation,
            calendar,
            deadlines,
            ladder,
            ratings,
            reports,
            information,
            support,
            overview,
            files_blueprint(store_at(settings.files_url), settings.max_file_mb * 2**20),
            drafts,
            threads,
            duplicates,
            proposals,
            visits,
            feedback,
            reorganisations,
            feeds_blueprint(settings.public_url),
        ],
        heartbeats=[events_queue("visits"), clock_role("visits")],
    )
    app.sessions.configure(info=sealing.brought_by(settings.secrets))
    return app
