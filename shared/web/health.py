"""Health and figures of a service, read from its rows: true whichever process is asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, g, jsonify
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.database import head_revision
from shared.messaging.schema import UNFINISHED, dead_letters, heartbeats, outbox
from shared.web.auth import public
from shared.web.keys import Loader

Collector = Callable[[Session], Iterable[Metric]]
Concerns = Callable[[Session], dict[str, str]]

STALE = 15.0  # seconds without a heartbeat: five beats missed


def register_health(
    app: Flask,
    prefix: str,
    service: str,
    queues: Sequence[str],
    load_keys: Loader,
    collectors: Sequence[Collector],
    concerns: Concerns = lambda session: {},
) -> None:
    """Serve PREFIX/healthz, /readyz and /metrics. `concerns` says what works badly while all is ready, by name."""
    health = Blueprint("health", __name__, url_prefix=prefix)
    head = head_revision(service)

    @health.get("/healthz")
    @public  # says only that the process answers
    def healthz() -> Response:
        return jsonify(status="ok")

    @health.get("/readyz")
    @public  # says which part is missing, no data
    def readyz() -> tuple[Response, int]:
        parts = _parts(g.session, head, queues, load_keys)
        ready = all(state == "ok" for state in parts.values())
        degraded = concerns(g.session) if ready else {}
        return jsonify(ready=ready, parts=parts, degraded=degraded), 200 if ready else 503

    @health.get("/metrics")
    @public  # figures without ids
    def metrics() -> Response:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Rows(g.session, service, collectors))
        return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")

    app.register_blueprint(health)


def _parts(session: Session, head: str, queues: Sequence[str], load_keys: Loader) -> dict[str, str]:
    try:
        revision = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except Exception as error:
        return {"database": f"not reachable or not migrated: {type(error).__name__}"}
    parts = {"database": "ok" if revision == head else f"at revision {revision}, expected {head}"}
    parts["signing_keys"] = "ok" if load_keys(session) else "no signing key known yet"
    age = func.extract("epoch", func.now() - heartbeats.c.at)
    ages = {row.role: float(row.age) for row in session.execute(select(heartbeats.c.role, age.label("age")))}
    for queue in queues:
        seconds = ages.get(queue)
        if seconds is None:
            parts[queue] = "no sign of life yet"
        else:
            parts[queue] = "ok" if seconds < STALE else f"no sign of life for {seconds:.0f} s"
    return parts


class _Rows:
    """A collector over one session."""

    def __init__(self, session: Session, service: str, collectors: Sequence[Collector]) -> None:
        self._session, self._service, self._collectors = session, service, collectors

    def collect(self) -> Iterator[Any]:
        age = func.coalesce(func.extract("epoch", func.now() - func.min(outbox.c.recorded_at)), 0)
        unfinished = self._session.execute(select(func.count(), age).select_from(outbox).where(UNFINISHED)).one()
        dead = select(func.count()).select_from(dead_letters).where(dead_letters.c.discarded_at.is_(None))
        yield self._gauge("outbox_unfinished", "Events somebody has yet to confirm", unfinished[0])
        yield self._gauge("outbox_oldest_unfinished_age_seconds", "Age of the oldest such event", unfinished[1])
        yield self._gauge("dead_letters", "Events set aside, to replay or discard", self._session.scalar(dead))
        for collector in self._collectors:
            yield from collector(self._session)

    def _gauge(self, name: str, help_text: str, value: Any) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"caunoi_{name}", help_text, labels=["service"])
        family.add_metric([self._service], float(value))
        return family
