"""The HTTP application of the assignments service."""

from services.assignments.absences.views import blueprint as absences
from services.assignments.accounts.actions import Post
from services.assignments.accounts.admin_views import admin_blueprint
from services.assignments.accounts.issuing import Issuer
from services.assignments.accounts.oidc import OpenId, Provider
from services.assignments.accounts.oidc_views import oidc_blueprint
from services.assignments.accounts.own_views import own_blueprint
from services.assignments.accounts.second_factor import SEAL
from services.assignments.accounts.views import refresh_grant, sign_in_blueprint
from services.assignments.assignments.views import blueprint as assignments
from services.assignments.audit.actor import name_actor_of_request
from services.assignments.audit.views import blueprint as audit
from services.assignments.bulk.views import blueprint as bulk
from services.assignments.clients.views import token_blueprint
from services.assignments.clusters.views import blueprint as clusters
from services.assignments.coverage import metrics as coverage_metrics
from services.assignments.coverage.views import blueprint as coverage
from services.assignments.documents.views import blueprint as documents
from services.assignments.doubts.views import blueprint as doubts
from services.assignments.hamlets.views import blueprint as hamlets
from services.assignments.mandates.views import blueprint as mandates
from services.assignments.officials.views import blueprint as officials
from services.assignments.posts.views import blueprint as posts
from services.assignments.readings.views import blueprint as readings
from services.assignments.reorganisations.views import blueprint as reorganisations
from services.assignments.responsibility.views import blueprint as responsibility
from services.assignments.reviews.views import blueprint as reviews
from services.assignments.roles.views import blueprint as roles
from services.assignments.rotations.views import blueprint as rotations
from services.assignments.rulesets.views import blueprint as rulesets
from services.assignments.settings import Settings
from services.assignments.units.views import blueprint as units
from shared.messaging.clockwork import clock_role
from shared.messaging.queues import events_queue
from shared.sealing import Seal
from shared.web import limits
from shared.web.service import ServiceApp, build_app

SERVICE = "assignments"


def create_app(settings: Settings | None = None) -> ServiceApp:
    """The application; settings come from the environment unless given."""
    settings = settings or Settings.from_env()
    issuer = f"{settings.public_url}/api/{SERVICE}"
    tokens = Issuer(settings.secret_key, issuer)
    oauth, limiter = token_blueprint(
        secret_key=settings.secret_key,
        issuer=issuer,
        rate=settings.token_rate,
        grants={"refresh_token": refresh_grant(tokens)},
    )
    post, seal = Post(settings.secret_key, settings.public_url), Seal(settings.secret_key, SEAL)
    sign_in, sign_in_limiter = sign_in_blueprint(issuer=tokens, seal=seal, post=post, rate=settings.sign_in_rate)
    app = build_app(
        service=SERVICE,
        title="Cầu Nối: assignments",
        database_url=settings.database_url,
        public_url=settings.public_url,
        blueprints=[
            units,
            hamlets,
            officials,
            posts,
            clusters,
            assignments,
            responsibility,
            absences,
            coverage,
            mandates,
            documents,
            reorganisations,
            readings,
            rotations,
            rulesets,
            reviews,
            audit,
            bulk,
            doubts,
            roles,
            sign_in,
            own_blueprint(seal, post),
            admin_blueprint(post),
            oidc_blueprint(tokens, _provider(settings)),
        ],
        outside_blueprints=[oauth],
        collectors=[coverage_metrics.collect],
        heartbeats=[events_queue(SERVICE), clock_role(SERVICE)],
    )
    name_actor_of_request(app.sessions)
    limits.install(app, limiter, sign_in_limiter)
    return app


def _provider(settings: Settings) -> OpenId | None:
    if settings.oidc_issuer is None:
        return None
    provider = Provider(
        name=settings.oidc_name,
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        claim=settings.oidc_claim,
        redirect_uri=f"{settings.public_url}/dang-nhap/oidc",
    )
    return OpenId(provider, settings.secret_key)
