"""The Flask application of a service: one session a request, committed at the edge."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from prometheus_client.core import Metric
from sqlalchemy.orm import Session, sessionmaker

from shared import logs, trace
from shared.database import make_engine, make_sessions
from shared.web import idempotency, problems
from shared.web.auth import Gate
from shared.web.docs import ServiceApi, register_docs
from shared.web.health import Concerns, register_health
from shared.web.input import Blueprint, check_request
from shared.web.keys import KeyRing, Loader, load_trusted_keys

log = logs.get_logger()

MAX_BODY = 1024 * 1024  # bytes

Collector = Callable[[Session], Iterable[Metric]]


class _Json(JSONProvider):
    """orjson: fast, unescaped, ISO dates and UUIDs."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return Response(orjson.dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


class ServiceApp(Flask):
    """Flask whose requests each have one transaction: what a view did is committed before it answers."""

    json_provider_class = _Json
    sessions: sessionmaker[Session]

    def dispatch_request(self) -> Any:
        """Run the view; on any exception nothing is committed."""
        with self.sessions() as session:
            g.session = session
            key = idempotency.key_of_request()
            if key is None:
                response = super().dispatch_request()
            else:
                earlier = idempotency.replay(session, key)
                if earlier is not None:
                    return earlier
                response = self.make_response(super().dispatch_request())
                idempotency.keep(session, key, response)
            session.commit()
            return response


def session() -> Session:
    """The session of this request; the edge commits it."""
    return g.session


def single_write() -> Session:
    """The session, for a view that writes with one statement and nothing else: that statement commits by itself,
    which saves the round trips of BEGIN and COMMIT. With an Idempotency-Key the answer has to be kept in the same
    transaction, so there it is as ever."""
    if idempotency.key_of_request() is None:
        session().connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    return session()


def build_app(
    *,
    service: str,
    title: str,
    database_url: str,
    public_url: str,
    blueprints: Sequence[Blueprint],
    heartbeats: Sequence[str],
    load_keys: Loader = load_trusted_keys,
    collectors: Sequence[Collector] = (),
    concerns: Concerns = lambda session: {},
    outside_blueprints: Sequence[Blueprint] = (),
) -> ServiceApp:
    """A service's application below /api/SERVICE/v1. `heartbeats` are the queues whose workers /readyz asks
    after; `outside_blueprints` are mounted below /api/SERVICE."""
    app = ServiceApp(f"caunoi.{service}", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.sessions = make_sessions(make_engine(database_url, application_name=f"{service}-api"))
    app.extensions["service"] = service
    gate = Gate(KeyRing(app.sessions, load_keys), issuer=f"{public_url}/api/assignments")
    app.before_request(_begin)
    app.before_request(gate.check)
    app.before_request(check_request)
    app.after_request(_end)
    app.teardown_request(_close)

    prefix = f"/api/{service}/v1"
    api = ServiceApi(app, title=title, server=public_url)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=prefix + (blueprint.url_prefix or ""))
    for blueprint in outside_blueprints:
        api.register_blueprint(blueprint, url_prefix=f"/api/{service}" + (blueprint.url_prefix or ""))
    register_docs(app, api, prefix)
    register_health(app, prefix, service, heartbeats, load_keys, collectors, concerns)
    problems.install(app)
    return app


def _begin() -> None:
    ids = trace.start(request.headers.get("X-Request-ID"), request.headers.get("traceparent"))
    g.trace = ids


def _close(_error: BaseException | None) -> None:
    """Uploaded files lie in temporary ones."""
    request.close()


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.trace.correlation_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint not in ("health.healthz", "health.readyz", "health.metrics"):
        log.info(
            "request_answered",
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            correlation_id=g.trace.correlation_id,
            traceparent=g.trace.traceparent,
        )
    return response
