"""The portal's application."""

from flask import Flask, Response, request

from services.portal import errors, visitor
from services.portal.account_pages import blueprint as account
from services.portal.client import Api
from services.portal.coverage_pages import blueprint as coverage
from services.portal.grouped import blueprint as grouped
from services.portal.links import blueprint as links
from services.portal.pages import blueprint as pages
from services.portal.review_pages import blueprint as reviews
from services.portal.settings import Settings
from services.portal.sheet_pages import blueprint as sheets
from services.portal.template_pages import blueprint as templates
from services.portal.texts import day, named, shown
from shared import logs, trace

log = logs.get_logger()

# Nothing from elsewhere, no script at all, and nobody may frame a page with a button on it; but where a page sets
# other headers.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",  # an address may hold a token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application; settings come from the environment unless given."""
    settings = settings or Settings.from_env()
    app = Flask(__name__, static_folder="assets", static_url_path="/portal/assets")
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {"shown": shown, "named": named, "day": day}
    app.extensions["apis"] = {
        "assignments": Api("assignments", settings.assignments_api_url),
        "visits": Api("visits", settings.visits_api_url),
        "notifications": Api("notifications", settings.notifications_api_url),
    }
    app.extensions["has_mailbox"] = settings.mailbox_url is not None
    app.before_request(_begin)
    app.after_request(_end)
    app.extensions["secure"] = (settings.public_url or "").startswith("https:")
    app.jinja_env.globals |= {"form_token": visitor.form_token, "signed_in": visitor.is_signed_in}
    app.after_request(visitor.send_cookies)
    app.register_blueprint(pages)
    app.register_blueprint(links)
    app.register_blueprint(grouped)
    app.register_blueprint(account)
    app.register_blueprint(templates)
    app.register_blueprint(coverage)
    app.register_blueprint(sheets)
    app.register_blueprint(reviews)
    errors.install(app)
    return app


def _begin() -> None:
    trace.start(request.headers.get("X-Request-ID"), request.headers.get("traceparent"))


def _end(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = trace.current().correlation_id
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint not in ("static", "pages.healthz", "pages.readyz"):
        # The endpoint and never the path: a path may hold a token.
        log.info(
            "page_answered",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            correlation_id=trace.current().correlation_id,
        )
    return response
